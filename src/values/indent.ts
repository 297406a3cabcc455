import type { Json } from './json.js';
import { isList, isObject, jsonText } from './json-text.js';

/** JSON for people: two blanks a level, short lists on one line, digits as they are. */
export const indented = (json: Json): string => `${write(json, '')}\n`;

const write = (json: Json, margin: string): string => {
  const inner = `${margin}  `;
  if (isObject(json) && json.size > 0)
    return `{\n${[...json].map(([key, value]) => `${inner}${JSON.stringify(key)}: ${write(value, inner)}`).join(',\n')}\n${margin}}`;
  if (isList(json) && json.some((item) => isObject(item)))
    return `[\n${json.map((item) => inner + write(item, inner)).join(',\n')}\n${margin}]`;
  return jsonText(json);
};
