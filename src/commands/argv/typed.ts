import { siteOf } from '../../runninghub/site.js';
import { shellWord } from '../../values/shell-words.js';
import type { Call, OptionSpec } from './call.js';
import { flagTexts, planFlags, planFlagsOf } from '../../batch/options/flags.js';
import type { BatchOptions } from '../../batch/options/options.js';
import type { CommandOptions, Proposals } from '../../batch/options/proposals.js';
import { selectionFlags } from '../../batch/options/proposals.js';

/**
 * The one place that makes commands for people: from what was typed, quoted for the shell, so
 * that what is printed is about the same manifest, batch and runs. `options` says so where another
 * batch is meant than the one that was typed, such as that of a saved plan.
 */
export const commandFor = (
  name: string,
  call: Call,
  about: CommandOptions = {},
  options: BatchOptions | null = null,
): string => {
  const { words = [], without = [], flags = () => true, plus = [] } = about;
  const meant = options === null ? call.manifest : (options.manifest ?? null);
  const manifest = about.manifest === undefined ? meant : about.manifest;
  return [
    `rh-batch ${name}`,
    ...words,
    ...(manifest === null ? [] : [shellWord(manifest)]),
    ...flagsOf(name, call, options, (key) => flags(key) && !without.includes(key)),
    ...plus,
  ].join(' ');
};

/** For use cases, which know options and no command line. */
export const proposalsOf = (call: Call): Proposals => ({
  command: (name, options, about) => commandFor(name, call, about, options),
  complete: (message, options) => asTyped(message, call, options),
  selection: (options) =>
    flagsOf('apply', call, options, (name) => name !== 'force' && isSelection(name)),
});

const isSelection = (name: string): boolean => selectionFlags.some((flag) => flag === name);

const flagsOf = (
  command: string,
  call: Call,
  options: BatchOptions | null,
  wanted: (name: string) => boolean,
): readonly string[] => {
  const meant = options === null ? null : flagTexts(planFlagsOf(options));
  return (call.commands.find(({ name }) => name === command)?.options ?? []).flatMap((option) => {
    const { key, takes } = partsOf(option);
    if (!wanted(key)) return [];
    const from = meant !== null && isPlanFlag(key) ? meant : call;
    if (!takes) return from.flag(key) ? [`--${dashed(key)}`] : [];
    return from.texts(key).map((text) => {
      // A pasted address may hold a key behind the site.
      const word = shellWord(
        key === 'baseUrl' ? siteOf(text).replace(/^([^/]*\/\/)?.*@/, '$1') : text,
      );
      return text.startsWith('-') || option.flags.includes('[')
        ? `--${dashed(key)}=${word}`
        : `--${dashed(key)} ${word}`;
    });
  });
};

const isPlanFlag = (name: string): boolean => planFlags.some((flag) => flag === name);

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

/**
 * Commands about a batch, and whether the word behind them is a run; and those of an account. One
 * that has its manifest already is complete.
 */
const proposals =
  /\brh-batch (?:(plan|validate|status|unlock|clean|report|picks|resolve(?= --unknown))\b(?! (?:'[^'\n]*|[^\s']+)\.(?:ya?ml|json)\b)|(explain|resolve) ([0-9a-f]{8,16}|RUN)\b|(pull(?= (?:--(?:app|model) )?\S+ --out\b)|task(?= ID\b)))/g;

/** Which batch it is, where it lives, and whose: a proposal about it repeats them. */
const placeFlags = [
  'var',
  'profile',
  'envFile',
  'stateDir',
  'store',
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
export const asTyped = (text: string, call: Call, options: BatchOptions | null = null): string =>
  call.commands.length === 0
    ? text
    : text.replace(
        proposals,
        (_, whole?: string, ofRun?: string, run?: string, service?: string) => {
          if (service !== undefined)
            return commandFor(service, call, { manifest: null, flags: isPlace }, options);
          const words = run === undefined ? [] : [run];
          return commandFor(whole ?? ofRun ?? '', call, { words, flags: isPlace }, options);
        },
      );
