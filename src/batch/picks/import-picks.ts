import { error, notice } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { BatchState } from '../../journal/state.js';
import { machineText } from '../../edges/machine.js';
import type { Mark } from '../../picks/mark.js';
import type { Marked } from '../../picks/marked.js';
import { addMark, newsOf } from '../../picks/marked.js';
import { count } from '../../values/amounts.js';
import { damageOf } from './known-marks.js';
import { appendPicks, picksPath, readPicks } from './picks-file.js';
import { standingOf } from './standing.js';

export interface Imported {
  readonly added: number;
  /** Known already, or older than what is known. */
  readonly older: number;
}

/**
 * Takes over a file that a page saved. Marks that are older than those known of the same picture
 * change nothing. null: there are errors, and nothing was taken over.
 */
export const importPicks = async (
  from: { readonly path: string; readonly shown: string },
  to: { readonly outputsDir: string; readonly batch: string },
  known: ReadonlyMap<string, Marked>,
  state: BatchState,
  problems: Problems,
): Promise<Imported | null> => {
  const refuse = (message: string, hint: string | null = null): null => {
    problems.add(error('E0786', null, message, { hint }));
    return null;
  };
  const read = await readPicks(from.path);
  if (read === null) return refuse(`${from.shown} does not exist`);
  if (typeof read === 'string') return refuse(`${from.shown} cannot be read: ${read}`);
  for (const found of damageOf(read, from.shown)) problems.add(found);
  const { marks } = read;
  if (marks.length === 0)
    return refuse(
      `${from.shown} holds no marks`,
      'the button "Save picks" of report.html makes such a file',
    );
  const foreign = marks.find(({ batch }) => batch !== to.batch);
  if (foreign !== undefined)
    return refuse(
      `${from.shown} is of the batch "${foreign.batch}", not of "${to.batch}"; nothing was taken over`,
      'name the manifest of that batch behind the command',
    );
  const isKnown = (mark: Mark): boolean => standingOf(mark, state).is !== 'unknown';
  const ours = marks.filter(isKnown);
  if (ours.length === 0)
    return refuse(
      `${from.shown} marks no run that "${to.batch}" has had; nothing was taken over`,
      'it is of another batch of this name, or the state of this one was removed',
    );
  if (ours.length < marks.length)
    problems.add(
      notice(
        'E0785',
        null,
        `${from.shown}: ${count(marks.length - ours.length, 'mark')} of runs that this batch never had left out`,
      ),
    );
  const after = new Map(known);
  const news = ours.flatMap((mark) => {
    const found = newsOf(after, mark);
    if (found === null) return [];
    addMark(after, found);
    return [found];
  });
  try {
    await appendPicks(picksPath(to.outputsDir), news);
  } catch (cause) {
    return refuse(`the marks cannot be written: ${machineText(cause)}`);
  }
  return { added: news.length, older: ours.length - news.length };
};
