import { parseArgs } from 'node:util';
import type { OptionSpec } from './call.js';

/** A plain word, and where it stands in argv. */
export interface Word {
  readonly text: string;
  readonly at: number;
}

/** An option as it was typed. */
export interface TypedOption {
  /** null: there is no such option. */
  readonly spec: OptionSpec | null;
  /** Without its value: `--only`, `-j`. */
  readonly written: string;
  /** null: none was typed. */
  readonly value: string | null;
  /** Whether the value stands in the same word: `--only=x`, `-j4`. */
  readonly inline: boolean;
  readonly at: number;
}

/** argv, taken apart: every value is text, exactly as it was typed. */
export interface Line {
  readonly words: readonly Word[];
  readonly options: readonly TypedOption[];
}

/** One mistake in a command line, and what to write instead. */
export interface UsageMistake {
  readonly message: string;
  readonly hint: string | null;
}

/** `-j, --concurrency <n>` → `-j`, `--concurrency`. */
export const namesOf = ({ flags }: OptionSpec): readonly string[] =>
  flags.match(/(?<![\w-])--?[A-Za-z][\w-]*/g) ?? [];

/** What an option takes: a value, one that may be left out, or nothing. */
export const takes = ({ flags }: OptionSpec): 'value' | 'valueOrNone' | 'nothing' =>
  flags.includes('<') ? 'value' : flags.includes('[') ? 'valueOrNone' : 'nothing';

/** The name under which its values are kept: `maxRuns` for `--max-runs <n>`. The last name is the one in use. */
export const keyOf = (spec: OptionSpec): string =>
  (namesOf(spec).at(-1) ?? '')
    .replace(/^-+/, '')
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** A negative number, such as the service's code -1, is no option. */
const isNumber = (word: string): boolean => /^-\d/.test(word);

/** Nothing is refused here: what is wrong with it is for `usageMistakes` to say. */
export const readLine = (argv: readonly string[], specs: readonly OptionSpec[]): Line => {
  const byName = new Map(specs.flatMap((spec) => namesOf(spec).map((name) => [name, spec])));
  const { tokens } = parseArgs({
    args: [...argv],
    options: parserOptions(specs),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: Word[] = [];
  const options: TypedOption[] = [];
  for (const token of tokens) {
    const { index: at } = token;
    const typed = argv[at] ?? '';
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      const waiting = options.at(-1);
      if (waiting?.at === at - 1 && waiting.value === null && mayTakeNext(waiting.spec))
        options[options.length - 1] = { ...waiting, value: token.value };
      else words.push({ text: token.value, at });
    } else if (isNumber(typed)) {
      // The parser takes it apart digit by digit.
      if (words.at(-1)?.at !== at) words.push({ text: typed, at });
    } else {
      const spec = byName.has(`-${writtenIn(typed)}`) ? null : (byName.get(token.rawName) ?? null);
      if (spec === null && options.at(-1)?.at === at) continue;
      const { value = null, inlineValue: inline = false } = token;
      // `-j=4`: the parser takes all that is behind a single letter.
      const text =
        inline && !token.rawName.startsWith('--') ? (value?.replace(/^=/, '') ?? '') : value;
      options.push({
        spec,
        written: spec === null ? writtenIn(typed) : token.rawName,
        value: text,
        inline,
        at,
      });
    }
  }
  return { words, options };
};

/** The parser takes `-only` apart letter by letter; a person reads, and mistakes, the whole word. */
const writtenIn = (typed: string): string => typed.split('=', 1)[0] ?? typed;

const mayTakeNext = (spec: OptionSpec | null): boolean =>
  spec !== null && takes(spec) === 'valueOrNone' && spec.inlineOnly !== true;

const parserOptions = (
  specs: readonly OptionSpec[],
): Record<string, { type: 'string' | 'boolean'; short?: string; multiple: true }> =>
  Object.fromEntries(
    specs.flatMap((spec) => {
      const type = takes(spec) === 'value' ? ('string' as const) : ('boolean' as const);
      const names = namesOf(spec);
      const short = names.find((name) => !name.startsWith('--'))?.slice(1);
      return names
        .filter((name) => name.startsWith('--'))
        .map((name) => [
          name.slice(2),
          { type, multiple: true as const, ...(short === undefined ? {} : { short }) },
        ]);
    }),
  );
