/**
 * A report's text in three parts. The one in the middle lists the runs: it is most of the text,
 * and it is the same again where the runs are.
 */
export interface ReportParts {
  readonly before: () => Iterable<string>;
  readonly runs: () => Iterable<string>;
  readonly after: () => Iterable<string>;
}

export function* inOne({ before, runs, after }: ReportParts): Iterable<string> {
  yield* before();
  yield* runs();
  yield* after();
}
