import type { NextRead, PollPolicy, TaskFacts } from '../../../src/engine/watch/policy.js';

/** How others poll: every task for itself, at `periodMs` of its last answer. */
const perTask = (periodMs: (task: TaskFacts) => number): PollPolicy => ({
  learn: () => undefined,
  next: ({ tasks }) =>
    tasks.reduce<NextRead | null>((soonest, task) => {
      if (!task.askable) return soonest;
      const at = task.seenAt + periodMs(task);
      return soonest === null || at < soonest.at
        ? { at, ask: { is: 'task', taskId: task.taskId } }
        : soonest;
    }, null),
});

export const fixed = (periodMs: number): PollPolicy => perTask(() => periodMs);

/** 1 s, 2 s, 4 s … up to 30 s. */
export const exponential = (): PollPolicy =>
  perTask(({ polls }) => Math.min(30_000, 1_000 * 2 ** Math.min(polls, 5)));
