import { runBatch } from '../../src/engine/engine.js';
import type { Ends } from '../../src/engine/edges.js';
import type { PollPolicy } from '../../src/engine/watch/policy.js';
import { Fold } from '../../src/journal/fold.js';
import type { JournalEvent, LiveEvent } from '../../src/journal/event.js';
import type { ExecutionOptions } from '../../src/manifest/manifest.js';
import { Durations } from '../../src/forecast/durations.js';
import { Mix } from '../../src/forecast/mix.js';
import { Outlook } from '../../src/forecast/outlook.js';
import type { Plan, PlannedRun } from '../../src/plan/plan.js';
import type { CreateRequest, Service } from '../../src/runninghub/service.js';
import { isRunId } from '../../src/values/ids.js';
import type { Clock } from '../../src/edges/clock.js';

export interface BatchOptions {
  readonly runs: number;
  readonly policy: PollPolicy;
  readonly service: Service;
  readonly clock: Clock;
  readonly random: () => number;
  readonly room?: number | null;
  readonly ends?: Ends;
  readonly patienceMs?: number;
  readonly execution?: Partial<ExecutionOptions>;
  /** Sees every event, after the outlook has it. */
  readonly on?: (event: JournalEvent | LiveEvent, outlook: Outlook) => void;
  /** The create call of a run; by default one that the model service takes. */
  readonly request?: (run: PlannedRun) => CreateRequest;
  /** The matrix' variables of the n-th run. */
  readonly values?: (index: number) => ReadonlyMap<string, string>;
}

const execution: ExecutionOptions = {
  concurrency: 'auto',
  retries: 1,
  timeout: { queueMs: 3_600_000, runMs: 3_600_000 },
  deadlineMs: null,
  failFast: false,
  maxFailures: null,
  onUnknown: 'auto',
  onInterrupt: 'keep',
  order: 'auto',
  requestsPerSecond: null,
};

const request = (run: PlannedRun): CreateRequest => ({
  path: '/model',
  body: new Map([['index', String(run.index)]]),
});

/** Which run a request is for. */
export const indexOf = ({ body }: CreateRequest): number => Number(body.get('index'));

/** The engine alone, over any service and clock: no manifest, no disk, no HTTP. */
export const virtualBatch = async (options: BatchOptions): ReturnType<typeof runBatch> => {
  const fold = new Fold();
  let seq = 0;
  const plan = planOf(options);
  const outlook = new Outlook(
    new Durations(),
    plan.pending.copy(),
    (run) => fold.state.runs.get(run),
    options.clock.now(),
  );
  const tell = (event: JournalEvent | LiveEvent): void => {
    outlook.on(event, options.clock.now());
    options.on?.(event, outlook);
  };
  const append = (event: JournalEvent): void => {
    const at = new Date(options.clock.now()).toISOString();
    fold.apply({ ...event, seq: (seq += 1), at });
    tell(event);
  };
  return runBatch(
    plan,
    {
      service: options.service,
      journal: {
        get state() {
          return fold.state;
        },
        append: (event) => {
          append(event);
          return Promise.resolve();
        },
        appendLater: append,
        stillHeld: () => Promise.resolve({ is: 'held' }),
      },
      uploads: {
        ensure: () => Promise.resolve({ ok: true, fileName: 'api/x.png', reused: false }),
        forget: () => undefined,
      },
      files: {
        present: () => Promise.resolve(true),
        resumeAt: () => Promise.resolve(0),
        receive: () => Promise.resolve({ is: 'whole' }),
        finish: (path) =>
          Promise.resolve({
            ok: true,
            file: { path, bytes: 1, sha256: '0'.repeat(64), mtimeMs: 0 },
          }),
      },
      clock: options.clock,
      random: options.random,
      show: tell,
      ...(options.ends === undefined ? {} : { ends: options.ends }),
    },
    {
      request: options.request ?? request,
      inputs: (run) => ({
        index: run.index,
        name: run.name,
        row: null,
        tags: [],
        values: Object.fromEntries(run.values),
        overrides: [],
        base: '',
        repeat: 0,
      }),
      policy: options.policy,
      expectedMs: (run) => outlook.expectedMs(run.values),
      room: options.room ?? null,
      nodes: null,
      leave: new Set(),
      interrupted: new AbortController().signal,
      outageTimeoutMs: options.patienceMs ?? 3_600_000,
    },
  );
};

/** What the engine reads of a plan, and no more. */
const planOf = ({ runs, values, execution: own }: BatchOptions): Plan => {
  const valuesOf = (index: number): ReadonlyMap<string, string> => values?.(index) ?? new Map();
  const pending = new Mix();
  for (let index = 0; index < runs; index += 1) pending.add(() => valuesOf(index));
  const plan = {
    manifest: {
      execution: { ...execution, ...own },
      budget: { coins: null, money: null, taskTimeMs: null, wallTimeMs: null, runs: null },
      run: { expect: { outputs: { min: 1, max: null }, types: null, minBytes: null } },
    },
    summary: { total: runs },
    pending,
    assets: new Map(),
    // eslint-disable-next-line @typescript-eslint/require-await -- a list that is made as it is read
    runs: async function* () {
      for (let index = 0; index < runs; index += 1) yield runOf(index, valuesOf(index));
    },
    outputPath: (run: PlannedRun) => `${run.name}.png`,
  };
  return plan as unknown as Plan;
};

const runOf = (index: number, values: ReadonlyMap<string, string>): PlannedRun => {
  const id = index.toString(16).padStart(16, '0');
  if (!isRunId(id)) throw new Error('not a run id');
  return {
    index,
    id,
    name: String(index).padStart(6, '0'),
    selected: true,
    acts: true,
    action: 'new',
    reasons: [],
    row: null,
    tags: [],
    values,
    overrides: [],
    repeat: 0,
    twinOf: null,
  };
};
