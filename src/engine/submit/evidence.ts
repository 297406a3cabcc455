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
/** After an answer that decides nothing. */
const againMs = 3_000;
const mostTries = 6;

/**
 * Whether it is certain that a lost create made no task (DESIGN 7).
 *
 * The account tells how many tasks are in flight. An answer is evidence only when it comes
 * sooner after the request than any task of this workflow can have ended. It speaks for "no
 * task" when every counted task is one that we know: those which still answer as queued or
 * running *after* the count were in it, so when they are at least as many as the count, nothing
 * else was. Two such answers in a row are needed. An answer that did not come, and one beside which
 * a known task ended, is asked for again while there is time. A count above what is known ends the
 * matter: whatever went away afterwards may have been its task, failed sooner than any other.
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
    return undecided(
      'no task of this workflow has ended yet, so no count can rule out that one came and went',
    );
  const counts: string[] = [];
  // Why the last answer was none; asked again while an answer can still be evidence.
  let doubt = 'the service was not asked in time';
  for (let tries = 1; counts.length < answersNeeded; tries += 1) {
    if (tries > 1) await clock.sleep(tries > answersNeeded ? againMs : pauseMs, signal);
    // Taken before the count: a task that was accepted after it was not in it.
    const known = input.known();
    const account = await service.account(signal);
    // A task may be quicker than all before it: what is asked for again must come sooner still.
    const within = tries > answersNeeded ? shortestRunMs / 2 : shortestRunMs;
    const tooLate = clock.now() - sentAt >= within;
    if (signal.aborted) return undecided('interrupted before the account was counted');
    if (account.is !== 'known' || account.tasksInFlight === null) {
      doubt = 'the account did not tell how many tasks are in flight';
      if (tooLate || tries >= mostTries) return undecided(doubt);
      continue;
    }
    const counted = `the account counted ${account.tasksInFlight} in flight where ${known.length} are known`;
    if (tooLate)
      return undecided(
        tries === 1 ? `${counted}, too late to rule out that one came and went` : doubt,
      );
    if (account.tasksInFlight > known.length)
      return undecided(`${counted}: one of the others may be its task`);
    const alive = await stillInFlight(known, service, signal);
    if (account.tasksInFlight > alive) {
      // One that we know may have ended between the two answers, or its own task was counted.
      doubt = `${counted}, of which ${alive} were still in flight: one may be its task`;
      counts.length = 0;
      if (tries >= mostTries) return undecided(doubt);
      continue;
    }
    counts.push(`${account.tasksInFlight} in flight, ${alive} of them known`);
    doubt = `${counted} once, and the next answer came too late to rule out that one came and went`;
  }
  return { noTask: true, said: `the account counted ${counts.join('; then ')}` };
};

const undecided = (said: string): Evidence => ({ noTask: false, said });

const stillInFlight = async (
  known: readonly TaskId[],
  service: Pick<Service, 'outputs'>,
  signal: AbortSignal,
): Promise<number> => {
  const ask = async (taskId: TaskId): Promise<boolean> => {
    const first = await service.outputs(taskId, signal);
    // A read that failed says nothing about its task.
    const { is } = first.is === 'unread' ? await service.outputs(taskId, signal) : first;
    return is === 'queued' || is === 'running';
  };
  const answers = await Promise.all(known.map(ask));
  return answers.filter((alive) => alive).length;
};
