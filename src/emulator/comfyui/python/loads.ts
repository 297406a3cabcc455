import { Raised } from './raised.js';
import type { Py } from './value.js';

/**
 * `json.loads`: the last of equal keys wins, NaN and Infinity are numbers, half of a surrogate pair
 * is a character, a byte order mark is none. Raises JSONDecodeError.
 */
export const loads = (text: string): Py => new Reader(text).document();

const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const blank = /[ \t\n\r]*/y;
const plainText = /[^"\\\u0000-\u001f]*/y;
const words: readonly (readonly [string, Py])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
];
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
/** Python stops at its recursion limit. */
const maxDepth = 900;

class Reader {
  #at = 0;

  constructor(private readonly text: string) {}

  document(): Py {
    const value = this.#value(0);
    this.#blank();
    if (this.#at < this.text.length) throw this.#mistake('Extra data');
    return value;
  }

  #value(depth: number): Py {
    this.#blank();
    if (depth > maxDepth) throw new Raised('RecursionError', 'maximum recursion depth exceeded');
    switch (this.text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#list(depth);
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #scalar(): Py {
    for (const [word, value] of words)
      if (this.text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    numberPattern.lastIndex = this.#at;
    const [source, fraction, exponent] = numberPattern.exec(this.text) ?? [];
    if (source === undefined) throw this.#mistake('Expecting value');
    this.#at += source.length;
    return fraction === undefined && exponent === undefined ? BigInt(source) : Number(source);
  }

  #string(): string {
    this.#at += 1;
    let result = '';
    for (;;) {
      plainText.lastIndex = this.#at;
      const run = plainText.exec(this.text)?.[0] ?? '';
      result += run;
      this.#at += run.length;
      const char = this.text[this.#at];
      if (char === undefined) throw this.#mistake('Unterminated string starting at');
      if (char !== '"' && char !== '\\') throw this.#mistake('Invalid control character at');
      this.#at += 1;
      if (char === '"') return result;
      result += this.#escape();
    }
  }

  #escape(): string {
    const char = this.text[this.#at] ?? '';
    const simple = escapes[char];
    const hex = this.text.slice(this.#at + 1, this.#at + 5);
    if (simple === undefined && (char !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex)))
      throw this.#mistake('Invalid \\escape');
    this.#at += simple === undefined ? 5 : 1;
    return simple ?? String.fromCharCode(parseInt(hex, 16));
  }

  #list(depth: number): Py[] {
    this.#at += 1;
    const items: Py[] = [];
    if (this.#skip(']')) return items;
    do items.push(this.#value(depth + 1));
    while (this.#skip(','));
    if (!this.#skip(']')) throw this.#mistake("Expecting ',' delimiter");
    return items;
  }

  #object(depth: number): Py {
    this.#at += 1;
    const entries = new Map<string, Py>();
    if (this.#skip('}')) return entries;
    do {
      this.#blank();
      if (this.text[this.#at] !== '"')
        throw this.#mistake('Expecting property name enclosed in double quotes');
      const key = this.#string();
      if (!this.#skip(':')) throw this.#mistake("Expecting ':' delimiter");
      entries.set(key, this.#value(depth + 1));
    } while (this.#skip(','));
    if (!this.#skip('}')) throw this.#mistake("Expecting ',' delimiter");
    return entries;
  }

  /** Goes past this character behind blanks, where it stands there. */
  #skip(char: string): boolean {
    this.#blank();
    if (this.text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #blank(): void {
    blank.lastIndex = this.#at;
    this.#at += blank.exec(this.text)?.[0].length ?? 0;
  }

  #mistake(message: string): Raised {
    return new Raised('json.decoder.JSONDecodeError', `${message}: char ${this.#at}`);
  }
}
