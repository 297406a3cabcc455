import type { JournalEvent, LiveEvent, RunError, SavedFile } from '../../src/journal/event.js';
import type { RunId, TaskId } from '../../src/values/ids.js';
import { isRunId, isTaskId } from '../../src/values/ids.js';

export type Shown = JournalEvent | LiveEvent;

export const run = (index: number): RunId => {
  const id = index.toString(16).padStart(16, '0');
  if (!isRunId(id)) throw new Error(id);
  return id;
};

const task = (index: number): TaskId => {
  const id = String(1980471280073846785n + BigInt(index));
  if (!isTaskId(id)) throw new Error(id);
  return id;
};

/** `0003-水乡`: wide characters are the rule, not the exception. */
export const nameOf = (id: RunId): string => `${String(parseInt(id, 16)).padStart(4, '0')}-水乡`;

export const memory: RunError = {
  class: 'task',
  code: '805',
  message: 'CUDA out of memory\nTried to allocate \u001b[31m2 GiB',
  node: '3',
  field: null,
  traceback: null,
};

const file: SavedFile = {
  path: 'a.png',
  url: null,
  node: '9',
  type: 'png',
  bytes: 10,
  sha256: 'ab'.repeat(32),
  mtimeMs: 0,
};

const cost = { coins: '12', money: null, taskTimeMs: 31_000 };

export const intent = (at: number): Shown => ({
  type: 'intent',
  run: run(at),
  attempt: 1,
  inputs: null,
});
export const accepted = (at: number): Shown => ({
  type: 'accepted',
  run: run(at),
  attempt: 1,
  taskId: task(at),
});
export const observed = (at: number): Shown => ({
  type: 'observed',
  run: run(at),
  taskId: task(at),
});
export const step = (at: number, title: string | null, percent: number | null): Shown => ({
  type: 'progress',
  run: run(at),
  taskId: task(at),
  node: '57:30',
  title,
  percent,
});
export const succeeded = (at: number): Shown => ({
  type: 'settled',
  run: run(at),
  taskId: task(at),
  outcome: { is: 'succeeded', outputs: [] },
  cost,
});
export const saved = (at: number, error: RunError | null = null): Shown => ({
  type: 'saved',
  run: run(at),
  taskId: task(at),
  files: [file],
  error,
});
export const failed = (at: number, then: 'retry' | 'again' | 'final' = 'final'): Shown => ({
  type: 'settled',
  run: run(at),
  taskId: task(at),
  outcome: { is: 'failed', error: memory, then },
  cost,
});
export const cancelled = (at: number): Shown => ({
  type: 'settled',
  run: run(at),
  taskId: task(at),
  outcome: { is: 'cancelled', by: 'timeout' },
  cost: { coins: null, money: null, taskTimeMs: null },
});
export const lost = (at: number): Shown => ({
  type: 'lost',
  run: run(at),
  attempt: 1,
  why: 'cut off',
});
export const refused = (at: number, then: 'capacity' | 'retry' | 'final' | 'stop'): Shown => ({
  type: 'refused',
  run: run(at),
  attempt: 1,
  error: memory,
  then,
});
export const phase = (name: 'plan' | 'check' | 'run' | 'report', detail = ''): Shown => ({
  type: 'phase',
  phase: name,
  detail,
});

/** From submit to the last file. */
export const whole = (at: number): Shown[] => [
  intent(at),
  accepted(at),
  observed(at),
  succeeded(at),
  saved(at),
];
