import { count, duration, grouped, shortDecimal } from '../../values/amounts.js';
import type { Comparison } from './compare.js';
import { amountMore, msMore } from './compare.js';
import { verdictWords, verdicts } from '../terms.js';
import { isoTime } from '../time.js';

/** `out/yesterday, 2026-11-24 05:00 UTC` */
export const beforeText = ({ earlier }: Comparison): string =>
  [earlier.shown, isoTime(earlier.startedAt)?.slice(0, 16).replace('T', ' ').concat(' UTC')]
    .filter((part) => part !== undefined)
    .join(', ');

/** One line: `compared with out/yesterday: 3 changed, 1 added, 20 the same · 60 coins (+12) · …` */
export const comparisonText = (comparison: Comparison): string => {
  const { pairs, counts } = comparison;
  const parts = verdicts
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${grouped(counts[verdict])} ${verdictWords[verdict]}`);
  return [
    `compared with ${beforeText(comparison)}: ${pairs.length === 0 ? count(0, 'run') : parts.join(', ')}`,
    ...differenceTexts(comparison),
  ].join(' · ');
};

/** What all runs cost and took, with what that is more than before. */
export const differenceTexts = ({ cost, runMs }: Comparison): readonly string[] => {
  const amounts = (['coins', 'money'] as const).flatMap((kind) => {
    const [before, after] = [cost.before[kind], cost.after[kind]];
    const more = amountMore(before, after);
    if (after === null) return [];
    return [`${shortDecimal(after)} ${kind}${more === null ? '' : ` (${signed(more)})`}`];
  });
  const more = msMore(runMs.before, runMs.after);
  const time =
    runMs.after === null
      ? []
      : [`${duration(runMs.after)} of run time${more === null ? '' : ` (${signedTime(more)})`}`];
  return [...amounts, ...time];
};

const minus = '\u2212';

const signed = (decimal: string): string =>
  decimal === '0'
    ? 'as before'
    : decimal.startsWith('-')
      ? `${minus}${shortDecimal(decimal.slice(1))}`
      : `+${shortDecimal(decimal)}`;

const signedTime = (ms: number): string =>
  ms === 0 ? 'as before' : `${ms < 0 ? minus : '+'}${duration(Math.abs(ms))}`;
