import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ends } from '../../src/engine/edges.js';
import { steadyPolicy } from '../../src/engine/watch/steady.js';
import type { JournalEvent, LiveEvent } from '../../src/journal/event.js';
import type { CreateAnswer } from '../../src/runninghub/service.js';
import type { ModelTask } from '../support/model-service.js';
import { fault, ModelService } from '../support/model-service.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { indexOf, virtualBatch } from '../support/virtual-batch.js';

const draws = (seed: number): (() => number) => {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

interface Faults {
  readonly runs: number;
  readonly slots: number;
  /** Of creates: lost before, and after, a task was made. */
  readonly before: number;
  readonly after: number;
  /** Of reads that give nothing. */
  readonly unread: number;
  readonly foreign: number;
  /** Whether each task's end is told to the webhook of its submit. */
  readonly events: boolean;
  /** Longest and shortest run time, in s. */
  readonly spread: readonly [number, number];
}

interface Judged {
  readonly tasks: readonly ModelTask[];
  /** Attempts that were settled as "no task exists", and as made by a task. */
  readonly noTask: readonly string[];
  readonly claimed: readonly string[];
  readonly unknown: ReadonlySet<string>;
  readonly lostBefore: number;
}

const judge = async (seed: number, faults: Faults): Promise<Judged> => {
  const random = draws(seed);
  const clock = new VirtualClock();
  let said: Parameters<Ends['listen']>[0] = () => undefined;
  let lostBefore = 0;
  const attempts = new Map<string, number>();
  const service = new ModelService({
    clock,
    slots: () => faults.slots,
    queue: 0,
    runMs: () => 1_000 * (faults.spread[0] + (faults.spread[1] - faults.spread[0]) * random()),
    roundTripMs: 100,
    foreign: () => (random() < faults.foreign ? 1 : 0),
    fails: () => random() < faults.unread,
    onAccount: (truth) =>
      random() < faults.unread ? { is: 'failed', fault: fault('http-500', 'transient') } : truth,
    onCreate: (_n, accept): CreateAnswer | null => {
      const lost: CreateAnswer = { is: 'lost', fault: fault('reset', 'unknown') };
      const chance = random();
      if (chance < faults.before) {
        lostBefore += 1;
        return lost;
      }
      if (chance < faults.before + faults.after) {
        const truth = accept();
        return truth.is === 'accepted' ? lost : truth;
      }
      return null;
    },
    onAccepted: (task) => {
      if (!faults.events) return;
      const run = indexOf(task.request).toString(16).padStart(16, '0');
      const of = { run: run as never, attempt: attempts.get(run) ?? 1 };
      void clock.sleep(task.endsAt - clock.now() + 200).then(() => said(task.taskId, of));
    },
  });
  const noTask: string[] = [];
  const claimed: string[] = [];
  const unknown = new Set<string>();
  await clock.drive(
    virtualBatch({
      runs: faults.runs,
      policy: steadyPolicy(),
      service,
      clock,
      random,
      execution: { deadlineMs: 24 * 3_600_000 },
      ends: { listen: (teller) => (said = teller) },
      on: (event: JournalEvent | LiveEvent) => {
        if (event.type === 'intent') attempts.set(event.run, event.attempt);
        if (event.type === 'lost') unknown.add(event.run);
        if (event.type !== 'resolved') return;
        unknown.delete(event.run);
        if (event.how.is === 'noTask') noTask.push(event.run);
        if (event.how.is === 'task') claimed.push(event.run);
      },
    }),
  );
  return { tasks: service.tasks, noTask, claimed, unknown, lostBefore };
};

const perRun = (tasks: readonly ModelTask[]): number[] => {
  const counts = new Map<number, number>();
  for (const { request } of tasks)
    counts.set(indexOf(request), (counts.get(indexOf(request)) ?? 0) + 1);
  return [...counts.values()];
};

describe('auto', () => {
  test('never settles as not bought what was accepted, whatever is lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.record({
          runs: fc.integer({ min: 5, max: 20 }),
          slots: fc.integer({ min: 2, max: 8 }),
          before: fc.constantFrom(0, 0.05, 0.2),
          after: fc.constantFrom(0.02, 0.05, 0.2),
          unread: fc.constantFrom(0, 0.05, 0.4),
          foreign: fc.constantFrom(0, 0.1, 1),
          events: fc.boolean(),
          spread: fc.constantFrom([8, 8] as const, [8, 60] as const, [20, 900] as const),
        }),
        async (seed, faults) => {
          const { tasks } = await judge(seed, faults);
          // The bill is the judge: no run has two tasks.
          expect(Math.max(0, ...perRun(tasks))).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 12, seed: 26 },
    );
  });

  const quiet: Faults = {
    ...{ runs: 120, slots: 5, before: 0.08, after: 0.08, unread: 0, foreign: 0 },
    ...{ events: false, spread: [20, 60] },
  };

  test('settles what made no task, also where the account is read badly', async () => {
    const { noTask, lostBefore, tasks } = await judge(7, { ...quiet, after: 0, unread: 0.1 });
    expect(lostBefore).toBeGreaterThan(7);
    // The first ones came before any task had ended.
    expect(noTask.length).toBeGreaterThanOrEqual(lostBefore - 3);
    expect(Math.max(...perRun(tasks))).toBe(1);
  });

  test('without events holds every task of a lost answer; with them finds each', async () => {
    const held = await judge(3, quiet);
    expect(held.unknown.size).toBeGreaterThan(5);
    const found = await judge(3, { ...quiet, events: true });
    expect(found.claimed.length).toBeGreaterThan(5);
    const theirs = new Set(found.tasks.map(({ request }) => indexOf(request)));
    for (const run of found.unknown) expect(theirs.has(parseInt(run, 16)), run).toBe(false);
    expect(Math.max(...perRun(found.tasks))).toBe(1);
  });
});
