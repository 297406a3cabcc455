import { error, warning } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { PlannedInShard, Shard } from '../journal/event.js';
import type { BatchState, Instant } from '../journal/state.js';
import { count } from '../values/amounts.js';
import type { BatchReport, ReportRun } from './model.js';
import { makeReport } from './model.js';
import type { RunFacts } from './run.js';
import { buildRun, selectedIn } from './run.js';

/** One shard's journal, folded. */
export interface ShardJournal {
  /** Its state folder as people see it. */
  readonly shown: string;
  readonly state: BatchState;
  readonly shard: Shard;
}

/** A journal as one of a batch's shards; null: it is none, which is in `problems`. */
export const shardOf = (
  shown: string,
  state: BatchState,
  problems: Problems,
): ShardJournal | null => {
  const shard = state.scope?.shard ?? null;
  if (shard !== null) return { shown, state, shard };
  const why =
    state.beganAt === null
      ? 'holds no apply'
      : state.scope === null
        ? 'was written by an rh-batch that could not be merged yet'
        : 'is of the whole batch, not of a shard';
  problems.add(
    error('E0704', null, `the journal in ${shown} ${why}`, {
      hint: 'its own apply command with --shard I/N writes what merge needs; it submits nothing twice',
    }),
  );
  return null;
};

/** All shards of one batch, each once and whole: anything else is told. */
export const checkShards = (shards: readonly ShardJournal[], problems: Problems): void => {
  const [first] = shards;
  if (first === undefined) return;
  const own = shards.filter((shard) => isOfSameBatch(shard, first, problems));
  const found = new Map<number, ShardJournal>();
  for (const each of own) {
    const earlier = found.get(each.shard.index);
    if (earlier === undefined) found.set(each.shard.index, each);
    else
      problems.add(
        error('E0706', null, `shard ${shardName(each)} is given twice`, {
          notes: [earlier.shown, each.shown],
        }),
      );
  }
  const { count: wanted } = first.shard;
  const missing = Array.from({ length: wanted }, (_, at) => at + 1).filter((at) => !found.has(at));
  if (missing.length > 0) problems.add(missingShards(missing, wanted));
  for (const each of found.values()) checkWhole(each, problems);
};

const maxNamed = 20;

const missingShards = (missing: readonly number[], wanted: number): ReturnType<typeof error> => {
  const named = missing.slice(0, maxNamed).map((index) => `${index}/${wanted}`);
  const more = missing.length - named.length;
  return error(
    'E0706',
    null,
    `${missing.length === 1 ? 'shard' : 'shards'} ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''} ${missing.length === 1 ? 'is' : 'are'} missing`,
    { hint: 'give the folder of every shard; unpack each artifact into a folder of its own' },
  );
};

const isOfSameBatch = (each: ShardJournal, first: ShardJournal, problems: Problems): boolean => {
  const differences = [
    differs('batch', each.state.name, first.state.name),
    differs('workflow', each.state.target, first.state.target),
    differs('account', each.state.account, first.state.account),
    differs('manifest', digest(each.state.manifest), digest(first.state.manifest)),
    differs('emulated', String(each.state.emulated), String(first.state.emulated)),
    differs('number of shards', String(each.shard.count), String(first.shard.count)),
  ].filter((difference) => difference !== null);
  if (differences.length === 0 && each.shard.matrix !== first.shard.matrix)
    differences.push('its plan: tables, api.json, variables or profile are not the same');
  if (differences.length === 0) return true;
  problems.add(
    error('E0705', null, `${each.shown} is no shard of the batch in ${first.shown}`, {
      notes: differences,
      hint:
        each.state.name === first.state.name
          ? 'merge joins the parts of one batch: same manifest, data, account and number of shards'
          : 'where a folder holds several batches, give the state folder of one: DIR/.rh-batch/NAME',
    }),
  );
  return false;
};

const differs = (what: string, here: string | null, there: string | null): string | null =>
  here === there ? null : `${what}: ${here ?? 'none'}, there ${there ?? 'none'}`;

const digest = (sha256: string | null): string | null => sha256?.slice(0, 12) ?? null;

/** `2/4` */
export const shardName = ({ shard }: ShardJournal): string => `${shard.index}/${shard.count}`;

const checkWhole = (each: ShardJournal, problems: Problems): void => {
  const { planned, endedAt } = each.state;
  if (planned.size !== each.shard.runs)
    problems.add(
      error(
        'E0706',
        null,
        `shard ${shardName(each)} was applied to ${planned.size} of its ${count(each.shard.runs, 'run')}`,
        {
          notes: [each.shown],
          hint: 'its own apply command, once more, notes all of them; it submits nothing twice',
        },
      ),
    );
  if (endedAt === null)
    problems.add(
      warning('E0708', null, `shard ${shardName(each)} did not come to an orderly end`, {
        notes: [each.shown],
        hint: 'its own apply command goes on with it',
      }),
    );
};

/** A shard, and where its outputs are now. */
export interface PlacedShard extends ShardJournal {
  /** Journaled path → path relative to the merged report; null: the file is not there. */
  readonly placed: (path: string) => string | null;
}

/**
 * One report of all shards, as one apply of the whole batch would have written it. What they
 * have in common is told by any one of them.
 */
export const mergedReport = (
  { state: first }: ShardJournal,
  shards: readonly PlacedShard[],
): BatchReport => {
  const ordered = [...shards].sort((a, b) => a.shard.index - b.shard.index);
  const states = ordered.map(({ state }) => state);
  const runs = ordered.flatMap(runsOf);
  const assets = runs.flatMap(({ overrides }) =>
    overrides.flatMap(({ asset }) => (asset === undefined ? [] : [asset])),
  );
  const sum = (of: (state: BatchState) => number): number =>
    states.reduce((total, state) => total + of(state), 0);
  return makeReport(
    {
      name: first.name ?? '',
      title: first.scope?.title ?? first.name ?? '',
      target: first.target ?? '',
      startedAt: earliest(states.map(({ beganAt }) => beganAt)),
      finishedAt: latest(states.map(({ endedAt }) => endedAt)),
      exitCode: worst(states.map(({ exitCode }) => exitCode)),
      stop: stopsOf(ordered),
      emulated: first.emulated,
      submits: sum(({ accepted }) => accepted),
      assets: {
        referenced: assets.length,
        unique: new Set(assets).size,
        uploaded: sum(({ told }) => told?.uploads.count ?? 0),
        bytes: sum(({ told }) => told?.uploads.bytes ?? 0),
      },
      requests: {
        create: sum(({ told, creates }) => told?.requests.create ?? creates),
        outputs: sum(({ told }) => told?.requests.outputs ?? 0),
      },
      // Shards may have run one after the other.
      slots: null,
    },
    runs,
  );
};

const runsOf = ({ state, placed }: PlacedShard): ReportRun[] => {
  const held = new Map(Object.entries(state.told?.held ?? {}));
  const isSelected = selectedIn(state);
  return [...state.planned.values()].map((planned) => {
    const run = buildRun(factsOf(planned), state.runs.get(planned.run), {
      since: state.beganAt,
      held: held.get(planned.run) ?? null,
      thisApply: isSelected(planned.run),
    });
    const outputs = run.outputs.map((output) =>
      output.path === null ? output : { ...output, path: placed(output.path) },
    );
    return { ...run, outputs };
  });
};

const factsOf = ({ type: _, run, values, ...facts }: PlannedInShard): RunFacts => ({
  ...facts,
  id: run,
  values: new Map(values),
});

const earliest = (times: readonly (Instant | null)[]): Instant | null =>
  times.reduce((a, b) => (a === null || b === null ? null : Math.min(a, b)));

/** null where one has no end. */
const latest = (times: readonly (Instant | null)[]): Instant | null =>
  times.reduce((a, b) => (a === null || b === null ? null : Math.max(a, b)));

/** Exit codes from the one that says least about the others to the one that says most. */
const severity: readonly number[] = [0, 1, 2, 3, 4, 130, 143, 70];

const worst = (codes: readonly (number | null)[]): number | null =>
  codes.reduce((a, b) =>
    a === null || b === null ? null : severity.indexOf(a) >= severity.indexOf(b) ? a : b,
  );

const stopsOf = (shards: readonly ShardJournal[]): string | null => {
  const stops = shards.flatMap((each) =>
    each.state.stop === null ? [] : [`shard ${shardName(each)}: ${each.state.stop}`],
  );
  return stops.length === 0 ? null : stops.join('; ');
};
