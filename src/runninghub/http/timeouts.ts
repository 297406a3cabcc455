/** Real milliseconds. */
export const defaultTimeouts = { readMs: 30_000, createMs: 60_000, uploadMs: 300_000 };
