import { isAbsolute } from 'node:path';
import { error, warning } from '../diagnostics/diagnostic.js';
import { didYouMean } from '../diagnostics/nearest.js';
import { notUtf8 } from '../diagnostics/not-utf8.js';
import type { Problems } from '../diagnostics/problems.js';
import { text as textDatum } from '../values/datum.js';
import type { Datum } from '../values/datum.js';
import { checkSchema } from './schema-check.js';
import type {
  ExecutionOptions,
  Manifest,
  OutputOptions,
  RunOptions,
  SetEntry,
  Written,
} from './manifest.js';
import { matrixSpec } from './matrix-spec.js';
import { notifyOf } from './notify.js';
import { MapReader } from './reader.js';
import { findKeys } from './secrets.js';
import { findStrayTemplates } from './stray-templates.js';
import type { TargetSyntax } from './target.js';
import { changesTarget, targetOf, withoutTarget } from './target.js';
import type { MapTree, Tree } from './tree.js';
import { datumOf, mergeTrees } from './tree.js';
import { readYaml } from './yaml.js';

export interface ManifestInput {
  /** As shown to people. */
  readonly file: string;
  /** Absolute folder of the file. */
  readonly dir: string;
  readonly text: string | Uint8Array;
  /** `--var name=value`. */
  readonly vars: ReadonlyMap<string, string>;
  readonly profile: string | null;
  /** What a manifest can run. */
  readonly targets: readonly TargetSyntax[];
}

const hours = 3_600_000;
const minutes = 60_000;

/** Text of a manifest → typed manifest; null when there are errors, all of which are in `problems`. */
export const loadManifest = (input: ManifestInput, problems: Problems): Manifest | null => {
  const before = problems.errors;
  const text = decode(input, problems);
  const written = text === null ? null : readYaml(input.file, text, problems);
  // Of a document that is too large only the beginning was read.
  if (written === null || problems.kept.some(({ code }) => code === 'E0106')) return null;
  findKeys(written, problems);
  findStrayTemplates(written, problems);
  const tree = withProfile(written, input, problems);
  checkSchema(tree, problems);
  if (tree.is !== 'map') return null;
  const manifest = assemble(input, tree, problems);
  return problems.errors > before ? null : manifest;
};

const decode = ({ file, text }: ManifestInput, problems: Problems): string | null => {
  if (typeof text === 'string') return text;
  try {
    const decoded = new TextDecoder('utf-8', { fatal: true }).decode(text);
    if (!decoded.includes('\0')) return decoded;
  } catch {
    // Told below.
  }
  problems.add(notUtf8(file, text));
  return null;
};

const withProfile = (
  tree: Tree,
  { profile: name, targets, file }: ManifestInput,
  problems: Problems,
): Tree => {
  if (tree.is !== 'map') return tree;
  const profiles = tree.entries.get('profiles')?.value;
  const known = profiles?.is === 'map' ? profiles.entries : new Map<string, never>();
  for (const [profile, { value }] of known)
    if (value.is === 'map' && profile !== name) checkProfile(tree, value, problems);
  if (name === null) return tree;
  const chosen = known.get(name)?.value;
  if (chosen?.is === 'map') {
    const merged = mergeTrees(withoutTarget(tree, chosen, targets), chosen);
    return changesTarget(tree, chosen, targets) && !chosen.entries.has('name')
      ? namedApart(ownFolder(merged, chosen, name), name, file)
      : merged;
  }
  if (chosen !== undefined) return mergeTrees(tree, chosen);
  problems.add(
    error('E0119', profiles?.at ?? null, `there is no profile "${name}"`, {
      hint:
        didYouMean(name, known.keys()) ??
        (known.size === 0
          ? 'the manifest has no profiles: leave --profile out, or write "profiles:" in it'
          : `known: ${[...known.keys()].join(', ')}`),
    }),
  );
  return tree;
};

/** Drafts on a server and finals on RunningHub have each their state and folder: one name each. */
const namedApart = (tree: Tree, profile: string, file: string): Tree => {
  if (tree.is !== 'map') return tree;
  const written = tree.entries.get('name')?.value;
  const base = written?.is === 'scalar' ? written.text : nameOfFile(file);
  const at = written?.at ?? tree.at;
  const name: Tree = { is: 'scalar', text: profiledName(base, profile), type: 'text', at };
  return { ...tree, entries: new Map([...tree.entries, ['name', { keyAt: at, value: name }]]) };
};

/** Where the base names a folder, such a profile has one below it: neither writes over the other. */
const ownFolder = (merged: Tree, chosen: MapTree, profile: string): Tree => {
  if (merged.is !== 'map') return merged;
  const outputs = merged.entries.get('outputs');
  const own = chosen.entries.get('outputs')?.value;
  if (outputs?.value.is !== 'map' || (own?.is === 'map' && own.entries.has('dir'))) return merged;
  const dir = outputs.value.entries.get('dir');
  if (dir?.value.is !== 'scalar') return merged;
  const text = `${dir.value.text.replace(/[\\/]+$/, '')}/${partOf(profile)}`;
  const value: Tree = {
    ...outputs.value,
    entries: new Map([
      ...outputs.value.entries,
      ['dir', { keyAt: dir.keyAt, value: { ...dir.value, text } }],
    ]),
  };
  return { ...merged, entries: new Map([...merged.entries, ['outputs', { ...outputs, value }]]) };
};

/** What a batch is called whose profile runs it elsewhere. */
export const profiledName = (base: string, profile: string): string =>
  `${base}-${partOf(profile)}`.slice(0, 80);

const partOf = (profile: string): string => profile.replace(/[^A-Za-z0-9._-]+/g, '-');

/** A profile that is not used now is checked all the same: laid over the base, seen alone. */
const checkProfile = (base: MapTree, profile: MapTree, problems: Problems): void => {
  const needed = [...base.entries].filter(([key]) => key === 'version');
  checkSchema(
    { is: 'map', entries: new Map([...needed, ...profile.entries]), at: profile.at },
    problems,
  );
};

const assemble = (input: ManifestInput, tree: MapTree, problems: Problems): Manifest => {
  const top = new MapReader(tree, problems);
  const assets = top.section('assets');
  const report = top.section('report');
  const budget = top.section('budget');
  return {
    file: input.file,
    dir: input.dir,
    name: top.text('name') ?? nameOfFile(input.file),
    target: targetOf(top, tree, input.targets, problems),
    create: {
      instance: instanceOf(top, problems),
      addMetadata: top.flag('addMetadata'),
      webhookUrl: top.text('webhookUrl'),
      usePersonalQueue: top.flag('usePersonalQueue'),
      retainSeconds: top.number('retainSeconds'),
    },
    submit: top.text('submit') === 'workflow' ? 'workflow' : 'overrides',
    assets: {
      infer: assets.flag('infer') ?? true,
      maxAgeMs: assets.duration('maxAge') ?? 20 * hours,
      loaders: loaders(assets),
    },
    vars: vars(top, input.vars, tree),
    matrix: matrixSpec(top.tree('matrix'), problems),
    set: setEntries(top),
    run: runOptions(top.section('run'), problems),
    outputs: outputOptions(top.section('outputs'), problems),
    execution: executionOptions(top.section('execution')),
    budget: {
      coins: budget.amount('coins'),
      money: budget.amount('money'),
      taskTimeMs: budget.duration('taskTime'),
      wallTimeMs: budget.duration('wallTime'),
      runs: budget.number('runs'),
    },
    limits: { maxRuns: top.section('limits').number('maxRuns') ?? 1000, isTyped: false },
    reuse: { maxAgeMs: top.section('reuse').duration('maxAge') },
    report: { title: report.text('title') },
    notify: notifyOf(top, problems),
    store: top.written('store'),
  };
};

const instances = ['default', 'plus', 'ultra'];

/** The service may offer more than is known here, so another one is no error. */
const instanceOf = (top: MapReader, problems: Problems): string | null => {
  const written = top.written('instance');
  if (written !== null && !instances.includes(written.value))
    problems.add(
      warning('E0125', written.at, `no machine type "${written.value}" is known`, {
        hint: didYouMean(written.value, instances) ?? `known: ${instances.join(', ')}`,
      }),
    );
  return written?.value ?? null;
};

/** `path/hero shots.yaml` → `hero-shots`. */
export const nameOfFile = (file: string): string => {
  const stem = (file.split(/[/\\]/).at(-1) ?? '').replace(/\.(?:ya?ml|json)$/i, '');
  const kept = stem.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+|-+$/g, '');
  return kept.slice(0, 80) || 'batch';
};

const loaders = (assets: MapReader): ReadonlyMap<string, readonly string[]> => {
  const section = assets.section('loaders');
  return new Map(section.entries().map(([name]) => [name, section.texts(name)]));
};

const vars = (
  top: MapReader,
  typed: ReadonlyMap<string, string>,
  tree: MapTree,
): ReadonlyMap<string, Written<Datum>> => {
  const all = new Map<string, Written<Datum>>();
  for (const [name, { value }] of top.section('vars').entries())
    all.set(name, { value: datumOf(value), at: value.at });
  for (const [name, value] of typed)
    all.set(name, { value: textDatum(value), at: all.get(name)?.at ?? tree.at });
  return all;
};

const setEntries = (top: MapReader): SetEntry[] =>
  top
    .section('set')
    .entries()
    .map(([address, { keyAt, value }]) => ({
      address: { value: address, at: keyAt },
      value: { value: datumOf(value), at: value.at },
    }));

const runOptions = (run: MapReader, problems: Problems): RunOptions => {
  const expect = run.section('expect');
  const types = expect.texts('types').map((type) => type.toLowerCase());
  return {
    name: run.written('name'),
    tags: run.list('tags'),
    expect: {
      outputs: outputCount(expect, problems),
      types: types.length > 0 ? types : null,
      minBytes: expect.number('minBytes'),
    },
  };
};

/** `2`, `">=1"`, `"1..4"`. */
const outputCount = (
  expect: MapReader,
  problems: Problems,
): { min: number; max: number | null } => {
  const written = expect.written('outputs');
  if (written === null) return { min: 1, max: null };
  const text = written.value.trim();
  const least = /^>=\s*(\d{1,6})$/.exec(text)?.[1];
  if (least !== undefined) return { min: Number(least), max: null };
  const [, min, max] = /^(\d{1,6})(?:\.\.(\d{1,6}))?$/.exec(text) ?? [];
  if (min !== undefined && (max === undefined || Number(max) >= Number(min)))
    return { min: Number(min), max: Number(max ?? min) };
  problems.add(
    error('E0113', written.at, `"run.expect.outputs" must be a count, not "${text}"`, {
      hint: '2, ">=1" or "1..4"',
    }),
  );
  return { min: 1, max: null };
};

const outputOptions = (outputs: MapReader, problems: Problems): OutputOptions => {
  const dir = outputs.written('dir');
  const onExist = outputs.text('onExist');
  if (dir !== null && (isAbsolute(dir.value) || dir.value.split(/[/\\]/).includes('..')))
    problems.add(
      error('E0121', dir.at, `"outputs.dir" must stay below the manifest's folder`, {
        hint: 'rh-batch apply --out-dir puts outputs anywhere',
      }),
    );
  const nodes = outputs.list('nodes');
  return {
    dir,
    name: outputs.written('name'),
    nodes: nodes.length > 0 ? nodes : null,
    onExist: onExist === 'error' || onExist === 'overwrite' ? onExist : 'rename',
  };
};

const executionOptions = (execution: MapReader): ExecutionOptions => {
  const timeout = execution.section('timeout');
  const unknown = execution.text('onUnknown');
  const order = execution.text('order');
  return {
    concurrency: execution.number('concurrency') ?? 'auto',
    retries: execution.number('retries') ?? 1,
    timeout: {
      queueMs: timeout.duration('queue') ?? 30 * minutes,
      runMs: timeout.duration('run') ?? 60 * minutes,
    },
    deadlineMs: execution.duration('deadline'),
    failFast: execution.flag('failFast') ?? false,
    maxFailures: maxFailures(execution.text('maxFailures')),
    onUnknown: unknown === 'hold' || unknown === 'resubmit' ? unknown : 'auto',
    onInterrupt: execution.text('onInterrupt') === 'cancel' ? 'cancel' : 'keep',
    order: order === 'manifest' || order === 'spread' ? order : 'auto',
    requestsPerSecond: execution.number('requestsPerSecond'),
  };
};

const maxFailures = (text: string | null): ExecutionOptions['maxFailures'] => {
  if (text === null) return null;
  return text.endsWith('%')
    ? { is: 'percent', value: Number(text.slice(0, -1)) }
    : { is: 'count', value: Number(text) };
};
