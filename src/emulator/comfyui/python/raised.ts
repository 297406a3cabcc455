/** An exception of Python: `type` as `full_type_name` writes it, builtin ones bare. */
export class Raised extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

/** Any fault as an exception; those of our own code are no part of what clients shall see. */
export const asRaised = (cause: unknown): Raised => {
  if (cause instanceof Raised) return cause;
  throw cause;
};
