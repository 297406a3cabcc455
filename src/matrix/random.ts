import { createHash } from 'node:crypto';

/**
 * The n-th number of a seed's sequence, from 0 to range − 1: sha256 of `seed:n`, its first 128
 * bits modulo the range. Slow and simple on purpose: it can be written again in any language
 * and stays the same for ever, so that a seed means the same runs for ever.
 */
export const randomAt = (seed: string, n: number, range: bigint): bigint => {
  const digest = createHash('sha256').update(`${seed}:${n}`).digest('hex');
  return BigInt(`0x${digest.slice(0, 32)}`) % range;
};

/** `count` distinct numbers below `range`, ascending (Floyd's algorithm: no list of the range). */
export const sampleBelow = (seed: string, count: number, range: number): number[] => {
  const chosen = new Set<number>();
  for (let top = range - count; top < range; top += 1) {
    const candidate = Number(randomAt(seed, top - (range - count), BigInt(top + 1)));
    chosen.add(chosen.has(candidate) ? top : candidate);
  }
  return [...chosen].sort((a, b) => a - b);
};
