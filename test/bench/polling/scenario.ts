import type { PollPolicy } from '../../../src/engine/policy.js';
import type { JournalEvent, LiveEvent } from '../../../src/journal/event.js';
import type { ExecutionOptions } from '../../../src/manifest/manifest.js';
import type { Outlook } from '../../../src/plan/outlook.js';
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
    done: accepted,
  };
};

const mostIn = (times: readonly number[], windowMs: number): number => {
  let [from, most] = [0, 0];
  for (const [at, time] of times.entries()) {
    while ((times[from] ?? time) <= time - windowMs) from += 1;
    most = Math.max(most, at - from + 1);
  }
  return most;
};
