/** A text in which one more spelling was read as what it means. */
export interface Layer {
  readonly text: string;
  /** Where in the first text the characters from `from` to `to` came from. */
  stretch(from: number, to: number): readonly [from: number, to: number];
}

/**
 * The text without what nobody sees in it; then, as long as there are any, with its escapes and
 * entities read (`%61`, `\u0061`, `\x61`, `&#97;`). An escape may be of an escape (`%2561`). It
 * may be split itself, and what splits may also be what keeps `% 61` from being one: both
 * readings are tried.
 */
export function* layersOf(text: string): Iterable<Layer> {
  let read = whole(text);
  let bare = peeled(read, unseen, nothing);
  yield bare;
  for (let depth = 0; depth < deepest; depth += 1) {
    if (!/[%\\&]/.test(read.text)) return;
    const [next, nextBare] = [peeled(read, written, meaning), peeled(bare, written, meaning)];
    if (next === read && nextBare === bare) return;
    const split = bare !== read;
    read = next;
    bare = peeled(nextBare, unseen, nothing);
    yield bare;
    if (split) yield peeled(read, unseen, nothing);
  }
}

const nothing = (): string => '';

const deepest = 4;

/** Blanks, controls, changes of colour, marks of direction, and characters without width. */
const unseen =
  /\u001b\[[0-9;?]*[@-~]|[\s\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+/g;

export const withoutUnseen = (text: string): string => text.replace(unseen, '');

/** Of a run of backslashes only the first is looked at: the run may be long. */
const written =
  /%[c-d][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}|%[0-7][0-9a-f]|(?<!\\)\\+(?:u[0-9a-f]{4}|u\{[0-9a-f]{1,8}\}|x[0-9a-f]{2}|[rntbfv0"'/])|&#(?:\d{1,9}|x[0-9a-f]{1,8});?|&[a-z]{2,20};/gi;

const meaning = (text: string): string => {
  if (text.startsWith('%')) return Buffer.from(text.replaceAll('%', ''), 'hex').toString('utf8');
  if (text.startsWith('\\')) return escapeMeaning(text.replace(/^\\+/, ''));
  const number = /^&#(x?)([0-9a-f]+)/i.exec(text);
  if (number === null) return entities[text.slice(1, -1).toLowerCase()] ?? text;
  return character(parseInt(number[2] ?? '', number[1] === '' ? 10 : 16));
};

const escapeMeaning = (text: string): string => {
  if (/^["'/]/.test(text)) return text;
  const hex = /^[ux]\{?([0-9a-f]+)/i.exec(text)?.[1];
  // What the others stand for is a control character: nobody sees it.
  return hex === undefined ? '' : character(parseInt(hex, 16));
};

const character = (point: number): string => (point <= 0x10ffff ? String.fromCodePoint(point) : '');

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  plus: '+',
  sol: '/',
  equals: '=',
  shy: '',
  nbsp: '',
  lrm: '',
  rlm: '',
  zwj: '',
  zwnj: '',
  tab: '',
  newline: '',
  nobreak: '',
  zerowidthspace: '',
};

/** `length` characters at `at` were those from `from` to `to`. */
interface Edit {
  readonly at: number;
  readonly length: number;
  readonly from: number;
  readonly to: number;
}

const whole = (text: string): Layer => ({ text, stretch: (from, to) => [from, to] });

const peeled = (under: Layer, pattern: RegExp, means: (text: string) => string): Layer => {
  const text = under.text.replace(pattern, means);
  if (text === under.text) return under;
  // Where everything came from is asked for rarely: it is found when it is.
  let edits: readonly Edit[] | null = null;
  return {
    text,
    stretch: (from, to) => {
      edits ??= editsOf(under.text, pattern, means);
      const [first] = sourceOf(edits, from);
      const [, last] = sourceOf(edits, to - 1);
      return under.stretch(first, last);
    },
  };
};

const editsOf = (text: string, pattern: RegExp, means: (text: string) => string): Edit[] => {
  const edits: Edit[] = [];
  let shift = 0;
  for (const { index, 0: match } of text.matchAll(pattern)) {
    const { length } = means(match);
    edits.push({ at: index - shift, length, from: index, to: index + match.length });
    shift += match.length - length;
  }
  return edits;
};

/** What the character at `at` was before the edits. */
const sourceOf = (edits: readonly Edit[], at: number): readonly [number, number] => {
  let [low, high] = [0, edits.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edits[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  const edit = edits[low - 1];
  if (edit === undefined) return [at, at + 1];
  if (at < edit.at + edit.length) return [edit.from, edit.to];
  const from = edit.to + at - edit.at - edit.length;
  return [from, from + 1];
};
