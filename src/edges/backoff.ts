import type { Random } from './random.js';

/** Full-jitter exponential back-off, in milliseconds. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** `tries` counts from 1. A `Retry-After` of the service is a lower bound. */
export const backoffMs = (
  backoff: Backoff,
  tries: number,
  random: Random,
  retryAfterMs: number | null = null,
): number => {
  const ceiling = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(20, tries - 1));
  // Half fixed, half random: never at once, never in step with others.
  const jittered = ceiling / 2 + (ceiling / 2) * random();
  return Math.max(jittered, retryAfterMs ?? 0);
};
