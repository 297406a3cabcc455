import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, parseJson } from '../../values/json-text.js';
import type { FileRules, Medium } from '../../workflow/workflow.js';
import type { ParameterType } from './parameter-type.js';

/** What files a parameter takes; null: none. */
export const fileParameter = (
  name: string,
  type: ParameterType,
  item: JsonObject,
): { readonly medium: Medium; readonly rules: FileRules } | null => {
  const endings = endingsOf(item.get('accept')) ?? endingsToldBy(item.get('description'));
  const medium = mediumOf(name, type, endings);
  if (medium === null) return null;
  return { medium, rules: { maxBytes: bytesOf(item.get('maxSize')), endings } };
};

/** The documentation writes links of media as texts, and tells in words what they may be of. */
const mediumOf = (
  name: string,
  type: ParameterType,
  endings: readonly string[] | null,
): Medium | null => {
  switch (type) {
    case 'IMAGE':
      return 'image';
    case 'VIDEO':
      return 'video';
    case 'AUDIO':
      return 'audio';
    case 'FILE':
      return 'any';
    case 'STRING':
    case 'ARRAY':
      return endings !== null && /(?:Urls?|^videos)$/.test(name) ? mediumBy(endings) : null;
    case 'BOOLEAN':
    case 'FLOAT':
    case 'INT':
    case 'LIST':
    case 'OBJECT':
      return null;
  }
};

const media: readonly (readonly [Medium, ReadonlySet<string>])[] = [
  ['image', new Set(['png', 'jpg', 'jpeg', 'webp', 'gif', 'bmp', 'tif', 'tiff', 'heic', 'avif'])],
  ['video', new Set(['mp4', 'mov', 'avi', 'mkv', 'webm', 'm4v'])],
  ['audio', new Set(['mp3', 'wav', 'm4a', 'flac', 'ogg', 'aac'])],
];

const mediumBy = (endings: readonly string[]): Medium =>
  media.find(([, known]) => endings.every((ending) => known.has(ending)))?.[0] ?? 'any';

/** `["PNG","JPEG"]` as a JSON text, the list itself, or `png, jpeg`. */
const endingsOf = (value: Json | undefined): readonly string[] | null => {
  const read = typeof value === 'string' ? parseJson(value) : null;
  const list = read?.ok === true ? read.value : value;
  const words =
    list !== undefined && isList(list)
      ? list.filter((word) => typeof word === 'string')
      : typeof value === 'string'
        ? value.split(/[,;|\s]+/)
        : [];
  const endings = words.map(ending).filter((word) => /^[a-z0-9]{1,8}$/.test(word));
  return endings.length > 0 ? endings : null;
};

/** `image/png`, `.PNG` and `PNG` are `png`. */
const ending = (word: string): string =>
  word
    .trim()
    .toLowerCase()
    .replace(/^(?:.*\/|\.)/, '');

/** The last line of a description: "支持的文件格式：JPG, PNG." */
const endingsToldBy = (value: Json | undefined): readonly string[] | null => {
  if (typeof value !== 'string') return null;
  const told = /(?:支持的文件格式|supported (?:file )?formats?)\s*[：:]\s*([^\n。]*)/i.exec(
    value,
  )?.[1];
  return told === undefined ? null : endingsOf(told.replace(/\.\s*$/, '').replaceAll('、', ','));
};

/** Megabytes. */
const bytesOf = (value: Json | undefined): number | null => {
  const text = value instanceof JsonNumber ? value.source : typeof value === 'string' ? value : '';
  const megabytes = /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : NaN;
  return megabytes > 0 && megabytes < 1_000_000 ? Math.floor(megabytes * 1024 * 1024) : null;
};
