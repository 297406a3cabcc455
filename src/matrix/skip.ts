import type { Combination } from './combination.js';

/** `_skip`: anything but empty, 0, false and no. */
export const isSkipped = ({ variables }: Pick<Combination, 'variables'>): boolean => {
  const datum = variables.get('_skip')?.datum;
  return datum?.is === 'scalar' && !/^(?:|0|false|no|n)$/i.test(datum.text.trim());
};
