import { dirname } from 'node:path';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import { redactor } from '../../edges/secrets/secret.js';
import type { Place } from '../../values/place.js';
import type { BatchOptions } from '../options/options.js';

const hint =
  'take it out; the key belongs in RUNNINGHUB_API_KEY or a file of --env alone: make a new one if this was shared';

/** Whether a text holds the key, in any spelling. */
export type HoldsKey = (text: string) => boolean;

/** Keys have 32 characters. A shorter one, made up for a test, may stand anywhere. */
const shortest = 16;

/** null: no key is known, or none that could be told from other text. */
export const holdsKeyOf = (env: ReadonlyMap<string, string>): HoldsKey | null => {
  const key = env.get('RUNNINGHUB_API_KEY')?.trim() ?? '';
  if (key.length < shortest) return null;
  const clean = redactor([key]);
  return (text) => clean(text) !== text;
};

/** Looks for the key in files that are read whole; the lines that hold it are shown nowhere. */
export const keyInFiles = (
  holds: HoldsKey,
  show: (absolute: string) => string,
  problems: Problems,
): ((path: string, content: Uint8Array) => void) => {
  const looked = new Set<string>();
  return (path, content) => {
    if (looked.has(path) || isArchive(content)) return;
    looked.add(path);
    const text = new TextDecoder().decode(content);
    if (!holds(text)) return;
    const file = show(path);
    const lines = text.split(/\r\n|\r|\n/);
    const held = lines.flatMap((line, at) => (holds(line) ? [at + 1] : []));
    // It may be written over several lines.
    for (const line of held.length === 0 ? [0] : held) {
      const at: Place = { file, line, column: 0, length: 1, text: null };
      problems.hide(at);
      problems.add(keyHeld(at, 'the API key stands in this file'));
    }
    if (held.length === 0)
      for (const at of lines.keys()) problems.hide({ ...whole(file), line: at + 1 });
  };
};

/** A table that was packed is looked at by its cells. */
const isArchive = (content: Uint8Array): boolean => content[0] === 0x50 && content[1] === 0x4b;

/** Looks for it in what was typed, and in the folders and names of the files. */
export const keyInNames = (
  { vars = {} }: Pick<BatchOptions, 'vars'>,
  paths: readonly string[],
  holds: HoldsKey,
  problems: Problems,
): void => {
  for (const [name, text] of Object.entries(vars))
    if (holds(`${name}=${text}`)) problems.add(keyHeld(null, 'a --var holds the API key'));
  if (paths.some((path) => holds(path) || holds(dirname(path))))
    problems.add(keyHeld(null, 'the name of a file or folder of this batch holds the API key'));
};

const whole = (file: string): Place => ({ file, line: 0, column: 0, length: 1, text: null });

const keyHeld = (at: Place | null, message: string): Diagnostic =>
  error('E0115', at, message, { hint });
