import type { CAC } from 'cac';
import { cac } from 'cac';
import type { CommandSpec, OptionSpec } from './call.js';

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

/** A negative number, such as the service's code -1, is no option, and neither is "-". */
const isOption = (word: string): boolean => /^-[^\d]/.test(word);

/** Stands before the position of a word that is given to cac in place of the word. */
const mark = '\u{E000}';

/**
 * The command is the first plain word that names one; which words are plain is for cac to say, by
 * what the options of that command take. A line without a command is read with the options of all.
 * Nothing is refused here: what is wrong with it is for `usageMistakes` to say.
 */
export const readLine = <Spec extends CommandSpec>(
  argv: readonly string[],
  commands: readonly Spec[],
  general: readonly OptionSpec[],
): { readonly command: Spec | null; readonly line: Line } => {
  for (const [at, word] of argv.entries()) {
    const command = commands.find(({ name }) => name === word);
    if (command === undefined) continue;
    const specs = [...command.options, ...general];
    const cli = cac('rh-batch');
    const declared = cli.command(`${command.name} ${command.args}`.trim(), command.about);
    for (const { flags, about } of specs) declared.option(flags, about);
    const plain = plainWords(cli, argv, specs, at);
    if (cli.matchedCommandName === word)
      return { command, line: lineOf(argv, specs, [at, ...plain]) };
  }
  const specs = [...commands.flatMap(({ options }) => options), ...general];
  const cli = cac('rh-batch');
  for (const { flags, about } of specs) cli.option(flags, about);
  return { command: null, line: lineOf(argv, specs, plainWords(cli, argv, specs, null)) };
};

/**
 * Where the words stand that are no option and no option's value. cac makes numbers of digits and
 * collects values by name, so it is given positions, which come back as they were.
 */
const plainWords = (
  cli: CAC,
  argv: readonly string[],
  specs: readonly OptionSpec[],
  command: number | null,
): readonly number[] => {
  const end = endOfOptions(argv);
  const given = argv.map((word, at) => {
    if (at === command || at === end) return word;
    if (at > end || !isOption(word)) return `${mark}${at}`;
    const { name, inline } = apart(word, specs);
    return inline === null ? optionWord(name, specs) : `${name}=${mark}${at}`;
  });
  const { args, options } = cli.parse(['', '', ...given], { run: false });
  const behind: readonly unknown[] = Array.isArray(options['--']) ? options['--'] : [];
  return [...args, ...behind].flatMap((word: unknown) => {
    if (typeof word !== 'string' || !word.startsWith(mark)) return [];
    const at = Number(word.slice(mark.length));
    // The value of an option that takes none comes back as a word.
    return at < end && isOption(argv[at] ?? '') ? [] : [at];
  });
};

/** Where `--` stands: behind it there are no options. */
const endOfOptions = (argv: readonly string[]): number => {
  const at = argv.indexOf('--');
  return at === -1 ? argv.length : at;
};

/** A value that may be left out and stands behind `=` alone would take the next word. */
const optionWord = (name: string, specs: readonly OptionSpec[]): string =>
  specOf(name, specs)?.inlineOnly === true ? `${name}=${mark}` : name;

const specOf = (name: string, specs: readonly OptionSpec[]): OptionSpec | null =>
  specs.find((spec) => namesOf(spec).includes(name)) ?? null;

/** `--only=x`, `-j=4`, `-j4` → the name, and the value that stands in the same word. */
const apart = (
  word: string,
  specs: readonly OptionSpec[],
): { readonly name: string; readonly inline: string | null } => {
  const [, letter = '', rest = ''] = /^(-[A-Za-z])([^=].*)$/s.exec(word) ?? [];
  const short = specOf(letter, specs);
  // `-only` is what a person mistook for `--only`.
  if (
    short !== null &&
    takes(short) !== 'nothing' &&
    specOf(`-${word.split('=', 1)[0] ?? ''}`, specs) === null
  )
    return { name: letter, inline: rest };
  const at = word.indexOf('=');
  return at === -1
    ? { name: word, inline: null }
    : { name: word.slice(0, at), inline: word.slice(at + 1) };
};

const lineOf = (
  argv: readonly string[],
  specs: readonly OptionSpec[],
  plain: readonly number[],
): Line => {
  const isPlain = new Set(plain);
  const end = endOfOptions(argv);
  const options = argv.slice(0, end).flatMap((word, at): TypedOption[] => {
    if (!isOption(word) || isPlain.has(at)) return [];
    const { name, inline } = apart(word, specs);
    const next = at + 1 < end && !isPlain.has(at + 1) ? (argv[at + 1] ?? null) : null;
    return lettersOf(name, specs).map(([written, spec], index, all): TypedOption => {
      const isLast = index === all.length - 1;
      // An option in place of a value is told as such.
      const behind =
        spec !== null && takes(spec) !== 'value' && next !== null && isOption(next) ? null : next;
      const value = isLast ? (inline ?? behind) : null;
      return { spec, written, value, inline: isLast && inline !== null, at };
    });
  });
  const words = plain.map((at) => ({ text: argv[at] ?? '', at }));
  return { words, options };
};

/** `-vvj`: options of a letter each, of which the last may take a value. */
const lettersOf = (
  name: string,
  specs: readonly OptionSpec[],
): readonly (readonly [string, OptionSpec | null])[] => {
  const spec = specOf(name, specs);
  const letters = Array.from(name.slice(1), (letter) => `-${letter}`);
  const isCluster =
    !name.startsWith('--') &&
    spec === null &&
    specOf(`-${name}`, specs) === null &&
    letters.every((letter) => specOf(letter, specs) !== null) &&
    letters.slice(0, -1).every((letter) => takesNothing(letter, specs));
  return isCluster ? letters.map((letter) => [letter, specOf(letter, specs)]) : [[name, spec]];
};

const takesNothing = (name: string, specs: readonly OptionSpec[]): boolean => {
  const spec = specOf(name, specs);
  return spec !== null && takes(spec) === 'nothing';
};
