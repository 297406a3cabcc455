import { starsCondition } from '../../picks/wanted.js';
import type { Selection } from '../../plan/select/selection.js';

/**
 * Which batch is meant, and how it is read: what every use case is told. The command line makes it
 * of argv, the library is given it. Absent or undefined means the default.
 */
export interface BatchOptions {
  /** Default: manifest.yaml, manifest.yml or manifest.json in the working directory. */
  readonly manifest?: string | undefined;
  /** Files whose variables join the environment; the last one wins. */
  readonly envFile?: string | readonly string[] | undefined;
  /** The site; default: RUNNINGHUB_BASE_URL, else https://www.runninghub.cn. */
  readonly baseUrl?: string | undefined;
  /** Against a local emulator in this process; no key is needed, state and outputs are kept apart. */
  readonly emulator?: boolean | undefined;
  /** Replace the manifest's `vars`. */
  readonly vars?: Readonly<Record<string, string>> | undefined;
  readonly profile?: string | undefined;
  readonly stateDir?: string | undefined;
  /** `postgres://user@host/database`, which machines share; default: RH_BATCH_STORE, the manifest's. */
  readonly store?: string | undefined;
  readonly outDir?: string | undefined;
  readonly maxRuns?: number | undefined;
  /** Tasks in flight at once. */
  readonly concurrency?: number | 'auto' | undefined;
  /** What `batch.date` reads, as YYYY-MM-DD: the day of an earlier batch goes on with that one. */
  readonly date?: string | undefined;
  /** Run id prefixes or name globs; a run that fits any of them is meant. */
  readonly only?: readonly string[] | undefined;
  /** Columns or axes, and the text that they must have. */
  readonly where?:
    Readonly<Record<string, string>> | readonly (readonly [string, string])[] | undefined;
  /** Runs with any of these tags. */
  readonly tags?: readonly string[] | undefined;
  /** Only rows with a picture that was picked; see `rh-batch picks`. */
  readonly picked?: boolean | undefined;
  /** Only rows with a picture of so many stars, such as `>=4`; all of these must hold of one picture. */
  readonly stars?: readonly string[] | undefined;
  /** Only runs that failed or were cancelled. */
  readonly failed?: boolean | undefined;
  readonly first?: number | undefined;
  /** 1-based. */
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
  /** true: all; else patterns as in `only`. These run again although they are up to date, and cost. */
  readonly force?: boolean | readonly string[] | undefined;
  /** Each request is told on stderr, without keys. */
  readonly trace?: boolean | undefined;
}

/** What an apply is told beside its batch. */
export interface ApplyOptions extends BatchOptions {
  /** Receive the service's webhook events at this port (or `HOST:PORT`), which it reaches by `publicUrl`. */
  readonly listen?: number | string | undefined;
  readonly publicUrl?: string | undefined;
  /** Events `progress`: what running tasks do, where the service tells. */
  readonly live?: boolean | undefined;
  /** Follow tasks of another key, where this one knows them. */
  readonly adopt?: boolean | undefined;
  /** Put outputs of so many bytes into report.html; default: none. */
  readonly inlineLimit?: number | undefined;
}

/** Which runs are meant. */
export const selectionOf = ({
  only = [],
  tags = [],
  where = [],
  failed = false,
  picked = false,
  stars = [],
  force = false,
  first,
  shard,
}: BatchOptions): Selection => ({
  only,
  tags,
  where: pairsOf(where),
  failed,
  marked:
    picked || stars.length > 0
      ? {
          picked,
          stars: stars.map((text) => starsCondition(`stars${text}`)).filter((one) => one !== null),
        }
      : null,
  first: first ?? null,
  shard: shard ?? null,
  force: force === false || (force !== true && force.length === 0) ? null : force,
});

/** The same batch, whichever of its runs were meant. */
export const withoutSelection = <Options extends BatchOptions>(options: Options): Options => ({
  ...options,
  only: undefined,
  tags: undefined,
  where: undefined,
  failed: undefined,
  picked: undefined,
  stars: undefined,
  first: undefined,
  shard: undefined,
  force: undefined,
});

export const pairsOf = (
  pairs: NonNullable<BatchOptions['where']>,
): readonly (readonly [string, string])[] => (isList(pairs) ? pairs : Object.entries(pairs));

const isList = (
  pairs: NonNullable<BatchOptions['where']>,
): pairs is readonly (readonly [string, string])[] => Array.isArray(pairs);
