import { siteOf } from '../../runninghub/site.js';
import { shellWord } from '../../values/shell-word.js';
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
  /** Which options to repeat; absent: all but those. */
  readonly flags?: (name: string) => boolean;
  /** Flags to add, as they are typed. */
  readonly plus?: readonly string[];
}

/** `rh-batch NAME …` with the manifest and every flag of `call` that the command has, too. */
export const commandFor = (name: string, call: Call, options: CommandOptions = {}): string => {
  const {
    words = [],
    manifest = call.manifest,
    without = [],
    flags = () => true,
    plus = [],
  } = options;
  return [
    `rh-batch ${name}`,
    ...words,
    ...(manifest === null ? [] : [shellWord(manifest)]),
    ...flagsOf(name, call, (key) => flags(key) && !without.includes(key)),
    ...plus,
  ].join(' ');
};

/** Those that choose runs; a message about other runs than those leaves them out. */
export const selectionFlags = ['only', 'where', 'tag', 'failed', 'first', 'force'] as const;

/** What was typed to choose runs, word by word: what a later `status` needs to say how to go on. */
export const selectionWords = (call: Call): readonly string[] =>
  flagsOf('apply', call, (name) => name !== 'force' && isSelection(name));

const isSelection = (name: string): boolean => selectionFlags.some((flag) => flag === name);

const flagsOf = (
  command: string,
  call: Call,
  wanted: (name: string) => boolean,
): readonly string[] =>
  (call.commands.find(({ name }) => name === command)?.options ?? []).flatMap((option) => {
    const { key, takes } = partsOf(option);
    if (!wanted(key)) return [];
    if (!takes) return call.flag(key) ? [`--${dashed(key)}`] : [];
    return call.texts(key).map((text) => {
      // A pasted address may hold a key behind the site.
      const word = shellWord(key === 'baseUrl' ? siteOf(text) : text);
      return text.startsWith('-') || option.flags.includes('[')
        ? `--${dashed(key)}=${word}`
        : `--${dashed(key)} ${word}`;
    });
  });

/** `-j, --concurrency <n>`: concurrency, which takes a value. The last name is the one in use. */
const partsOf = ({ flags }: OptionSpec): { readonly key: string; readonly takes: boolean } => {
  const long =
    flags
      .match(/--[a-z-]+/g)
      ?.at(-1)
      ?.slice(2) ?? '';
  const key = long.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return { key, takes: /[<[]/.test(flags) };
};

const dashed = (key: string): string =>
  key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Commands about a batch, and whether the word behind them is a run; and those of an account. */
const proposals =
  /\brh-batch (?:(plan|validate|status|unlock|clean|report)\b|(explain|resolve) ([0-9a-f]{8,16}|RUN)\b|(pull)(?= (?:--(?:app|model) )?\S+ --out\b))/g;

/** Which batch it is, where it lives, and whose: a proposal about it repeats them. */
const placeFlags = [
  'var',
  'profile',
  'envFile',
  'stateDir',
  'outDir',
  'maxRuns',
  'date',
  'baseUrl',
  'emulator',
] as const;

const isPlace = (name: string): boolean => placeFlags.some((flag) => flag === name);

/**
 * A message's commands as they have to be typed here: rooms that know nothing of a command line
 * write `rh-batch unlock`, and the manifest and the flags of this call are put behind it.
 */
export const asTyped = (text: string, call: Call): string =>
  call.commands.length === 0
    ? text
    : text.replace(proposals, (_, whole?: string, ofRun?: string, run?: string, pull?: string) => {
        if (pull !== undefined)
          return [`rh-batch ${pull}`, ...flagsOf(pull, call, isPlace)].join(' ');
        const words = run === undefined ? [] : [run];
        return commandFor(whole ?? ofRun ?? '', call, { words, flags: isPlace });
      });
