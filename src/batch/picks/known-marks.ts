import { resolve } from 'node:path';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { error, warning } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { BatchState } from '../../journal/state.js';
import type { Mark } from '../../picks/mark.js';
import type { Marked } from '../../picks/marked.js';
import { markedBy } from '../../picks/marked.js';
import { count } from '../../values/amounts.js';
import type { PicksFile } from './picks-file.js';
import { picksPath, readPicks } from './picks-file.js';

export interface BatchPlaces {
  readonly outputsDir: string;
  readonly stateDir: string;
}

/**
 * All marks of a batch: those beside its outputs of now, and those beside outputs of another
 * profile or day. Within a file the last line wins, between files the later mark.
 */
export const knownMarks = async (
  { outputsDir, stateDir }: BatchPlaces,
  folders: BatchState['folders'],
  show: (path: string) => string,
  problems: Problems,
): Promise<ReadonlyMap<string, Marked>> => {
  const dirs = new Set([...[...folders].map((folder) => resolve(stateDir, folder)), outputsDir]);
  const files: (readonly Mark[])[] = [];
  for (const dir of dirs) {
    const path = picksPath(dir);
    const read = await readPicks(path);
    if (read === null) continue;
    if (typeof read === 'string')
      problems.add(error('E0786', null, `${show(path)} cannot be read: ${read}`));
    else {
      for (const found of damageOf(read, show(path))) problems.add(found);
      files.push(read.marks);
    }
  }
  const [only = []] = files;
  if (files.length < 2) return markedBy(only);
  const at = (mark: Mark): number => Date.parse(mark.at);
  return markedBy(files.flat().sort((a, b) => at(a) - at(b)));
};

/** Lines that are no marks are told and left out. */
export const damageOf = ({ damaged }: PicksFile, shown: string): readonly Diagnostic[] =>
  damaged.length === 0
    ? []
    : [
        warning(
          'E0785',
          null,
          `${shown}: ${count(damaged.length, 'line')} ${damaged.length === 1 ? 'is no mark and is' : 'are no marks and are'} left out`,
          {
            notes: [
              ...damaged.slice(0, mostNamed).map(({ line, why }) => `line ${line}: ${why}`),
              ...(damaged.length > mostNamed ? [`… and ${damaged.length - mostNamed} more`] : []),
            ],
            hint: 'all other marks count; the file is left as it is',
          },
        ),
      ];

const mostNamed = 5;
