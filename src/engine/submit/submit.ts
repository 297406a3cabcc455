import type { LostSubmit } from './claims.js';
import { Claims } from './claims.js';
import type { Submit } from '../../runninghub/receiver.js';
import type { RunError } from '../../journal/event.js';
import type { PlannedRun } from '../../plan/plan.js';
import type { CreateAnswer, Fault } from '../../runninghub/service.js';
import type { RunId, TaskId } from '../../values/ids.js';
import { impossible } from '../../values/impossible.js';
import { backoffMs } from '../../edges/backoff.js';
import type { Context } from '../context.js';
import { errorOf, mayBeFalseAlarm, saysNoRoom, saysTooFast, wasTurnedAway } from '../errors.js';
import { noTaskEvidence } from './evidence.js';
import type { Watched } from '../watch/follow.js';
import { Pace } from './pace.js';
import type { Retries } from './retries.js';
import type { ReadyRun, Supply } from './supply.js';
import { TurnedAway } from './turned-away.js';
import type { Watch } from '../watch/watch.js';

/** Creates lost in a row before the service counts as down: each may be a paid task. */
const lossesBelieved = 8;
/** The same where what answers is not the service's own: a page, or nothing, with HTTP 200. */
const oddLossesBelieved = 3;
/** No task is over sooner than this after its submit. */
const shortestTaskMs = 2_000;
const trouble = { firstMs: 1_000, maxMs: 60_000 };
const retryPause = { firstMs: 5_000, maxMs: 60_000 };
const holdCheckMs = 15_000;

/** A task as the watch follows it, freshly accepted or adopted. */
export const watched = (
  run: PlannedRun,
  attempt: number,
  taskId: TaskId,
  acceptedAt: number,
  runningAt: number | null,
  reused: ReadonlyMap<string, string> = new Map(),
  announced = false,
): Watched => ({
  run,
  attempt,
  taskId,
  acceptedAt,
  announced,
  runningAt,
  polls: 0,
  emptyAnswers: 0,
  failedAnswers: 0,
  missingAnswers: 0,
  unread: 0,
  cancelAsked: null,
  cancelAskedAt: null,
  afterCancel: 0,
  reused,
});

/**
 * Carries out attempts: intent on the disk, then the request, then what it was answered on
 * the disk. Decides what a refusal and a lost answer mean for the run, its slot and the batch.
 */
export class Submitter {
  #underWay = 0;
  #begun = 0;
  /** Lost attempts that hold a slot. */
  #held = 0;
  #judging = 0;
  #losses = 0;
  #lossesInARow = 0;
  #troubles = 0;
  #troubledSince: number | null = null;
  #quietUntil = 0;
  readonly #pace: Pace;
  readonly #turnedAway = new TurnedAway();
  /** Answers of a task that runs already, whose truth is being found out. */
  #proving = 0;
  readonly #resubmitted = new Set<RunId>();
  readonly #claims: Claims;

  constructor(
    private readonly context: Context,
    private readonly parts: {
      readonly supply: () => Supply;
      readonly watch: Watch;
      readonly retries: Retries;
    },
  ) {
    this.#pace = new Pace(context.edges.random);
    this.#claims = new Claims(context, (lost, taskId) => this.#claimed(lost, taskId));
  }

  /** Creates so far. */
  get begun(): number {
    return this.#begun;
  }

  /** Creates whose answer is awaited. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Lost attempts whose fate is being found out: their runs may come back to the queue. */
  get judging(): number {
    return this.#judging + this.#claims.awaited(this.context.account.longestRunMs);
  }

  get held(): number {
    return this.#held;
  }

  /** Creates whose answer was lost, whatever became of them. */
  get lost(): number {
    return this.#losses;
  }

  /** After an answer was lost, one create at a time: each may be a paid task. */
  atOnce(usual: number): number {
    // The account is counted: nothing of ours may come in between.
    if (this.#proving > 0) return 0;
    return this.#lossesInARow > 0 ? 1 : usual;
  }

  /** Creates in a row that met trouble. */
  get troubles(): number {
    return this.#troubles;
  }

  /** No create before this time: the service is in trouble, or wants them less often. */
  get quietUntil(): number {
    return Math.max(this.#quietUntil, this.#pace.nextAt);
  }

  /** Since when creates meet nothing but trouble; null: they do not. */
  get troubledSince(): number | null {
    return this.#troubledSince;
  }

  /** One attempt of a run, whose slot it takes. */
  async submit(ready: ReadyRun): Promise<void> {
    const { context } = this;
    const { run } = ready;
    const { journal, service } = context.edges;
    const sure = context.slots.take(context.now);
    this.#underWay += 1;
    this.#begun += 1;
    this.#pace.sent(context.now);
    try {
      if (!(await context.stillHeld())) {
        this.parts.supply().putBack(ready);
        context.slots.release();
        return;
      }
      const record = journal.state.runs.get(run.id);
      const attempt = (record?.attempts.at(-1)?.attempt ?? 0) + 1;
      await context.record({
        type: 'intent',
        run: run.id,
        attempt,
        inputs: record === undefined ? context.options.inputs(run) : null,
      });
      const sentAt = context.now;
      const answer = await service.create(
        context.options.request(run, ready.fileNames, attempt),
        context.creates.signal,
      );
      if (answer.is === 'refused' && saysNoRoom(answer.fault) && sure) this.parts.watch.refused();
      if (answer.is !== 'lost') this.#claims.answered(run.id);
      await this.#answered(ready, attempt, answer, sentAt);
    } finally {
      this.#underWay -= 1;
    }
  }

  async #answered(
    ready: ReadyRun,
    attempt: number,
    answer: CreateAnswer,
    sentAt: number,
  ): Promise<void> {
    switch (answer.is) {
      case 'accepted':
        this.#pace.accepted(sentAt);
        return this.#accepted(ready, attempt, answer);
      case 'refused':
        return this.#refused(ready, attempt, answer.fault, sentAt);
      case 'lost':
        return this.#lost(ready, attempt, answer.fault, sentAt);
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
    const { now } = context;
    context.account.accepted();
    this.#calm();
    // Watched before it is durable: should the disk refuse, its id is still told.
    const announced = context.edges.ends !== undefined;
    this.parts.watch.add(
      watched(run, attempt, taskId, now, running ? now : null, reused, announced),
      netWssUrl,
    );
    context.slots.accepted(now, this.parts.watch.standing());
    await context.record({ type: 'accepted', run: run.id, attempt, taskId });
    if (running) context.edges.journal.appendLater({ type: 'observed', run: run.id, taskId });
    for (const message of nodeErrors)
      context.edges.show({ type: 'notice', message: `${run.name}: ${message}` });
  }

  async #refused(ready: ReadyRun, attempt: number, fault: Fault, sentAt: number): Promise<void> {
    const { context } = this;
    const { run } = ready;
    const { now } = context;
    const record = (then: 'capacity' | 'retry' | 'final' | 'stop'): Promise<void> =>
      context.record({ type: 'refused', run: run.id, attempt, error: errorOf(fault), then });
    if (fault.class === 'capacity') {
      const room = saysNoRoom(fault);
      if (room) context.slots.refused(now, fault.retryAfterMs, this.parts.watch.ghosts);
      else {
        context.slots.untried();
        this.#pace.slower(sentAt, now, fault.retryAfterMs);
        // Reads are requests, too; one refusal alone may be chance.
        if (saysTooFast(fault) && this.#pace.insists) this.parts.watch.tooFast();
      }
      this.#lossesInARow = 0;
      this.parts.supply().putBack(ready);
      const what = room ? 'capacity' : 'service';
      context.edges.show({ type: 'waiting', for: what, message: fault.message });
      return record('capacity');
    }
    context.slots.untried();
    switch (fault.class) {
      case 'transient':
      case 'unknown':
        return record(this.#triedLater(ready, fault, sentAt));
      case 'account':
        if (mayBeFalseAlarm(fault)) return record(this.#triedLater(ready, fault, sentAt));
        this.parts.supply().putBack(ready);
        context.halt({ is: 'service', message: fault.message });
        return record('stop');
      case 'input':
      case 'task':
        this.#calm();
        return record(this.#afterRefusal(ready, fault));
      default:
        return impossible(fault.class);
    }
  }

  /** No task was made, and another try may go well; who is turned away again and again is told. */
  #triedLater(ready: ReadyRun, fault: Fault, sentAt: number): 'capacity' | 'final' {
    const { context } = this;
    const asked = wasTurnedAway(fault) || mayBeFalseAlarm(fault);
    const then = asked ? this.#turnedAway.again(ready.run.id, sentAt, context.now) : 'again';
    if (then === 'run') {
      context.account.failed();
      return 'final';
    }
    this.parts.supply().putBack(ready);
    this.#trouble(fault);
    if (then === 'batch') {
      const { inARow } = this.#turnedAway;
      const message = `${inARow} submits in a row were turned away: ${fault.message}`;
      context.halt({ is: 'service', message });
    }
    return 'capacity';
  }

  #afterRefusal(ready: ReadyRun, fault: Fault): 'capacity' | 'retry' | 'final' {
    if (this.parts.supply().forgetStale(ready.run.id, ready.reused, fault.message)) {
      this.parts.supply().tryLater(ready.run, this.context.now);
      return 'capacity';
    }
    return this.afterFailure(ready.run, errorOf(fault));
  }

  /** A task that failed: put back in the queue where policy allows it. */
  afterTask(task: Watched, error: RunError): 'again' | 'retry' | 'final' {
    const { supply } = this.parts;
    if (!task.run.selected || !supply().forgetStale(task.run.id, task.reused, error.message))
      return this.afterFailure(task.run, error);
    supply().tryLater(task.run, this.context.now);
    return 'again';
  }

  afterFailure(run: PlannedRun, error: RunError): 'retry' | 'final' {
    // Followed since it was paid for; nobody asked for another submit of it.
    const then = run.selected ? this.parts.retries.after(run.id, error) : 'final';
    if (then === 'final') this.context.account.failed();
    else {
      const tries = this.parts.retries.count(run.id);
      const pause = backoffMs(retryPause, tries, this.context.edges.random);
      this.parts.supply().tryLater(run, this.context.now + pause);
    }
    return then;
  }

  /** A task may exist: the run is `unknown` until that is known otherwise. */
  async #lost(ready: ReadyRun, attempt: number, fault: Fault, sentAt: number): Promise<void> {
    const { context } = this;
    if (fault.code === '804' && (await this.#provenFull(sentAt)))
      return this.#full(ready, attempt, fault);
    this.#held += 1;
    this.#losses += 1;
    this.#lossesInARow += 1;
    if (this.#lossesInARow > 1) this.#trouble(fault);
    if (this.#lossesInARow >= (fault.code === 'bad-answer' ? oddLossesBelieved : lossesBelieved))
      context.halt({
        is: 'service',
        message: `${this.#lossesInARow} submits in a row were not answered: ${fault.message}`,
      });
    await context.record({ type: 'lost', run: ready.run.id, attempt, why: fault.message });
    const lost: LostSubmit = { ready, attempt, sentAt, held: true, taken: false };
    this.#claims.add(lost);
    context.track(this.#settleLost(lost));
  }

  /**
   * "The task is running" as the answer to a submit: some take it for want of room, some tasks may
   * be made by it (runninghub-api 19.1). Only the account's count proves that none was.
   */
  async #provenFull(sentAt: number): Promise<boolean> {
    const { account, edges, reads } = this.context;
    const known = (): TaskId[] => this.parts.watch.tasks().map(({ taskId }) => taskId);
    const shortestRunMs = account.shortestRunMs ?? shortestTaskMs;
    this.#proving += 1;
    try {
      const input = { sentAt, shortestRunMs, known };
      return (await noTaskEvidence(input, edges.service, edges.clock, reads.signal)).noTask;
    } finally {
      this.#proving -= 1;
    }
  }

  async #full(ready: ReadyRun, attempt: number, fault: Fault): Promise<void> {
    const { context } = this;
    context.slots.refused(context.now, fault.retryAfterMs, this.parts.watch.ghosts);
    this.#lossesInARow = 0;
    this.parts.supply().putBack(ready);
    context.edges.show({ type: 'waiting', for: 'capacity', message: fault.message });
    const error = errorOf({ ...fault, class: 'capacity' });
    await context.record({ type: 'refused', run: ready.run.id, attempt, error, then: 'capacity' });
  }

  /** An event of a task came to the webhook of this submit, whatever became of its answer. */
  told(submit: Submit, taskId: string): void {
    this.#claims.told(submit, taskId, this.#underWay > 0);
  }

  /** The task that a lost submit made is known: it is followed like any other. */
  async #claimed(lost: LostSubmit, taskId: TaskId): Promise<void> {
    const { context } = this;
    const { ready, attempt } = lost;
    await context.record({
      type: 'resolved',
      run: ready.run.id,
      attempt,
      how: { is: 'task', taskId },
    });
    context.account.accepted();
    if (lost.held) this.#held -= 1;
    else context.slots.take(context.now);
    lost.held = false;
    const { now } = context;
    this.parts.watch.add(watched(ready.run, attempt, taskId, now, null, ready.reused, true));
    context.wake.notify();
  }

  async #settleLost(lost: LostSubmit): Promise<void> {
    this.#judging += 1;
    try {
      if (!lost.taken) await this.#judge(lost);
    } finally {
      this.#judging -= 1;
    }
    await this.#hold(lost);
  }

  /** Where it is certain what became of it, or the user decided, it is settled. */
  async #judge(lost: LostSubmit): Promise<void> {
    const { context } = this;
    const { ready, attempt, sentAt } = lost;
    const { run } = ready;
    const { onUnknown } = context.plan.manifest.execution;
    if (onUnknown === 'resubmit' && this.mayResubmit(run.id)) {
      lost.taken = true;
      await context.record({ type: 'resolved', run: run.id, attempt, how: { is: 'resubmit' } });
      this.parts.supply().tryLater(run, context.now);
    } else if (onUnknown === 'auto') {
      const known = (): TaskId[] => this.parts.watch.tasks().map(({ taskId }) => taskId);
      const { shortestRunMs } = context.account;
      const { service, clock } = context.edges;
      const input = { sentAt, shortestRunMs, known };
      const { noTask, said } = await noTaskEvidence(input, service, clock, context.reads.signal);
      if (lost.taken) return;
      if (!noTask) {
        await context.record({ type: 'judged', run: run.id, attempt, said, candidates: [] });
        return;
      }
      lost.taken = true;
      const how = { is: 'noTask', evidence: said } as const;
      await context.record({ type: 'resolved', run: run.id, attempt, how });
      this.parts.supply().tryLater(run, context.now);
      this.#release(lost);
    }
  }

  /** `onUnknown: resubmit` pays for a run again once, never twice. */
  mayResubmit(run: RunId): boolean {
    if (this.#resubmitted.has(run)) return false;
    this.#resubmitted.add(run);
    return true;
  }

  /**
   * A lost attempt keeps its place in the count of slots until the account counts no more
   * tasks than we know, or, where it does not tell, until a task must have timed out.
   */
  async #hold(lost: LostSubmit): Promise<void> {
    const { context } = this;
    const { signal } = context.reads;
    const { queueMs, runMs } = context.plan.manifest.execution.timeout;
    const until = context.now + queueMs + runMs;
    while (lost.held && !signal.aborted && context.now < until) {
      // Nothing waits for the slot: the hold has no purpose any more.
      if (context.stop !== null || this.parts.supply().exhausted) break;
      await context.edges.clock.sleep(holdCheckMs, signal);
      const account = await context.edges.service.account(signal);
      if (account.is !== 'known' || account.tasksInFlight === null) continue;
      if (account.tasksInFlight <= this.parts.watch.alive) break;
    }
    this.#release(lost);
  }

  #release(lost: LostSubmit): void {
    if (!lost.held) return;
    lost.held = false;
    this.#held -= 1;
    this.context.slots.release();
    this.context.wake.notify();
  }

  #trouble(fault: Fault): void {
    const { now, edges } = this.context;
    this.#troubles += 1;
    this.#troubledSince ??= now;
    this.#quietUntil = now + backoffMs(trouble, this.#troubles, edges.random, fault.retryAfterMs);
    edges.show({ type: 'waiting', for: 'service', message: fault.message });
  }

  #calm(): void {
    this.#troubles = 0;
    this.#troubledSince = null;
    this.#lossesInARow = 0;
    this.#turnedAway.answered();
  }
}
