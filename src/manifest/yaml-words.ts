import type { YAMLError } from 'yaml';

/** A mistake of the parser in plain words. */
export interface Explained {
  readonly message: string;
  readonly hint: string | null;
  /** Where the mistake was made, which is often before the place where the parser gave up. */
  readonly start: number;
  readonly length: number;
}

/** What a text may not begin with, and why. */
const firsts: Readonly<Record<string, string>> = {
  '{': 'without them it is a map',
  '[': 'without them it is a list',
  '*': 'without them it refers to another value',
  '&': 'without them it is a name for the value',
  '!': 'without them it is a tag',
  '@': 'YAML keeps this character for itself',
  '`': 'YAML keeps this character for itself',
  '%': 'YAML keeps this character for itself',
  '|': 'without them it begins a block of lines below',
  '>': 'without them it begins a block of lines below',
  ',': 'without them it separates the items of a list',
  ']': 'without them it ends a list',
  '}': 'without them it ends a map',
  '?': 'without them it marks a key',
  '-': 'without them it is an item of a list',
};

/**
 * Explains what the parser says about a text. Most mistakes are of prompts that are not in quotes,
 * so the value of the line is looked at first.
 */
export const explainYaml = (
  { code, message, pos }: Pick<YAMLError, 'code' | 'message' | 'pos'>,
  text: string,
): Explained => {
  const [offset, end] = pos;
  const here = { start: offset, length: end - offset };
  if (text[offset] === '\t' || message.includes('Tabs'))
    return {
      ...here,
      message: 'YAML does not allow tabs for indentation',
      hint: 'indent with spaces',
    };
  if (code === 'BAD_DQ_ESCAPE')
    return {
      start: offset,
      length: 2,
      message: `"${text.slice(offset, offset + 2)}" is no escape that a text in double quotes knows`,
      hint: 'write \\\\ for a backslash, or put the text in single quotes; in a path, write /',
    };
  if (/end with a [}\]]/.test(message)) {
    const start = openBracket(text, offset) ?? offset;
    const bracket = text[start] === '[' ? '[' : '{';
    return {
      start,
      length: 1,
      message: `the ${bracket} that opens here is never closed`,
      hint: `close it with ${bracket === '[' ? ']' : '}'}; a text that begins with ${bracket} goes in quotes`,
    };
  }
  if (message.startsWith('Missing closing')) return unclosedQuote(message.at(-6) ?? '"', text);
  return (
    valueOf(text, offset, code) ??
    bracketText(text, offset) ?? {
      ...here,
      ...plainWords(code, message, text.slice(offset, end)),
    }
  );
};

/** The last bracket before this that nothing closes, quotes left aside. */
const openBracket = (text: string, before: number): number | null => {
  const open: number[] = [];
  const parts = /"(?:[^"\\]|\\.)*"|'[^']*'|[[\]{}]/g;
  for (const { index, 0: part } of text.slice(0, before).matchAll(parts)) {
    if (part === '{' || part === '[') open.push(index);
    if (part === '}' || part === ']') open.pop();
  }
  return open.at(-1) ?? null;
};

/** A quote that is open at the end was opened where a value begins, on the last such line. */
const unclosedQuote = (quote: string, text: string): Explained => {
  const opened = new RegExp(`(?:^|[:\\-,[{]\\s+|[[{])(${quote})`, 'gm');
  let start = text.lastIndexOf(quote);
  for (const { index, 0: found } of text.matchAll(opened)) {
    const at = index + found.length - 1;
    if (!isClosed(quote, text, at)) {
      start = at;
      break;
    }
  }
  const line = text.slice(start, endOfLine(text, start));
  return {
    start,
    length: line.length,
    message: `the quote ${quote} that opens here is never closed`,
    hint: `end the text with ${quote}, or quote all of it: ${quoted(line)}`,
  };
};

/** Whether a text in quotes ends where one may: before a comment, a comma, a bracket or the line's end. */
const isClosed = (quote: string, text: string, at: number): boolean => {
  for (let next = at + 1; next < text.length; next += 1) {
    if (quote === '"' && text[next] === '\\') next += 1;
    else if (text[next] === quote) {
      if (quote === "'" && text[next + 1] === quote) next += 1;
      else return true;
    }
    // A new key on a line of its own: the text before it was meant to be over.
    else if (
      text[next] === '\n' &&
      /^\s*(?:- )?[^\s'"#][^'"#\n]*:(?:\s|$)/.test(lineAt(text, next + 1))
    )
      return false;
  }
  return false;
};

/** An item of a list that begins with a bracket and goes on behind it: `[a, {b|c} d]`. */
const bracketText = (text: string, offset: number): Explained | null => {
  const before = text.slice(0, offset).trimEnd();
  if (!/[}\]]$/.test(before) || !/[^\s,}\]]/.test(text[offset] ?? ' ')) return null;
  const start = openBracket(text, before.length - 1);
  if (start === null) return null;
  const [rest = ''] = /^[^,}\]\n]*/.exec(text.slice(offset)) ?? [];
  const value = text.slice(start, offset + rest.length).trim();
  const first = text[start] ?? '';
  return value.includes('\n')
    ? null
    : {
        start,
        length: value.length,
        message: `a text that begins with ${first} needs quotes: ${firsts[first] ?? ''}`,
        hint: `put the text in quotes: ${quoted(value)}`,
      };
};

/** What is wrong with the value that the line gives, if its first character or a ": " in it tells. */
const valueOf = (text: string, offset: number, code: string): Explained | null => {
  const from = text.lastIndexOf('\n', offset - 1) + 1;
  const line = text.slice(from, endOfLine(text, from));
  const found = /^(\s*(?:- +)*(?:(?:"[^"]*"|'[^']*'|[^\s'"#{[][^#]*?) *: +)?)(\S.*?)\s*$/.exec(
    line,
  );
  const [, before = '', value = ''] = found ?? [];
  if (value === '' || before.trim() === '') return null;
  const at = { start: from + before.length, length: value.length };
  if (at.start > offset + 1 && code !== 'BLOCK_AS_IMPLICIT_KEY') return null;
  const first = value[0] ?? '';
  if (first === '"' || first === "'")
    return {
      ...at,
      message: `the text ends at its second ${first}, and more follows on the line`,
      hint: `put the text in quotes: ${quoted(value)}`,
    };
  const braces = /^\{\{ *([^{}]+?) *\}\}(.*)$/.exec(value);
  if (braces !== null)
    return {
      ...at,
      message: 'two braces are a map inside a map in YAML, not a template',
      hint: `write "\${{ ${braces[1] ?? ''} }}${shortened(braces[2] ?? '').replaceAll('"', '\\"')}", with the dollar and the quotes`,
    };
  const taken = firsts[first];
  // A map or a list that is spread over lines, or one with a mistake inside, is not a text.
  if ((first === '{' || first === '[') && !isText(value)) return null;
  if (taken !== undefined && (!'-?'.includes(first) || /^[-?]\s/.test(value)))
    return {
      ...at,
      message: `a text that begins with ${first} needs quotes: ${taken}`,
      hint: `put the text in quotes: ${quoted(value)}`,
    };
  return code.endsWith('AS_IMPLICIT_KEY') && /: /.test(value)
    ? {
        ...at,
        message: 'the text has a ": " inside, which makes YAML read it as a key with a value',
        hint: `put the text in quotes: ${quoted(value)}`,
      }
    : null;
};

/** Whether something follows the bracket that closes the first one. */
const isText = (value: string): boolean => {
  let depth = 0;
  for (let at = 0; at < value.length; at += 1) {
    const letter = value[at] ?? '';
    if ('{['.includes(letter)) depth += 1;
    if ('}]'.includes(letter)) depth -= 1;
    if (depth === 0) return /^\s*[^\s#]/.test(value.slice(at + 1));
  }
  return false;
};

const plainWords = (
  code: string,
  message: string,
  marked: string,
): Pick<Explained, 'message' | 'hint'> => {
  switch (code) {
    case 'DUPLICATE_KEY':
      return { message: 'this key is here twice', hint: 'remove one of the two, or merge them' };
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        message: 'there is no ": " between a key and its value on this line',
        hint: 'write KEY: VALUE, with a blank behind the colon; a text of several lines goes in quotes',
      };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        message: 'a key and its value stand behind another key on one line',
        hint: 'put the text in quotes, or begin the inner key on a line of its own, further in',
      };
    case 'BAD_INDENT':
      return {
        message: 'this line is indented otherwise than the lines it belongs with',
        hint: 'begin it in the same column as the keys beside it, or further in than the key above',
      };
    case 'BAD_ALIAS':
    case 'ALIAS_PROPS':
    case 'MULTIPLE_ANCHORS':
    case 'BAD_PROP_ORDER':
    case 'MULTIPLE_TAGS':
      return {
        message: 'a text that begins with * & or ! needs quotes',
        hint: 'put the text in quotes',
      };
    case 'TAG_RESOLVE_FAILED':
      return {
        message: `a text that begins with ! needs quotes: without them "${shortened(marked)}" is a tag`,
        hint: 'put the text in quotes',
      };
    case 'BLOCK_IN_FLOW':
      return {
        message: 'a { or [ above is not closed, or what stands in it is written as outside of it',
        hint: 'close it with } or ]; items inside are separated by commas',
      };
    case 'KEY_OVER_1024_CHARS':
      return { message: 'this key is longer than 1024 characters', hint: 'is its quote closed?' };
    case 'BAD_DIRECTIVE':
      return {
        message: 'a line that begins with % is a directive of YAML',
        hint: 'put the text in quotes',
      };
    case 'MISSING_CHAR':
      return missing(message);
    default:
      return {
        message: `YAML cannot be read here${marked.trim() === '' ? '' : `: ${shortened(marked)} was not expected`}`,
        hint: 'put a text in quotes where it holds any of { } [ ] , & * # ? | - < > = ! % @ or ": "',
      };
  }
};

const missing = (message: string): Pick<Explained, 'message' | 'hint'> => {
  if (/must end with|expected to end/i.test(message))
    return { message: 'a { or [ is not closed', hint: 'close it with } or ]' };
  if (/Missing ,/.test(message))
    return {
      message: 'a comma is missing between two items in { } or [ ]',
      hint: 'write a comma between them; a text with a blank, comma or brackets goes in quotes',
    };
  if (/Implicit map keys/.test(message))
    return {
      message: 'this line has no ": " between a key and its value',
      hint: 'write KEY: VALUE, with a blank behind the colon',
    };
  if (/Comments must/.test(message))
    return {
      message: 'a # follows a text in quotes without a blank',
      hint: 'put a blank before the #',
    };
  return {
    message: 'a character is missing here',
    hint: 'is every quote, { and [ closed, and a blank behind each colon?',
  };
};

/** As YAML takes it for a text, cut where it is long. */
const quoted = (value: string): string =>
  value.includes("'") ? JSON.stringify(shortened(value)) : `'${shortened(value)}'`;

const most = 60;
const shortened = (text: string): string => {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
};

const lineAt = (text: string, from: number): string => text.slice(from, endOfLine(text, from));

const endOfLine = (text: string, from: number): number => {
  const end = text.slice(from).search(/[\r\n]/);
  return end === -1 ? text.length : from + end;
};
