import type { Context } from './context.js';
import type { Supply } from './submit/supply.js';

/** After an interrupt pending creates have this long to be answered. The whole end takes under 7 s. */
const createsEndMs = 3_500;
const cancelMs = 2_500;

/** Waits, for a bounded time, until pending work has ended, and ends what can be done later. */
export const shutDown = async (context: Context, supply: Supply): Promise<void> => {
  const { edges, stopReads, stopCreates, plan } = context;
  if (!context.over) await context.idle();
  const idle = new AbortController();
  stopReads.abort();
  void edges.clock.sleep(createsEndMs, idle.signal).then(() => stopCreates.abort());
  await supply.close();
  await context.idle();
  idle.abort();
  // Last, because a create that was pending may have been accepted meanwhile.
  if (context.stop?.is === 'signal' && plan.manifest.execution.onInterrupt === 'cancel')
    await cancelAll(context);
};

/** `onInterrupt: cancel`. The next apply finds out which tasks ended. */
const cancelAll = async ({ edges, inFlight }: Context): Promise<void> => {
  const { service, clock } = edges;
  const timeUp = new AbortController();
  const asked = inFlight.taskIds().map((taskId) => service.cancel(taskId, timeUp.signal));
  await Promise.race([Promise.all(asked), clock.sleep(cancelMs, timeUp.signal)]);
  timeUp.abort();
};
