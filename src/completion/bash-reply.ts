import { posixWords } from '../values/shell-words.js';

/** What stands before the cursor, as bash's completion sees it. */
export interface Typed {
  /** Words before the one at the cursor, without the program. */
  readonly words: readonly string[];
  /** The word at the cursor, quotes taken off. */
  readonly current: string;
  /** What bash must put in place for a word: quoted as what is there is, from where bash cuts. */
  readonly reply: (word: string) => string | null;
}

/** `line`: up to the cursor; `breaks`: COMP_WORDBREAKS, at which bash cuts words apart. */
export const readTyped = (line: string, breaks: string): Typed => {
  const { words, open } = posixWords(line, true);
  const last = words.at(-1);
  const inWord = last !== undefined && last.to === line.length;
  const before = (inWord ? words.slice(0, -1) : words).slice(1).map(({ text }) => text);
  if (!inWord) return { words: before, current: '', reply: escaped };
  const current = last.text;
  const kept =
    open === null
      ? current.length - tailOf(line.slice(last.from), breaks).length
      : open.before.length;
  const quote = open === null ? escaped : inside(open.quote);
  return {
    words: before,
    current,
    reply: (word) => (word.startsWith(current.slice(0, kept)) ? quote(word.slice(kept)) : null),
  };
};

/** The text behind the last character at which bash cuts, where no quote protects it. */
const tailOf = (raw: string, breaks: string): string => {
  let from = 0;
  for (const match of raw.matchAll(/\\[^]|'[^']*'|"(?:[^"\\]|\\[^])*"|[^]/g))
    if (match[0].length === 1 && breaks.includes(match[0]) && !/[\s"']/.test(match[0]))
      from = match.index + 1;
  return posixWords(raw.slice(from), true).words[0]?.text ?? '';
};

const escaped = (text: string): string =>
  text.replace(/[^\p{L}\p{N}_@%+=:,./-]/gu, (char) => `\\${char}`).replace(/^~/, '\\~');

const inside =
  (quote: '"' | "'" | "$'") =>
  (text: string): string => {
    switch (quote) {
      case '"':
        return text.replace(/[$`"\\]/g, (char) => `\\${char}`);
      case "$'":
        return text.replace(/['\\]/g, (char) => `\\${char}`);
      case "'":
        return text.replaceAll("'", String.raw`'\''`);
    }
  };
