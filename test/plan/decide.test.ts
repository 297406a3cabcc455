import { describe, expect, test } from 'vitest';
import type { RunError } from '../../src/journal/event.js';
import type { RunState } from '../../src/journal/state.js';
import { decide, hasFailed } from '../../src/plan/decide.js';
import { record, succeeded, task } from './history.js';

const hour = 3_600_000;
const error: RunError = {
  class: 'task',
  code: '805',
  message: 'KSampler ran out of memory',
  node: '3',
  field: null,
  traceback: null,
};
const plain = { forced: false, now: 32_000, maxAgeMs: null, accepts: () => true };
const forced = { ...plain, forced: true };

const states: [string, RunState, number, ReturnType<typeof decide>, ReturnType<typeof decide>][] = [
  [
    'never accepted',
    { is: 'pending', last: { ...error, class: 'capacity', message: 'no room' } },
    0,
    { action: 'new', reasons: [] },
    { action: 'new', reasons: [] },
  ],
  [
    'failed, may be tried again',
    { is: 'pending', last: error },
    1,
    { action: 'retry', reasons: ['failed before: KSampler ran out of memory'] },
    { action: 'retry', reasons: ['failed before: KSampler ran out of memory'] },
  ],
  [
    'failed for good',
    { is: 'failed', taskId: task, error, at: 1 },
    3,
    { action: 'retry', reasons: ['failed before: KSampler ran out of memory'] },
    { action: 'retry', reasons: ['failed before: KSampler ran out of memory'] },
  ],
  [
    'cancelled',
    { is: 'cancelled', taskId: task, by: 'user', at: 1 },
    0,
    { action: 'retry', reasons: ['cancelled before, by the user'] },
    { action: 'retry', reasons: ['cancelled before, by the user'] },
  ],
  ['done', succeeded, 0, 'checkFiles', { action: 'new', reasons: ['asked for with --force'] }],
];

test.each(states)('%s', (_, state, failures, decision, whenForced) => {
  const known = record(1, { state, failures });
  expect(decide(known, plain)).toEqual(decision);
  expect(decide(known, forced)).toEqual(whenForced);
});

test('outputs that run.expect refused and now takes are kept, unless asked otherwise', () => {
  const file = {
    path: 'a.png',
    url: null,
    node: '9',
    type: 'png',
    bytes: 9,
    sha256: 'x',
    mtimeMs: 1,
  };
  const failed = { is: 'failed', taskId: task, at: 1, files: [file] } as const;
  const refused = { ...error, class: 'local', code: 'expect-bytes' } as const;
  const known = record(1, { state: { ...failed, error: refused } });
  expect(decide(known, plain)).toBe('checkFiles');
  expect(decide(known, { ...plain, accepts: () => false })).toMatchObject({ action: 'retry' });
  expect(decide(known, forced)).toMatchObject({ action: 'retry' });
  // Some of its outputs could not be fetched: those that were are not all of them.
  const broken = record(1, { state: { ...failed, error: { ...error, code: 'http-404' } } });
  expect(decide(broken, plain)).toMatchObject({ action: 'retry' });
});

test('a run that the journal does not know is new', () => {
  expect(decide(undefined, plain)).toEqual({ action: 'new', reasons: [] });
});

describe('what may already be paid for is never submitted, not even by force or age', () => {
  test.each<[string, RunState, string, RegExp]>([
    [
      'lost answer',
      { is: 'unknown', attempt: 1, since: 1, why: 'timeout' },
      'unknown',
      /timeout.*rh-batch resolve/,
    ],
    ['crash', { is: 'submitting', attempt: 1, since: 1 }, 'unknown', /rh-batch resolve 0{15}1 /],
    [
      'in flight',
      { is: 'inFlight', attempt: 1, taskId: task, since: 1, runningSince: null },
      'download',
      /task 1980471280073846785 is under way: followed, not submitted again/,
    ],
    ['done, not fetched', { is: 'fetching', taskId: task, outputs: [] }, 'download', /is done/],
  ])('%s', (_, state, action, reason) => {
    for (const options of [plain, forced, { ...forced, now: 1e15, maxAgeMs: 1 }]) {
      const decision = decide(record(1, { state }), options);
      expect(decision).toMatchObject({ action, reasons: [expect.stringMatching(reason)] });
    }
  });
});

test('a result older than reuse.maxAge is made again, a younger one is not', () => {
  const known = record(1);
  const limit = { ...plain, maxAgeMs: 20 * hour };
  expect(decide(known, { ...limit, now: 32_000 + 20 * hour })).toBe('checkFiles');
  expect(decide(known, { ...limit, now: 32_001 + 20 * hour })).toEqual({
    action: 'changed',
    reasons: ['older than 20h'],
  });
});

test('--failed means failed and cancelled runs', () => {
  const failed: RunState = { is: 'failed', taskId: null, error, at: 1 };
  const cancelled: RunState = { is: 'cancelled', taskId: task, by: 'user', at: 1 };
  expect(hasFailed(record(1, { state: failed }))).toBe(true);
  expect(hasFailed(record(1, { state: cancelled }))).toBe(true);
  expect(hasFailed(record(1))).toBe(false);
  expect(hasFailed(undefined)).toBe(false);
});
