import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import { starsCondition } from '../../picks/wanted.js';
import type { BatchOptions } from './options.js';

/**
 * What the types of the options cannot say, for those that no command line was read for. What is
 * wrong is left out, so that all else can be checked as well.
 */
export const checkedOptions = <Options extends BatchOptions>(
  options: Options,
  problems: Problems,
): Options => {
  const { maxRuns, first, concurrency, shard, stars } = options;
  const count = (name: string, value: number | undefined): number | undefined => {
    if (value === undefined || isCount(value)) return value;
    problems.add(error('E0001', null, `${name} wants a whole number from 1 on, not ${value}`));
    return undefined;
  };
  return {
    ...options,
    maxRuns: count('maxRuns', maxRuns),
    first: count('first', first),
    concurrency: concurrency === 'auto' ? concurrency : count('concurrency', concurrency),
    shard: shardOf(shard, problems),
    stars: starsOf(stars, problems),
  };
};

const shardOf = (shard: BatchOptions['shard'], problems: Problems): BatchOptions['shard'] => {
  if (shard === undefined) return undefined;
  const { index, count } = shard;
  if (isCount(index) && isCount(count) && index <= count) return shard;
  problems.add(
    error('E0001', null, `shard wants an index from 1 to its count, not ${index} of ${count}`, {
      hint: 'shard: { index: 2, count: 4 }',
    }),
  );
  return undefined;
};

/** Left out they would mean more rows than were asked for. */
const starsOf = (stars: BatchOptions['stars'], problems: Problems): BatchOptions['stars'] => {
  for (const text of stars ?? [])
    if (starsCondition(`stars${text}`) === null)
      problems.add(
        error('E0001', null, `stars wants a sign and a number from 0 to 5, not "${text}"`, {
          hint: "stars: ['>=4']",
        }),
      );
  return stars;
};

const isCount = (value: number): boolean =>
  Number.isInteger(value) && value >= 1 && value < 1_000_000_000;
