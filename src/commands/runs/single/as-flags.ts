import type { Diagnostic } from '../../../diagnostics/diagnostic.js';
import { Problems } from '../../../diagnostics/problems.js';
import type { Place } from '../../../values/place.js';
import { shellWord } from '../../../values/shell-words.js';
import type { GivenRun } from './given-run.js';

/** Mistakes in a manifest that nobody wrote, as mistakes in the flags that it was made of. */
export const asFlags = (
  found: Problems,
  { flags }: Pick<GivenRun, 'flags'>,
  about: {
    /** The manifest's file and the file with the fields, as people see them. */
    readonly manifest: string;
    readonly fields: string;
    /** A hint's commands, so that they are about this batch. */
    readonly complete: (hint: string) => string;
  },
): Problems => {
  const told = new Problems();
  const flagAt = ({ line }: Place): string | null => flags[line - 1] ?? null;
  const isOurs = (at: Place | null): at is Place => at?.file === about.manifest;
  const behind = (at: Place, message: string): string => {
    const flag = flagAt(at);
    // Some messages begin with the address anyway.
    return flag === null
      ? message
      : `${flag}: ${message.replace('stands in this file', 'stands in it')}`;
  };
  const mistakes = found.kept.filter(({ severity }) => severity === 'error');
  for (const diagnostic of found.kept)
    // That nothing is set follows from the mistakes in what was to be set.
    if (diagnostic.code !== 'E0440' || mistakes.every(({ code }) => code === 'E0440'))
      told.add(translated(diagnostic));
  return told;

  function translated(diagnostic: Diagnostic): Diagnostic {
    const { at, message, notes, related, hint } = diagnostic;
    const ours = related.filter((other) => isOurs(other.at));
    return {
      ...diagnostic,
      at: isOurs(at) ? null : at,
      message: isOurs(at) ? behind(at, message) : message,
      notes: [...notes, ...ours.map((other) => behind(other.at, other.message))],
      related: related.filter((other) => !isOurs(other.at)),
      hint: hint === null ? null : about.complete(asTypedHere(hint, about.fields)),
    };
  }
};

/** What belongs into a manifest, as it is typed here. */
const asTypedHere = (hint: string, fields: string): string =>
  hint
    .replace('paths start at the folder of the file that names them', 'paths start at this folder')
    .replace('rh-batch fields api.json', `rh-batch fields ${shellWord(fields)}`)
    .replace(/^set: \{ (.+): … \}, or a column of that name$/, '--set "$1=…"');
