import type { Manifest } from '../../manifest/manifest.js';
import { shellWord } from '../../values/shell-words.js';
import type { BatchOptions } from './options.js';

/**
 * The commands that messages propose. What makes them knows how a command is typed; a use case
 * says which batch it is about.
 */
export interface Proposals {
  /** `rh-batch NAME …`, quoted for the shell, about the batch of `options`. */
  command(name: string, options: BatchOptions, about?: CommandOptions): string;
  /** A message whose commands, such as `rh-batch unlock`, are completed so that they are about this batch. */
  complete(message: string, options: BatchOptions): string;
  /** What was typed to choose runs, word by word: what a later `status` needs to say how to go on. */
  selection(options: BatchOptions): readonly string[];
}

export interface CommandOptions {
  /** What stands before the manifest: the run of `explain` and `resolve`. */
  readonly words?: readonly string[];
  /** As shown to people; absent: as it was typed, if it was; null: the command takes none. */
  readonly manifest?: string | null;
  /** Options to leave out, by their long names. */
  readonly without?: readonly string[];
  /** Which options to repeat; absent: all but those. */
  readonly flags?: (name: string) => boolean;
  /** Flags to add, as they are typed. */
  readonly plus?: readonly string[];
}

/** Where nobody typed anything: the library's. */
export const plainProposals: Proposals = {
  command: (name, options, { words = [], manifest = options.manifest, plus = [] } = {}) =>
    [
      `rh-batch ${name}`,
      ...words,
      ...(manifest === undefined || manifest === null ? [] : [shellWord(manifest)]),
      ...plus,
    ].join(' '),
  complete: (message) => message,
  selection: () => [],
};

/** Those that choose runs; a message about other runs than those leaves them out. */
export const selectionFlags = [
  'only',
  'where',
  'tag',
  'failed',
  'picked',
  'first',
  'force',
] as const;

/** Which batch it is, and with which values: not which runs of it, nor how it is shown. */
const aboutTheCommand = [
  ...selectionFlags,
  ...['concurrency', 'listen', 'publicUrl', 'progress', 'live', 'inline', 'inlineLimit', 'view'],
  ...['json', 'quiet', 'verbose'],
];

export interface AboutBatch {
  readonly proposals: Proposals;
  readonly options: BatchOptions;
  readonly project: { readonly manifest: Pick<Manifest, 'file'> };
}

/** What a person types to apply this batch again; report.html puts `--only RUN` behind it. */
export const applyCommand = ({ proposals, options, project }: AboutBatch): string =>
  proposals.command('apply', options, {
    manifest: project.manifest.file,
    without: aboutTheCommand,
  });

/**
 * What goes on with the runs that this command was about. Not with `--force`: what was made
 * again already would be made, and paid, once more.
 */
export const sameCommand = ({ proposals, options, project }: AboutBatch): string =>
  proposals.command('apply', options, { manifest: project.manifest.file, without: ['force'] });
