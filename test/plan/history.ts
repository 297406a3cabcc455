import type { BaseKnown, OverrideRecord, RunInputs } from '../../src/journal/event.js';
import type { AttemptRecord, BatchState, RunRecord, RunState } from '../../src/journal/state.js';
import type { RunId, TaskId } from '../../src/values/ids.js';
import { isRunId, isTaskId } from '../../src/values/ids.js';

export const runId = (seed: number | string): RunId => {
  const id = typeof seed === 'string' ? seed : seed.toString(16).padStart(16, '0');
  if (!isRunId(id)) throw new Error(`no run id: ${id}`);
  return id;
};

export const taskId = (digits: string): TaskId => {
  if (!isTaskId(digits)) throw new Error(`no task id: ${digits}`);
  return digits;
};

export const task = taskId('1980471280073846785');

export const text = (
  node: string,
  value: unknown,
  more: Partial<OverrideRecord> = {},
): OverrideRecord => ({
  node,
  title: 'Positive Prompt',
  class: 'CLIPTextEncode',
  field: 'text',
  value,
  ...more,
});

export const inputs = (more: Partial<RunInputs> = {}): RunInputs => ({
  index: 0,
  name: '0000-a',
  row: null,
  tags: [],
  values: {},
  overrides: [],
  base: 'base-1',
  repeat: 0,
  ...more,
});

export const base = (more: Partial<BaseKnown> = {}): BaseKnown => ({
  type: 'base',
  sha256: 'base-1',
  fields: {
    'KSampler.steps': '20',
    'Positive Prompt.text': '"a photo"',
    'LoadImage.image': '"e.png"',
  },
  wiring: 'w1',
  instance: null,
  ...more,
});

export const attempt = (more: Partial<AttemptRecord> = {}): AttemptRecord => ({
  attempt: 1,
  account: null,
  intentAt: 1000,
  taskId: task,
  acceptedAt: 1100,
  runningAt: 2000,
  settledAt: 32_000,
  end: { is: 'succeeded' },
  cost: null,
  ...more,
});

export const succeeded: RunState = { is: 'succeeded', taskId: task, files: [], at: 32_000 };

export const record = (seed: number | string, more: Partial<RunRecord> = {}): RunRecord => ({
  id: runId(seed),
  inputs: inputs(),
  state: succeeded,
  attempts: [attempt()],
  failures: 0,
  ...more,
});

export const history = (
  records: readonly RunRecord[],
  more: Partial<BatchState> = {},
): BatchState => ({
  name: 'test',
  target: '1980237776367083521',
  emulated: false,
  account: null,
  lastSeq: 0,
  lastAt: null,
  beganAt: null,
  endedAt: null,
  exitCode: null,
  stop: null,
  creates: 0,
  accepted: 0,
  manifest: null,
  scope: null,
  told: null,
  folders: new Set(),
  planned: new Map(),
  runs: new Map(records.map((found) => [found.id, found])),
  bases: new Map([['base-1', base()]]),
  ...more,
});
