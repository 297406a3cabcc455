import { expect, test } from 'vitest';
import type { Clock } from '../../src/edges/clock.js';
import { steadyPolicy } from '../../src/engine/watch/steady.js';
import { fault, ModelService } from '../support/model-service.js';
import { virtualBatch } from '../support/virtual-batch.js';
import { VirtualClock } from '../support/virtual-clock.js';

const hour = 3_600_000;

/** A batch in whose middle the clock jumps while the network is away for some reads. */
const jumping = async (byMs: number, deaf: number) => {
  const base = new VirtualClock();
  let offset = 0;
  let reads = 0;
  const clock: Clock = {
    now: () => base.now() + offset,
    sleep: (ms, signal) => base.sleep(ms, signal),
  };
  const away = (): boolean => {
    reads += 1;
    if (reads === 4) offset += byMs;
    return reads >= 4 && reads < 4 + deaf;
  };
  const unread = fault('ENETDOWN', 'transient');
  const service = new ModelService({
    // The service's own time goes on as it should.
    clock: base,
    slots: () => 2,
    queue: 0,
    runMs: () => 60_000,
    roundTripMs: 50,
    onOutputs: () => (away() ? { is: 'unread', fault: unread } : null),
    onAccount: (truth) => (away() ? { is: 'failed', fault: unread } : truth),
  });
  const result = await base.drive(
    virtualBatch({
      runs: 8,
      policy: steadyPolicy(),
      service,
      clock,
      random: () => 0.5,
      patienceMs: 600_000,
      execution: { timeout: { queueMs: 48 * hour, runMs: 48 * hour } },
    }),
  );
  return { result, tookMs: base.now() - new VirtualClock().now() };
};

test('a lid that was shut for eight hours ends nothing: the network is asked anew', async () => {
  const { result } = await jumping(8 * hour, 3);
  expect(result).toMatchObject({ stop: null, accepted: 8, inFlight: [] });
});

test('a service that is really away is told after its patience, sleep or not', async () => {
  const { result } = await jumping(8 * hour, Number.POSITIVE_INFINITY);
  expect(result.stop).toMatchObject({ is: 'service', message: 'The service does not answer' });
});

test('a clock that is set back stops nothing and makes nobody wait for it', async () => {
  const straight = await jumping(0, 0);
  const { result, tookMs } = await jumping(-3 * hour, 0);
  expect(result).toMatchObject({ stop: null, accepted: 8, inFlight: [] });
  expect(tookMs).toBeLessThan(straight.tookMs + 120_000);
});
