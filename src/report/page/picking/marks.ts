import type { Mark } from '../../../picks/mark.js';
import { lineOf } from '../../../picks/mark.js';
import type { Marked } from '../../../picks/marked.js';
import { addMark, isMarked, isSamePicture, newsOf, pictureOf } from '../../../picks/marked.js';
import type { Run } from '../batch.js';

/** One picture of a run; the other outputs of the run have marks of their own. */
export interface Picture {
  readonly run: Run;
  /** Its place among the outputs. */
  readonly output: number;
}

export type Change = Pick<Mark, 'pick' | 'stars'>;

export const keyOf = ({ run, output }: Picture): string => pictureOf({ run: run.id, output });

/** Marks of all pictures of the page, with what was done last, so that it can be undone. */
export class Marks {
  readonly #known = new Map<string, Marked>();
  readonly #done: { readonly picture: Picture; readonly before: Change }[] = [];
  readonly #listeners: ((key: string) => void)[] = [];

  constructor(
    /** Name of the batch. */
    private readonly batch: string,
    private readonly keep: (mark: Mark) => void,
    private readonly now: () => number,
  ) {}

  of(picture: Picture): Marked | null {
    return this.#known.get(keyOf(picture)) ?? null;
  }

  /** Whether it is another picture than the one that was marked. */
  isChanged({ run, output }: Picture): boolean {
    const marked = this.of({ run, output });
    const sha = run.outputs[output]?.sha;
    return marked !== null && isMarked(marked) && sha !== undefined
      ? !isSamePicture(marked.sha256, sha)
      : false;
  }

  onChange(listener: (key: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Nothing where there is no picture to be marked. */
  set(picture: Picture, change: Change): void {
    const before = this.of(picture);
    if (!this.#write(picture, change)) return;
    this.#done.push({
      picture,
      before: {
        ...(change.pick === undefined ? {} : { pick: before?.pick ?? 'none' }),
        ...(change.stars === undefined ? {} : { stars: before?.stars ?? 0 }),
      },
    });
  }

  /** @returns whose mark is as it was before; null: nothing was done. */
  undo(): Picture | null {
    const last = this.#done.pop();
    if (last === undefined) return null;
    this.#write(last.picture, last.before);
    return last.picture;
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  /** Marks from elsewhere: those that are older than what is known change nothing. */
  merge(marks: Iterable<Mark>): void {
    for (const mark of marks) {
      const news = newsOf(this.#known, mark);
      if (news === null) continue;
      addMark(this.#known, news);
      this.#tell(pictureOf(news));
    }
  }

  /** The file that `rh-batch picks --import` takes. */
  file(): string {
    return [...this.#known.values()].flatMap((marked) => linesOf(marked, this.batch)).join('');
  }

  /** Those of the page's own pictures. */
  counts(pictures: Iterable<Picture>): { picked: number; rejected: number; starred: number } {
    const counts = { picked: 0, rejected: 0, starred: 0 };
    const seen = new Set<string>();
    for (const picture of pictures) {
      const key = keyOf(picture);
      const marked = this.#known.get(key);
      if (marked === undefined || seen.has(key)) continue;
      seen.add(key);
      if (marked.pick !== 'none') counts[marked.pick] += 1;
      if (marked.stars > 0) counts.starred += 1;
    }
    return counts;
  }

  #write({ run, output }: Picture, change: Change): boolean {
    const shown = run.outputs[output];
    if (shown?.sha === undefined || run.past) return false;
    // Later than what is known, whatever clock that came from: the last mark counts.
    const known = this.of({ run, output });
    const at = Math.max(this.now(), known === null ? 0 : Date.parse(known.at) + 1);
    const mark: Mark = {
      at: new Date(at).toISOString(),
      batch: this.batch,
      run: run.id,
      output,
      file: shown.name,
      sha256: shown.sha,
      ...change,
    };
    addMark(this.#known, mark);
    this.keep(mark);
    this.#tell(pictureOf(mark));
    return true;
  }

  #tell(key: string): void {
    for (const listener of this.#listeners) listener(key);
  }
}

/** Marks that come to this. Pick and stars may have been given at different times. */
export const marksOf = (
  { run, output, file, sha256, pick, stars, pickAt, starsAt }: Marked,
  batch: string,
): readonly Mark[] => {
  const about = { batch, run, output, file, sha256 };
  return [
    ...(pickAt === null ? [] : [{ at: pickAt, ...about, pick }]),
    ...(starsAt === null ? [] : [{ at: starsAt, ...about, stars }]),
  ];
};

const linesOf = (marked: Marked, batch: string): readonly string[] =>
  marksOf(marked, batch).map(lineOf);
