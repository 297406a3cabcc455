/**
 * The language of the search field. Terms stand side by side, and all of them must be true:
 *
 *     fox               part of any text of a run
 *     "red fox"         the same, with a blank in it
 *     style=anime       a value;  != another one;  < <= > >= less or more;  ~ part of it
 *     style=anime or oil, style=anime|oil    one of several values
 *     fox or heron      one of several terms
 *     -fox, not fox     none of it
 */

const operators = ['!=', '<=', '>=', '!~', '=', '<', '>', '~', ':'] as const;
export type Operator = (typeof operators)[number];

/** What must be true of a run. */
export type Term =
  | { readonly is: 'text'; readonly not: boolean; readonly texts: readonly string[] }
  | {
      readonly is: 'value';
      readonly not: boolean;
      readonly name: string;
      readonly operator: Operator;
      readonly values: readonly string[];
      /** As it was typed: where nothing has the name, it is a text to look for. */
      readonly typed: string;
    };

/** Of each group at least one, and of all groups. */
export type Query = readonly (readonly Term[])[];

export const parseSearch = (text: string, isName: (name: string) => boolean): Query => {
  const groups: Term[][] = [];
  let [not, or] = [false, false];
  for (const word of joinedWords(wordsOf(text), isName)) {
    if (/^(?:or|\|{1,2})$/i.test(word)) or = groups.length > 0;
    else if (/^not$/i.test(word)) not = !not;
    else if (!/^(?:and|&{1,2})$/i.test(word)) {
      const term = termOf(word, not);
      const group = or ? groups.at(-1) : undefined;
      if (group === undefined) groups.push([term]);
      else addTo(group, term);
      [not, or] = [false, false];
    }
  }
  return groups;
};

/** `style=anime or oil`: a word after `or` is one more value of the comparison before it. */
const addTo = (group: Term[], term: Term): void => {
  const last = group.at(-1);
  if (last?.is === 'value' && term.is === 'text' && !term.not)
    group.splice(-1, 1, { ...last, values: [...last.values, ...term.texts] });
  else group.push(term);
};

/** Parts in quotes hold blanks and operators. A quote without its end goes on to the end. */
const wordsOf = (text: string): readonly string[] => text.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [];

/** `seed >= 4` is one term, too, where `seed` is a name. */
const joinedWords = (
  words: readonly string[],
  isName: (name: string) => boolean,
): readonly string[] => {
  const joined: string[] = [];
  let open = false;
  for (const word of words) {
    const last = joined.at(-1);
    const starts = operators.some((operator) => word.startsWith(operator));
    if (last !== undefined && (open || (starts && isName(unquoted(last))))) {
      joined[joined.length - 1] = last + word;
      open = operators.some((operator) => word === operator);
    } else {
      joined.push(word);
      const cut = splitAt(word);
      open = cut !== null && cut.value === '' && cut.operator !== '=' && isName(cut.name);
    }
  }
  return joined;
};

const termOf = (word: string, not: boolean): Term => {
  const negated = /^[-!][^=~\s]/.test(word);
  const typed = negated ? word.slice(1) : word;
  const isNot = negated !== not;
  const cut = splitAt(typed);
  if (cut === null) return { is: 'text', not: isNot, texts: partsOf(typed) };
  const { name, operator, value } = cut;
  return {
    is: 'value',
    not: isNot,
    name,
    operator,
    values: partsOf(value),
    typed: unquoted(typed),
  };
};

interface Cut {
  readonly name: string;
  readonly operator: Operator;
  readonly value: string;
}

/** Name, operator and value, at the first operator outside quotes. */
const splitAt = (word: string): Cut | null => {
  let quoted = false;
  for (let at = 0; at < word.length; at += 1) {
    if (word[at] === '"') quoted = !quoted;
    if (quoted || at === 0) continue;
    const operator = operators.find((one) => word.startsWith(one, at));
    if (operator === undefined) continue;
    return {
      name: unquoted(word.slice(0, at)),
      operator,
      value: word.slice(at + operator.length),
    };
  }
  return null;
};

/** The parts between `|` outside quotes. */
const partsOf = (text: string): readonly string[] => {
  const parts = (text.match(/(?:[^|"]|"[^"]*"?)+/g) ?? []).map(unquoted);
  return parts.length === 0 ? [unquoted(text)] : parts;
};

const unquoted = (text: string): string => text.replaceAll('"', '');

/** A value as it can be typed. What is in it of quotes cannot be asked for, and a part does. */
export const quoted = (value: string): string =>
  /^[^\s"|=<>~:!&-][^\s"|=<>~:!]*$/.test(value) && !/^(?:or|and|not)$/i.test(value)
    ? value
    : `"${value.replaceAll('"', '')}"`;
