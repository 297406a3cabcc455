import pLimit from 'p-limit';
import type { Clock } from '../edges/clock.js';
import { fromRecord } from '../engine/adopt.js';
import { protectOtherAccounts } from '../engine/other-accounts.js';
import type { Decision } from '../engine/watch/follow.js';
import { cancelSent, decide } from '../engine/watch/follow.js';
import type { FollowedTask } from '../engine/watch/task.js';
import { followedTask } from '../engine/watch/task.js';
import { foreignTasks } from '../journal/accounts.js';
import type { Settled } from '../journal/event.js';
import type { RunRecord } from '../journal/state.js';
import type { Store } from '../journal/store.js';
import type { Service } from '../runninghub/service.js';
import { familyOf } from '../targets/targets.js';
import type { RunId, TaskId } from '../values/ids.js';
import { oneLine } from '../values/printable.js';
import { clientOf } from './client.js';
import type { Identity } from './connect.js';
import { fleetOf } from './servers/open-servers.js';

/** Time for cancelled tasks to be seen as ended. */
const followTries = 10;
const followPauseMs = 3_000;
const requestsAtOnce = 8;
/** Tasks are asked about until they end: how long they have waited or run says nothing here. */
const noTimeouts = {
  queueTimeoutMs: Number.POSITIVE_INFINITY,
  runTimeoutMs: Number.POSITIVE_INFINITY,
};

/** What became of one task; `message` is for people. */
export interface CancelNews {
  readonly run: RunId;
  readonly name: string;
  readonly taskId: TaskId;
  readonly is: Settled['outcome']['is'] | 'inFlight' | 'refused';
  readonly message: string;
}

/**
 * Ends the tasks of this batch that are in flight, and no others. `told` is called for each.
 * @returns how many there were, and how many of them are not known to have ended.
 */
export const cancelTasks = async (
  store: Store,
  identity: Identity,
  told: (news: CancelNews) => void,
  /** ComfyUI servers of its manifest, in place of RunningHub. */
  servers: readonly string[] = [],
): Promise<{ readonly asked: number; readonly lasting: number }> => {
  const { account, clock } = identity;
  const client = servers.length > 0 ? await fleetOf(identity, servers) : clientOf(identity);
  try {
    const asked = [...store.state.runs.values()].flatMap(flightOf);
    const foreign = [...foreignTasks(store.state, account).values()];
    const left = new Set(foreign.map(({ taskId }) => taskId));
    // A model's task is asked for where models' tasks are.
    const speaking = client.speaking(familyOf(store.state.target));
    const service = protectOtherAccounts(speaking, { left, adopted: new Set() });
    const lasting = await new Cancelling(store, service, clock, told).all(asked);
    return { asked: asked.length, lasting };
  } finally {
    await client.close();
  }
};

const flightOf = (record: RunRecord): FollowedTask[] => {
  const { state } = record;
  if (state.is !== 'inFlight') return [];
  const { attempt, taskId, since, runningSince } = state;
  const run = fromRecord(record);
  return [followedTask({ run, attempt, taskId, acceptedAt: since, runningAt: runningSince })];
};

/** Asks for all tasks at once, then follows those that may end. */
class Cancelling {
  readonly #limit = pLimit(requestsAtOnce);

  constructor(
    private readonly store: Store,
    private readonly service: Pick<Service, 'cancel' | 'outputs'>,
    private readonly clock: Clock,
    private readonly told: (news: CancelNews) => void,
  ) {}

  /** @returns how many of them are not known to have ended. */
  async all(tasks: readonly FollowedTask[]): Promise<number> {
    let left = await this.#each(tasks, (task) => this.#ask(task));
    const refused = tasks.length - left.length;
    for (let tries = 1; left.length > 0; tries += 1) {
      left = await this.#each(left, (task) => this.#look(task));
      if (tries === followTries) break;
      if (left.length > 0) await this.clock.sleep(followPauseMs);
    }
    for (const task of left)
      this.#say(task, 'inFlight', 'was asked to end and is still reported as in flight');
    return left.length + refused;
  }

  /** Those for which `go` says that they are to be looked at further. */
  async #each(
    tasks: readonly FollowedTask[],
    go: (task: FollowedTask) => Promise<boolean>,
  ): Promise<FollowedTask[]> {
    const went = await Promise.all(
      tasks.map((task) => this.#limit(async () => ((await go(task)) ? [task] : []))),
    );
    return went.flat();
  }

  async #ask(task: FollowedTask): Promise<boolean> {
    const answer = await this.service.cancel(task.taskId);
    if (answer.is === 'refused') {
      this.#say(task, 'refused', `could not be cancelled: ${oneLine(answer.fault.message)}`);
      return false;
    }
    // One that had ended before, or that is not known: what became of it is asked all the same.
    if (answer.is === 'taken') cancelSent(task, 'user', true, this.clock.now());
    return true;
  }

  async #look(task: FollowedTask): Promise<boolean> {
    const answer = await this.service.outputs(task.taskId);
    const decision = decide(task, answer, this.clock.now(), noTimeouts);
    const outcome = outcomeOf(decision);
    if (outcome === null || !('cost' in decision)) return true;
    await this.store.append({
      type: 'settled',
      run: task.run.id,
      taskId: task.taskId,
      outcome,
      cost: decision.cost,
    });
    this.#say(task, outcome.is, words(outcome));
    return false;
  }

  #say({ run: { id, name }, taskId }: FollowedTask, is: CancelNews['is'], message: string): void {
    this.told({ run: id, name, taskId, is, message });
  }
}

/** null: the service has not said that it ended. */
const outcomeOf = (decision: Decision): Settled['outcome'] | null => {
  switch (decision.is) {
    case 'succeeded':
      return { is: 'succeeded', outputs: decision.outputs.map((output) => ({ ...output })) };
    case 'failed':
      return { is: 'failed', error: decision.error, then: 'final' };
    case 'cancelled':
      return { is: 'cancelled', by: decision.by };
    case 'again':
    case 'cancel':
    case 'stop':
      return null;
  }
};

const words = (outcome: Settled['outcome']): string => {
  switch (outcome.is) {
    case 'succeeded':
      return 'had finished; the next apply fetches its outputs';
    case 'failed':
      return `had failed: ${oneLine(outcome.error.message)}`;
    case 'cancelled':
      return 'cancelled';
  }
};
