import type { Clock } from '../../edges/clock.js';
import type { Service } from '../../runninghub/service.js';
import type { TaskId } from '../../values/ids.js';

export interface EvidenceInput {
  /** When the lost request went out. */
  readonly sentAt: number;
  /** Shortest run time known for this workflow; null: none is known. */
  readonly shortestRunMs: number | null;
  /** Tasks that we know to have been accepted and have not seen end. */
  readonly known: () => readonly TaskId[];
}

export interface Evidence {
  /** Certain. */
  readonly noTask: boolean;
  /** For people. */
  readonly said: string;
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
 * else was. Two such answers are needed. Anything else is no proof.
 *
 * @returns whether it is certain, and a sentence that tells what was seen.
 */
export const noTaskEvidence = async (
  input: EvidenceInput,
  service: Pick<Service, 'account' | 'outputs'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Evidence> => {
  const { sentAt, shortestRunMs } = input;
  if (shortestRunMs === null)
    return open(
      'no task of this workflow has ended yet, so no count can rule out that one came and went',
    );
  const counts: string[] = [];
  while (counts.length < answersNeeded) {
    // Taken before the count: a task that was accepted after it was not in it.
    const known = input.known();
    const account = await service.account(signal);
    const tooLate = clock.now() - sentAt >= shortestRunMs;
    if (signal.aborted) return open('interrupted before the account was counted');
    if (account.is !== 'known' || account.tasksInFlight === null)
      return open('the account did not tell how many tasks are in flight');
    const counted = `the account counted ${account.tasksInFlight} in flight where ${known.length} are known`;
    if (tooLate) return open(`${counted}, too late to rule out that one came and went`);
    if (account.tasksInFlight > known.length)
      return open(`${counted}: one of the others may be its task`);
    const alive = await stillInFlight(known, service, signal);
    if (account.tasksInFlight > alive)
      return open(`${counted}, of which ${alive} were still in flight: one may be its task`);
    counts.push(`${account.tasksInFlight} in flight, ${alive} of them known`);
    if (counts.length < answersNeeded) await clock.sleep(pauseMs, signal);
  }
  return { noTask: true, said: `the account counted ${counts.join('; then ')}` };
};

const open = (said: string): Evidence => ({ noTask: false, said });

const stillInFlight = async (
  known: readonly TaskId[],
  service: Pick<Service, 'outputs'>,
  signal: AbortSignal,
): Promise<number> => {
  const answers = await Promise.all(known.map((taskId) => service.outputs(taskId, signal)));
  return answers.filter(({ is }) => is === 'queued' || is === 'running').length;
};
