/** Exhaustiveness: reached only when a union grew and a switch did not. */
export const impossible = (value: never): never => {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
};
