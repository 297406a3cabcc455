import { cac } from 'cac';
import { Call } from './argv/call.js';
import { exit } from '../batch/exit.js';
import { commandHelp, overview } from './help.js';
import type { Io } from '../edges/io.js';
import type { Command } from './table.js';
import { commands } from './table.js';

/**
 * cac turns values that look like numbers into numbers (`007` → 7, 19 digits → a double).
 * This mark in front keeps every value text; it is taken off again after the parse.
 */
const mark = '\u{E000}';

/** argv (without node and script) → exit code. Does not throw for anything a user typed. */
export const main = async (argv: readonly string[], io: Io, version: string): Promise<number> => {
  // Asked by a shell at every Tab; not for people.
  if (argv[0] === '__complete')
    return (await import('../completion/complete.js')).complete(argv.slice(1), io);
  const parsed = parse(argv);
  switch (parsed.is) {
    case 'help':
      io.out.write(
        parsed.command === null ? overview(version, commands) : commandHelp(parsed.command),
      );
      return exit.done;
    case 'version':
      io.out.write(`rh-batch ${version}\n`);
      return exit.done;
    case 'wrong':
      (await import('./say.js')).sayOne('E0001', parsed.message, parsed.hint, parsed.call, io);
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
      readonly message: string;
      readonly hint: string;
      /** As far as it was understood: how mistakes are told. */
      readonly call: Call;
    }
  | { readonly is: 'run'; readonly command: Command; readonly call: Call };

const parse = (argv: readonly string[]): Parsed => {
  const cli = cac('rh-batch');
  cli.option('-h, --help', '');
  cli.option('-V, --version', '');
  for (const { name, args, about, options } of commands) {
    const command = cli.command(`${name} ${args}`.trim(), about);
    for (const option of options) command.option(option.flags, option.about);
  }
  const guard = guardFor(commands.find(({ name }) => argv.includes(name)));
  const words = argv.map(oneSpelling).map(guard);
  const { args, options } = cli.parse(['', '', ...words], { run: false });
  const command = commands.find(({ name }) => name === cli.matchedCommandName) ?? null;
  if (options['version'] === true && command === null) return { is: 'version' };
  const typed = command === null ? unguard(args[0] ?? '') : command.name;
  if (options['help'] === true && (command !== null || typed === ''))
    return { is: 'help', command };
  const call = new Call(args.map(unguard), unguardAll(options), command ?? undefined, commands);
  if (command === null) return unknownCommand(typed, call);
  try {
    cli.matchedCommand?.checkUnknownOptions();
    cli.matchedCommand?.checkOptionValue();
    cli.matchedCommand?.checkRequiredArgs();
    cli.matchedCommand?.checkUnusedArgs();
  } catch (cause) {
    const message = unguard(cause instanceof Error ? cause.message : String(cause));
    return { is: 'wrong', message, hint: `rh-batch ${command.name} --help`, call };
  }
  return { is: 'run', command, call };
};

const unknownCommand = (typed: string, call: Call): Parsed =>
  typed === ''
    ? { is: 'help', command: null }
    : {
        is: 'wrong',
        message: `there is no command "${typed}"`,
        hint: `one of ${commands.map(({ name }) => name).join(', ')}; see rh-batch --help`,
        call,
      };

/** cac collects the values of each spelling apart, but among all of them the last one wins. */
const oneSpelling = (arg: string): string => arg.replace(/^--env(?==|$)/, '--env-file');

/** Flags keep their form; what cac would take for a number, and every `--flag=value`, is marked. */
const guardFor = (command: Command | undefined): ((arg: string) => string) => {
  const patterned = command?.options.some(({ flags }) => flags === '--force [pattern]') === true;
  return (arg) => {
    // `--force` takes a pattern only behind `=`, or it would swallow the manifest's name.
    if (arg === '--force' && patterned) return `--force=${mark}*`;
    // A negative number, such as the service's code -1, is no flag.
    if (!arg.startsWith('-') || /^-\d+$/.test(arg))
      return Number.isFinite(Number(arg)) ? mark + arg : arg;
    const at = arg.indexOf('=');
    return at === -1 ? arg : `${arg.slice(0, at + 1)}${mark}${arg.slice(at + 1)}`;
  };
};

const unguard = (text: string): string => text.replaceAll(mark, '');

const unguardAll = (options: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      typeof value === 'string'
        ? unguard(value)
        : Array.isArray(value)
          ? value.map((item: unknown) => (typeof item === 'string' ? unguard(item) : item))
          : value,
    ]),
  );
