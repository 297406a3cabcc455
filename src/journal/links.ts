import type { Instant, RunRecord } from './state.js';

/** So long after a task's end its output links live (runninghub-api 13). */
export const linkLifeMs = 24 * 3_600_000;

/** When a task was seen to end, which is never before it did; null: it was not. */
export const endOfTask = ({ attempts, state }: RunRecord, taskId: string): Instant | null => {
  const attempt = attempts.findLast((candidate) => candidate.taskId === taskId);
  return attempt?.settledAt ?? ('at' in state ? state.at : null);
};
