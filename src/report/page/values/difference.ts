import { lookDistance, lookForm } from '../../../thumbnails/look.js';
import type { PageOutput } from '../../html/page-data.js';
import type { Pair, Run } from '../batch.js';

const lookAtEnd = new RegExp(`-(${lookForm})\\.webp$`);

/** What the thumbnail's name tells; null: there is none. */
const lookOf = ({ thumb }: PageOutput): string | null => lookAtEnd.exec(thumb ?? '')?.[1] ?? null;

const looksOf = ({ outputs }: Run): readonly string[] =>
  outputs.map(lookOf).filter((look) => look !== null);

/** How different the pictures of a pair look, 0 to 1; null: that is not known. */
const differenceOf = ({ before, after, verdict }: Pair): number | null => {
  if (before === null || after === null) return null;
  if (verdict === 'same') return 0;
  const [old, now] = [looksOf(before), looksOf(after)];
  const distances = old.flatMap((look, at) => {
    const other = now[at];
    return other === undefined ? [] : [lookDistance(look, other)];
  });
  return distances.length === 0 ? null : Math.max(...distances);
};

/** Below this a person would hardly tell the pictures apart. */
const alike = 0.02;

/** null: nothing is known of it. */
export const differenceText = (pair: Pair): string | null => {
  const difference = pair.verdict === 'same' ? null : differenceOf(pair);
  if (difference === null) return null;
  return difference < alike
    ? 'looks the same'
    : `looks ${Math.max(1, Math.round(difference * 100))} % different`;
};

/** The most different first; what nothing is known of comes last. */
export const byDifference = (a: Pair, b: Pair): number =>
  (differenceOf(b) ?? -1) - (differenceOf(a) ?? -1);
