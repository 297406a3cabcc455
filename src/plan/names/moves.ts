import type { SavedFile } from '../../journal/event.js';
import type { RunId, TaskId } from '../../values/ids.js';

/** A finished run's files that are not where the plan says: known by their content. */
export interface FileMoves {
  readonly run: RunId;
  readonly taskId: TaskId;
  /** All files of the run, in their order. */
  readonly files: readonly FileMove[];
}

export interface FileMove {
  readonly file: SavedFile;
  /** Absolute. */
  readonly from: string;
  /** Relative to the outputs' folder. */
  readonly to: string;
  /** `rename`: within the outputs' folder; `link`: from elsewhere, where it stays; `keep`: it is there. */
  readonly how: 'rename' | 'link' | 'keep';
}

/** Where a file with the content of an output was found. */
export interface Found {
  readonly path: string;
  /** Where the journal says. */
  readonly own: boolean;
}

/** How many files of the plan change their place. */
export const countMoves = (
  moves: readonly FileMoves[],
): { readonly renamed: number; readonly linked: number } => {
  const all = moves.flatMap(({ files }) => files);
  return {
    renamed: all.filter(({ how }) => how === 'rename').length,
    linked: all.filter(({ how }) => how === 'link').length,
  };
};

/** `a/b.png` → `a/b-2.png`, as a name that is taken gets it. */
export const isNumbered = (path: string, plain: string): boolean => {
  const dot =
    plain.lastIndexOf('.') > plain.lastIndexOf('/') ? plain.lastIndexOf('.') : plain.length;
  const [stem, ext] = [plain.slice(0, dot), plain.slice(dot)];
  return (
    path.startsWith(`${stem}-`) &&
    path.endsWith(ext) &&
    /^\d+$/.test(path.slice(stem.length + 1, path.length - ext.length))
  );
};
