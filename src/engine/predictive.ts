import type { NextRead, PollPolicy, TaskFacts, View } from './policy.js';
import type { RunTimes } from './run-times.js';
import { runTimes } from './run-times.js';

/**
 * Sees ends early for few requests.
 *
 * *One task alone* is asked at a rate proportional to √hazard (run-times.ts): with K polls the
 * end is seen A²/2K late, which is the least that K polls can do.
 *
 * *Several tasks* are watched by the account's count. With a rate r of readings and a summed
 * hazard H of all that run, ends come H a second and each is seen 1/2r late, so the cost of
 * idling and of requests, H/2r + μr, is least at r = √(H/2μ): again the square root, whatever
 * the number of slots. A budget of K readings per run fixes μ: r = K·√(H·N/mean). Which task it
 * was is found out later, by polls of the tasks whose end is likeliest given how many ended;
 * waiting sharpens that guess, since the others grow old or are seen to end too.
 *
 * The bound for the count is 1/2r with r below the request budget less one poll per run, which
 * fetches the outputs: at 5 slots, a mean of 32 s and 10 requests per run no policy can see an
 * end sooner than about 0.36 s on average (test/bench).
 */
export interface PredictiveOptions {
  /** Reads that one run may cost, of every kind, while the request budget allows them. */
  readonly readsPerRun: number;
}

const defaults: PredictiveOptions = { readsPerRun: 9 };

/** Polls that find one ended task, on average: what is set aside for them. */
const pollsPerEnd = 1.25;
/** A task that is this surely over is asked for, although the count still has it. */
const overdueRisk = 3;
/** Fewer than this, and every end is looked at when it is noticed: nothing is known yet. */
const firstEnds = 3;
const longestMs = 60_000;
const horizonSteps = 80;
/** Tasks that are looked at for the summed hazard; the others are taken to be like them. */
const sampled = 64;

export const predictivePolicy = (options = defaults): PollPolicy => {
  const times = runTimes();
  return {
    learn: (runMs) => times.learn(runMs),
    next: (view) => {
      times.running(agesOf(view));
      const { census, tasks, hungry } = view;
      // The count watches many at once, and tells when another program leaves room.
      const counts = hungry && census !== null && (tasks.length > 1 || census.foreign > 0);
      const reads = [
        ...(announced(view)
          ? unannounced(view, times, counts)
          : counts
            ? together(view, census, times, options)
            : alone(view, times, hungry ? options : unhurried)),
        ...queued(view, times),
      ];
      return reads.reduce<NextRead | null>(
        (soonest, read) => (soonest === null || read.at < soonest.at ? read : soonest),
        null,
      );
    },
  };
};

type Running = TaskFacts & { readonly runningAt: number };

const runningOf = ({ tasks }: View): Running[] =>
  tasks.flatMap((task) =>
    task.runningAt === null ? [] : [{ ...task, runningAt: task.runningAt }],
  );

const agesOf = ({ tasks, now }: View): number[] =>
  tasks.flatMap(({ runningAt }) => (runningAt === null ? [] : [Math.max(0, now - runningAt)]));

const poll = ({ taskId }: TaskFacts, at: number): NextRead => ({ at, ask: { is: 'task', taskId } });

/** Each task by itself. */
const alone = (view: View, times: RunTimes, { readsPerRun }: PredictiveOptions): NextRead[] => {
  const running = runningOf(view);
  const affordable = (0.95 * view.requestsPerSecond * times.meanMs) / 1000 / running.length;
  const rate = Math.min(readsPerRun, affordable) / times.root;
  const { polls } = times;
  return running.flatMap((task) => {
    if (!task.askable) return [];
    const { runningAt, seenAt } = task;
    // The first one is moved by up to a whole step, so that tasks started together part.
    const step = task.polls === 0 ? 0.25 + 0.75 * phaseOf(task) : 1;
    const age = polls.ageOf(polls.at(Math.max(0, seenAt - runningAt)) + step / rate);
    return [poll(task, Math.min(runningAt + age, seenAt + longestMs))];
  });
};

/** Of a queued task the first matters: it runs next, and its age counts from then. */
const queued = ({ tasks }: View, times: RunTimes): NextRead[] => {
  const [first, ...others] = tasks
    .filter(({ runningAt }) => runningAt === null)
    .sort((a, b) => a.acceptedAt - b.acceptedAt);
  const soon = Math.min(30_000, Math.max(1_000, 0.15 * times.meanMs));
  return [
    ...(first?.askable === true ? [poll(first, first.seenAt + soon)] : []),
    ...others.flatMap((task) => (task.askable ? [poll(task, task.seenAt + 2 * longestMs)] : [])),
  ];
};

/** Events tell of every end, save of those that were lost, and of tasks of an earlier apply. */
const announced = ({ announced: arriving, tasks, census, now }: View): boolean => {
  const ghostAt = census?.oldestGhostAt ?? null;
  return (
    arriving &&
    tasks.every((task) => task.announced) &&
    // Only the count tells when another program gives room back.
    (census?.foreign ?? 0) === 0 &&
    // The count shows an end that no event has told: that one is looked for as ever.
    (ghostAt === null || now - ghostAt < ghostPatienceMs)
  );
};

const ghostPatienceMs = 5_000;
const restfulMs = 15_000;
/** A service that nobody asks would seem to be silent. */
const longestRestMs = 120_000;

/**
 * The safety net under events: a rare count, which shows an end whose event was lost, and polls
 * of what should be over. A lost event costs its slot half a period on average, once: the end
 * is found without it, and from then on polls do the work until events are seen again.
 */
const unannounced = (view: View, times: RunTimes, counts: boolean): NextRead[] => {
  const { census, now } = view;
  const polls = runningOf(view).flatMap((task) => {
    if (!task.askable) return [];
    const due = overdue(task, times);
    return [counts ? due : { ...due, at: Math.min(due.at, task.seenAt + longestRestMs) }];
  });
  if (!counts || census === null || census.reading) return polls;
  const { readAt, oldestGhostAt } = census;
  const everyMs = Math.min(longestRestMs, Math.max(restfulMs, times.meanMs / 2));
  const rest = readAt === null || view.unsure ? now : readAt + everyMs;
  const at = oldestGhostAt === null ? rest : Math.min(rest, oldestGhostAt + ghostPatienceMs);
  return [...polls, { at, ask: { is: 'count' } }];
};

/** Share of the reads that single tasks get while the count has yet to prove itself. */
const untrusted: PredictiveOptions = { readsPerRun: 6 };
/** Nothing waits for the slots: only the results are late. */
const unhurried: PredictiveOptions = { readsPerRun: 5 };
const longestPatienceMs = 20_000;

const together = (
  view: View,
  census: NonNullable<View['census']>,
  times: RunTimes,
  options: PredictiveOptions,
): NextRead[] => {
  const running = runningOf(view);
  return [
    ...likeliest(view, census, running, times),
    ...(census.reading
      ? []
      : [
          {
            at: countAt(view, census, running, times, options),
            ask: { is: 'count' } as const,
          },
        ]),
    ...(census.proven
      ? running.flatMap((task) => (task.askable ? [overdue(task, times)] : []))
      : alone(view, times, untrusted)),
  ];
};

/** Whatever the count says, a task is asked for now and then once it should be over. */
const overdue = (task: Running, { risk, meanMs }: RunTimes): NextRead => {
  const age = Math.max(0, task.seenAt - task.runningAt);
  const due = task.runningAt + risk.ageOf(risk.at(age) + overdueRisk);
  const latest = task.seenAt + Math.max(longestMs, 2 * meanMs);
  return poll(task, Math.max(task.seenAt + 1_000, Math.min(due, latest)));
};

/** The task that most likely is a ghost, when that is likely enough to be worth a request. */
const likeliest = (
  view: View,
  { ghosts, readAt, oldestGhostAt, newestGhostAt }: NonNullable<View['census']>,
  running: readonly Running[],
  times: RunTimes,
): NextRead[] => {
  if (ghosts === 0 || readAt === null || oldestGhostAt === null || newestGhostAt === null)
    return [];
  const { risk } = times;
  const suspects = running
    .filter(({ seenAt }) => seenAt < newestGhostAt)
    .map((task) => {
      const { runningAt, seenAt } = task;
      const upTo = Math.max(seenAt, Math.min(readAt, newestGhostAt)) - runningAt;
      return { task, odds: Math.expm1(risk.at(upTo) - risk.at(Math.max(0, seenAt - runningAt))) };
    });
  const expected = suspects.reduce((sum, { odds }) => sum + odds / (1 + odds), 0);
  const [best] = suspects
    .filter(({ task }) => task.askable)
    .sort((a, b) => b.odds - a.odds || a.task.acceptedAt - b.task.acceptedAt);
  if (best === undefined) return [];
  // An end that nobody expected may be a failure, and failures must not wait.
  const eager = times.seen < firstEnds || expected < 0.3 * ghosts;
  const scale = scaleFor(
    suspects.map(({ odds }) => odds),
    ghosts,
  );
  const chance = (best.odds * scale) / (1 + best.odds * scale);
  // Where requests are short, a sharper guess is worth a longer wait.
  const short = (pollsPerEnd * 6 * running.length) / (times.meanMs / 1000) / view.requestsPerSecond;
  const patienceMs =
    Math.min(times.meanMs / 2, longestPatienceMs) * Math.min(4, Math.max(1, short));
  const patience = Math.max(0, 1 - (view.now - oldestGhostAt) / patienceMs);
  return eager || chance >= 0.2 + 0.65 * patience ? [poll(best.task, view.now)] : [];
};

/** What all odds are multiplied with, so that the chances sum up to the number of ghosts. */
const scaleFor = (odds: readonly number[], ghosts: number): number => {
  if (ghosts >= odds.length) return Number.MAX_VALUE;
  let [low, high] = [-30, 30];
  for (let step = 0; step < 24; step += 1) {
    const middle = (low + high) / 2;
    const scale = Math.exp(middle);
    const sum = odds.reduce((total, value) => total + (value * scale) / (1 + value * scale), 0);
    if (sum < ghosts) low = middle;
    else high = middle;
  }
  return Math.exp(high);
};

/** When the account is counted next: where the rate, summed up since the last time, reaches one. */
const countAt = (
  { now, tasks, requestsPerSecond }: View,
  { readAt, ghosts }: NonNullable<View['census']>,
  running: readonly Running[],
  times: RunTimes,
  { readsPerRun }: PredictiveOptions,
): number => {
  if (readAt === null) return now;
  const { meanMs } = times;
  const waiting = tasks.length - running.length;
  // Where tasks queue on the service, a slot that ends is filled from there: no hurry.
  const urgency = 1 / (1 + waiting);
  const alive = Math.max(1, running.length - ghosts);
  const finishes = alive / meanMs;
  const cap = Math.max(requestsPerSecond / 1000 - pollsPerEnd * finishes, requestsPerSecond / 3000);
  const factor = (readsPerRun - pollsPerEnd) * urgency;
  const every = Math.max(1, Math.ceil(running.length / sampled));
  const sample = running.filter((_, at) => at % every === 0);
  const share = (alive / Math.max(1, running.length)) * every;
  const rateAt = (at: number): number => {
    let hazard = 0;
    for (const { runningAt } of sample) hazard += times.hazard(Math.max(0, at - runningAt));
    return Math.min(factor * Math.sqrt(hazard * share * finishes), cap);
  };
  let step = Math.max(50, meanMs / 100);
  let [at, sum] = [readAt, 0];
  for (let taken = 0; taken < horizonSteps; taken += 1) {
    const rate = rateAt(at + step / 2);
    if (sum + rate * step >= 1) return at + (1 - sum) / rate;
    sum += rate * step;
    at += step;
    // Far ahead the hazard is known less well, and will be looked at again before.
    step *= 1.05;
  }
  return Math.min(at, readAt + longestMs);
};

/** Between 0 and 1, the same for the same task. */
const phaseOf = ({ taskId }: TaskFacts): number => (Number(taskId.slice(-4)) * 0.618_034) % 1;
