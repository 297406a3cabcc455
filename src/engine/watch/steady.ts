import type { NextRead, PollPolicy, TaskFacts, View } from './policy.js';
import { RecentTimes } from './recent-times.js';

/**
 * Finds ends early with few requests, by two rules.
 *
 * - *Several tasks* are watched by the account's count, at a steady period. When the count drops,
 *   the task that ran longest is asked for, then the next longest, until the ended one is found.
 * - *A single task* (one slot, or no count that can be used) is asked for from the age at which
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
const maxPollMs = 60_000;
/** When no run waits for a slot, only results can be late, and this is early enough for them. */
const idleMs = 2_500;
/** While events arrive, the count only finds those that were lost. */
const countUnderEventsMs = 15_000;
const maxIntervalMs = 120_000;
/** The count shows an end that no event reported: after this it is looked for without one. */
const eventTimeoutMs = 5_000;

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
type Count = NonNullable<View['count']>;

const runningOf = ({ tasks }: View): Running[] =>
  tasks.filter((task): task is Running => task.runningAt !== null);

const poll = ({ taskId }: TaskFacts, at: number): NextRead => ({ at, ask: { is: 'task', taskId } });

const runningReads = (view: View, times: RecentTimes): NextRead[] => {
  const { count, tasks } = view;
  const running = runningOf(view);
  const usesCount = count !== null && (tasks.length > 1 || count.others > 0);
  if (announced(view)) return announcedReads(view, running, times, usesCount);
  if (!usesCount) return singly(view, running, times, pollsPerRun);
  const counting = countRead(view, count, running, times);
  return [
    ...suspect(view, count, running),
    ...(counting === null ? [] : [counting]),
    // At the end of a batch there are reads to spare for ends that the count hides.
    ...(count.proven && view.runsWaiting
      ? running.filter(({ askable }) => askable).map((task) => overdue(task, times))
      : singly(view, running, times, pollsPerRun - 1)),
  ];
};

/** The count's steady period. */
const countRead = (
  view: View,
  { reading, readAt, unaccounted }: Count,
  running: readonly Running[],
  times: RecentTimes,
): NextRead | null => {
  if (reading) return null;
  if (readAt === null) return { at: view.now, ask: { is: 'count' } };
  const meanMs = times.meanMs(view);
  const { firstMs, restMs } = times.ends(view);
  const queued = view.tasks.length - running.length;
  const alive = Math.max(1, running.length - unaccounted);
  const endsPerSecond = (alive * 1_000) / meanMs;
  const left = view.requestsPerSecond - pollsPerEnd * endsPerSecond;
  const affordable = 1_000 / Math.max(left, view.requestsPerSecond / 3);
  // Where tasks queue on the service, it fills a free slot by itself, so reads may be rarer.
  const wanted = (Math.min(meanMs / alive, restMs) / countsPerRun) * (1 + queued);
  const slowest = view.runsWaiting ? maxPollMs : Math.max(1_000, meanMs / 30);
  const period = Math.max(affordable, Math.min(wanted, slowest));
  // Until a task reaches the age at which tasks end, only failures can be seen.
  const firstEnd = Math.min(...running.map(({ runningAt }) => runningAt)) + firstMs;
  const early = Math.min(
    firstEnd,
    readAt + Math.max(period, Math.min(slowest, meanMs / alive / 2)),
  );
  return { at: Math.max(readAt + period, early), ask: { is: 'count' } };
};

/** The count has dropped: asks for the longest running task that was not seen in flight since. */
const suspect = (
  view: View,
  { unaccounted, newestUnaccountedAt }: Count,
  running: readonly Running[],
): NextRead[] => {
  if (unaccounted === 0 || newestUnaccountedAt === null) return [];
  // No more reads at a time than tasks that ended, because an answer may make the next one needless.
  const oldest = running
    .filter(({ seenAt }) => seenAt < newestUnaccountedAt)
    .sort((a, b) => a.runningAt - b.runningAt)
    .slice(0, unaccounted)
    .find(({ askable }) => askable);
  return oldest === undefined ? [] : [poll(oldest, view.now)];
};

/** Whatever the count says, a task that should have ended is asked for now and then. */
const overdue = (task: Running, times: RecentTimes): NextRead =>
  poll(
    task,
    Math.max(
      task.seenAt + Math.max(maxPollMs / 4, times.longestMs / 4),
      Math.min(task.runningAt + 1.5 * times.longestMs, task.seenAt + maxPollMs + times.longestMs),
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
  const idle = Math.max(affordable, idleMs, times.meanMs(view) / 30);
  const everyMs = view.runsWaiting ? period : Math.min(period, idle);
  return running.flatMap((task) => {
    if (!task.askable) return [];
    // Spreads the polls of tasks that started together.
    const first = task.runningAt + firstMs + everyMs * phaseOf(task);
    return [poll(task, Math.min(Math.max(first, task.seenAt + everyMs), task.seenAt + maxPollMs))];
  });
};

/** The first queued task runs next, and its age counts from then. The others can wait. */
const queuedReads = (view: View, times: RecentTimes): NextRead[] => {
  const [first, ...others] = view.tasks
    .filter(({ runningAt }) => runningAt === null)
    .sort((a, b) => a.acceptedAt - b.acceptedAt);
  const soon = Math.min(30_000, Math.max(1_000, 0.15 * times.meanMs(view)));
  return [
    ...(first?.askable === true ? [poll(first, first.seenAt + soon)] : []),
    ...others.flatMap((task) => (task.askable ? [poll(task, task.seenAt + maxIntervalMs)] : [])),
  ];
};

/** Whether events report every end. Tasks of an earlier apply have none, and some may be lost. */
const announced = ({ announced: arriving, tasks, count, now }: View): boolean => {
  const droppedAt = count?.oldestUnaccountedAt ?? null;
  return (
    arriving &&
    tasks.every((task) => task.announced) &&
    // Only the count shows when another client frees slots.
    (count?.others ?? 0) === 0 &&
    (droppedAt === null || now - droppedAt < eventTimeoutMs)
  );
};

/** Finds ends whose event was lost: a rare count, and polls of tasks that should have ended. */
const announcedReads = (
  view: View,
  running: readonly Running[],
  times: RecentTimes,
  usesCount: boolean,
): NextRead[] => {
  const { count, now } = view;
  const polls = running.flatMap((task) => {
    if (!task.askable) return [];
    const due = overdue(task, times);
    return [usesCount ? due : { ...due, at: Math.min(due.at, task.seenAt + maxIntervalMs) }];
  });
  if (!usesCount || count === null || count.reading) return polls;
  const { readAt, oldestUnaccountedAt } = count;
  const everyMs = Math.min(maxIntervalMs, Math.max(countUnderEventsMs, times.meanMs(view) / 2));
  const rest = readAt === null || view.limitUncertain ? now : readAt + everyMs;
  const at =
    oldestUnaccountedAt === null ? rest : Math.min(rest, oldestUnaccountedAt + eventTimeoutMs);
  return [...polls, { at, ask: { is: 'count' } }];
};

/** Between 0 and 1, the same for the same task. */
const phaseOf = ({ taskId }: TaskFacts): number => {
  const end = taskId.slice(-4);
  const number = /^\d+$/.test(end) ? Number(end) : Number.parseInt(end, 16);
  return (number * 0.618_034) % 1;
};
