import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import { bytesOf } from '../../values/amounts.js';
import type { Call } from '../../commands/argv/call.js';
import type { Located } from '../load/project.js';
import { commandFor, selectionFlags } from '../../commands/argv/typed.js';

/** Of all embedded outputs: a page of a third more still opens within seconds. */
const defaultInlineLimit = 100_000_000;

/** `--inline`, `--inline-limit SIZE` (which asks for it, too): bytes; null: nothing is embedded. */
export const inlineLimitOf = (call: Call, problems: Problems): number | null => {
  const typed = call.text('inlineLimit');
  if (typed === null) return call.flag('inline') ? defaultInlineLimit : null;
  const bytes = bytesOf(typed);
  if (bytes === null)
    problems.add(
      error('E0001', null, `--inline-limit wants a size, not "${typed}"`, {
        hint: '--inline-limit 200MB',
      }),
    );
  return bytes;
};

/** Which batch it is, and with which values: not which runs of it, nor how it is shown. */
const aboutTheCommand = [
  ...selectionFlags,
  ...['concurrency', 'listen', 'publicUrl', 'progress', 'live', 'inline', 'inlineLimit'],
  ...['json', 'quiet', 'verbose'],
];

/** What a person types to apply this batch again; report.html puts `--only RUN` behind it. */
export const applyCommand = (call: Call, { manifest }: Located): string =>
  commandFor('apply', call, { manifest: manifest.file, without: aboutTheCommand });

/**
 * What goes on with the runs that this command was about. Not with `--force`: what was made
 * again already would be made, and paid, once more.
 */
export const sameCommand = (call: Call, { manifest }: Located): string =>
  commandFor('apply', call, { manifest: manifest.file, without: ['force'] });
