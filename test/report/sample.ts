import type { Cost, RunError } from '../../src/journal/event.js';
import type { AttemptRecord, RunRecord, RunState } from '../../src/journal/state.js';
import type { PlannedRun } from '../../src/plan/plan.js';
import type { BatchFacts, BatchReport } from '../../src/report/model.js';
import { makeReport } from '../../src/report/model.js';
import { buildRun, factsOfPlanned } from '../../src/report/run.js';
import type { RunId, TaskId } from '../../src/values/ids.js';
import { isRunId, isTaskId } from '../../src/values/ids.js';
import { JsonNumber } from '../../src/values/json.js';

/** 2026-11-24T05:00:00Z: when the apply of these samples began. */
export const began = Date.UTC(2026, 10, 24, 5);

export const runId = (index: number): RunId => {
  const id = (index + 0x3f9c0a1b).toString(16).padStart(8, '0').repeat(2);
  if (!isRunId(id)) throw new Error(id);
  return id;
};

export const taskId = (index: number): TaskId => {
  const id = String(1980471280073846785n + BigInt(index) * 4097n);
  if (!isTaskId(id)) throw new Error(id);
  return id;
};

export const plannedRun = (index: number, more: Partial<PlannedRun> = {}): PlannedRun => ({
  index,
  id: runId(index),
  name: `${String(index).padStart(4, '0')}-run`,
  selected: true,
  acts: true,
  action: 'new',
  reasons: [],
  row: { file: 'prompts.csv', line: index + 2 },
  tags: [],
  values: new Map([['prompt', `a red fox, number ${index}`]]),
  overrides: [
    {
      node: '6',
      title: 'Positive Prompt',
      class: 'CLIPTextEncode',
      field: 'text',
      value: { is: 'json', json: `a red fox, number ${index}` },
    },
    {
      node: '3',
      title: null,
      class: 'KSampler',
      field: 'seed',
      value: { is: 'json', json: new JsonNumber('18446744073709551615') },
    },
  ],
  repeat: 0,
  twinOf: null,
  ...more,
});

export const cost = (more: Partial<Cost> = {}): Cost => ({
  coins: '12',
  money: null,
  taskTimeMs: 31_000,
  ...more,
});

export const attempt = (index: number, more: Partial<AttemptRecord> = {}): AttemptRecord => ({
  attempt: 1,
  account: null,
  intentAt: began + 900,
  taskId: taskId(index),
  acceptedAt: began + 1000,
  runningAt: began + 2200,
  settledAt: began + 33_200,
  end: { is: 'succeeded' },
  cost: cost(),
  ...more,
});

export const outOfMemory: RunError = {
  class: 'task',
  code: '805',
  message: 'CUDA out of memory',
  node: '3',
  field: null,
  traceback: 'Traceback (most recent call last):\n  File "sampler.py", line 12\nOutOfMemoryError',
};

export const record = (index: number, more: Partial<RunRecord> = {}): RunRecord => ({
  id: runId(index),
  inputs: {
    index,
    name: `${String(index).padStart(4, '0')}-run`,
    row: { file: 'prompts.csv', line: index + 2 },
    tags: [],
    values: { prompt: `a red fox, number ${index}` },
    overrides: [],
    base: 'b',
    repeat: 0,
  },
  state: saved(index, [`${String(index).padStart(4, '0')}-run_00.png`]),
  attempts: [attempt(index)],
  failures: 0,
  ...more,
});

export const saved = (index: number, paths: readonly string[]): RunState => ({
  is: 'succeeded',
  taskId: taskId(index),
  files: paths.map((path, at) => ({
    path,
    url: `https://files.example/${index}/${at}.png`,
    node: '9',
    type: path.split('.').at(-1) ?? 'png',
    bytes: 12_345,
    sha256: 'ab'.repeat(32),
    mtimeMs: began + 34_000,
  })),
  at: began + 34_000,
});

export const failed = (index: number, error: RunError = outOfMemory): Partial<RunRecord> => ({
  state: { is: 'failed', taskId: taskId(index), error, at: began + 33_200 },
  attempts: [attempt(index, { end: { is: 'failed', error } })],
  failures: 1,
});

export const unknown = (why = 'the answer to the submit was cut off'): Partial<RunRecord> => ({
  state: { is: 'unknown', attempt: 1, since: began + 900, why },
  attempts: [
    attempt(0, {
      taskId: null,
      acceptedAt: null,
      runningAt: null,
      settledAt: null,
      cost: null,
      end: { is: 'lost', why },
    }),
  ],
});

export const facts = (more: Partial<BatchFacts> = {}): BatchFacts => ({
  name: 'hero-shots',
  title: 'Hero shots',
  target: '1980237776367083521',
  startedAt: began,
  finishedAt: began + 80_000,
  exitCode: 0,
  stop: null,
  emulated: false,
  submits: 5,
  assets: { referenced: 20, unique: 2, uploaded: 2, bytes: 4_100_000 },
  requests: { create: 5, outputs: 31 },
  slots: null,
  ...more,
});

/** A report of these planned runs, each with its record or none. */
export const reportOf = (
  pairs: readonly (readonly [PlannedRun, RunRecord | undefined])[],
  more: Partial<BatchFacts> = {},
): BatchReport =>
  makeReport(
    facts(more),
    pairs.map(([run, found]) =>
      buildRun(factsOfPlanned(run), found, { since: began, held: null, thisApply: true }),
    ),
  );

/** `count` succeeded runs and nothing special. */
export const plainReport = (count: number, more: Partial<BatchFacts> = {}): BatchReport =>
  reportOf(
    Array.from({ length: count }, (_, index) => [plannedRun(index), record(index)] as const),
    more,
  );
