import type { Json } from '../../values/json.js';
import { isList, isObject, parseJson } from '../../values/json-text.js';
import { textOf } from '../envelope.js';

export interface NodeError {
  readonly node: string;
  readonly field: string | null;
  readonly message: string;
}

/**
 * `promptTips` is a JSON text, `""` or null (8), seldom the object itself (19.1); only a parsed,
 * filled `node_errors` counts.
 */
export const nodeErrors = (tips: Json | undefined): NodeError[] => {
  const read = typeof tips === 'string' && tips !== '' ? parseJson(tips) : null;
  const parsed = read?.ok === true ? read.value : tips;
  const errors = isObject(parsed) ? parsed.get('node_errors') : undefined;
  if (!isObject(errors)) return [];
  return [...errors].flatMap(([node, entry]) => {
    const list = isObject(entry) ? entry.get('errors') : undefined;
    const name = isObject(entry) ? (textOf(entry.get('class_type')) ?? 'node') : 'node';
    return (list !== undefined && isList(list) ? list : []).flatMap((item) => {
      if (!isObject(item)) return [];
      const extra = item.get('extra_info');
      const field = isObject(extra) ? textOf(extra.get('input_name')) : null;
      const what = [textOf(item.get('message')), textOf(item.get('details'))].filter(
        (part) => part,
      );
      return [{ node, field, message: `${name} (node ${node}): ${what.join(', ')}` }];
    });
  });
};
