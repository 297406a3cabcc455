import type { Variable } from '../../matrix/combination.js';
import { starsCondition } from '../../picks/wanted.js';
import type { Selection } from '../../plan/select/selection.js';

/** `--where stars=4` is about marks, unless a column or an axis has this name. */
export const withStars = (selection: Selection, variables: readonly Variable[]): Selection => {
  if (variables.some(({ name }) => name === 'stars')) return selection;
  const about = selection.where.map((pair) => starsCondition(pair.join('=')));
  if (about.every((condition) => condition === null)) return selection;
  const { picked = false, stars = [] } = selection.marked ?? {};
  return {
    ...selection,
    where: selection.where.filter((_, at) => about[at] === null),
    marked: { picked, stars: [...stars, ...about.filter((condition) => condition !== null)] },
  };
};
