/** What is known of a task's run time without the service's report. Times in ms since the epoch. */
export interface Bounds {
  readonly runningAt: number | null;
  /** When it was last seen in flight. */
  readonly seenAt: number;
  /** When it was found to have ended. */
  readonly now: number;
}

/** The service reports whole seconds, and answers take a while. */
const toleranceMs = 1_500;
/** Plausible values in a row before they are used again. */
const minInARow = 5;

/**
 * Whether the run times that the service reports are plausible: each must lie between how long the
 * task was seen to run and how long it can have run. Wrong units, a wrong scale and zeros do not,
 * and then the reported times are not used.
 */
export class ReportedTimes {
  #fits = minInARow;

  /** @returns the reported time, or null where it is not plausible. */
  plausible(bounds: Bounds, reportedMs: number | null): number | null {
    if (reportedMs === null || bounds.runningAt === null) return null;
    const [least, most] = rangeOf({ ...bounds, runningAt: bounds.runningAt });
    const fits = reportedMs > least - toleranceMs && reportedMs < most + toleranceMs;
    this.#fits = fits ? this.#fits + 1 : 0;
    return fits && this.#fits >= minInARow ? reportedMs : null;
  }
}

/** The reported time where it is plausible, limited to the bounds; else the middle of them. */
export const runTimeOf = (
  bounds: Bounds & { readonly runningAt: number },
  plausibleMs: number | null,
): number => {
  const [least, most] = rangeOf(bounds);
  return plausibleMs === null ? (least + most) / 2 : Math.min(most, Math.max(least, plausibleMs));
};

const rangeOf = ({
  runningAt,
  seenAt,
  now,
}: Bounds & { readonly runningAt: number }): [number, number] => [
  Math.max(0, seenAt - runningAt),
  now - runningAt,
];
