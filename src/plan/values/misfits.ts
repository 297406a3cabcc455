import type { Asset } from '../../assets/asset.js';
import type { Content } from '../../assets/content.js';
import { isAmong, isMediaEnding, mediaEndings } from '../../assets/endings.js';
import type { Inspected } from '../../assets/inspect.js';
import { pathHint } from '../../assets/near-path.js';
import type { FieldRules, Medium } from '../../workflow/workflow.js';

/** What a file is that its field does not take; null: it may be right, by its first bytes. */
export const misfitOf = (
  { kind }: Asset,
  wanted: Medium,
  rules: FieldRules | null,
): string | null => {
  // Of a type that nobody knows by its bytes: the service shall judge. A LoRA is always known.
  if (kind.medium === 'other') return wanted === 'model' ? 'no safetensors file' : null;
  const endings = rules?.files?.endings ?? null;
  const fits = (wanted === 'any' || kind.medium === wanted) && isAmong(kind.ext, endings);
  return fits ? null : `${article(kind.medium)} (${kind.ext})`;
};

/** Neither bytes nor name say that it is what the field takes: the service judges, and may refuse. */
export const isDoubtful = ({ kind }: Asset, wanted: Medium, rules: FieldRules | null): boolean => {
  const known = mediaEndings[wanted];
  if (kind.medium !== 'other' || known === undefined || known.has(kind.ext)) return false;
  const endings = rules?.files?.endings ?? null;
  return endings === null || !endings.includes(kind.ext);
};

/** What a file is that can be no picture, sound, film or archive, though its field or its name says so. */
export const contentNot = (
  { asset, content }: Inspected & { ok: true },
  wanted: Medium | null,
): Content | null => {
  const isNamed = isMediaEnding(asset.kind.ext);
  const isWanted = wanted !== null && (wanted === 'archive' || Object.hasOwn(mediaEndings, wanted));
  // Of a plain text that is named as one, no more is known than of other files (isDoubtful).
  if (wanted === null) return isNamed && asset.kind.ext !== 'svg' ? content : null;
  return isWanted && (isNamed || content?.sure === true) ? content : null;
};

export const misfitHint = (wanted: Medium | null): string =>
  `name a file that is ${takenBy(wanted, null)}, or put this one into a field that takes it`;

const nouns: Readonly<Record<string, string>> = {
  archive: 'a .zip of pictures',
  model: 'a LoRA (.safetensors)',
  any: 'a file',
};

export const takenBy = (medium: Medium | null, rules: FieldRules | null): string => {
  const endings = rules?.files?.endings ?? null;
  return endings === null ? nounFor(medium) : `${nounFor(medium)} (${endings.join(', ')})`;
};

const nounFor = (medium: Medium | null): string =>
  nouns[medium ?? 'any'] ?? article(medium ?? 'file');

const article = (medium: string): string =>
  /^[aeiou]/.test(medium) ? `an ${medium}` : `a ${medium}`;

export const hintFor = (
  is: (Inspected & { ok: false })['is'],
  path: string,
  wanted: Medium | null,
): string | null => {
  switch (is) {
    case 'tooLarge':
      return /\.safetensors$/i.test(path)
        ? 'LoRA files of any size go into RHLoraLoader.lora_name'
        : 'host it elsewhere and give its public URL';
    case 'missing':
      return pathHint(path);
    case 'directory':
      return wanted === 'archive'
        ? `this field takes a .zip: (cd ${path} && zip -X -r ../pictures.zip .)`
        : `name a file in it; an axis { glob: "${path.replace(/\/+$/, '')}/*" } takes each of its files`;
    case 'empty':
      return 'save or download the file again: nothing is in it';
    case 'unreadable':
      return null;
  }
};
