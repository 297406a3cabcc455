import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pace } from '../../src/engine/submit/pace.js';
import { steadyPolicy } from '../../src/engine/watch/steady.js';
import type { FaultClass } from '../../src/runninghub/service.js';
import { ModelService, fault } from '../support/model-service.js';
import { virtualBatch } from '../support/virtual-batch.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** How long thirty runs of 3 s take where the n-th create is refused with this code. */
const timesOf = async (
  code: string | null,
  refuse: (n: number) => boolean,
  slots = 100,
): Promise<{ ms: number; most: number; creates: number }> => {
  const clock = new VirtualClock();
  const service = new ModelService({
    clock,
    slots: () => slots,
    queue: 0,
    runMs: () => 3_000,
    roundTripMs: 50,
    onCreate: (n, accept) =>
      code !== null && refuse(n)
        ? { is: 'refused', fault: fault(code, 'capacity' satisfies FaultClass) }
        : accept(),
    onAccepted: () => void (most = Math.max(most, service.inFlight())),
  });
  let most = 0;
  const began = clock.now();
  const ended = await clock.drive(
    virtualBatch({ runs: 30, policy: steadyPolicy(), service, clock, random: () => 0.5 }),
  );
  expect(ended.stop).toBeNull();
  expect(service.tasks).toHaveLength(30);
  return { ms: clock.now() - began, most, creates: service.requests.create };
};

test.each(['1003', '1011', 'http-429'])(
  '%s at the fourth create is a pause and no limit of slots',
  async (code) => {
    const plain = await timesOf(null, () => false);
    const slowed = await timesOf(code, (n) => n === 4);
    expect(slowed.ms - plain.ms).toBeLessThan(4_000);
    expect(slowed.creates).toBe(31);
    expect(slowed.most).toBeGreaterThan(3);
  },
);

test.each(['421', '415', '814', '1520'])('%s says how many tasks fit', async (code) => {
  // The account takes three: whatever it calls it, creates that find no room stay rare.
  const { creates, most } = await timesOf(code, () => false, 3);
  expect(most).toBe(3);
  expect(creates).toBeLessThan(45);
  const taught = await timesOf(code, (n) => n === 4);
  const plain = await timesOf(null, () => false);
  expect(taught.ms).toBeGreaterThan(plain.ms + 4_000);
});

test('where requests come too fast again and again, creates go out less and less often', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 500 }),
      (answers, roundTripMs) => {
        const pace = new Pace(() => 0);
        let now = 1_000_000;
        let refused = 0;
        for (const isRefused of answers) {
          const sentAt = Math.max(now, pace.nextAt);
          pace.sent(sentAt);
          now = sentAt + roundTripMs;
          refused = isRefused ? refused + 1 : 0;
          if (isRefused) pace.slower(sentAt, now, null);
          else pace.accepted(sentAt);
          const waits = pace.nextAt - now;
          // Never at once, never so long that the batch stands still.
          if (isRefused) expect(waits).toBeGreaterThanOrEqual(Math.min(30_000, 250 * 2 ** refused));
          expect(waits).toBeLessThanOrEqual(30_000);
        }
      },
    ),
  );
});

test('creates that were refused together slow down once, and Retry-After is kept', () => {
  const pace = new Pace(() => 0);
  for (let n = 0; n < 4; n += 1) pace.slower(1_000, 1_100 + n, null);
  expect(pace.nextAt).toBe(1_600);
  pace.slower(1_050, 1_200, 20_000);
  expect(pace.nextAt).toBe(21_200);
});
