import type { PageOverride } from '../html/page-data.js';
import type { Batch, Run } from './batch.js';
import { addressOf } from './run-text.js';

/** One thing that is known of two runs. */
export interface Row {
  readonly name: string;
  /** Of the one and of the other; null: not given. */
  readonly texts: Texts;
  readonly differs: boolean;
}

export type Texts = readonly [string | null, string | null];

/** No row where neither has a text. */
export const rowsOf = (
  name: string,
  left: string | null | undefined,
  right: string | null | undefined,
): readonly Row[] => {
  const texts: Texts = [given(left), given(right)];
  return texts[0] === null && texts[1] === null
    ? []
    : [{ name, texts, differs: texts[0] !== texts[1] }];
};

const given = (text: string | null | undefined): string | null =>
  text === undefined || text === '' ? null : text;

/** The inputs of two runs: the variables, then what else was sent. */
export const inputRows = (batch: Batch, left: Run, right: Run): readonly Row[] => {
  const rows = batch.variables.flatMap((name, at) =>
    rowsOf(name, left.values[at], right.values[at]),
  );
  const told = new Set(rows.map(({ texts }) => JSON.stringify(texts)));
  const [leftSent, rightSent] = [overridesByPlace(left), overridesByPlace(right)];
  for (const place of new Set([...leftSent.keys(), ...rightSent.keys()])) {
    const [a, b] = [leftSent.get(place), rightSent.get(place)];
    const texts: Texts = [a?.[1] ?? null, b?.[1] ?? null];
    // A file of the same name with other bytes is another input.
    const otherBytes = a?.[2] !== b?.[2] && texts[0] === texts[1];
    if (!otherBytes && told.has(JSON.stringify(texts))) continue;
    const shown = otherBytes ? [withDigest(a), withDigest(b)] : texts;
    rows.push(...rowsOf(addressOf(batch, place), shown[0], shown[1]));
  }
  return rows;
};

const overridesByPlace = ({ overrides }: Run): ReadonlyMap<number, PageOverride> =>
  new Map(overrides.map((override) => [override[0], override]));

const withDigest = (override: PageOverride | undefined): string =>
  `${override?.[1] ?? ''} (${assetText(override?.[2]) ?? 'no file'})`;

/** `file with sha256 0123456789ab` */
export const assetText = (digest: string | undefined): string | null =>
  digest === undefined || digest === '' ? null : `file with sha256 ${digest.slice(0, 12)}`;
