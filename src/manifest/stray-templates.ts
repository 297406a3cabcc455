import { error } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { MapTree, Tree } from './tree.js';

/** Keys whose texts are templates, with all that is below them. */
const templates = ['set', 'run.name', 'run.tags', 'outputs.name', 'outputs.dir', 'notify.url'];

/** A `${{` where no template is read would be taken for a part of the text: an error each. */
export const findStrayTemplates = (tree: Tree, problems: Problems): void => {
  if (tree.is !== 'map') return;
  for (const [key, { value }] of tree.entries) {
    if (key !== 'profiles') walk(value, [key], problems);
    else if (value.is === 'map')
      for (const profile of value.entries.values()) findStrayTemplates(profile.value, problems);
  }
};

const walk = (tree: Tree, path: readonly string[], problems: Problems): void => {
  if (templates.includes(path.join('.'))) return;
  switch (tree.is) {
    case 'scalar':
      if (tree.text.includes('${{'))
        problems.add(
          error('E0165', tree.at, `"${path.join('.')}" holds a template, and none is read there`, {
            hint: hintFor(path),
          }),
        );
      return;
    case 'list':
      for (const item of tree.items) walk(item, path, problems);
      return;
    case 'map':
      // It means exactly what it says, wherever a field's value may stand.
      if (isData(path) && tree.entries.size === 1 && tree.entries.has('value')) return;
      for (const [key, { value }] of tree.entries)
        if (!isSeed(key, tree, path)) walk(value, [...path, key], problems);
  }
};

const isData = ([first]: readonly string[]): boolean => first === 'vars' || first === 'matrix';

/** Of a random axis, or of the sample. */
const isSeed = (key: string, map: MapTree, path: readonly string[]): boolean =>
  key === 'seed' &&
  path[0] === 'matrix' &&
  (map.entries.has('random') || path.join('.') === 'matrix.sample');

const hintFor = ([first = '']: readonly string[]): string => {
  switch (first) {
    case 'vars':
      return 'vars are constants: write the template in set; { value: … } if exactly this text is meant';
    case 'matrix':
      return 'values of the matrix are data: write the template in set; { value: … } if exactly this text is meant';
    default:
      return 'templates are read in set, run.name, run.tags, outputs.name, outputs.dir and the seed of a random axis';
  }
};
