import { expect, test } from 'vitest';
import { steadyPolicy } from '../../src/engine/watch/steady.js';
import { logNormal } from '../bench/polling/draws.js';
import type { Measured, Scenario, Tell } from '../bench/polling/scenario.js';
import { measure, mostReads } from '../bench/polling/scenario.js';

/** In virtual time: the same numbers for the same seed on every machine. */
const scenario: Scenario = {
  runs: 400,
  slots: 5,
  runMs: logNormal(30_000, 0.4),
  // As in an apply: while events come, polls must not rest so long that the service seems silent.
  patienceMs: 600_000,
};

type Events = NonNullable<Scenario['events']>;

/** The event of each task comes so long after its end; null: never. */
const after =
  (latencyMs: (tell: Tell) => number | null): Events =>
  (tell) => {
    const { task, clock, said } = tell;
    const latency = latencyMs(tell);
    if (latency === null) return;
    void clock.sleep(task.endsAt - clock.now() + latency).then(() => said(task.taskId));
  };

/** From its start to its end every task is said to have ended, twenty times a second. */
const flood: Events = ({ task, clock, said }) => {
  const forge = async (): Promise<void> => {
    while (clock.now() < task.endsAt) {
      said(task.taskId);
      said(`9${task.taskId}`);
      await clock.sleep(50);
    }
  };
  void forge();
};

const batch = async (events: Events | null, more: Partial<Scenario> = {}): Promise<Measured> => {
  const whole = { ...scenario, ...more, ...(events === null ? {} : { events }) };
  const measured = await measure(whole, steadyPolicy());
  expect(measured.done).toBe(whole.runs);
  expect(measured.peak).toBeLessThanOrEqual(mostReads(whole));
  return measured;
};

const film = { runMs: logNormal(1_800_000, 0.4), slots: 1 };
const soon = after(() => 300);
const busy: Scenario['foreign'] = (ms) => (Math.floor(ms / 60_000) % 2) * 3;

/** Most reads per run, least utilisation; polls alone need 8.3 reads for 0.981, one slot 0.951. */
const cases: readonly (readonly [string, Events, Partial<Scenario>, number, number])[] = [
  ['come', soon, {}, 2.2, 0.985],
  ['come, one slot', soon, { slots: 1, runs: 100 }, 1.6, 0.98],
  ['come, 20 slots', soon, { slots: 20 }, 2.8, 0.975],
  ['come, video of 10 min', soon, { runMs: logNormal(600_000, 0.4), runs: 200 }, 9, 0.99],
  ['come, video of 30 min, one slot', soon, { ...film, runs: 20 }, 22, 0.99],
  ['come, and tasks queue', soon, { queue: 10 }, 5.5, 0.999],
  ['come, and another program uses the key', soon, { slots: 8, foreign: busy }, 7.5, 0.985],
  ['are lost at times', after(({ random }) => (random() < 0.01 ? null : 300)), {}, 4, 0.98],
  ['are lost often', after(({ random }) => (random() < 0.2 ? null : 300)), {}, 8.4, 0.978],
  ['come a little late', after(() => 1_000), {}, 8.4, 0.9775],
  ['come too late for the slots', after(() => 4_000), {}, 8.4, 0.978],
  ['come too late, one slot', after(() => 4_000), { slots: 1, runs: 100 }, 8.6, 0.94],
  ['come after all is known', after(() => 60_000), {}, 8.4, 0.978],
  ['never come', after(() => null), {}, 8.4, 0.978],
  [
    'stop half-way',
    after(({ task }) => (Number(task.taskId.slice(-4)) > 200 ? null : 300)),
    {},
    6,
    0.978,
  ],
  // Four reads of each task are what its forged events can cost.
  ['are forged without end', flood, { runs: 150 }, 12.5, 0.975],
];

test.each(cases)('events %s', async (_name, events, more, reads, utilisation) => {
  const measured = await batch(events, more);
  expect(measured.readsPerRun).toBeLessThanOrEqual(reads);
  expect(measured.utilisation).toBeGreaterThanOrEqual(utilisation);
});

test('a task that ends before its create is answered is asked for at once', async () => {
  const quick: Partial<Scenario> = { runs: 50, slots: 2, runMs: () => 200, roundTripMs: 1_000 };
  const announced = await batch(
    after(() => 10),
    quick,
  );
  const polled = await batch(null, quick);
  expect(announced.seenLateMs).toBeLessThan(polled.seenLateMs);
  expect(announced.pollsPerRun).toBeLessThan(1.2);
});
