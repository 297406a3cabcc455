import { didYouMean } from '../../diagnostics/nearest.js';
import { isSite, shownSite, siteHint, siteOf } from '../../runninghub/site.js';
import { shellWord } from '../../values/shell-words.js';
import { argumentMistakes } from './arguments.js';
import type { CommandSpec, OptionSpec } from './call.js';
import type { Line, TypedOption, UsageMistake } from './line.js';
import { namesOf, takes } from './line.js';

/** All that is wrong with the words behind a command, before the command itself reads them. */
export const usageMistakes = (
  line: Line,
  command: CommandSpec,
  commands: readonly CommandSpec[],
): readonly UsageMistake[] => {
  const dashes = wrongDashes(line);
  if (dashes.length > 0) return dashes;
  // Their values look like words too many, so nothing else is said beside them.
  const unknown = line.options
    .filter(({ spec }) => spec === null)
    .map((option) => unknownOption(option, command, commands));
  if (unknown.length > 0) return unknown;
  return [
    ...line.options.flatMap((option) => wrongValue(option) ?? []),
    ...argumentMistakes(line, command),
  ];
};

/** Where no command was typed, or none that there is. */
export const commandMistakes = (
  line: Line,
  commands: readonly CommandSpec[],
): readonly UsageMistake[] => {
  const dashes = wrongDashes(line);
  if (dashes.length > 0) return dashes;
  const [word] = line.words;
  if (word !== undefined) return [unknownCommand(word.text, commands)];
  const unknown = line.options.filter(({ spec }) => spec === null);
  const before = line.options[0]?.written ?? '';
  return unknown.length > 0
    ? unknown.map((option) => unknownOption(option, null, commands))
    : [
        {
          message: `a command is missing before ${before}`,
          hint:
            before === '-v'
              ? 'rh-batch --version tells the version'
              : 'such as rh-batch plan; rh-batch --help lists all commands',
        },
      ];
};

const unknownCommand = (typed: string, commands: readonly CommandSpec[]): UsageMistake => ({
  message: `there is no command "${typed}"`,
  hint:
    didYouMean(
      typed,
      commands.map(({ name }) => name),
    ) ??
    (/\.(?:ya?ml|json)$/i.test(typed)
      ? 'a command comes first: rh-batch plan'
      : `one of ${commands.map(({ name }) => name).join(', ')}; see rh-batch --help`),
});

const unknownOption = (
  { written }: TypedOption,
  command: CommandSpec | null,
  commands: readonly CommandSpec[],
): UsageMistake => {
  const message = `there is no option "${written}"${command === null ? '' : ` of ${command.name}`}`;
  const own = (command === null ? commands : [command]).flatMap(({ options }) => options);
  const near = didYouMean(written, new Set([...namesIn(own), '--help', '--version']));
  if (near !== null) return { message, hint: near };
  if (/key|token|secret/i.test(written))
    return { message, hint: 'the key is RUNNINGHUB_API_KEY in the environment, or in --env FILE' };
  const others = commands.filter(({ options }) => namesIn(options).includes(written));
  return {
    message,
    hint:
      others.length > 0
        ? `it is an option of ${others.map(({ name }) => name).join(', ')}`
        : command === null
          ? 'a command comes first; rh-batch --help lists all'
          : `rh-batch ${command.name} --help lists its options`,
  };
};

const namesIn = (options: readonly OptionSpec[]): readonly string[] => options.flatMap(namesOf);

/** What a word processor makes of "--". */
const wrongDashes = ({ words }: Line): readonly UsageMistake[] =>
  words.flatMap(({ text }) => {
    const [, dashes, name] =
      /^([-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+)([A-Za-z][^]*)$/.exec(text) ?? [];
    if (dashes === undefined || name === undefined || /^-*$/.test(dashes)) return [];
    const odd = /[^-]/.exec(dashes)?.[0].codePointAt(0) ?? 0;
    const code = `U+${odd.toString(16).toUpperCase().padStart(4, '0')}`;
    return [
      {
        message: `"${text}" begins with another dash than "-": ${code}, as word processors write it`,
        hint: `${name.length === 1 ? '-' : '--'}${name}`,
      },
    ];
  });

const wrongValue = ({ spec, written, value, inline }: TypedOption): UsageMistake | null => {
  if (spec === null) return null;
  const wanted = takes(spec);
  if (wanted === 'nothing') return value === null ? null : noValue(written, value);
  if (value === '' || (value === null && wanted === 'value'))
    return { message: `${written} wants a value`, hint: valueHint(spec, written) };
  if (value === null) return null;
  if (!inline && /^-(?!\d|$)/.test(value))
    return {
      message: `${written} wants a value, and the option ${value} stands in its place`,
      hint: `${written} ${placeholder(spec)}; a value that begins so is written ${written}=${shellWord(value)}`,
    };
  if (spec.choices?.includes(value) === false)
    return {
      message: `${written} wants ${listed(spec.choices)}, not "${value}"`,
      hint: didYouMean(value, spec.choices) ?? `such as ${written} ${spec.choices[0] ?? ''}`,
    };
  if (spec.isSite === true && !isSite(siteOf(value)))
    return {
      message: `${written} "${shownSite(siteOf(value))}" is not of the form https://host`,
      hint: siteHint(siteOf(value)),
    };
  return null;
};

const noValue = (written: string, value: string): UsageMistake => ({
  message: `${written} takes no value, not "${value}"`,
  hint: /^(?:false|no|off|0)$/i.test(value) ? `leave ${written} out` : `write ${written} alone`,
});

/** `<file>` of `--env, --env-file <file>`: FILE. */
const placeholder = ({ flags }: OptionSpec): string =>
  (/[<[](.*)[>\]]/.exec(flags)?.[1] ?? 'value').toUpperCase();

const valueHint = (spec: OptionSpec, written: string): string =>
  `${written} ${placeholder(spec)}: ${spec.about.split(/[;(]/)[0]?.trim() ?? ''}`;

/** `a, b or c` */
const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
