import { Call } from '../commands/argv/call.js';
import type { Clock } from '../edges/clock.js';

/** What `plan` and `apply` are told beside the manifest; each option does what its flag does. */
export interface BatchOptions {
  /** Where relative paths start; default: the process' working directory. */
  readonly cwd?: string | undefined;
  /** RUNNINGHUB_API_KEY, RUNNINGHUB_BASE_URL, and what templates may read; default: process.env. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** A file whose variables join `env`. */
  readonly envFile?: string | undefined;
  /** The site; default: RUNNINGHUB_BASE_URL, else https://www.runninghub.cn. */
  readonly baseUrl?: string | undefined;
  /** Against a local emulator in this process; no key is needed, state and outputs are kept apart. */
  readonly emulator?: boolean | undefined;
  /** Replace the manifest's `vars`. */
  readonly vars?: Readonly<Record<string, string>> | undefined;
  readonly profile?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly outDir?: string | undefined;
  readonly maxRuns?: number | undefined;
  /** What templates read as batch.date, as YYYY-MM-DD; default: today, in UTC. */
  readonly date?: string | undefined;
  /** Run id prefixes or name globs; a run that fits any of them is meant. */
  readonly only?: readonly string[] | undefined;
  /** Columns or axes, and the text that they must have. */
  readonly where?: Readonly<Record<string, string>> | undefined;
  /** Runs with any of these tags. */
  readonly tags?: readonly string[] | undefined;
  /** Only runs that failed or were cancelled. */
  readonly failed?: boolean | undefined;
  readonly first?: number | undefined;
  /** 1-based. */
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
  /** true: all; else patterns as in `only`. These run again although they are up to date, and cost. */
  readonly force?: boolean | readonly string[] | undefined;
}

export interface ApplyOptions extends BatchOptions {
  readonly concurrency?: number | 'auto' | undefined;
  /** Receive the service's webhook events at this port (or `HOST:PORT`), which it reaches by `publicUrl`. */
  readonly listen?: number | string | undefined;
  readonly publicUrl?: string | undefined;
  /** Events `progress`: what running tasks do, where the service tells. */
  readonly live?: boolean | undefined;
  /** Aborted: nothing more is submitted, what is known is written, and the result says 130. */
  readonly signal?: AbortSignal | undefined;
  /** In place of the machine's: for tests of programs that call this one. */
  readonly clock?: Clock | undefined;
}

/** The options as their flags: there is one reading of them, that of the command line. */
export const callOf = (manifest: string, options: ApplyOptions): Call => {
  const { shard, force, vars, where } = options;
  const flags = {
    envFile: options.envFile,
    baseUrl: options.baseUrl,
    emulator: options.emulator,
    var: pairs(vars),
    profile: options.profile,
    stateDir: options.stateDir,
    outDir: options.outDir,
    maxRuns: options.maxRuns?.toString(),
    date: options.date,
    only: options.only,
    where: pairs(where),
    tag: options.tags,
    failed: options.failed,
    first: options.first?.toString(),
    shard: shard === undefined ? undefined : `${shard.index}/${shard.count}`,
    force: typeof force === 'boolean' ? (force ? '*' : undefined) : force,
    concurrency: options.concurrency?.toString(),
    listen: options.listen?.toString(),
    publicUrl: options.publicUrl,
    live: options.live === true ? 'on' : 'off',
  };
  return new Call([manifest], flags);
};

const pairs = (map: Readonly<Record<string, string>> | undefined): string[] | undefined =>
  map === undefined ? undefined : Object.entries(map).map(([name, text]) => `${name}=${text}`);
