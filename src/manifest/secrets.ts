import { error } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Place } from '../values/place.js';
import type { Tree } from './tree.js';

const keyNames = /^(?:runninghub[_-]?)?api[_-]?key$/i;
const likeNames = /key|token|secret|password/i;
const likeKey = /^[0-9a-f]{32}$/i;

/** A key literal in a manifest is an error, told without showing it. */
export const findKeys = (tree: Tree, problems: Problems): void => {
  if (tree.is === 'list') for (const item of tree.items) findKeys(item, problems);
  if (tree.is !== 'map') return;
  for (const [name, { keyAt, value }] of tree.entries) {
    const literal = value.is === 'scalar' && likeKey.test(value.text.trim());
    if (keyNames.test(name) || (likeNames.test(name) && literal))
      problems.add(
        error('E0115', hidden(keyAt), `"${name}": an API key does not belong in a manifest`, {
          hint: 'export RUNNINGHUB_API_KEY=…, or --env-file; and make a new key if this file was shared',
        }),
      );
    else findKeys(value, problems);
  }
};

/** The place without its line's text: the excerpt would show the key. */
const hidden = (at: Place): Place => ({ ...at, text: null });
