import type { BatchState } from '../../journal/state.js';
import type { Marked } from '../../picks/marked.js';
import { isMarked } from '../../picks/marked.js';
import type { Standing } from './standing.js';
import { standingOf } from './standing.js';

/** A picture with a mark, and what became of it. */
export interface MarkedPicture {
  readonly mark: Marked;
  readonly standing: Standing;
}

/** In matrix order; those of unknown runs last. */
export const picturesOf = (
  marks: ReadonlyMap<string, Marked>,
  state: Pick<BatchState, 'runs'>,
): readonly MarkedPicture[] => {
  const placeOf = ({ standing }: MarkedPicture): number =>
    standing.is === 'unknown' ? Infinity : standing.record.inputs.index;
  return [...marks.values()]
    .filter(isMarked)
    .map((mark) => ({ mark, standing: standingOf(mark, state) }))
    .sort((a, b) => {
      const [one, other] = [placeOf(a), placeOf(b)];
      return one === other ? a.mark.output - b.mark.output : one < other ? -1 : 1;
    });
};
