import { createHash } from 'node:crypto';
import { layersOf, withoutUnseen } from './spellings.js';

/** What stands in place of a secret. */
export const mask = '[key]';

/** A name for these secrets, which tells nothing of them. */
export const secretsDigest = (secrets: Iterable<string>): string =>
  createHash('sha256')
    .update(JSON.stringify([...secrets].sort()))
    .digest('hex');

/** Shorter ones would be found in half of all words. */
const shortest = 4;

/**
 * A function that takes every given secret out of a text: as it is, in hex, in base64 (at any
 * alignment), each of them also percent-encoded, with escapes of JSON or entities of HTML, and
 * split by blanks, control characters or marks that nobody sees. By known value: nothing is
 * guessed.
 */
export const redactor = (secrets: readonly string[]): ((text: string) => string) => {
  const forms = secrets.filter(({ length }) => length >= shortest).flatMap(formsOf);
  if (forms.length === 0) return (text) => text;
  const any = new RegExp(forms.map(literal).join('|'), 'gi');
  return (text) => {
    let cleaned = text;
    // A secret may stand in one text in several spellings; of each, all are taken out at once.
    for (let round = 0; round < rounds; round += 1) {
      const found = firstFound(cleaned, any);
      if (found.length === 0) break;
      cleaned = replaced(cleaned, found);
    }
    return cleaned;
  };
};

/**
 * Where any form of the secrets stands in a text, and how much of its end may be the beginning
 * of one: at least six characters of it, or none.
 */
export const finder = (
  secrets: readonly string[],
): ((text: string) => { readonly stretches: readonly Stretch[]; readonly begun: number }) => {
  const forms = secrets.filter(({ length }) => length >= shortest).flatMap(formsOf);
  if (forms.length === 0) return () => ({ stretches: [], begun: 0 });
  const any = new RegExp(forms.map(literal).join('|'), 'gi');
  const lower = forms.map((form) => form.toLowerCase());
  return (text) => {
    const stretches: Stretch[] = [];
    let rest = text;
    for (let round = 0; round < rounds; round += 1) {
      const found = firstFound(rest, any);
      if (found.length === 0) break;
      for (const [from, to] of found) {
        stretches.push([from, to]);
        rest = rest.slice(0, from) + taken.repeat(to - from) + rest.slice(to);
      }
    }
    stretches.sort(([a], [b]) => a - b);
    return { stretches, begun: begunAtEnd(rest.toLowerCase(), lower) };
  };
};

/** In place of what was found already; no form holds it. */
const taken = '\ue000';

const leastBegun = 6;

const begunAtEnd = (text: string, forms: readonly string[]): number => {
  let longest = 0;
  for (const form of forms)
    for (let length = Math.min(form.length - 1, text.length); length >= leastBegun; length -= 1) {
      if (length <= longest) break;
      if (text.endsWith(form.slice(0, length))) longest = length;
    }
  return longest;
};

const rounds = 6;

export type Stretch = readonly [from: number, to: number];

/** Where the secret stands in the text, by the first spelling that shows it. */
const firstFound = (text: string, any: RegExp): readonly Stretch[] => {
  for (const layer of layersOf(text)) {
    any.lastIndex = 0;
    if (!any.test(layer.text)) continue;
    any.lastIndex = 0;
    const found = Array.from(layer.text.matchAll(any), ({ index, 0: match }): Stretch => [
      index,
      index + match.length,
    ]);
    return found.map(([from, to]) => layer.stretch(from, to));
  }
  return [];
};

const replaced = (text: string, stretches: readonly Stretch[]): string => {
  const parts: string[] = [];
  let at = 0;
  for (const [from, to] of stretches) {
    parts.push(text.slice(at, from), mask);
    at = Math.max(at, to);
  }
  parts.push(text.slice(at));
  return parts.join('');
};

const formsOf = (secret: string): string[] => {
  const forms = [secret, Buffer.from(secret).toString('hex'), ...base64Forms(secret)];
  return [...new Set(forms.map(withoutUnseen))].filter(({ length }) => length >= shortest);
};

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);

/** The middle part that is the same whatever stands around the secret, for the three alignments. */
const base64Forms = (secret: string): string[] =>
  [0, 1, 2].flatMap((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
    const encoded = padded.toString('base64').replace(/=+$/, '');
    const from = Math.ceil((shift * 8) / 6);
    const whole = Math.floor(((shift + Buffer.byteLength(secret)) * 8) / 6);
    const middle = encoded.slice(from, whole);
    if (middle.length < 8) return [];
    return [middle, middle.replaceAll('+', '-').replaceAll('/', '_')];
  });
