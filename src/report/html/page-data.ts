import type { RunStatus, Verdict } from '../terms.js';
import type { Marked } from '../../picks/marked.js';
import type { Medium } from './media.js';

/**
 * The JSON inside report.html, as data.ts writes it and the page's script reads it. Names of
 * variables and fields are listed once, not per run.
 */
export interface PageData {
  readonly name: string;
  /** What the user types in front of `--only`. */
  readonly command: string;
  readonly variables: readonly string[];
  readonly fields: readonly PageField[];
  /** When this apply began. */
  readonly start: number | null;
  /** Of this apply: the most that were in use at once. */
  readonly slots: number | null;
  /** When it ended, or the last thing that is known; ms since the epoch. */
  readonly end: number | null;
  /** What people thought of the pictures when the page was written. */
  readonly marks: Maybe<readonly Marked[]>;
  /** It is served, and told what changes; undefined: it is a file. */
  readonly live: Maybe<LivePage>;
  /** It is a file, and an apply that was at work wrote it; undefined: nothing was at work. */
  readonly during: Maybe<PageDuring>;
  readonly runs: readonly PageRun[];
  readonly before?: PageBefore;
}

/** What a page that is served knows of its server. */
export interface LivePage {
  /** The state of the batch that the page was made of, as its feed is asked for what came later. */
  readonly since: string;
  readonly now: PageNow;
  /** What serves this page again. */
  readonly command: string;
}

/** What a file knows of the apply that was at work when it was written. */
export interface PageDuring {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly now: PageNow;
}

/** What happens at this moment, in words. */
export interface PageNow {
  /** Whether an apply is at work. */
  readonly running: boolean;
  /** How far it is, what it cost, how long it takes. */
  readonly line: string;
  /** What a person should know, such as that nothing moves; null: nothing. */
  readonly notice: string | null;
}

/** What changed since the page, or the feed, told the last time: an event `changes`. */
export interface PageChanges {
  /** What stands above the gallery, as page.ts writes it. */
  readonly heading: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly slots: number | null;
  readonly now: PageNow;
  /** By their places in the page's list. */
  readonly runs: readonly (readonly [place: number, run: PageRun])[];
}

/** The batch of before, and which run is which. */
export interface PageBefore {
  readonly shown: string;
  readonly startedAt: number | null;
  readonly runs: readonly PageRun[];
  readonly pairs: readonly PagePair[];
}

export interface PagePair {
  readonly verdict: Verdict;
  readonly by: Maybe<'id' | 'name'>;
  /** Places in the lists of runs. */
  readonly before: Maybe<number>;
  readonly after: Maybe<number>;
  /** Now − before. */
  readonly coins: Maybe<string>;
  readonly money: Maybe<string>;
  readonly runMs: Maybe<number>;
}

export interface PageField {
  readonly node: string;
  readonly title: string | null;
  readonly class: string;
  readonly field: string;
}

/** What is undefined is left out of the JSON. */
type Maybe<T> = T | undefined;

export interface PageRun {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly reused: Maybe<true>;
  /** The apply that the report is of did not select it. */
  readonly notSelected: Maybe<true>;
  readonly attempts: number;
  readonly task: Maybe<string>;
  readonly row: Maybe<string>;
  readonly tags: Maybe<readonly string[]>;
  /** One per variable; null: not given. */
  readonly values: readonly (string | null)[];
  readonly overrides: readonly PageOverride[];
  readonly outputs: readonly PageOutput[];
  readonly error: Maybe<PageError>;
  readonly queueMs: Maybe<number>;
  readonly runMs: Maybe<number>;
  readonly coins: Maybe<string>;
  readonly money: Maybe<string>;
  /** Milliseconds since the epoch. */
  readonly submittedAt: Maybe<number>;
  readonly finishedAt: Maybe<number>;
  readonly spans: Maybe<readonly PageSpan[]>;
  readonly twinOf: Maybe<number>;
  readonly doubt: Maybe<string>;
  /** What is happening to it just now; undefined: nothing, or the page is a file. */
  readonly doing: Maybe<string>;
}

export interface PageOutput {
  readonly name: string;
  /** Relative to the page; undefined: the file is not here. */
  readonly src: Maybe<string>;
  /** A small picture of it, relative to the page. Its name ends with how it looks. */
  readonly thumb: Maybe<string>;
  /** Its place among the embedded ones. */
  readonly file: Maybe<number>;
  /** On the service. */
  readonly link: Maybe<string>;
  readonly kind: Medium;
  readonly node: Maybe<string>;
  readonly bytes: Maybe<number>;
  /** The first 16 hex digits of its sha256: a mark is of this content. */
  readonly sha: Maybe<string>;
  readonly text: Maybe<string>;
}

/** Place in `fields`, the value as text, and the digest of an asset. */
export type PageOverride = readonly [field: number, text: string, asset?: string];

export interface PageError {
  readonly class: string;
  readonly code: string | null;
  readonly message: string;
  readonly node: string | null;
  readonly field: string | null;
  readonly traceback: string | null;
}

/** A task's time on the service; `earliest` is there where the slot may have been free before the end. */
export type PageSpan = readonly [
  /** Milliseconds since the epoch. */
  from: number,
  /** Milliseconds; -1: not known. */
  queued: number,
  /** Milliseconds in all; -1: no end yet. */
  length: number,
  end: SpanEnd,
  /** Milliseconds from `from`. */
  earliest?: number,
];

/** Succeeded, failed, cancelled, open: it has no end yet. */
export type SpanEnd = 's' | 'f' | 'c' | 'o';
