import type { JsonRead } from '../values/json-text.js';
import { parseJson } from '../values/json-text.js';

/**
 * Python writes NaN and Infinity bare, which is no JSON (comfyui-api 0): they are read as null.
 * Numbers keep their digits, since seeds reach 2^64-1.
 */
export const parseAnswer = (text: string): JsonRead => {
  const read = parseJson(text);
  if (read.ok || !/NaN|Infinity/.test(text)) return read;
  // Texts are stepped over whole: what stands in quotes stays.
  const mended = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/gs, (part) =>
    part.startsWith('"') ? part : 'null',
  );
  return parseJson(mended);
};
