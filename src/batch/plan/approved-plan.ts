import { createHash } from 'node:crypto';
import { dirname, relative, resolve, sep } from 'node:path';
import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import { nodeFiles } from '../../edges/files/node-files.js';
import type { BatchState } from '../../journal/state.js';
import type { Plan } from '../../plan/plan.js';
import type { PlanFlag, PlanOrigin, SavedPlan } from '../../plan/saved/saved-plan.js';
import { changesSince, savedPlanJson } from '../../plan/saved/saved-plan.js';
import { flagTexts, planFlags, planFlagsOf, readPlanFlags } from '../options/flags.js';
import type { ApplyOptions, BatchOptions } from '../options/options.js';
import type { Proposals } from '../options/proposals.js';
import type { Io } from '../../edges/io.js';
import type { Project } from '../load/project.js';
import { shownFrom } from '../load/locate.js';
import { programVersion } from '../../edges/version.js';

const pathFlags: ReadonlySet<string> = new Set(['stateDir', 'outDir']);

/** Where a plan that is made now comes from. */
export const originOf = (
  options: BatchOptions,
  io: Io,
  from: {
    readonly project: Project;
    readonly account: string | null;
    readonly history: BatchState;
    readonly madeAt: number;
  },
): PlanOrigin => {
  const { manifest, manifestBytes } = from.project;
  const path = relative(io.cwd, resolve(io.cwd, manifest.file));
  // Line ends are no content: a checkout may change them.
  const text = new TextDecoder().decode(manifestBytes).replaceAll('\r\n', '\n');
  return {
    madeAt: new Date(from.madeAt).toISOString(),
    program: programVersion(),
    manifest: {
      path: path.split(sep).join('/'),
      sha256: createHash('sha256').update(text).digest('hex'),
    },
    flags: flagsOf(options, io, manifest.dir),
    account: from.account,
    history: from.history.lastSeq,
  };
};

const flagsOf = (options: BatchOptions, io: Io, dir: string): Readonly<Record<string, PlanFlag>> =>
  withPaths(planFlagsOf(options), (path) =>
    relative(dir, resolve(io.cwd, path)).split(sep).join('/'),
  );

/** The same flags, with other paths. */
const withPaths = (
  flags: Readonly<Record<string, PlanFlag>>,
  change: (path: string) => string,
): Readonly<Record<string, PlanFlag>> =>
  Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [
      name,
      value === true || !pathFlags.has(name) ? value : value.map(change),
    ]),
  );

export interface Approved {
  readonly saved: SavedPlan;
  /** Those that the plan was made with, and what was given beside it now. */
  readonly options: ApplyOptions;
  readonly madeAt: number;
}

/** null: what was typed names no saved plan, or one that cannot be used, which is in `problems`. */
export const approvedBy = async (
  options: ApplyOptions,
  proposals: Proposals,
  io: Io,
  problems: Problems,
): Promise<Approved | null> => {
  const { manifest: typed } = options;
  if (typed === undefined) return null;
  const read = await nodeFiles().read(resolve(io.cwd, typed), maxPlanBytes);
  if (!read.ok || !looksSaved(read.value)) return null;
  const saved = savedPlanOf(new TextDecoder().decode(read.value));
  if (saved === null) {
    problems.add(
      error('E0035', null, `${typed} is no plan that this rh-batch can carry out`, {
        hint: 'rh-batch plan --out FILE saves one',
      }),
    );
    return null;
  }
  for (const name of Object.keys(planFlagsOf(options)))
    problems.add(
      error('E0001', null, `${flagText(name)} would change the plan in ${typed}`, {
        hint: `make the plan with it: ${proposals.command('plan', options, { manifest: saved.manifest.path })} --out ${typed}`,
      }),
    );
  const dir = dirname(resolve(io.cwd, saved.manifest.path));
  const flags = withPaths(saved.flags, (path) => shownFrom(io.cwd)(resolve(dir, path)));
  const madeAt = Date.parse(saved.madeAt);
  const made = { ...readPlanFlags(flagTexts(flags), problems), manifest: saved.manifest.path };
  return { saved, options: { ...options, ...made }, madeAt };
};

const flagText = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const maxPlanBytes = 500_000_000;

/** By its content: a manifest may be JSON, too. */
const looksSaved = (bytes: Uint8Array): boolean =>
  /^\s*\{\s*"rhBatchPlan"/.test(new TextDecoder().decode(bytes.subarray(0, 1000)));

/** Whether what would run now is what was approved; what changed is in `problems`. */
export const checkApproved = async (
  { saved, options }: Approved,
  typed: string,
  plan: Plan,
  origin: PlanOrigin,
  proposals: Proposals,
  io: Io,
  problems: Problems,
): Promise<void> => {
  const chunks: string[] = [];
  for await (const chunk of savedPlanJson(plan, origin)) chunks.push(chunk);
  const now = savedPlanOf(io.clean(chunks.join('')));
  const changes = now === null ? ['the plan of now cannot be read'] : changesSince(saved, now);
  if (changes.length === 0) return;
  const again = proposals.command('plan', options, { without: ['json', 'quiet', 'verbose'] });
  problems.add(
    error('E0036', null, `the plan in ${typed} is stale: nothing was submitted`, {
      notes: changes,
      hint: `look at what would run now, and approve that: ${again} --out ${typed}`,
    }),
  );
};

/** null: it does not have the form of schemas/plan.schema.json. */
const savedPlanOf = (text: string): SavedPlan | null => {
  try {
    const value: unknown = JSON.parse(text);
    return isSavedPlan(value) ? value : null;
  } catch {
    return null;
  }
};

const isSavedPlan = (value: unknown): value is SavedPlan =>
  isRecord(value) &&
  value['rhBatchPlan'] === 1 &&
  ['madeAt', 'program', 'target', 'base'].every((key) => typeof value[key] === 'string') &&
  Number.isFinite(Date.parse(String(value['madeAt']))) &&
  isRecord(value['manifest']) &&
  ['path', 'sha256'].every((key) => typeof recordIn(value, 'manifest')[key] === 'string') &&
  isRecord(value['flags']) &&
  Object.entries(value['flags']).every(
    ([name, flag]) => planFlags.some((flag) => flag === name) && (flag === true || isTexts(flag)),
  ) &&
  (value['account'] === null || typeof value['account'] === 'string') &&
  typeof value['history'] === 'number' &&
  isRecord(value['batch']) &&
  Array.isArray(value['runs']) &&
  value['runs'].every(isPlannedRun);

const isPlannedRun = (run: unknown): boolean =>
  isRecord(run) &&
  typeof run['index'] === 'number' &&
  ['id', 'name', 'action'].every((key) => typeof run[key] === 'string') &&
  Array.isArray(run['tags']) &&
  isRecord(run['values']) &&
  Array.isArray(run['overrides']) &&
  run['overrides'].every(isRecord);

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const recordIn = (value: Record<string, unknown>, key: string): Record<string, unknown> => {
  const inner = value[key];
  return isRecord(inner) ? inner : {};
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
