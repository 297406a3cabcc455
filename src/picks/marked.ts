import type { Mark, PickVerdict } from './mark.js';

/** What is known of one picture, from all of its marks. */
export interface Marked {
  readonly run: string;
  readonly output: number;
  /** Of the last mark. */
  readonly at: string;
  readonly file: string;
  readonly sha256: string;
  readonly pick: PickVerdict;
  readonly stars: number;
  /** When each of the two was said last; null: never. */
  readonly pickAt: string | null;
  readonly starsAt: string | null;
}

export const pictureOf = ({ run, output }: Pick<Mark, 'run' | 'output'>): string =>
  `${run}/${output}`;

/** The last line of a picture wins, for its pick and for its stars. */
export const addMark = (known: Map<string, Marked>, mark: Mark): Marked => {
  const key = pictureOf(mark);
  const before = known.get(key);
  const { run, output, at, file, sha256, pick, stars } = mark;
  const marked: Marked = {
    ...{ run, output, at, file, sha256 },
    pick: pick ?? before?.pick ?? 'none',
    stars: stars ?? before?.stars ?? 0,
    pickAt: pick === undefined ? (before?.pickAt ?? null) : at,
    starsAt: stars === undefined ? (before?.starsAt ?? null) : at,
  };
  known.set(key, marked);
  return marked;
};

export const markedBy = (marks: Iterable<Mark>): ReadonlyMap<string, Marked> => {
  const known = new Map<string, Marked>();
  for (const mark of marks) addMark(known, mark);
  return known;
};

/** Whether anything is said of it at all. */
export const isMarked = ({ pick, stars }: Marked): boolean => pick !== 'none' || stars > 0;

/** What of a mark is news: later than what is known. null: nothing is. */
export const newsOf = (known: ReadonlyMap<string, Marked>, mark: Mark): Mark | null => {
  const { pick, stars, ...about } = mark;
  const before = known.get(pictureOf(mark));
  const isLater = (at: string | null | undefined): boolean =>
    at === null || at === undefined || Date.parse(mark.at) > Date.parse(at);
  const news = {
    ...about,
    ...(pick !== undefined && isLater(before?.pickAt) ? { pick } : {}),
    ...(stars !== undefined && isLater(before?.starsAt) ? { stars } : {}),
  };
  return 'pick' in news || 'stars' in news ? news : null;
};

/** A picture as it was when it was marked. One of the two digests may be cut short. */
export const isSamePicture = (marked: string, now: string): boolean =>
  marked.startsWith(now) || now.startsWith(marked);
