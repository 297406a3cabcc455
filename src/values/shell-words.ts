/** One word as a POSIX shell takes it. */
export const posixWord = (text: string): string =>
  /^[\w./=:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/**
 * One word as both shells of Windows take it, where both can: cmd.exe knows no single quotes, and
 * PowerShell reads `$` and the backtick within double ones.
 */
const windowsWord = (text: string): string => {
  if (/^[\w./\\=:+-]+$/.test(text)) return text;
  return /["$`]/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
};

/** One word of a command that a person on this machine is to type. */
export const shellWord = (text: string, platform = process.platform): string =>
  platform === 'win32' ? windowsWord(text) : posixWord(text);

/**
 * A command line taken apart as a shell does it, without running anything: variables and
 * substitutions stay as they are written.
 */
export interface Words {
  readonly words: readonly Word[];
  /** The quote that is still open at the end, of the last word; null: none. */
  readonly open: OpenQuote | null;
}

interface OpenQuote {
  readonly quote: Quote;
  /** What the last word says before it. */
  readonly before: string;
}

interface Word {
  readonly text: string;
  /** Where it begins in the line, quotes included. */
  readonly from: number;
  /** Where it ends. */
  readonly to: number;
}

type Quote = '"' | "'" | "$'";

/**
 * Bash, zsh and the like. `whole`: to the end of the text; otherwise the first command alone,
 * up to a line end, `;` or `|`. A blank behind a continuing backslash is forgiven.
 */
export const posixWords = (line: string, whole = false): Words => new Posix(line, whole).read();

class Posix {
  readonly #words: Word[] = [];
  #at = 0;
  #open: OpenQuote | null = null;

  constructor(
    private readonly line: string,
    private readonly whole: boolean,
  ) {}

  read(): Words {
    for (;;) {
      this.#blank();
      const from = this.#at;
      if (from >= this.line.length || this.#ends()) break;
      const text = this.#word();
      this.#words.push({ text, from, to: this.#at });
    }
    return { words: this.#words, open: this.#open };
  }

  #blank(): void {
    const pattern = this.whole ? /(?:[ \t\r\n]|\\[ \t]*\r?\n)*/y : /(?:[ \t]|\\[ \t]*\r?\n)*/y;
    this.#at += this.#match(pattern).length;
    // What goes before the command ends nothing.
    if (this.#words.length === 0) this.#at += this.#match(/(?:[ \t\r\n]|#.*)*/y).length;
  }

  #ends(): boolean {
    return !this.whole && this.#match(/[\r\n;|]|&(?=&|\s|$)|#/y) !== '';
  }

  #word(): string {
    let text = '';
    while (this.#at < this.line.length) {
      const char = this.line[this.#at] ?? '';
      if (/[ \t\r\n]/.test(char) || (!this.whole && /[;|]/.test(char))) break;
      if (this.#match(/\\[ \t]*\r?\n/y) !== '') {
        this.#at += this.#match(/\\[ \t]*\r?\n/y).length;
        continue;
      }
      text += this.#piece(char, text);
    }
    return text;
  }

  #piece(char: string, before: string): string {
    if (char === "'") return this.#quoted("'", before, (body) => body);
    if (char === '"') return this.#quoted('"', before, unescapeDouble);
    if (this.line.startsWith("$'", this.#at)) return this.#quoted("$'", before, unescapeAnsi);
    if (char === '\\') {
      const next = this.line[this.#at + 1] ?? '';
      this.#at += 2;
      return next;
    }
    this.#at += 1;
    return char;
  }

  #quoted(quote: Quote, before: string, read: (body: string) => string): string {
    this.#at += quote.length;
    const from = this.#at;
    // No pattern: one with a choice in it runs out of stack in a body of many megabytes.
    while (this.#at < this.line.length && this.line[this.#at] !== quote.at(-1))
      this.#at += this.line[this.#at] === '\\' && quote !== "'" ? 2 : 1;
    this.#at = Math.min(this.#at, this.line.length);
    const inside = this.line.slice(from, this.#at);
    if (this.#at < this.line.length) this.#at += 1;
    else this.#open = { quote, before };
    return read(inside);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.line)?.[0] ?? '';
  }
}

const unescapeDouble = (body: string): string =>
  body.replace(/\\(\r?\n|[$`"\\])/g, (_, char: string) => (/\n/.test(char) ? '' : char));

const ansi: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  E: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** `$'…'`: escapes as in C. Bytes that stand side by side are one text in UTF-8. */
const unescapeAnsi = (body: string): string =>
  body.replace(
    /(?:\\x[0-9a-fA-F]{1,2}|\\[0-7]{1,3})+|\\u([0-9a-fA-F]{1,4})|\\U([0-9a-fA-F]{1,8})|\\([^])/g,
    (whole: string, short?: string, long?: string, char?: string) => {
      if (char !== undefined) return ansi[char] ?? char;
      const code = short ?? long;
      if (code !== undefined) return codePoint(parseInt(code, 16));
      const bytes = [...whole.matchAll(/\\x([0-9a-fA-F]{1,2})|\\([0-7]{1,3})/g)].map(
        ([, hex, octal]) => (hex === undefined ? parseInt(octal ?? '0', 8) : parseInt(hex, 16)),
      );
      return Buffer.from(bytes).toString('utf8');
    },
  );

const codePoint = (code: number): string =>
  code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';

/**
 * Windows' cmd: `^` takes the meaning from what follows, then programs read `"` and `\"`.
 * Browsers double every backslash on top of that; where all are doubled, that was one.
 */
export const cmdWords = (line: string): Words => {
  const plain = withoutCarets(line);
  const doubled = /\^"/.test(line) && !/(?<!\\)(?:\\\\)*\\(?![\\"])/.test(plain);
  const words: Word[] = [];
  let [text, from, quoted] = ['', -1, false];
  for (let at = 0; at < plain.length; at += 1) {
    const char = plain[at] ?? '';
    if (!quoted && /\s/.test(char)) {
      if (from >= 0) words.push({ text, from, to: at });
      [text, from] = ['', -1];
      continue;
    }
    if (from < 0) from = at;
    const slashes = /^\\*/.exec(plain.slice(at))?.[0].length ?? 0;
    if (slashes > 0 && plain[at + slashes] === '"') {
      text += '\\'.repeat(slashes >> 1);
      if (slashes % 2 === 1) text += '"';
      at += slashes % 2 === 1 ? slashes : slashes - 1;
    } else if (slashes > 0) {
      text += '\\'.repeat(doubled ? slashes >> 1 : slashes);
      at += slashes - 1;
    } else if (char !== '"') text += char;
    else if (quoted && plain[at + 1] === '"') {
      text += '"';
      at += 1;
    } else quoted = !quoted;
  }
  if (from >= 0) words.push({ text, from, to: plain.length });
  return { words, open: quoted ? { quote: '"', before: '' } : null };
};

/** Outside quotes. A caret at the end of a line goes with the line end, and the next is literal. */
const withoutCarets = (line: string): string => {
  let plain = '';
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (char === '^' && !quoted) {
      at += 1;
      if (line[at] === '\r') at += 1;
      if (line[at] === '\n') at += 1;
      if (line[at] === '\r') at += 1;
      plain += line[at] ?? '';
    } else {
      if (char === '"') quoted = !quoted;
      plain += char;
    }
  }
  return plain;
};

/** Whether a command was copied for Windows' cmd. */
export const looksLikeCmd = (line: string): boolean => /\^[ \t]*\r?\n|\^"/.test(line);
