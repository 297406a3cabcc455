import { shellWord } from '../../values/shell-words.js';
import type { CommandSpec } from './call.js';
import type { Line, UsageMistake, Word } from './line.js';
import { takes } from './line.js';

/** What an argument of that name is, in words, and how a line with it looks. */
interface Meaning {
  readonly what: string;
  readonly example: (command: string) => string | null;
}

const meanings: Readonly<Record<string, Meaning>> = {
  run: {
    what: 'a run: its name, its number, or how its id or name begins',
    example: () => 'rh-batch status --json lists names and ids',
  },
  file: {
    what: 'a file, such as api.json',
    example: (command) => `rh-batch ${command} api.json`,
  },
  dirs: {
    what: 'the folders of the shards',
    example: (command) => `rh-batch ${command} shard-1 shard-2`,
  },
  kind: {
    what: 'what to list',
    example: (command) => `rh-batch ${command} apps; rh-batch ${command} --help says what there is`,
  },
  'task run': {
    what: 'the id of a task, or a run of the manifest',
    example: () => 'an id has 19 digits; rh-batch status --json lists runs with their tasks',
  },
  action: {
    what: 'what to do, and a run',
    example: (command) => `rh-batch ${command} details RUN, rh-batch ${command} resend RUN`,
  },
  shell: {
    what: 'bash, zsh or fish',
    example: (command) => `rh-batch ${command} bash`,
  },
};

/** Words that are missing, or too many. */
export const argumentMistakes = (line: Line, command: CommandSpec): readonly UsageMistake[] => {
  const wanted = wantedBy(line, command);
  const missing = wanted[line.words.length - 1];
  if (missing !== undefined && missing.startsWith('<')) {
    const name = missing.replace(/[<>.]/g, '');
    const { what, example }: Meaning = meanings[`${command.name} ${name}`] ??
      meanings[name] ?? {
        what: name.toUpperCase(),
        example: () => null,
      };
    return [
      {
        message: `${command.name} wants ${what}`,
        hint: example(command.name) ?? `rh-batch ${command.name} ${command.args}`,
      },
    ];
  }
  const [extra] = wanted.some((name) => name.includes('...'))
    ? []
    : line.words.slice(1 + wanted.length);
  return extra === undefined ? [] : [tooMany(extra, line, command, wanted)];
};

/** `resolve --unknown` is about no single run. */
const wantedBy = ({ options }: Line, { args }: CommandSpec): readonly string[] =>
  args
    .split(' ')
    .filter(
      (name) =>
        name !== '' &&
        (name !== '[run]' || !options.some(({ written }) => written === '--unknown')),
    );

const tooMany = (
  { text, at }: Word,
  { options }: Line,
  { name }: CommandSpec,
  wanted: readonly string[],
): UsageMistake => {
  const before = options.find((option) => option.at === at - 1 && option.value === null);
  if (before?.spec?.inlineOnly === true)
    return {
      message: `${before.written} takes a pattern only behind "="; "${text}" is one word too many`,
      hint: `${before.written}=${shellWord(text)}`,
    };
  if (before?.spec != null && takes(before.spec) === 'nothing')
    return {
      message: `${before.written} takes no value; "${text}" is one word too many`,
      hint: `write ${before.written} alone`,
    };
  if (wanted.at(-1) === '[manifest]')
    return {
      message: `${name} takes one manifest; "${text}" is one too many`,
      hint: `write one command for each manifest; what has blanks in it stands in quotes`,
    };
  const most =
    wanted.length === 0 ? 'no words' : wanted.length === 1 ? 'one word' : `${wanted.length} words`;
  return {
    message: `${name} takes ${most} behind it; "${text}" is one too many`,
    hint: `rh-batch ${[name, ...wanted].join(' ')}; what has blanks in it stands in quotes`,
  };
};
