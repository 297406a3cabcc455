import { siteOf } from '../runninghub/client.js';
import type { Call, OptionSpec } from './call.js';

/**
 * The one place that makes commands for people: from what was typed, quoted for the shell, so
 * that what is printed is about the same manifest, batch and runs.
 */
export interface CommandOptions {
  /** What stands before the manifest: the run of `explain` and `resolve`. */
  readonly words?: readonly string[];
  /** As shown to people; absent: as it was typed, if it was. */
  readonly manifest?: string;
  /** Options to leave out, by their long names. */
  readonly without?: readonly string[];
}

/** `rh-batch NAME …` with the manifest and every flag of `call` that the command has, too. */
export const commandFor = (name: string, call: Call, options: CommandOptions = {}): string => {
  const { words = [], manifest = call.manifest, without = [] } = options;
  return [
    `rh-batch ${name}`,
    ...words,
    ...(manifest === null ? [] : [quoted(manifest)]),
    ...flagsOf(name, call, without),
  ].join(' ');
};

/** Those that choose runs; a message about other runs than those leaves them out. */
export const selectionFlags = ['only', 'where', 'tag', 'failed', 'first', 'force'] as const;

/** What was typed to choose runs, word by word: what a later `status` needs to say how to go on. */
export const selectionWords = (call: Call): readonly string[] =>
  flagsOf('apply', call, [], (name) => name !== 'force' && isSelection(name));

const isSelection = (name: string): boolean => selectionFlags.some((flag) => flag === name);

const flagsOf = (
  command: string,
  call: Call,
  without: readonly string[],
  wanted: (name: string) => boolean = () => true,
): readonly string[] =>
  (call.commands.find(({ name }) => name === command)?.options ?? []).flatMap((option) => {
    const { key, takes } = partsOf(option);
    if (without.includes(key) || !wanted(key)) return [];
    if (!takes) return call.flag(key) ? [`--${dashed(key)}`] : [];
    return call.texts(key).map((text) => {
      // A pasted address may hold a key behind the site.
      const word = quoted(key === 'baseUrl' ? siteOf(text) : text);
      return text.startsWith('-') || option.flags.includes('[')
        ? `--${dashed(key)}=${word}`
        : `--${dashed(key)} ${word}`;
    });
  });

/** `-j, --concurrency <n>`: concurrency, which takes a value. */
const partsOf = ({ flags }: OptionSpec): { readonly key: string; readonly takes: boolean } => {
  const [, long = ''] = /--([a-z-]+)/.exec(flags) ?? [];
  const key = long.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return { key, takes: /[<[]/.test(flags) };
};

const dashed = (key: string): string =>
  key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** As a POSIX shell takes it. */
export const quoted = (text: string): string =>
  /^[\w./=:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Commands about a batch, and whether the word behind them is a run. */
const batchCommands =
  /\brh-batch (?:(plan|validate|status|unlock|clean|report)\b|(explain|resolve) ([0-9a-f]{8,16})\b)/g;

/**
 * A message's commands as they have to be typed here: rooms that know nothing of a command line
 * write `rh-batch unlock`, and the manifest and the flags of this call are put behind it.
 */
export const asTyped = (text: string, call: Call): string =>
  call.commands.length === 0
    ? text
    : text.replace(batchCommands, (_, whole?: string, ofRun?: string, run?: string) =>
        commandFor(whole ?? ofRun ?? '', call, {
          words: run === undefined ? [] : [run],
          without: [...selectionFlags, 'json', 'quiet', 'verbose', 'out', 'shard'],
        }),
      );
