/** A small seeded generator (mulberry32): numbers in [0, 1). */
export const draws = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

export const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Median and sigma of the underlying normal. */
export const logNormal =
  (medianMs: number, sigma: number) =>
  (_: number, random: () => number): number =>
    medianMs * Math.exp(sigma * normal(random));
