import type { Json, JsonObject } from '../../../values/json.js';
import { map, number } from '../../http/answers.js';
import { textOf } from '../route.js';

/** `records`, `pages`, `hasNext`: one page of a list (API notes, section 7.3). */
export const paged = (items: readonly Json[], body: JsonObject): Json => {
  const size = Math.max(1, Number(textOf(body.get('size')) || 10) || 10);
  const current = Math.max(1, Number(textOf(body.get('current')) || 1) || 1);
  const pages = Math.ceil(items.length / size);
  return map({
    records: items.slice((current - 1) * size, current * size),
    total: number(items.length),
    size: number(size),
    current: number(current),
    pages: number(pages),
    hasNext: current < pages,
    hasPrevious: current > 1,
  });
};
