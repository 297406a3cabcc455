import { warning } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Place } from '../values/place.js';
import type { Expression } from './expression.js';
import type { Stage, Surroundings } from './scope.js';
import { knownNames } from './scope.js';

/** Names as people may write them in other templates' forms → what reads them here. */
type Words = ReadonlyMap<string, string>;

const identifier = /^[\p{L}_][\p{L}\p{N}_-]*$/u;

/** `{{ x }}`, `{x}`, `${x}` and `$x` where x is a name: most likely `${{ x }}` is meant. */
export const warnOfOtherBraces = (
  uses: readonly { readonly expression: Expression; readonly stage: Stage }[],
  variables: readonly string[],
  surroundings: Surroundings,
  problems: Problems,
): void => {
  const told = new Set<string>();
  for (const { expression, stage } of uses) {
    const words = wordsOf(variables, surroundings, stage);
    for (const { text, at } of textsOf(expression))
      for (const { written, right } of foundIn(text, words)) {
        const place = within(at, written);
        const key = JSON.stringify([place?.file, place?.line, written]);
        if (told.has(key)) continue;
        told.add(key);
        problems.add(
          warning('E0465', place, `"${written}" is sent as it stands: it is no template`, {
            hint: `\${{ ${right} }} reads it; { value: … } says that exactly this text is meant`,
          }),
        );
      }
  }
};

const wordsOf = (variables: readonly string[], surroundings: Surroundings, stage: Stage): Words => {
  const words = new Map<string, string>();
  for (const name of surroundings.vars.keys()) words.set(name, `vars.${name}`);
  for (const name of knownNames(variables, surroundings, stage)) words.set(name, name);
  for (const name of variables) {
    const right = identifier.test(name) ? name : `matrix['${name}']`;
    words.set(name, right);
    words.set(`matrix.${name}`, right);
  }
  return words;
};

/** What is no template of a text that a person wrote. Data is never looked at. */
const textsOf = (
  expression: Expression,
): readonly { readonly text: string; readonly at: Place | null }[] => {
  switch (expression.is) {
    case 'plain': {
      const { datum, at } = expression;
      return datum.is === 'scalar' && at !== null ? [{ text: datum.text, at }] : [];
    }
    case 'template': {
      const { parts, at } = expression.template;
      return parts.flatMap((part) => (part.is === 'text' ? [{ text: part.text, at }] : []));
    }
    case 'list':
      return expression.items.flatMap(textsOf);
    case 'map':
      return [...expression.entries.values()].flatMap(textsOf);
  }
};

const forms = /(?<!\$)\{\{([^{}]+)\}\}|\$\{([^{}]+)\}|(?<![{$])\{([^{}]+)\}(?!\})/g;
const dollar = /(?<![$\p{L}\p{N}_])\$([\p{L}_][\p{L}\p{N}_.-]*)/gu;

const foundIn = (
  text: string,
  words: Words,
): readonly { readonly written: string; readonly right: string }[] => {
  const found: { readonly written: string; readonly right: string }[] = [];
  for (const [written, ...inner] of text.matchAll(forms)) {
    const right = readingOf(inner.join(''), words);
    if (right !== null) found.push({ written, right });
  }
  for (const [, name = ''] of text.matchAll(dollar)) {
    const word = longestWord(name, words);
    const right = word === null ? undefined : words.get(word);
    if (word !== null && right !== undefined) found.push({ written: `$${word}`, right });
  }
  return found;
};

/** `colour`, `shot.name`, `colour | upper`: the first name must be known. null: it is not. */
const readingOf = (inner: string, words: Words): string | null => {
  const [, name = '', filters = ''] = /^\s*([^|]*?)\s*(\|.*)?$/s.exec(inner) ?? [];
  const behind = filters === '' ? '' : ` ${filters.trim()}`;
  const whole = words.get(name);
  if (whole !== undefined) return whole + behind;
  const [first = '', ...rest] = name.split('.');
  const right = words.get(first);
  if (right === undefined || rest.length === 0 || !rest.every((part) => identifier.test(part)))
    return null;
  return `${right}.${rest.join('.')}${behind}`;
};

/** `$style-red.png` may read `style`. */
const longestWord = (name: string, words: Words): string | null => {
  for (let word = name; word !== ''; word = word.replace(/[.-]?[^.-]*$/, ''))
    if (words.has(word)) return word;
  return null;
};

const within = (at: Place | null, written: string): Place | null => {
  if (at?.text == null || at.column === 0) return at;
  const found = at.text.indexOf(written, at.column - 1);
  return found === -1 ? at : { ...at, column: found + 1, length: written.length };
};
