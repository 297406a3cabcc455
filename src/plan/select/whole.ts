import { createHash } from 'node:crypto';
import type { Matrix } from '../../matrix/combination.js';
import { datumJson } from '../../values/datum-json.js';
import { isSkipped } from '../../matrix/skip.js';
import type { Selection } from './selection.js';
import { inShard } from './selection.js';

/** The batch that a shard is a part of. */
export interface Whole {
  /** Runs of all shards, and of the selected one. */
  readonly total: number;
  readonly runs: number;
  /** sha256 over `origin` and every combination. */
  readonly sha256: string;
}

/**
 * Walks the whole matrix once more, cheaply, for what a single shard cannot know: how large the
 * batch is, and whether another machine read the same tables. `origin`: what else must be equal.
 */
export const wholeOf = async (
  matrix: Matrix,
  selection: Selection,
  origin: readonly string[],
): Promise<Whole> => {
  const hash = createHash('sha256').update(JSON.stringify(origin));
  let total = 0;
  let runs = 0;
  for await (const stretch of matrix.combinations())
    for (const combination of stretch) {
      if (isSkipped(combination)) continue;
      const { index, repeat, variables } = combination;
      const values = [...variables].map(([name, { datum }]) => [name, datum.is, datumJson(datum)]);
      hash.update(JSON.stringify([index, repeat, values]));
      total += 1;
      if (inShard(selection, index)) runs += 1;
    }
  return { total, runs, sha256: hash.digest('hex') };
};
