import type { Json } from './json.js';
import { JsonNumber } from './json.js';

/**
 * Exact JSON. Hand-written since one parser then gives everything that we need at once and no
 * package does: number digits, offsets for diagnostics, duplicate keys, a bounded depth, and
 * objects that cannot touch a prototype. Text is kept to the code unit.
 */
export type JsonRead =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly message: string; readonly offset: number };

/** Where a key or a value stands in the text. */
export interface JsonSpan {
  readonly offset: number;
  readonly length: number;
}

export type JsonPath = readonly (string | number)[];

const maxDepth = 500;

/** Reads one JSON document. Never throws. */
export const parseJson = (text: string): JsonRead => {
  try {
    return { ok: true, value: new Reader(text, null).document() };
  } catch (cause) {
    if (cause instanceof Mistake)
      return { ok: false, message: cause.message, offset: cause.offset };
    throw cause;
  }
};

/** Reads a document and, if it is a list, where each of its items stands, in the one pass. */
export const parseJsonItems = (
  text: string,
): JsonRead & { readonly items: readonly JsonSpan[] } => {
  const items: JsonSpan[] = [];
  try {
    return { ok: true, value: new Reader(text, null, items).document(), items };
  } catch (cause) {
    if (cause instanceof Mistake)
      return { ok: false, message: cause.message, offset: cause.offset, items };
    throw cause;
  }
};

/** Where the value at `path` stands (or its key); null when the text has no such path. */
export const locateJson = (
  text: string,
  path: JsonPath,
  what: 'key' | 'value' = 'value',
): JsonSpan | null => {
  const search = { path, what, found: null as JsonSpan | null };
  try {
    new Reader(text, search).document();
  } catch (cause) {
    if (!(cause instanceof Mistake)) throw cause;
  }
  return search.found;
};

/** Compact JSON text; numbers keep their digits, keys their order. */
export const jsonText = (json: Json): string => {
  if (json === null || typeof json === 'boolean') return String(json);
  if (typeof json === 'string') return JSON.stringify(json);
  if (json instanceof JsonNumber) return json.source;
  if (isList(json)) return `[${json.map(jsonText).join(',')}]`;
  return `{${[...json].map(([key, value]) => `${JSON.stringify(key)}:${jsonText(value)}`).join(',')}}`;
};

/** As `jsonText`, with sorted keys: equal values have equal text. */
export const canonicalJson = (json: Json): string => {
  if (isList(json)) return `[${json.map(canonicalJson).join(',')}]`;
  if (!isObject(json)) return jsonText(json);
  const keys = [...json.keys()].sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(json.get(key) ?? null)}`).join(',')}}`;
};

export const isList = (json: Json): json is readonly Json[] => Array.isArray(json);
export const isObject = (json: Json | undefined): json is ReadonlyMap<string, Json> =>
  json instanceof Map;

class Mistake extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

interface Search {
  readonly path: JsonPath;
  readonly what: 'key' | 'value';
  found: JsonSpan | null;
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const blank = /[ \t\n\r]*/y;
const plainText = /[^"\\\u0000-\u001f]*/y;
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
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

class Reader {
  #at = 0;

  constructor(
    private readonly text: string,
    private readonly search: Search | null,
    /** Gets the places of the items of the outermost list. */
    private readonly items: JsonSpan[] | null = null,
  ) {}

  document(): Json {
    if (this.text.charCodeAt(0) === 0xfeff) this.#at = 1;
    const value = this.#value(0, this.search === null ? -1 : 0);
    this.#blank();
    if (this.#at < this.text.length) throw new Mistake('expected the end of the file', this.#at);
    return value;
  }

  /** `matched`: how much of the searched path led here; −1: not on the path. */
  #value(depth: number, matched: number): Json {
    this.#blank();
    const start = this.#at;
    if (depth > maxDepth) throw new Mistake(`nested deeper than ${maxDepth} levels`, start);
    const value = this.#bare(depth, matched);
    if (this.search?.what === 'value' && matched === this.search.path.length)
      this.search.found = { offset: start, length: this.#at - start };
    return value;
  }

  #bare(depth: number, matched: number): Json {
    const char = this.text[this.#at];
    switch (char) {
      case '{':
        return this.#object(depth, matched);
      case '[':
        return this.#array(depth, matched);
      case '"':
        return this.#string();
      case undefined:
        throw new Mistake('the file ends where a value is expected', this.#at);
      default:
        return this.#word() ?? (this.#isNull() ? null : this.#number());
    }
  }

  #isNull(): boolean {
    if (!this.text.startsWith('null', this.#at)) return false;
    this.#at += 4;
    return true;
  }

  #word(): boolean | undefined {
    for (const [word, value] of words)
      if (this.text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    return undefined;
  }

  #number(): JsonNumber {
    numberPattern.lastIndex = this.#at;
    const match = numberPattern.exec(this.text)?.[0];
    if (match === undefined) throw new Mistake('expected a JSON value', this.#at);
    this.#at += match.length;
    return new JsonNumber(match);
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    let result = '';
    for (;;) {
      plainText.lastIndex = this.#at;
      const run = plainText.exec(this.text)?.[0] ?? '';
      result += run;
      this.#at += run.length;
      const char = this.text[this.#at];
      if (char === '"') break;
      if (char === '\\') result += this.#escape();
      else if (char === undefined) throw new Mistake('this text has no closing quote', start);
      else throw new Mistake('a control character must be escaped in JSON text', this.#at);
    }
    this.#at += 1;
    if (loneSurrogate.test(result))
      throw new Mistake('this text has half of a surrogate pair, which is no character', start);
    return result;
  }

  #escape(): string {
    const char = this.text[this.#at + 1] ?? '';
    const simple = escapes[char];
    if (simple !== undefined) {
      this.#at += 2;
      return simple;
    }
    const hex = this.text.slice(this.#at + 2, this.#at + 6);
    if (char !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex))
      throw new Mistake('unknown escape in JSON text', this.#at);
    this.#at += 6;
    return String.fromCharCode(parseInt(hex, 16));
  }

  #array(depth: number, matched: number): Json[] {
    this.#at += 1;
    const items: Json[] = [];
    while (this.#peek() !== ']') {
      if (items.length > 0) this.#expect(',', 'expected "," or "]"');
      this.#blank();
      const offset = this.#at;
      items.push(this.#value(depth + 1, this.#step(matched, items.length)));
      if (depth === 0) this.items?.push({ offset, length: this.#at - offset });
    }
    this.#at += 1;
    return items;
  }

  #object(depth: number, matched: number): ReadonlyMap<string, Json> {
    this.#at += 1;
    const entries = new Map<string, Json>();
    while (this.#peek() !== '}') {
      if (entries.size > 0) this.#expect(',', 'expected "," or "}"');
      this.#blank();
      const start = this.#at;
      if (this.text[start] !== '"') throw new Mistake('expected a key in double quotes', start);
      const key = this.#string();
      if (entries.has(key))
        throw new Mistake(`the key ${JSON.stringify(key)} is here twice`, start);
      const next = this.#step(matched, key);
      if (this.search?.what === 'key' && next === this.search.path.length)
        this.search.found = { offset: start, length: this.#at - start };
      this.#blank();
      this.#expect(':', 'expected ":" behind the key');
      entries.set(key, this.#value(depth + 1, next));
    }
    this.#at += 1;
    return entries;
  }

  #step(matched: number, key: string | number): number {
    return matched >= 0 && this.search?.path[matched] === key ? matched + 1 : -1;
  }

  #expect(char: string, message: string): void {
    if (this.text[this.#at] !== char) throw new Mistake(message, this.#at);
    this.#at += 1;
  }

  /** The next character that is not blank. */
  #peek(): string | undefined {
    this.#blank();
    return this.text[this.#at];
  }

  #blank(): void {
    blank.lastIndex = this.#at;
    this.#at += blank.exec(this.text)?.[0].length ?? 0;
  }
}

const words: readonly (readonly [string, boolean])[] = [
  ['true', true],
  ['false', false],
];
