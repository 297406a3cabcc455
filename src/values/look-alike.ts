/** Blanks that are no plain blank, and characters without any width. */
const blanks = /[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;
const widthless = /[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/g;

/** The same for all texts that a person cannot tell apart, letter case aside. */
const seen = (text: string): string =>
  text.normalize('NFC').replace(blanks, ' ').replace(widthless, '').replace(/ +/g, ' ').trim();

/** The ones among them that look like this text and are not it; those of its letter case first. */
export const lookAlikes = (text: string, among: Iterable<string>): string[] => {
  const looks = seen(text);
  const folded = looks.toLowerCase();
  const found = [...among].filter((name) => name !== text && seen(name).toLowerCase() === folded);
  return found.sort((a, b) => Number(seen(b) === looks) - Number(seen(a) === looks));
};

/** In what a text differs from one that looks like it, for people. */
export const differenceFrom = (text: string, other: string): string => {
  const odd = oddOf(text);
  const missing = oddOf(other);
  if (odd !== null) return `it is written with ${odd}`;
  if (missing !== null) return `the other has ${missing}`;
  const composed = text.normalize('NFC') === other.normalize('NFC');
  if (composed)
    return 'the letters are the same, composed otherwise (Unicode NFC beside NFD, as macOS and other systems name files)';
  return seen(text) === seen(other)
    ? 'the blanks are others'
    : 'upper and lower case letters are not the same here';
};

/** Whether nothing but the Unicode form is another: the same name to every person. */
export const isSameComposed = (text: string, other: string): boolean =>
  text.normalize('NFC') === other.normalize('NFC');

/** `U+00A0 (no-break space)`, the first character that cannot be seen for what it is; null: none. */
const oddOf = (text: string): string | null => {
  const found = text.match(blanks)?.[0] ?? text.match(widthless)?.[0];
  if (found === undefined) return null;
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `U+${code} (${names[code] ?? 'a character that cannot be seen'})`;
};

const names: Readonly<Record<string, string>> = {
  '0009': 'tab',
  '00A0': 'no-break space',
  '00AD': 'soft hyphen',
  '200B': 'zero width space',
  '202F': 'narrow no-break space',
  '3000': 'wide blank',
  FEFF: 'byte order mark',
};
