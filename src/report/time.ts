import type { Instant } from '../journal/state.js';

/** ISO 8601, UTC, milliseconds. */
export const isoTime = (at: Instant | null): string | null =>
  at === null ? null : new Date(at).toISOString();
