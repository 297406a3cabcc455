import { error } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Tree } from './tree.js';

const keyNames = /^(?:runninghub[_-]?)?api[_-]?key$/i;
const passwordNames = /^access[_-]?password$/i;
const likeNames = /key|token|secret|password/i;
const likeKey = /^[0-9a-f]{32}$/i;

/** A key literal in a manifest is an error, told without showing it. */
export const findKeys = (tree: Tree, problems: Problems): void => {
  if (tree.is === 'list') for (const item of tree.items) findKeys(item, problems);
  if (tree.is !== 'map') return;
  for (const [name, { keyAt, value }] of tree.entries) {
    const literal = value.is === 'scalar' && likeKey.test(value.text.trim());
    const password = passwordNames.test(name);
    if (password || keyNames.test(name) || (likeNames.test(name) && literal)) {
      problems.hide(keyAt);
      problems.hide(value.at);
      const what = password ? 'a password' : 'an API key';
      const variable = password ? 'RUNNINGHUB_ACCESS_PASSWORD' : 'RUNNINGHUB_API_KEY';
      problems.add(
        error('E0115', keyAt, `"${name}": ${what} does not belong in a manifest`, {
          hint: `export ${variable}=…, or --env FILE; and make a new one if this file was shared`,
        }),
      );
    } else findKeys(value, problems);
  }
};
