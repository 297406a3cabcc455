import type { NextRead, PollPolicy, TaskFacts, View } from './policy.js';
import { RecentTimes } from './recent-times.js';

/**
 * Sees ends early for few requests, by two plain rules.
 *
 * - *Several tasks* are watched by the account's count, at a steady period. When the count drops,
 *   the task that ran longest is asked for, then the next longest, until the ended one is found.
 * - *A task by itself* (one slot, or no count that can be believed) is asked from the age at which
 *   the first tasks of this batch ended, at a steady period.
 *
 * Both periods follow from the mean run time and the number of reads that one run may cost.
 * test/bench compares this with other policies and with the bound for the same reads.
 */
const countsPerRun = 7.1;
const pollsPerRun = 7;
/** Polls that find one ended task, on average: what is set aside for them beside the count. */
const pollsPerEnd = 1.25;
/** A task that is asked for by itself is not asked more often than this. */
const leastPollMs = 1_000;
const longestMs = 60_000;
/** When nothing waits for a slot, only results can be late, and this is soon enough for them. */
const leisurelyMs = 2_500;
/** With events that arrive, the count is a safety net. */
const restfulMs = 15_000;
const longestRestMs = 120_000;
/** The count shows an end that no event told of: after this it is looked for without one. */
const eventPatienceMs = 5_000;

export const steadyPolicy = (): PollPolicy => {
  const times = new RecentTimes();
  return {
    learn: (runMs) => times.learn(runMs),
    next: (view) => {
      const reads = [...runningReads(view, times), ...queuedReads(view, times)];
      return reads.reduce<NextRead | null>(
        (soonest, read) => (soonest === null || read.at < soonest.at ? read : soonest),
        null,
      );
    },
  };
};

type Running = TaskFacts & { readonly runningAt: number };
type Census = NonNullable<View['census']>;

const runningOf = ({ tasks }: View): Running[] =>
  tasks.flatMap((task) =>
    task.runningAt === null ? [] : [{ ...task, runningAt: task.runningAt }],
  );

const poll = ({ taskId }: TaskFacts, at: number): NextRead => ({ at, ask: { is: 'task', taskId } });

const runningReads = (view: View, times: RecentTimes): NextRead[] => {
  const { census, tasks } = view;
  const running = runningOf(view);
  const counts = census !== null && (tasks.length > 1 || census.foreign > 0);
  if (announced(view)) return announcedReads(view, running, times, counts);
  if (!counts) return singly(view, running, times, pollsPerRun);
  const count = countRead(view, census, running, times);
  return [
    ...suspect(view, census, running),
    ...(count === null ? [] : [count]),
    // At the end of a batch reads are idle, and an end that the count hides must not be waited for.
    ...(census.proven && view.hungry
      ? running.filter(({ askable }) => askable).map((task) => overdue(task, times))
      : singly(view, running, times, pollsPerRun - 1)),
  ];
};

/** The count's steady period. */
const countRead = (
  view: View,
  { reading, readAt, ghosts }: Census,
  running: readonly Running[],
  times: RecentTimes,
): NextRead | null => {
  if (reading) return null;
  if (readAt === null) return { at: view.now, ask: { is: 'count' } };
  const meanMs = times.meanMs(view);
  const { firstMs, restMs } = times.ends(view);
  const queued = view.tasks.length - running.length;
  const alive = Math.max(1, running.length - ghosts);
  const endsPerSecond = (alive * 1_000) / meanMs;
  const left = view.requestsPerSecond - pollsPerEnd * endsPerSecond;
  const affordable = 1_000 / Math.max(left, view.requestsPerSecond / 3);
  // Where tasks queue on the service, it fills a slot that ends from there: no hurry.
  const wanted = (Math.min(meanMs / alive, restMs) / countsPerRun) * (1 + queued);
  const slowest = view.hungry ? longestMs : Math.max(1_000, meanMs / 30);
  const period = Math.max(affordable, Math.min(wanted, slowest));
  // No task has reached the age at which they end: only a failure could be seen.
  const ripe = Math.min(...running.map(({ runningAt }) => runningAt)) + firstMs;
  const early = Math.min(ripe, readAt + Math.max(period, Math.min(slowest, meanMs / alive / 2)));
  return { at: Math.max(readAt + period, early), ask: { is: 'count' } };
};

/** The count has dropped: the task that ran longest and was not seen in flight since then. */
const suspect = (
  view: View,
  { ghosts, newestGhostAt }: Census,
  running: readonly Running[],
): NextRead[] => {
  if (ghosts === 0 || newestGhostAt === null) return [];
  // Not more at a time than have ended: an answer may make the next question needless.
  const oldest = running
    .filter(({ seenAt }) => seenAt < newestGhostAt)
    .sort((a, b) => a.runningAt - b.runningAt)
    .slice(0, ghosts)
    .find(({ askable }) => askable);
  return oldest === undefined ? [] : [poll(oldest, view.now)];
};

/** Whatever the count says, a task is asked for now and then once it should be over. */
const overdue = (task: Running, times: RecentTimes): NextRead =>
  poll(
    task,
    Math.max(
      task.seenAt + Math.max(longestMs / 4, times.longestMs / 4),
      Math.min(task.runningAt + 1.5 * times.longestMs, task.seenAt + longestMs + times.longestMs),
    ),
  );

/** Each task by itself, from the age at which tasks begin to end. */
const singly = (
  view: View,
  running: readonly Running[],
  times: RecentTimes,
  polls: number,
): NextRead[] => {
  const { firstMs, restMs } = times.ends(view);
  const affordable = (running.length * 1_000) / (0.95 * view.requestsPerSecond);
  const period = Math.max(leastPollMs, affordable, restMs / polls);
  const leisurely = Math.max(affordable, leisurelyMs, times.meanMs(view) / 30);
  const everyMs = view.hungry ? period : Math.min(period, leisurely);
  return running.flatMap((task) => {
    if (!task.askable) return [];
    // The first poll is moved by a part of the period, so that tasks started together part.
    const first = task.runningAt + firstMs + everyMs * phaseOf(task);
    return [poll(task, Math.min(Math.max(first, task.seenAt + everyMs), task.seenAt + longestMs))];
  });
};

/** Of queued tasks the first matters: it runs next, and its age counts from then. */
const queuedReads = (view: View, times: RecentTimes): NextRead[] => {
  const [first, ...others] = view.tasks
    .filter(({ runningAt }) => runningAt === null)
    .sort((a, b) => a.acceptedAt - b.acceptedAt);
  const soon = Math.min(30_000, Math.max(1_000, 0.15 * times.meanMs(view)));
  return [
    ...(first?.askable === true ? [poll(first, first.seenAt + soon)] : []),
    ...others.flatMap((task) => (task.askable ? [poll(task, task.seenAt + longestRestMs)] : [])),
  ];
};

/** Events tell of every end, save of those that were lost, and of tasks of an earlier apply. */
const announced = ({ announced: arriving, tasks, census, now }: View): boolean => {
  const droppedAt = census?.oldestGhostAt ?? null;
  return (
    arriving &&
    tasks.every((task) => task.announced) &&
    // Only the count tells when another program gives room back.
    (census?.foreign ?? 0) === 0 &&
    (droppedAt === null || now - droppedAt < eventPatienceMs)
  );
};

/** The safety net under events: a rare count, and polls of what should be over. */
const announcedReads = (
  view: View,
  running: readonly Running[],
  times: RecentTimes,
  counts: boolean,
): NextRead[] => {
  const { census, now } = view;
  const polls = running.flatMap((task) => {
    if (!task.askable) return [];
    const due = overdue(task, times);
    return [counts ? due : { ...due, at: Math.min(due.at, task.seenAt + longestRestMs) }];
  });
  if (!counts || census === null || census.reading) return polls;
  const { readAt, oldestGhostAt } = census;
  const everyMs = Math.min(longestRestMs, Math.max(restfulMs, times.meanMs(view) / 2));
  const rest = readAt === null || view.unsure ? now : readAt + everyMs;
  const at = oldestGhostAt === null ? rest : Math.min(rest, oldestGhostAt + eventPatienceMs);
  return [...polls, { at, ask: { is: 'count' } }];
};

/** Between 0 and 1, the same for the same task. */
const phaseOf = ({ taskId }: TaskFacts): number => (Number(taskId.slice(-4)) * 0.618_034) % 1;
