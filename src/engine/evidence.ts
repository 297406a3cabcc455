import type { Clock } from '../edges/clock.js';
import type { Service } from '../runninghub/service.js';
import type { TaskId } from '../values/ids.js';

export interface EvidenceInput {
  /** When the lost request went out. */
  readonly sentAt: number;
  /** Shortest run time known for this workflow; null: none is known. */
  readonly shortestRunMs: number | null;
  /** Tasks that we know to have been accepted and have not seen end. */
  readonly known: () => readonly TaskId[];
}

const answersNeeded = 2;
const pauseMs = 1_000;

/**
 * Whether it is certain that a lost create made no task (DESIGN 7).
 *
 * The account tells how many tasks are in flight. An answer is evidence only when it comes
 * sooner after the request than any task of this workflow can have ended. It speaks for "no
 * task" when every counted task is one that we know: those which still answer as queued or
 * running *after* the count were in it, so when they are at least as many as the count, nothing
 * else was. Two such answers are needed. Anything else is no proof: null.
 *
 * @returns a sentence that tells the evidence, or null.
 */
export const noTaskEvidence = async (
  input: EvidenceInput,
  service: Pick<Service, 'account' | 'outputs'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | null> => {
  const { sentAt, shortestRunMs } = input;
  if (shortestRunMs === null) return null;
  const counts: string[] = [];
  while (counts.length < answersNeeded) {
    // Taken before the count: a task that was accepted after it was not in it.
    const known = input.known();
    const account = await service.account(signal);
    const tooLate = clock.now() - sentAt >= shortestRunMs;
    if (tooLate || signal.aborted) return null;
    if (account.is !== 'known' || account.tasksInFlight === null) return null;
    if (account.tasksInFlight > known.length) return null;
    const alive = await stillInFlight(known, service, signal);
    if (account.tasksInFlight > alive) return null;
    counts.push(`${account.tasksInFlight} in flight, ${alive} of them known`);
    if (counts.length < answersNeeded) await clock.sleep(pauseMs, signal);
  }
  return `the account counted ${counts.join('; then ')}`;
};

const stillInFlight = async (
  known: readonly TaskId[],
  service: Pick<Service, 'outputs'>,
  signal: AbortSignal,
): Promise<number> => {
  const answers = await Promise.all(known.map((taskId) => service.outputs(taskId, signal)));
  return answers.filter(({ is }) => is === 'queued' || is === 'running').length;
};
