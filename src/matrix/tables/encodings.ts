import { TextDecoder } from 'node:util';
import { clipped, oneLine } from '../../values/printable.js';

/** An encoding that a text may have, and how its first cells read in it. */
export interface Candidate {
  readonly encoding: string;
  readonly sample: string;
}

/** What the reference names; every label of the WHATWG's Encoding Standard is taken. */
export const knownEncodings =
  'utf-8, utf-16le, utf-16be, gb18030 (GBK), big5, shift_jis, euc-jp, euc-kr, windows-1251, latin1';

/** As much as is looked at. */
const headBytes = 8192;
const sampleChars = 48;

/**
 * What a text that is no UTF-8 may be, likeliest first. Only a mark at the beginning makes one
 * sure: many texts can be read in several encodings, and a person sees at once which is right.
 */
export const candidatesFor = (bytes: Uint8Array): readonly Candidate[] => {
  const head = bytes.subarray(0, headBytes);
  const marked = byMark(head);
  const encodings = marked === null ? likely(head) : [marked];
  return encodings.flatMap((encoding) => {
    const text = decoded(head, encoding);
    return text === null ? [] : [{ encoding, sample: sampleOf(text) }];
  });
};

const byMark = ([first, second]: Uint8Array): string | null => {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : null;
};

/**
 * Where a text can be read as it is said to be, but hardly is: how it reads so, and how it does in
 * the encoding that it most likely has. null: what was said may well be right.
 */
export const betterThan = (
  encoding: string,
  bytes: Uint8Array,
): { readonly said: Candidate; readonly better: Candidate } | null => {
  const head = bytes.subarray(0, headBytes);
  const label = new TextDecoder(encoding).encoding;
  const text = decoded(head, encoding);
  if (text === null || head.includes(0) || byMark(head) !== null) return null;
  const letters = /[\u0080-\uffff]/.test(text);
  const best = !letters ? null : decoded(head, 'utf-8') === null ? likely(head)[0] : 'utf-8';
  if (best == null || new TextDecoder(best).encoding === label) return null;
  const fit = narrow.find((known) => new TextDecoder(known.encoding).encoding === label);
  const read = decoded(head, best);
  // One or two characters may be any.
  if (fit === undefined || read === null || (text.match(/[\u0080-\uffff]/g) ?? []).length < 4)
    return null;
  if (best !== 'utf-8' && (fit.fits(text) ?? 1) >= 0.6) return null;
  return {
    said: { encoding, sample: sampleOf(text) },
    better: { encoding: best, sample: sampleOf(read) },
  };
};

/** Scores below are those of texts that only happen to be readable. */
const leastScore = 0.3;

const likely = (head: Uint8Array): string[] => {
  const scored = (head.includes(0) ? wide : narrow).flatMap(({ encoding, fits }) => {
    const text = decoded(head, encoding);
    if (text === null || text.includes('\0')) return [];
    const score = fits(text);
    return score === null ? [] : [{ encoding, score }];
  });
  scored.sort((a, b) => b.score - a.score);
  const good = scored.filter(({ score }) => score >= leastScore);
  return (good.length > 0 ? good : scored).slice(0, 5).map(({ encoding }) => encoding);
};

/** null: not one text of it. A character or a record that is cut at the end of the head is none. */
const decoded = (head: Uint8Array, encoding: string): string | null => {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(head, { stream: true });
  } catch {
    return null;
  }
};

interface Known {
  readonly encoding: string;
  /** From 0 to 1: how much of a text is what texts of this encoding mostly have; null: no text. */
  readonly fits: (text: string) => number | null;
}

const shareOf = (text: string, test: (char: string) => boolean): number | null => {
  const beyond = Array.from(text).filter((char) => /[^\u0000-\u007f\p{P}\p{Z}]/u.test(char));
  return beyond.length === 0 ? null : beyond.filter(test).length / beyond.length;
};

/** A text of ASCII letters has a zero in each of them; of others, line ends and commas have. */
const plain = (text: string): number | null =>
  /[\n\r]/.test(text) ? (text.match(/[\u0000-\u007f]/g) ?? []).length / text.length : null;

const wide: readonly Known[] = [
  { encoding: 'utf-16le', fits: plain },
  { encoding: 'utf-16be', fits: plain },
];

/** The characters that a range of two bytes stands for: in all of these encodings the common ones. */
const range = (encoding: string, first: number, last: number): ReadonlySet<string> => {
  const decoder = new TextDecoder(encoding);
  const found = new Set<string>();
  for (let lead = first; lead <= last; lead += 1)
    for (let trail = 0x40; trail <= 0xfe; trail += 1)
      if (encoding !== 'gb18030' || trail >= 0xa1) {
        const text = decoder.decode(Uint8Array.of(lead, trail));
        if (Array.from(text).length === 1) found.add(text);
      }
  return found;
};

const common =
  (encoding: string, first: number, last: number) =>
  (text: string): number | null => {
    const known = range(encoding, first, last);
    return shareOf(text, (char) => known.has(char));
  };

const kana = /[\u3040-\u30ff\uff66-\uff9f]/;

const japanese =
  (encoding: string, first: number, last: number) =>
  (text: string): number | null => {
    const known = range(encoding, first, last);
    // A Japanese text without any kana is a rare one.
    const share = shareOf(text, (char) => kana.test(char) || known.has(char));
    return share === null || kana.test(text) ? share : share / 2;
  };

/** Chinese words of few letters can be read as syllables; a sentence of syllables is Korean. */
const korean = (text: string): number | null => {
  const share = shareOf(text, (char) => /[\uac00-\ud7a3]/.test(char));
  return share === 1 && (text.match(/[\uac00-\ud7a3]/g) ?? []).length >= 6 ? 1.1 : share;
};

const narrow: readonly Known[] = [
  { encoding: 'gb18030', fits: common('gb18030', 0xb0, 0xd7) },
  { encoding: 'big5', fits: common('big5', 0xa4, 0xc6) },
  { encoding: 'shift_jis', fits: japanese('shift_jis', 0x88, 0x97) },
  { encoding: 'euc-jp', fits: japanese('euc-jp', 0xb0, 0xcf) },
  { encoding: 'euc-kr', fits: korean },
  { encoding: 'windows-1251', fits: (text) => inWords(text, /[\u0400-\u04ff]/, 0.9) },
  { encoding: 'latin1', fits: (text) => inWords(text, /[\u00c0-\u00ff\u2013-\u201d\u2026]/, 1) },
];

/** Letters beside letters; every byte can be one, so what fits better comes first. */
const inWords = (text: string, letter: RegExp, most: number): number | null => {
  const share = shareOf(text, (char) => letter.test(char));
  if (share === null) return null;
  const beside = text.match(/[a-z](?=[\u0080-\uffff])|[\u0080-\uffff](?=[a-z])/gi) ?? [];
  const beyond = text.match(/[\u0080-\uffff]/g) ?? [];
  const western = Math.min(1, beside.length / beyond.length);
  return share * most * (letter.test('\u00e9') ? western : 0.8 * (1 - western));
};

/** The first line that tells something: one with more than ASCII. */
const sampleOf = (text: string): string => {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  const line = lines.find((one) => /[^\u0000-\u007f]/.test(one)) ?? lines[0] ?? '';
  const from = Math.max(0, line.search(/[^\u0000-\u007f]/) - 12);
  return clipped(oneLine(line.slice(from)), sampleChars);
};
