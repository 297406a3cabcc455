import type { Combination } from '../../matrix/combination.js';
import { slug } from '../../template/filters.js';
import { cutBytes, portable } from './portable.js';

const keyBytes = 48;

/** What tells a run from its neighbours: a readable piece of its first telling value. */
export const keyOf = ({ variables }: Combination): string => {
  for (const [name, { datum }] of variables) {
    if (name.startsWith('_') || datum.is !== 'scalar') continue;
    const stem =
      datum.text
        .split(/[/\\]/)
        .at(-1)
        ?.replace(/\.[A-Za-z0-9]{1,5}$/, '') ?? '';
    const words = slug(datum.text.length > 300 ? datum.text.slice(0, 300) : stem);
    if (words !== '' && !/^\d+$/.test(words)) return cutBytes(words, keyBytes).replace(/-+$/, '');
  }
  for (const { datum } of variables.values())
    if (datum.is === 'scalar' && datum.text !== '') return cutBytes(slug(datum.text), keyBytes);
  return '';
};

/** `0007-red-fox`: unique by its index, readable by its key. */
export const defaultName = (index: number, key: string): string =>
  portable([String(index).padStart(4, '0'), key].filter((part) => part !== '').join('-'));
