/** The system's name of an error, such as `ENOENT`; null where it has none. */
export const errorCode = (cause: unknown): string | null =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null;

/** The same, or what it says where it has none. */
export const errorDetail = (cause: unknown): string =>
  errorCode(cause) ?? (cause instanceof Error ? cause.message : String(cause));
