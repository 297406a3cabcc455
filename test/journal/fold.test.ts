import { expect, test } from 'vitest';
import type { JournalEvent, RunInputs } from '../../src/journal/event.js';
import { Fold } from '../../src/journal/fold.js';
import type { RunRecord } from '../../src/journal/state.js';
import { isRunId, isTaskId } from '../../src/values/ids.js';

const runText = '0123456789abcdef';
const taskText = '1980471280073846785';
if (!isRunId(runText) || !isTaskId(taskText)) throw new Error('test ids');
const run = runText;
const taskId = taskText;
const inputs: RunInputs = {
  index: 0,
  name: 'r',
  row: null,
  tags: [],
  values: {},
  overrides: [],
  base: 'b',
  repeat: 0,
};
const error = {
  class: 'task',
  code: 'X',
  message: 'm',
  node: null,
  field: null,
  traceback: null,
} as const;
const cost = { coins: '6', money: null, taskTimeMs: 30_000 };

const folded = (...events: JournalEvent[]): { fold: Fold; record: () => RunRecord | undefined } => {
  const fold = new Fold();
  events.forEach((event, index) => {
    const at = new Date(1_000_000 + index * 1000).toISOString();
    fold.apply({ ...event, seq: index + 1, at });
  });
  return { fold, record: () => fold.state.runs.get(run) };
};

const intent = (attempt = 1): JournalEvent => ({
  type: 'intent',
  run,
  attempt,
  inputs: attempt === 1 ? inputs : null,
});
const accepted = (attempt = 1): JournalEvent => ({ type: 'accepted', run, attempt, taskId });
const succeeded: JournalEvent = {
  type: 'settled',
  run,
  taskId,
  outcome: { is: 'succeeded', outputs: [] },
  cost,
};
const saved: JournalEvent = { type: 'saved', run, taskId, files: [], error: null };

test.each<[string, JournalEvent[], string, number]>([
  ['an intent', [intent()], 'submitting', 0],
  ['accepted', [intent(), accepted()], 'inFlight', 0],
  [
    'refused for want of room',
    [intent(), { type: 'refused', run, attempt: 1, error, then: 'capacity' }],
    'pending',
    0,
  ],
  [
    'refused for good',
    [intent(), { type: 'refused', run, attempt: 1, error, then: 'final' }],
    'failed',
    1,
  ],
  [
    'refused by the account',
    [intent(), { type: 'refused', run, attempt: 1, error, then: 'stop' }],
    'pending',
    0,
  ],
  ['lost', [intent(), { type: 'lost', run, attempt: 1, why: 'reset' }], 'unknown', 0],
  [
    'lost, then accepted after all',
    [intent(), { type: 'lost', run, attempt: 1, why: 'reset' }, accepted()],
    'inFlight',
    0,
  ],
  [
    'lost, then settled by hand',
    [
      intent(),
      { type: 'lost', run, attempt: 1, why: 'x' },
      { type: 'resolved', run, attempt: 1, how: { is: 'task', taskId } },
    ],
    'inFlight',
    0,
  ],
  [
    'given up',
    [
      intent(),
      { type: 'lost', run, attempt: 1, why: 'x' },
      { type: 'resolved', run, attempt: 1, how: { is: 'giveUp' } },
    ],
    'failed',
    0,
  ],
  [
    'no task, with evidence',
    [
      intent(),
      { type: 'lost', run, attempt: 1, why: 'x' },
      { type: 'resolved', run, attempt: 1, how: { is: 'noTask', evidence: 'e' } },
    ],
    'pending',
    0,
  ],
  ['done, not fetched', [intent(), accepted(), succeeded], 'fetching', 0],
  ['done and saved', [intent(), accepted(), succeeded, saved], 'succeeded', 0],
  [
    'failed, to be tried again',
    [
      intent(),
      accepted(),
      { type: 'settled', run, taskId, outcome: { is: 'failed', error, then: 'retry' }, cost },
    ],
    'pending',
    1,
  ],
  [
    'failed through no fault of its own',
    [
      intent(),
      accepted(),
      { type: 'settled', run, taskId, outcome: { is: 'failed', error, then: 'again' }, cost },
    ],
    'pending',
    0,
  ],
  [
    'cancelled',
    [
      intent(),
      accepted(),
      { type: 'settled', run, taskId, outcome: { is: 'cancelled', by: 'user' }, cost },
    ],
    'cancelled',
    0,
  ],
  [
    'saved, and a late refusal',
    [
      intent(),
      accepted(),
      succeeded,
      saved,
      { type: 'refused', run, attempt: 1, error, then: 'final' },
    ],
    'succeeded',
    1,
  ],
  [
    'saved, and a new attempt',
    [intent(), accepted(), succeeded, saved, intent(2)],
    'submitting',
    0,
  ],
])('%s', (_, events, is, failures) => {
  const { record } = folded(...events);
  expect(record()?.state.is).toBe(is);
  expect(record()?.failures).toBe(failures);
});

test('an intent without an answer is unknown once the process is gone', () => {
  const { fold, record } = folded(intent());
  fold.orphan();
  expect(record()?.state).toMatchObject({ is: 'unknown', attempt: 1 });
});

test('outputs that run.expect refuses are kept with the failure', () => {
  const file = {
    path: 'a.png',
    url: null,
    node: null,
    type: 'png',
    bytes: 1,
    sha256: 's',
    mtimeMs: 1,
  };
  const { record } = folded(intent(), accepted(), succeeded, {
    type: 'saved',
    run,
    taskId,
    files: [file],
    error,
  });
  expect(record()?.state).toMatchObject({ is: 'failed', files: [file] });
});
