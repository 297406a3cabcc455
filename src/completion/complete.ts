import { readTyped } from './bash-reply.js';
import { posixWords } from '../values/shell-words.js';
import { clip, oneLine } from '../terminal/format.js';
import type { Suggestion } from './sources.js';
import { sources } from './sources.js';
import { exit } from '../batch/exit.js';
import type { Io } from '../edges/io.js';
import type { Command } from '../commands/table.js';
import { commands } from '../commands/table.js';

/**
 * `rh-batch __complete SHELL …`, for the scripts of `rh-batch completion`: what could stand at
 * the cursor, one a line. Never fails, never says anything else, sends nothing.
 */
export const complete = async (argv: readonly string[], io: Io): Promise<number> => {
  try {
    const [shell, ...rest] = argv;
    if (shell === 'bash') {
      const { words, current, reply } = readTyped(rest[0] ?? '', rest[1] ?? '');
      const found = await suggest(words, current, io);
      const replies = found.flatMap(({ value }) => reply(value) ?? []);
      io.out.write(replies.map((line) => `${line}\n`).join(''));
    } else {
      const words = rest.slice(1);
      const typed = words.pop() ?? '';
      // fish hands over the word at the cursor as it was typed.
      const current = shell === 'fish' ? (posixWords(typed, true).words[0]?.text ?? '') : typed;
      const found = await suggest(words, current, io);
      io.out.write(
        found.map(({ value, about }) => `${value}\t${clip(oneLine(about), 60)}\n`).join(''),
      );
    }
  } catch {
    // Somebody is typing: there is no place for a message.
  }
  return exit.done;
};

const most = 2000;

const suggest = async (
  words: readonly string[],
  current: string,
  io: Io,
): Promise<Suggestion[]> => {
  const found = await possible(words, current, io);
  const seen = new Set<string>();
  return found
    .filter(({ value }) => {
      // A name with a line end in it cannot be told to a shell line by line.
      if (!value.startsWith(current) || /[\u0000-\u001f\u007f]/.test(value)) return false;
      return !seen.has(value) && seen.add(value).size <= most;
    })
    .slice(0, most);
};

const possible = async (
  words: readonly string[],
  current: string,
  io: Io,
): Promise<readonly Suggestion[]> => {
  const at = words.findIndex((word) => commands.some(({ name }) => name === word));
  const command = commands.find(({ name }) => name === words[at]);
  if (command === undefined) {
    const known = commands.map(({ name, about }) => ({ value: name, about }));
    return current.startsWith('-') ? general : known;
  }
  const line = readLine(command, words.slice(at + 1));
  const context = { io, command, ...line, current };
  const inline = /^(--[\w-]+)=([^]*)$/.exec(current);
  if (inline !== null) {
    const [, flag = '', typed = ''] = inline;
    const found = await sources.option(longName(command, flag) ?? '', {
      ...context,
      current: typed,
    });
    return found.map(({ value, about }) => ({ value: `${flag}=${value}`, about }));
  }
  if (line.waiting !== null) return sources.option(line.waiting, context);
  if (current.startsWith('-'))
    return [
      ...command.options.flatMap(({ flags, about }) =>
        flagNames(flags).map((value) => ({ value, about })),
      ),
      ...general.slice(0, 1),
    ];
  return sources.argument(context);
};

const general: readonly Suggestion[] = [
  { value: '--help', about: 'this text' },
  { value: '--version', about: 'which version this is' },
];

/** `-j, --concurrency <n>` → `-j`, `--concurrency` */
const flagNames = (flags: string): string[] => flags.match(/--?[A-Za-z][\w-]*/g) ?? [];

/** `-j` → `concurrency`; null: the command has no such option. */
const longName = (command: Command, flag: string): string | null => {
  const found = command.options.find(({ flags }) => flagNames(flags).includes(flag));
  return found === undefined ? null : (flagNames(found.flags).at(-1)?.replace(/^-+/, '') ?? null);
};

/** What was typed behind the command. */
const readLine = (
  command: Command,
  words: readonly string[],
): {
  readonly args: readonly string[];
  readonly options: ReadonlyMap<string, string>;
  /** The option whose value comes next; null: none. */
  readonly waiting: string | null;
} => {
  const args: string[] = [];
  const options = new Map<string, string>();
  let waiting: string | null = null;
  for (const word of words) {
    if (waiting !== null) {
      options.set(waiting, word);
      waiting = null;
    } else if (/^-./.test(word)) {
      const [flag = '', value] = word.split(/=([^]*)/);
      const name = longName(command, flag);
      const spec = command.options.find(({ flags }) => flagNames(flags).includes(flag));
      if (name === null) continue;
      if (value !== undefined) options.set(name, value);
      else if (spec?.flags.includes('<') === true) waiting = name;
      else options.set(name, '');
    } else args.push(word);
  }
  return { args, options, waiting };
};
