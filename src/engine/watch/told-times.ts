/** What is known of a task's run time without the service's word. Times in ms since the epoch. */
export interface Bounds {
  readonly runningAt: number | null;
  /** When it was last seen in flight. */
  readonly seenAt: number;
  /** When it was found to have ended. */
  readonly now: number;
}

/** The service counts whole seconds, and answers take their time. */
const toleranceMs = 1_500;
/** Numbers in a row that fit before they are believed again. */
const proof = 5;

/**
 * Whether the run times that the service tells can be believed: each must lie between how long
 * the task was seen to run and how long it took at most. Wrong units, a wrong scale or zeros do
 * not, and then the numbers are left aside.
 */
export class ToldTimes {
  #fits = proof;

  /** @returns the told time, or null where it is not believed. */
  believed(bounds: Bounds, toldMs: number | null): number | null {
    if (toldMs === null || bounds.runningAt === null) return null;
    const [least, most] = rangeOf({ ...bounds, runningAt: bounds.runningAt });
    const fits = toldMs > least - toleranceMs && toldMs < most + toleranceMs;
    this.#fits = fits ? this.#fits + 1 : 0;
    return fits && this.#fits >= proof ? toldMs : null;
  }
}

/** The told time where it is believed, held between the bounds; else the middle of them. */
export const runTimeOf = (
  bounds: Bounds & { readonly runningAt: number },
  believedMs: number | null,
): number => {
  const [least, most] = rangeOf(bounds);
  return believedMs === null ? (least + most) / 2 : Math.min(most, Math.max(least, believedMs));
};

const rangeOf = ({
  runningAt,
  seenAt,
  now,
}: Bounds & { readonly runningAt: number }): [number, number] => [
  Math.max(0, seenAt - runningAt),
  now - runningAt,
];
