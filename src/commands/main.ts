import type { OptionSpec } from './argv/call.js';
import { Call } from './argv/call.js';
import type { Line, UsageMistake } from './argv/line.js';
import { keyOf, readLine } from './argv/line.js';
import { commandMistakes, usageMistakes } from './argv/usage.js';
import { exit } from '../batch/exit.js';
import { commandHelp, overview } from './help.js';
import type { Io } from '../edges/io.js';
import type { Command } from './table.js';
import { commands } from './table.js';

/** argv (without node and script) → exit code. Does not throw for anything a user typed. */
export const main = async (
  argv: readonly string[],
  io: Io,
  versionName: string,
): Promise<number> => {
  // Asked by a shell at every Tab; not for people.
  if (argv[0] === '__complete')
    return (await import('../completion/complete.js')).complete(argv.slice(1), io);
  const parsed = parse(argv);
  switch (parsed.is) {
    case 'help':
      io.out.write(
        parsed.command === null ? overview(versionName, commands) : commandHelp(parsed.command),
      );
      return exit.done;
    case 'version':
      io.out.write(`rh-batch ${versionName}\n`);
      return exit.done;
    case 'wrong':
      (await import('./say.js')).sayUsage(parsed.mistakes, parsed.call, io);
      return exit.badInput;
    case 'run':
      return (await parsed.command.load())(parsed.call, io);
  }
};

type Parsed =
  | { readonly is: 'help'; readonly command: Command | null }
  | { readonly is: 'version' }
  | {
      readonly is: 'wrong';
      readonly mistakes: readonly UsageMistake[];
      /** As far as it was understood: how mistakes are told. */
      readonly call: Call;
    }
  | { readonly is: 'run'; readonly command: Command; readonly call: Call };

const help: OptionSpec = { flags: '-h, --help', about: '' };
const version: OptionSpec = { flags: '-V, --version', about: '' };
const general = [help, version];

const parse = (argv: readonly string[]): Parsed => {
  const { command, line } = readLine(argv, commands, general);
  const asked = (spec: OptionSpec): boolean => line.options.some((option) => option.spec === spec);
  if (asked(help) && (command !== null || line.words.length === 0)) return { is: 'help', command };
  if (asked(version)) return { is: 'version' };
  if (argv.length === 0) return { is: 'help', command };
  const words = line.words.slice(command === null ? 0 : 1).map(({ text }) => text);
  const call = new Call(words, valuesIn(line), command ?? undefined, commands);
  const mistakes =
    command === null ? commandMistakes(line, commands) : usageMistakes(line, command, commands);
  if (command === null || mistakes.length > 0) return { is: 'wrong', mistakes, call };
  return { is: 'run', command, call };
};

/** What was typed, by the names of the options; true where no value was. */
const valuesIn = (line: Line): Readonly<Record<string, readonly (string | true)[]>> => {
  const values = new Map<string, (string | true)[]>();
  for (const { spec, value } of line.options) {
    if (spec === null) continue;
    // `--force` alone means all.
    const meant = value ?? (spec.inlineOnly === true ? '*' : true);
    const key = keyOf(spec);
    values.set(key, [...(values.get(key) ?? []), meant]);
  }
  return Object.fromEntries(values);
};
