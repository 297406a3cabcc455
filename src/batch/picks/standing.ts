import type { SavedFile } from '../../journal/event.js';
import type { BatchState, RunRecord } from '../../journal/state.js';
import type { Marked } from '../../picks/marked.js';
import { isSamePicture } from '../../picks/marked.js';
import { isRunId } from '../../values/ids.js';

/** What became of a picture since it was marked. */
export type Standing =
  | { readonly is: 'same' | 'changed'; readonly record: RunRecord; readonly file: SavedFile }
  /** Its run has no such output now. */
  | { readonly is: 'gone'; readonly record: RunRecord }
  /** The journal knows no such run: the mark is of another batch, or the state was removed. */
  | { readonly is: 'unknown' };

export const standingOf = (
  { run, output, sha256 }: Pick<Marked, 'run' | 'output' | 'sha256'>,
  { runs }: Pick<BatchState, 'runs'>,
): Standing => {
  const record = isRunId(run) ? runs.get(run) : undefined;
  if (record === undefined) return { is: 'unknown' };
  const file = filesOf(record)[output];
  if (file === undefined) return { is: 'gone', record };
  return { is: isSamePicture(sha256, file.sha256) ? 'same' : 'changed', record, file };
};

/** Those of its outputs that were saved, in the order in which reports show them. */
const filesOf = ({ state }: RunRecord): readonly SavedFile[] =>
  (state.is === 'succeeded' || state.is === 'failed') && state.removedAt === undefined
    ? (state.files ?? [])
    : [];
