import type { Run } from '../batch.js';
import type { Marks } from './marks.js';

export const markKinds = ['picked', 'rejected', 'unmarked'] as const;
type MarkKind = (typeof markKinds)[number];

/** Which marks are shown: any of the kinds, and at least so many stars. */
export interface MarkChoice {
  readonly kinds: Set<MarkKind>;
  stars: number;
}

export const newMarkChoice = (): MarkChoice => ({ kinds: new Set(), stars: 0 });

export const isMarkChoice = ({ kinds, stars }: MarkChoice): boolean => kinds.size > 0 || stars > 0;

export const clearMarks = (choice: MarkChoice): void => {
  choice.kinds.clear();
  choice.stars = 0;
};

/** A run is shown for any of its pictures. */
export const fitsMarks = (marks: Marks, { kinds, stars }: MarkChoice, run: Run): boolean => {
  if (kinds.size === 0 && stars === 0) return true;
  if (run.outputs.length === 0) return false;
  return run.outputs.some((_, output) => {
    const marked = marks.of({ run, output });
    const pick = marked?.pick ?? 'none';
    const given = marked?.stars ?? 0;
    const kind: MarkKind | null = pick !== 'none' ? pick : given > 0 ? null : 'unmarked';
    return (kinds.size === 0 || (kind !== null && kinds.has(kind))) && given >= stars;
  });
};
