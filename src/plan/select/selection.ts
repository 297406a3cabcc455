import type { BatchState } from '../../journal/state.js';
import type { RunId } from '../../values/ids.js';
import { hasFailed } from '../decide.js';
import type { PlannedRun } from '../plan.js';
import type { PickedRuns } from './picked-rows.js';
import type { WantedMarks } from '../../picks/wanted.js';

/** Which runs of the batch an apply is about. Every condition that is given must hold. */
export interface Selection {
  /** Run id prefixes (4 digits or more) or name globs; a run that fits any of them is meant. */
  readonly only: readonly string[];
  /** Runs with any of these tags. */
  readonly tags: readonly string[];
  /** Columns or axes, and the text that they must have. */
  readonly where: readonly (readonly [column: string, value: string])[];
  /** Runs whose last state is failed or cancelled. */
  readonly failed: boolean;
  /** Rows whose pictures are marked so; null: marks do not matter. */
  readonly marked: WantedMarks | null;
  /** The runs of the past that `marked` came to; absent: none is asked for. */
  readonly picked?: PickedRuns;
  /** The first so many of those that fit all else. */
  readonly first: number | null;
  /**
   * Part `index` (1-based) of `count`: by place in the full expansion, modulo `count`, so that
   * shards are disjoint, complete and of equal size.
   */
  readonly shard: { readonly index: number; readonly count: number } | null;
  /** `true`: all; else patterns as in `only`. These run even when they are up to date. */
  readonly force: readonly string[] | true | null;
}

export const everything: Selection = {
  only: [],
  tags: [],
  where: [],
  failed: false,
  marked: null,
  first: null,
  shard: null,
  force: null,
};

/** Whether runs may be left out that are planned all the same, since reports hold them. */
export const isPartial = ({ only, tags, where, failed, marked, first }: Selection): boolean =>
  only.length + tags.length + where.length > 0 || failed || marked !== null || first !== null;

export const inShard = ({ shard }: Selection, index: number): boolean =>
  shard === null || index % shard.count === shard.index - 1;

/** The runs that `--failed` means. */
export const failedRuns = ({ runs }: BatchState): ReadonlySet<RunId> =>
  new Set([...runs].flatMap(([id, record]) => (hasFailed(record) ? [id] : [])));

/** Patterns for ids and names, with a count of what each one found. */
export class Patterns {
  readonly #patterns: { readonly text: string; readonly name: RegExp; found: boolean }[];

  constructor(patterns: readonly string[]) {
    this.#patterns = patterns.map((text) => ({ text, name: nameGlob(text), found: false }));
  }

  fits({ id, name }: Pick<PlannedRun, 'id' | 'name'>): boolean {
    let fits = false;
    for (const pattern of this.#patterns)
      if (isPrefix(pattern.text, id) || pattern.name.test(name)) fits = pattern.found = true;
    return fits;
  }

  /** Whether there are any. */
  get wanted(): boolean {
    return this.#patterns.length > 0;
  }

  /** Patterns that no run fitted: most likely a slip of the pen. */
  get unused(): readonly string[] {
    return this.#patterns.flatMap(({ text, found }) => (found ? [] : [text]));
  }
}

/** Shorter ones would often meet a name's start by chance, or a sixteenth of all ids. */
const minPrefix = 4;

const isPrefix = (text: string, id: string): boolean =>
  text.length >= minPrefix && id.startsWith(text.toLowerCase());

/** `*` any text, `?` one character; the whole name must fit. */
export const nameGlob = (pattern: string): RegExp => {
  const source = pattern
    .normalize('NFC')
    .replace(/\*+/gu, '*')
    .replace(/[\\^$.+()[\]{}|/]/gu, '\\$&')
    .replace(/\*/gu, '.*')
    .replace(/\?/gu, '.');
  return new RegExp(`^${source}$`, 'su');
};
