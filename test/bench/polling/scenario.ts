import type { PollPolicy } from '../../../src/engine/watch/policy.js';
import type { JournalEvent, LiveEvent } from '../../../src/journal/event.js';
import type { ExecutionOptions } from '../../../src/manifest/manifest.js';
import type { Outlook } from '../../../src/forecast/outlook.js';
import type { ModelOptions, ModelTask } from '../../support/model-service.js';
import { ModelService } from '../../support/model-service.js';
import { indexOf, virtualBatch } from '../../support/virtual-batch.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { draws } from './draws.js';

type Shown = JournalEvent | LiveEvent;

/** A batch against a model of the service, in virtual time; the same for the same seed. */
export interface Scenario {
  readonly runs: number;
  readonly slots: number | ((elapsedMs: number) => number);
  /** Places in the service's own queue. */
  readonly queue?: number;
  /** Run time of the n-th task that the service accepts, in ms. */
  readonly runMs: (n: number, random: () => number, index: number) => number;
  readonly roundTripMs?: number;
  /** Tasks of another program on the account. */
  readonly foreign?: (elapsedMs: number) => number;
  /** The account's count is so old. */
  readonly countLagMs?: number;
  readonly account?: ModelOptions['onAccount'];
  readonly onCreate?: ModelOptions['onCreate'];
  readonly onOutputs?: ModelOptions['onOutputs'];
  /** The service tells the account's limit. */
  readonly told?: boolean;
  /** The service tells the end of each task to a webhook, as this says. */
  readonly events?: (tell: Tell) => void;
  readonly patienceMs?: number;
  readonly toldMs?: ModelOptions['toldMs'];
  /** Share of reads that are answered with HTTP 500. */
  readonly failing?: number;
  readonly execution?: Partial<ExecutionOptions>;
  readonly values?: (index: number) => ReadonlyMap<string, string>;
}

/** A task was accepted; `said` brings an event about any task to the engine. */
export interface Tell {
  readonly task: ModelTask;
  readonly clock: VirtualClock;
  readonly random: () => number;
  readonly said: (taskId: string) => void;
}

export interface Measured {
  /** Busy slot time over slot time, from the start to the last submit. */
  readonly utilisation: number;
  /** From the first request to the last end, over the time that perfect packing would take. */
  readonly makespan: number;
  readonly readsPerRun: number;
  readonly countsPerRun: number;
  readonly pollsPerRun: number;
  /** Most read requests in any one second. */
  readonly peak: number;
  readonly rejected: number;
  /** Mean and 95th percentile from a task's end to our knowledge of its outputs, in ms. */
  readonly seenLateMs: number;
  /** The same of tasks that ended before the last submit: results during the batch. */
  readonly duringLateMs: number;
  /** From the last task's end to the end of the apply, in ms. */
  readonly tailMs: number;
  /** What the tail may be: 3 s and twice the time to ask for every task that is still followed. */
  readonly tailBoundMs: number;
  readonly done: number;
}

/** A scenario that was played to its end. */
export interface Played {
  readonly clock: VirtualClock;
  /** Of the virtual clock, when the batch began. */
  readonly start: number;
  readonly service: ModelService;
  /** When each read request went out. */
  readonly reads: readonly number[];
  readonly accepted: number;
  /** Slots that the account left to us at a time. */
  readonly offeredAt: (at: number) => number;
}

export const play = async (
  scenario: Scenario,
  policy: PollPolicy,
  seed: number,
  on?: (event: Shown, outlook: Outlook, now: number) => void,
): Promise<Played> => {
  const clock = new VirtualClock();
  const start = clock.now();
  const random = draws(seed);
  const slotsAt = (at: number): number =>
    typeof scenario.slots === 'number' ? scenario.slots : scenario.slots(at - start);
  const foreignAt = (at: number): number => scenario.foreign?.(at - start) ?? 0;
  const reads: number[] = [];
  const times = new Map<number, number>();
  const { events } = scenario;
  let said: (taskId: string) => void = () => undefined;
  const service: ModelService = new ModelService({
    clock,
    onAccepted: (task) => events?.({ task, clock, random, said: (id) => said(id) }),
    slots: () => slotsAt(clock.now()),
    queue: scenario.queue ?? 0,
    roundTripMs: scenario.roundTripMs ?? 100,
    runMs: (n, request) => {
      const index = indexOf(request);
      // The same run takes the same time under every policy.
      const known = times.get(index) ?? scenario.runMs(n, draws(seed * 7919 + index), index);
      times.set(index, known);
      return known;
    },
    told: scenario.told === true,
    foreign: () => foreignAt(clock.now()),
    onRead: () => reads.push(clock.now()),
    ...(scenario.toldMs === undefined ? {} : { toldMs: scenario.toldMs }),
    ...(scenario.failing === undefined
      ? {}
      : { fails: withChance(scenario.failing, draws(seed + 31)) }),
    onAccount: (truth) => {
      const lag = scenario.countLagMs ?? 0;
      if (lag === 0) return scenario.account?.(truth) ?? truth;
      const then = clock.now() - lag;
      const alive = service.tasks.filter((task) => task.createdAt <= then && task.endsAt > then);
      return { ...truth, tasksInFlight: alive.length + foreignAt(then) };
    },
    ...(scenario.onCreate === undefined ? {} : { onCreate: scenario.onCreate }),
    ...(scenario.onOutputs === undefined ? {} : { onOutputs: scenario.onOutputs }),
  });
  const { accepted } = await clock.drive(
    virtualBatch({
      runs: scenario.runs,
      policy,
      service,
      clock,
      random,
      room: scenario.told === true ? slotsAt(start) - foreignAt(start) : null,
      ...(scenario.patienceMs === undefined ? {} : { patienceMs: scenario.patienceMs }),
      ...(events === undefined ? {} : { ends: { listen: (told) => (said = told) } }),
      ...(scenario.execution === undefined ? {} : { execution: scenario.execution }),
      ...(scenario.values === undefined ? {} : { values: scenario.values }),
      ...(on === undefined ? {} : { on: (event, outlook) => on(event, outlook, clock.now()) }),
    }),
  );
  const offeredAt = (at: number): number => Math.max(0, slotsAt(at) - foreignAt(at));
  return { clock, start, service, reads, accepted, offeredAt };
};

export const measure = async (
  scenario: Scenario,
  policy: PollPolicy,
  seed = 1,
): Promise<Measured> => {
  const played = await play(scenario, policy, seed);
  const { clock, start, service, reads, accepted, offeredAt } = played;
  const { tasks } = service;
  const lastStart = Math.max(...tasks.map(({ createdAt }) => createdAt));
  const lastEnd = Math.max(...tasks.map(({ endsAt }) => endsAt));
  const busy = tasks.reduce(
    (sum, { startsAt, endsAt }) =>
      sum + Math.max(0, Math.min(endsAt, lastStart) - Math.min(startsAt, lastStart)),
    0,
  );
  let offered = 0;
  for (let at = start; at < lastStart; at += 1_000)
    offered += offeredAt(at) * Math.min(1_000, lastStart - at);
  const work = tasks.reduce((sum, { startsAt, endsAt }) => sum + endsAt - startsAt, 0);
  const late = tasks.map(({ seenAt, endsAt }) => (seenAt ?? clock.now()) - endsAt);
  const during = tasks.filter(({ endsAt }) => endsAt < lastStart);
  const duringLate = during.map(({ seenAt, endsAt }) => (seenAt ?? clock.now()) - endsAt);
  const followed = tasks.filter(({ seenAt }) => seenAt === null || seenAt >= lastEnd).length;
  const meanSlots = offered / Math.max(1, lastStart - start);
  return {
    utilisation: busy / offered,
    makespan: (lastEnd - start) / (work / meanSlots),
    readsPerRun: reads.length / tasks.length,
    countsPerRun: (service.requests.account + service.requests.queue) / tasks.length,
    pollsPerRun: service.requests.outputs / tasks.length,
    peak: mostIn(reads, 1_000),
    rejected: service.rejected,
    seenLateMs: late.reduce((sum, ms) => sum + ms, 0) / late.length,
    duringLateMs: duringLate.reduce((sum, ms) => sum + ms, 0) / Math.max(1, during.length),
    tailMs: clock.now() - lastEnd,
    tailBoundMs:
      3_000 + (2_000 * followed) / Math.min(20, Math.max(2, followed / 5, mostAtOnce(tasks) / 5)),
    done: accepted,
  };
};

/** The engine's own default, unless the scenario says otherwise. */
export const readsPerSecond = ({ slots, execution }: Scenario): number =>
  execution?.requestsPerSecond ??
  Math.min(20, Math.max(2, typeof slots === 'number' ? slots / 5 : 2));

/** Slots that the batch really found: short tasks end before a hundred could be begun. */
const mostAtOnce = (tasks: readonly ModelTask[]): number =>
  Math.max(
    ...tasks.map(
      ({ startsAt }) =>
        tasks.filter((other) => other.startsAt <= startsAt && other.endsAt > startsAt).length,
    ),
  );

/**
 * In any one second, as the engine's budget has it: it follows the slots, which may be taken for
 * more than there are for a moment, and a queue of the service counts as slots.
 */
export const mostReads = (scenario: Scenario): number => {
  const fixed = scenario.execution?.requestsPerSecond;
  if (fixed !== undefined && fixed !== null) return fixed;
  const growing = (scenario.queue ?? 0) > 0 || typeof scenario.slots === 'function';
  return Math.ceil(2 * readsPerSecond(scenario)) + (growing ? 2 : 0);
};

const withChance =
  (share: number, random: () => number): (() => boolean) =>
  () =>
    random() < share;

const mostIn = (times: readonly number[], windowMs: number): number => {
  let [from, most] = [0, 0];
  for (const [at, time] of times.entries()) {
    while ((times[from] ?? time) <= time - windowMs) from += 1;
    most = Math.max(most, at - from + 1);
  }
  return most;
};
