import type { CreateAnswer } from '../../runninghub/service.js';
import type { Submit } from '../../runninghub/receiver.js';
import type { AttemptRecord } from '../../journal/state.js';
import type { TaskId } from '../../values/ids.js';
import { impossible } from '../../values/impossible.js';
import type { Context } from '../context.js';
import { saysNoRoom } from '../errors.js';
import type { LiveProgress } from '../live.js';
import { followedTask } from '../watch/task.js';
import { LostAnswers } from './lost-answers.js';
import type { ReadyRun } from './queue.js';
import { refused } from './refused.js';

/**
 * Carries out attempts: the intent is durable before the request goes out, and its answer is
 * durable before anything else happens to the run. There is no other way to send a create.
 */
export class Submitter {
  readonly #lostAnswers: LostAnswers;

  constructor(
    private readonly context: Context,
    private readonly live: LiveProgress,
  ) {
    this.#lostAnswers = new LostAnswers(context);
  }

  /** Lost creates whose outcome is being found out: their runs may return to the queue. */
  get judging(): number {
    return this.#lostAnswers.judging;
  }

  /** An event of this task came to the webhook of that submit. */
  eventArrived(submit: Submit, taskId: string): void {
    this.#lostAnswers.eventArrived(submit, taskId);
  }

  /** One attempt of a run, which takes a slot. */
  async submit(ready: ReadyRun): Promise<void> {
    const { context } = this;
    const { creates, edges, slots } = context;
    const { run } = ready;
    const roomExpected = slots.take(context.now);
    creates.begin(context.now);
    try {
      if (!(await context.stillHeld())) {
        context.queue.putBack(ready);
        slots.release();
        return;
      }
      const record = edges.journal.state.runs.get(run.id);
      const last = record?.attempts.at(-1);
      const attempt = (last?.attempt ?? 0) + 1;
      const named = edges.service.named;
      const again = named === undefined ? null : idAgain(last);
      const id = named && { taskId: again ?? named.idFor(run.id, attempt, context.now) };
      await context.record({
        type: 'intent',
        run: run.id,
        attempt,
        inputs: record === undefined ? context.options.inputs(run) : null,
        ...id,
      });
      if (edges.journal.maySend !== undefined && !(await edges.journal.maySend())) {
        await this.#notSent(ready, attempt);
        return;
      }
      const sentAt = context.now;
      const request = context.options.request(run, ready.fileNames, attempt);
      const answer = await edges.service.create(
        { ...request, ...id, ...(again === null ? {} : { sentBefore: true as const }) },
        context.stopCreates.signal,
      );
      if (answer.is === 'refused' && saysNoRoom(answer.fault) && roomExpected)
        context.slotsChanged(context.inFlight.count.refused(context.now));
      if (answer.is !== 'lost') this.#lostAnswers.answered(run.id);
      await this.#answered(ready, attempt, answer, sentAt);
    } finally {
      creates.underWay -= 1;
    }
  }

  /** Another machine may lead by now: nothing went out, and nothing more does. */
  async #notSent(ready: ReadyRun, attempt: number): Promise<void> {
    const { context } = this;
    context.queue.putBack(ready);
    context.slots.releaseUntried();
    const message = 'not sent: it was not certain that no other machine submits';
    context.halt({ is: 'journal', message });
    const error = { class: 'local', code: 'not-sent', message, ...nowhere } as const;
    await context.record({
      ...{ type: 'refused', run: ready.run.id, attempt, error, then: 'capacity' },
    });
  }

  async #answered(
    ready: ReadyRun,
    attempt: number,
    answer: CreateAnswer,
    sentAt: number,
  ): Promise<void> {
    switch (answer.is) {
      case 'accepted':
        this.context.creates.pace.accepted(sentAt);
        return this.#accepted(ready, attempt, answer);
      case 'refused':
        return refused(this.context, ready, attempt, answer.fault, sentAt);
      case 'lost':
        return this.#lostAnswers.lost(ready, attempt, answer.fault, sentAt);
      default:
        return impossible(answer);
    }
  }

  async #accepted(
    { run, reused }: ReadyRun,
    attempt: number,
    { taskId, running, netWssUrl, nodeErrors }: CreateAnswer & { is: 'accepted' },
  ): Promise<void> {
    const { context } = this;
    const { edges, inFlight, now } = context;
    context.totals.accepted();
    context.creates.answered();
    // Followed before it is durable: if the disk refuses, the result still names its id.
    const announced = edges.ends !== undefined;
    const runningAt = running ? now : null;
    const task = followedTask({
      ...{ run, attempt, taskId, acceptedAt: now },
      ...{ runningAt, reused, announced },
    });
    inFlight.add(task);
    if (netWssUrl !== null) this.live.follow(task, netWssUrl);
    context.slots.accepted(now, inFlight.standing());
    await context.record({ type: 'accepted', run: run.id, attempt, taskId });
    if (running) edges.journal.appendLater({ type: 'observed', run: run.id, taskId });
    for (const message of nodeErrors)
      edges.show({ type: 'notice', message: `${run.name}: ${message}` });
  }
}

const nowhere = { node: null, field: null, traceback: null };

/**
 * A submit that is known not to have arrived goes out again under the same id: if it did arrive
 * after all, the service has one id for both.
 */
const idAgain = (last: AttemptRecord | undefined): TaskId | null => {
  const { end, named = null } = last ?? {};
  const absent =
    (end?.is === 'resolved' && end.how === 'noTask') ||
    (end?.is === 'refused' && end.error.code === 'not-arrived');
  return absent ? named : null;
};
