import { Raised } from '../python/raised.js';
import type { Py } from '../python/value.js';
import { compareNumbers, isPyDict, isPyList, pyEqual } from '../python/value.js';

/** A prompt as the queue keeps it: the five items of /queue and /history (ComfyUI notes, 3). */
export interface Item {
  readonly number: bigint | number;
  readonly id: string;
  /** The graph, with converted values. */
  readonly prompt: Py;
  readonly extra: Py;
  readonly outputs: readonly string[];
}

export const itemJson = ({ number, id, prompt, extra, outputs }: Item): Py => [
  number,
  id,
  prompt,
  extra,
  outputs,
];

/**
 * `a < b` of two tuples: by number, then by id, and objects cannot be compared, which is an error
 * although the heap holds the item by then (section 2.5).
 */
export const isBefore = (a: Item, b: Item): boolean => {
  const order = compareNumbers(a.number, b.number);
  if (order !== 0) return order === -1;
  if (a.id !== b.id) return a.id < b.id;
  for (const [left, right] of [
    [a.prompt, b.prompt],
    [a.extra, b.extra],
  ] as const)
    if (!pyEqual(left, right)) throw incomparable(left, right);
  return a.outputs.join('\n') < b.outputs.join('\n');
};

const incomparable = (a: Py, b: Py): Raised =>
  new Raised('TypeError', `'<' not supported between instances of '${kind(a)}' and '${kind(b)}'`);

const kind = (value: Py): string =>
  isPyDict(value) ? 'dict' : isPyList(value) ? 'list' : value === null ? 'NoneType' : 'str';
