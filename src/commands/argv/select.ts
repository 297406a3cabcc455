import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Selection } from '../../plan/select/selection.js';
import type { Call } from './call.js';
import { atLeastOne } from './numbers.js';

/** `--only --where --failed --first --shard --force`. */
export const selectionOf = (call: Call, problems: Problems): Selection => {
  const forced = call.texts('force');
  return {
    only: call.texts('only'),
    tags: call.texts('tag'),
    where: call.texts('where').flatMap((pair) => wherePair(pair, problems)),
    failed: call.flag('failed'),
    first: atLeastOne(call, 'first', '--first', problems),
    shard: shardOf(call, problems),
    force: forced.length === 0 ? null : forced.includes('*') ? true : forced,
  };
};

const wherePair = (pair: string, problems: Problems): [string, string][] => {
  const at = pair.indexOf('=');
  if (at > 0) return [[pair.slice(0, at), pair.slice(at + 1)]];
  problems.add(
    error('E0001', null, `--where "${pair}" is not of the form column=value`, {
      hint: '--where style=anime',
    }),
  );
  return [];
};

const shardOf = (call: Call, problems: Problems): Selection['shard'] => {
  const typed = call.text('shard');
  if (typed === null) return null;
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(typed) ?? [];
  if (Number(index) >= 1 && Number(index) <= Number(count))
    return { index: Number(index), count: Number(count) };
  problems.add(
    error('E0001', null, `--shard "${typed}" is not of the form I/N with I from 1 to N`, {
      hint: '--shard 2/4',
    }),
  );
  return null;
};
