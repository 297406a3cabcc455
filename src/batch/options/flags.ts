import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import { starsCondition } from '../../picks/wanted.js';
import type { PlanFlag } from '../../plan/saved/saved-plan.js';
import { bytesOf } from '../../values/amounts.js';
import { atLeastOne } from './numbers.js';
import type { ApplyOptions, BatchOptions } from './options.js';
import { pairsOf } from './options.js';

/** Options as texts under the names of their flags: as people type them, and as a saved plan has them. */
export interface FlagTexts {
  flag(name: string): boolean;
  /** The last one, where it is repeated. */
  text(name: string): string | null;
  texts(name: string): readonly string[];
}

/** Of all embedded outputs: a page of a third more still opens within seconds. */
const defaultInlineLimit = 100_000_000;

/** All that the flags say; `live` aside, which depends on the terminal, too. */
export const readFlags = (typed: FlagTexts, problems: Problems): ApplyOptions => ({
  ...readPlanFlags(typed, problems),
  envFile: typed.texts('envFile'),
  baseUrl: typed.text('baseUrl') ?? undefined,
  concurrency: concurrencyOf(typed, problems),
  listen: typed.text('listen') ?? undefined,
  publicUrl: typed.text('publicUrl') ?? undefined,
  adopt: typed.flag('adopt'),
  inlineLimit: inlineLimitOf(typed, problems) ?? undefined,
});

/** Those that shape a plan: it is saved with them, and they cannot be given beside it. */
export type PlanOptions = Pick<
  BatchOptions,
  | ('vars' | 'profile' | 'maxRuns' | 'date' | 'stateDir' | 'store' | 'outDir' | 'emulator')
  | ('only' | 'where' | 'tags' | 'failed' | 'picked' | 'stars' | 'first' | 'shard' | 'force')
>;

export const readPlanFlags = (typed: FlagTexts, problems: Problems): PlanOptions => {
  const forced = typed.texts('force');
  const where = typed.texts('where');
  return {
    vars: varsOf(typed, problems),
    profile: typed.text('profile') ?? undefined,
    maxRuns: atLeastOne(typed, 'maxRuns', '--max-runs', problems) ?? undefined,
    date: typed.text('date') ?? undefined,
    stateDir: typed.text('stateDir') ?? undefined,
    store: typed.text('store') ?? undefined,
    outDir: typed.text('outDir') ?? undefined,
    emulator: typed.flag('emulator'),
    only: typed.texts('only'),
    where: where.filter((text) => !isOfStars(text)).flatMap((pair) => wherePair(pair, problems)),
    tags: typed.texts('tag'),
    failed: typed.flag('failed'),
    picked: typed.flag('picked'),
    stars: where.filter(isOfStars).map((text) => text.trim().replace(/^stars\s*/, '')),
    first: atLeastOne(typed, 'first', '--first', problems) ?? undefined,
    shard: shardOf(typed, problems),
    force: forced.includes('*') || forced,
  };
};

/** The flags that say the same, of those that were given. */
export const planFlagsOf = (options: PlanOptions): Readonly<Record<string, PlanFlag>> => {
  const { vars, profile, maxRuns, date, stateDir, store, outDir, emulator } = options;
  const { only, where, tags, failed, picked, stars, first, shard, force } = options;
  const one = (value: string | number | undefined): readonly string[] =>
    value === undefined ? [] : [String(value)];
  const pair = ([name, text]: readonly [string, string]): string => `${name}=${text}`;
  const all: Readonly<Record<(typeof planFlags)[number], PlanFlag | false>> = {
    var: Object.entries(vars ?? {}).map(pair),
    profile: one(profile),
    maxRuns: one(maxRuns),
    date: one(date),
    stateDir: one(stateDir),
    store: one(store),
    outDir: one(outDir),
    emulator: emulator ?? false,
    only: only ?? [],
    where: [...pairsOf(where ?? []).map(pair), ...(stars ?? []).map((text) => `stars${text}`)],
    tag: tags ?? [],
    failed: failed ?? false,
    picked: picked ?? false,
    first: one(first),
    shard: shard === undefined ? [] : [`${shard.index}/${shard.count}`],
    force: force === true ? ['*'] : force === undefined || force === false ? [] : force,
  };
  return Object.fromEntries(
    planFlags.flatMap((name): [string, PlanFlag][] => {
      const value = all[name];
      return value === true || (value !== false && value.length > 0) ? [[name, value]] : [];
    }),
  );
};

/** Their names, in the order in which a saved plan has them. */
export const planFlags = [
  ...(['var', 'profile', 'maxRuns', 'date', 'stateDir', 'store', 'outDir', 'emulator'] as const),
  ...(['only', 'where', 'tag', 'failed', 'picked', 'first', 'shard', 'force'] as const),
];

/** Flags that were written down, to be read as if they were typed. */
export const flagTexts = (written: Readonly<Record<string, PlanFlag>>): FlagTexts => {
  const texts = (name: string): readonly string[] => {
    const value = written[name];
    return value === undefined || value === true ? [] : value;
  };
  return {
    flag: (name) => written[name] !== undefined,
    text: (name) => texts(name).at(-1) ?? null,
    texts,
  };
};

const varsOf = (typed: FlagTexts, problems: Problems): Readonly<Record<string, string>> => {
  const vars = new Map<string, string>();
  for (const pair of typed.texts('var')) {
    const at = pair.indexOf('=');
    if (at > 0) vars.set(pair.slice(0, at), pair.slice(at + 1));
    else
      problems.add(
        error('E0001', null, `--var "${pair}" is not of the form name=value`, {
          hint: '--var suffix="8k, sharp focus"',
        }),
      );
  }
  return Object.fromEntries(vars);
};

/** `stars>=4`. A plain `stars=4` may be about a column: the matrix tells. */
const isOfStars = (text: string): boolean => {
  const condition = starsCondition(text);
  return condition !== null && condition.is !== '=';
};

const wherePair = (pair: string, problems: Problems): [string, string][] => {
  const at = pair.indexOf('=');
  if (at > 0) return [[pair.slice(0, at), pair.slice(at + 1)]];
  problems.add(
    error('E0001', null, `--where "${pair}" is not of the form column=value`, {
      hint: '--where style=anime',
    }),
  );
  return [];
};

const shardOf = (typed: FlagTexts, problems: Problems): BatchOptions['shard'] => {
  const text = typed.text('shard');
  if (text === null) return undefined;
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  if (Number(index) >= 1 && Number(index) <= Number(count))
    return { index: Number(index), count: Number(count) };
  problems.add(
    error('E0001', null, `--shard "${text}" is not of the form I/N with I from 1 to N`, {
      hint: '--shard 2/4',
    }),
  );
  return undefined;
};

const concurrencyOf = (typed: FlagTexts, problems: Problems): BatchOptions['concurrency'] =>
  typed.text('concurrency') === 'auto'
    ? 'auto'
    : (atLeastOne(typed, 'concurrency', '--concurrency', problems) ?? undefined);

/** `--inline`, `--inline-limit SIZE` (which asks for it, too): bytes; null: nothing is embedded. */
const inlineLimitOf = (typed: FlagTexts, problems: Problems): number | null => {
  const text = typed.text('inlineLimit');
  if (text === null) return typed.flag('inline') ? defaultInlineLimit : null;
  const bytes = bytesOf(text);
  if (bytes === null)
    problems.add(
      error('E0001', null, `--inline-limit wants a size, not "${text}"`, {
        hint: '--inline-limit 200MB',
      }),
    );
  return bytes;
};
