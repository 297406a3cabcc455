/**
 * Fields that the service gives a new random value unless they are sent (runninghub-api 2.2,
 * "Seeds").
 */
const seeds: ReadonlySet<string> = new Set(['seed', 'noise_seed']);

/** Fields whose values are whole numbers whatever the base file shows (DESIGN 4.3). */
const integers: ReadonlySet<string> = new Set([
  ...seeds,
  'steps',
  'width',
  'height',
  'batch_size',
  'length',
  'frames',
]);

export const isSeedField = (name: string): boolean => seeds.has(name);

/** Also those of custom nodes, such as `refiner_seed`, by their names alone. */
export const isCalledSeed = (name: string): boolean => /(?:^|_)seed$/i.test(name);
export const isIntegerField = (name: string): boolean => integers.has(name);
