import { error } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import { siteOf } from '../runninghub/client.js';
import { bytesOf } from '../values/amounts.js';
import type { Call } from './call.js';
import type { Located } from './project.js';

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

/** Options that decide which batch it is, and with which values. */
const kept = ['profile', 'var', 'maxRuns', 'envFile', 'stateDir', 'outDir', 'baseUrl'];

/** What the user types to apply this batch again. */
export const applyCommand = (call: Call, { manifest, emulated }: Located): string =>
  [
    'rh-batch apply',
    quoted(manifest.file),
    ...kept.flatMap((name) =>
      call.texts(name).map((text) => {
        // A pasted address may hold a key behind the site.
        const word = name === 'baseUrl' ? siteOf(text) : text;
        return `${dashed(name)} ${quoted(word)}`;
      }),
    ),
    ...(emulated ? ['--emulator'] : []),
  ].join(' ');

const dashed = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** As a POSIX shell takes it. */
const quoted = (text: string): string =>
  /^[\w./=:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
