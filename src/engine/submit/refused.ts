import type { Fault } from '../../runninghub/service.js';
import { impossible } from '../../values/impossible.js';
import { afterFailure, forgetLostUploads } from '../settle/after-failure.js';
import type { Context } from '../context.js';
import { errorOf, mayBeFalseAlarm, saysNoRoom, saysTooFast, wasTurnedAway } from '../errors.js';
import type { ReadyRun } from './queue.js';

/** What a refused create means for the run, its slot and the batch. It is certain that no task exists. */
export const refused = async (
  context: Context,
  ready: ReadyRun,
  attempt: number,
  fault: Fault,
  sentAt: number,
): Promise<void> => {
  const { run } = ready;
  const record = (then: 'capacity' | 'retry' | 'final' | 'stop'): Promise<void> =>
    context.record({ type: 'refused', run: run.id, attempt, error: errorOf(fault), then });
  if (fault.class === 'capacity') {
    if (saysNoRoom(fault)) return refusedFull(context, ready, attempt, fault);
    tooFast(context, fault, sentAt);
    context.queue.putBack(ready);
    context.edges.show({ type: 'waiting', for: 'service', message: fault.message });
    return record('capacity');
  }
  context.slots.releaseUntried();
  switch (fault.class) {
    case 'transient':
    case 'unknown':
      return record(triedLater(context, ready, fault, sentAt));
    case 'account':
      if (mayBeFalseAlarm(fault)) return record(triedLater(context, ready, fault, sentAt));
      context.queue.putBack(ready);
      context.halt({ is: 'service', message: fault.message });
      return record('stop');
    case 'input':
    case 'task':
      context.creates.answered();
      return record(afterRefusal(context, ready, fault));
    default:
      return impossible(fault.class);
  }
};

/** The account has no room for another task. */
export const refusedFull = async (
  context: Context,
  ready: ReadyRun,
  attempt: number,
  fault: Fault,
): Promise<void> => {
  const { slots, creates, inFlight, edges } = context;
  slots.refused(context.now, fault.retryAfterMs, inFlight.count.unaccounted);
  creates.lostInARow = 0;
  context.queue.putBack(ready);
  edges.show({ type: 'waiting', for: 'capacity', message: fault.message });
  const error = errorOf({ ...fault, class: 'capacity' });
  await context.record({ type: 'refused', run: ready.run.id, attempt, error, then: 'capacity' });
};

/** Requests come too fast, or the service is busy: that says nothing of how many tasks fit. */
const tooFast = (context: Context, fault: Fault, sentAt: number): void => {
  const { creates, slots, readBudget, now } = context;
  slots.releaseUntried();
  creates.pace.slower(sentAt, now, fault.retryAfterMs);
  // Reads are requests too. A single refusal may be chance.
  if (saysTooFast(fault) && creates.pace.insists) readBudget.tooFast(now);
  creates.lostInARow = 0;
};

/** No task was made and another try may succeed. Repeated refusals end the run or the batch. */
const triedLater = (
  context: Context,
  ready: ReadyRun,
  fault: Fault,
  sentAt: number,
): 'capacity' | 'final' => {
  const { creates, edges, now } = context;
  const counts = wasTurnedAway(fault) || mayBeFalseAlarm(fault);
  const then = counts ? creates.turnedAway.again(ready.run.id, sentAt, now) : 'again';
  if (then === 'run') {
    context.totals.failed();
    return 'final';
  }
  context.queue.putBack(ready);
  creates.trouble(now, fault.retryAfterMs);
  edges.show({ type: 'waiting', for: 'service', message: fault.message });
  if (then === 'batch') {
    const { inARow } = creates.turnedAway;
    const message = `${inARow} submits in a row were turned away: ${fault.message}`;
    context.halt({ is: 'service', message });
  }
  return 'capacity';
};

const afterRefusal = (
  context: Context,
  { run, reused }: ReadyRun,
  fault: Fault,
): 'capacity' | 'retry' | 'final' => {
  if (forgetLostUploads(context, run.id, reused, fault.message)) {
    context.queue.tryLater(run, context.now);
    return 'capacity';
  }
  return afterFailure(context, run, errorOf(fault));
};
