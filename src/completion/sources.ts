import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codes } from '../diagnostics/codes.js';
import { Problems } from '../diagnostics/problems.js';
import { nodeFiles } from '../edges/files/node-files.js';
import { offersOf } from '../init/offers.js';
import { readStore } from '../journal/store.js';
import type { RunRecord } from '../journal/state.js';
import { readYaml } from '../manifest/yaml.js';
import { readDimensions } from '../matrix/dimensions.js';
import type { Dimension } from '../matrix/dimension.js';
import { ownerOf, targets } from '../targets/targets.js';
import { datumJson } from '../values/datum-json.js';
import type { Datum } from '../values/datum.js';
import { findAddress } from '../workflow/address.js';
import type { Workflow } from '../workflow/workflow.js';
import type { Io } from '../edges/io.js';
import type { BatchOptions } from '../batch/options/options.js';
import type { Located } from '../batch/load/locate.js';
import { locateProject, shownFrom } from '../batch/load/locate.js';
import type { Command } from '../commands/table.js';

export interface Suggestion {
  readonly value: string;
  readonly about: string;
}

export interface CompleteContext {
  readonly io: Io;
  readonly command: Command;
  /** Plain words behind the command, before the cursor. */
  readonly args: readonly string[];
  readonly options: ReadonlyMap<string, string>;
  readonly current: string;
}

type Source = (context: CompleteContext) => Promise<readonly Suggestion[]>;

/** Files larger than this are not read while somebody waits for a Tab. */
const maxBytes = 20 * 1024 * 1024;

const words =
  (...values: string[]): Source =>
  () =>
    Promise.resolve(values.map((value) => ({ value, about: '' })));

const nothing = words();

/** Entries of the folder that is being typed; folders end in "/", since more follows. */
const paths =
  (wanted: RegExp): Source =>
  ({ io, current }) =>
    pathsFrom(io.cwd, current, wanted);

const pathsFrom = async (cwd: string, current: string, wanted = /(?:)/): Promise<Suggestion[]> => {
  const typed = current.slice(0, current.lastIndexOf('/') + 1);
  const entries = await readdir(resolve(cwd, typed === '' ? '.' : typed), {
    withFileTypes: true,
  });
  const hidden = current.slice(typed.length).startsWith('.');
  return entries
    .filter(({ name }) => hidden || !name.startsWith('.'))
    .flatMap((entry) => {
      if (entry.isDirectory()) return [{ value: `${typed}${entry.name}/`, about: '' }];
      return wanted.test(entry.name) ? [{ value: typed + entry.name, about: '' }] : [];
    })
    .sort((a, b) => (a.value < b.value ? -1 : 1));
};

const files = paths(/(?:)/);
const folders = paths(/(?!)/);
const manifests = paths(/\.ya?ml$/i);
const jsonFiles = paths(/\.json$/i);

/** Runs are told by name; ids are for who begins to type one. */
const runs =
  (fits: (record: RunRecord) => boolean = () => true): Source =>
  async (context) => {
    const located = await locate(context);
    if (located === null) return [];
    const facts = await nodeFiles().facts(join(located.stateDir, 'journal.jsonl'));
    if (!facts.ok || facts.value.bytes > maxBytes) return [];
    const read = await readStore(located.stateDir);
    if (!read.ok) return [];
    const found = [...read.state.runs.values()].filter(fits);
    return [
      ...found.map(({ inputs, id, state }) => ({
        value: inputs.name,
        about: `${state.is}, ${id}`,
      })),
      ...(context.current.length < 2
        ? []
        : found.map(({ inputs, id }) => ({ value: id, about: inputs.name }))),
    ];
  };

const explained: Source = async (context) => [
  ...(/^E/i.test(context.current)
    ? Object.entries(codes).map(([value, about]) => ({ value, about }))
    : []),
  ...(await runs()(context)),
];

/** The manifest is the argument of that name, or the one that lies here. */
const locate = async ({ io, command, args, options }: CompleteContext): Promise<Located | null> => {
  const place = command.args.split(' ').indexOf('[manifest]');
  const manifest = place === -1 ? undefined : args[place];
  const given: BatchOptions = {
    manifest,
    emulator: options.has('emulator'),
    stateDir: options.get('state-dir'),
    profile: options.get('profile'),
  };
  return locateProject(given, io, new Problems());
};

/** `column=`, then the values that it has. */
const columns: Source = async (context) => {
  const located = await locate(context);
  if (located === null) return [];
  const { dir, matrix } = located.manifest;
  const show = shownFrom(context.io.cwd);
  const all = nodeFiles();
  for (const axis of matrix.axes)
    for (const source of axis.is === 'rows' ? axis.sources : []) {
      if (source.is !== 'table') continue;
      const facts = await all.facts(resolve(dir, source.path));
      if (facts.ok && facts.value.bytes > maxBytes) return [];
    }
  const from = { dir, files: all, show, outputsDir: located.outputsDir };
  const dimensions = await readDimensions(matrix, from, new Problems());
  const names = dimensions.flatMap(({ variables }) => variables.map(({ name }) => name));
  const chosen = names.find((name) => context.current.startsWith(`${name}=`));
  if (chosen === undefined) return names.map((name) => ({ value: `${name}=`, about: '' }));
  const values = await valuesOf(dimensions, chosen);
  return values.map((value) => ({ value: `${chosen}=${value}`, about: '' }));
};

const maxRows = 500;

const valuesOf = async (dimensions: readonly Dimension[], name: string): Promise<string[]> => {
  const found = new Set<string>();
  for (const { variables, steps, count } of dimensions) {
    if (!variables.some((variable) => variable.name === name)) continue;
    const take = (cells: readonly (readonly [string, { readonly datum: Datum }])[]): void => {
      for (const [column, { datum }] of cells)
        if (column === name && datum.is !== 'absent')
          found.add(datum.is === 'scalar' ? datum.text : datumJson(datum));
    };
    if (steps.is === 'indexed')
      for (let at = 0; at < Math.min(count, maxRows); at += 1) take(steps.get(at).cells);
    else
      for await (const batch of steps.walk(new Problems())) {
        for (const { cells } of batch) take(cells);
        if (found.size > 0) break;
      }
  }
  return [...found];
};

/** Fields of the file that is named, or that lies here under its usual name; `=` and a value may follow. */
const addresses: Source = async ({ io, args, current }) => {
  const names = args[0] === undefined ? targets.map(({ start }) => start.file) : [args[0]];
  const from = nodeFiles();
  for (const name of names) {
    const read = await from.read(resolve(io.cwd, name), maxBytes);
    if (!read.ok) continue;
    const input = { id: null, file: name, content: read.value, loaders: new Map() };
    const workflow = ownerOf(read.value).read(input, new Problems());
    return workflow === null ? [] : addressesIn(workflow, current, io);
  }
  return [];
};

const addressesIn = async (
  workflow: Workflow,
  current: string,
  io: Io,
): Promise<readonly Suggestion[]> => {
  const at = current.lastIndexOf('=');
  const address = current.slice(0, at);
  const [field] = at === -1 ? [] : (findAddress(workflow, address) ?? []);
  const value = current.slice(at + 1);
  if (field !== undefined) {
    const near =
      field.file !== null
        ? await pathsFrom(io.cwd, value)
        : (field.rules?.choices ?? []).map((one) => ({ value: one.value, about: one.label ?? '' }));
    return near.map((one) => ({ value: `${address}=${one.value}`, about: one.about }));
  }
  return offersOf(workflow).map(({ address: shortest, field: { node, name }, now }) => ({
    value: current.startsWith('id:') ? `id:${node}.${name}` : shortest,
    about: now ?? '',
  }));
};

const profiles: Source = async (context) => {
  const located = await locate(context);
  if (located === null) return [];
  const text = new TextDecoder().decode(located.manifestBytes);
  const tree = readYaml(located.manifest.file, text, new Problems());
  const section = tree?.is === 'map' ? tree.entries.get('profiles')?.value : undefined;
  return section?.is === 'map'
    ? [...section.entries.keys()].map((value) => ({ value, about: '' }))
    : [];
};

const vars: Source = async (context) => {
  const located = await locate(context);
  return [...(located?.manifest.vars.keys() ?? [])].map((name) => ({
    value: `${name}=`,
    about: '',
  }));
};

/** By the option's long name: what its value may be. */
const ofOption: Readonly<Record<string, Source>> = {
  only: runs(),
  force: runs(),
  where: columns,
  vary: addresses,
  set: addresses,
  profile: profiles,
  var: vars,
  progress: words('auto', 'tty', 'plain', 'json', 'none'),
  concurrency: words('auto'),
  'base-url': words('https://www.runninghub.cn', 'https://www.runninghub.ai'),
  'env-file': files,
  'from-curl': files,
  out: files,
  rows: files,
  from: files,
  'out-dir': folders,
  'state-dir': folders,
};

/** By the argument's name in the table of commands. */
const ofArgument: Readonly<Record<string, Source>> = {
  '[manifest]': manifests,
  '<file>': jsonFiles,
  '[file]': jsonFiles,
  '[...addresses]': addresses,
  '<...dirs>': folders,
  '<shell>': words('bash', 'zsh', 'fish'),
};

const run: Source = (context) => {
  if (context.command.name === 'explain') return explained(context);
  return context.command.name === 'resolve'
    ? runs(({ state }) => state.is === 'unknown')(context)
    : runs()(context);
};

export const sources = {
  option: (name: string, context: CompleteContext): Promise<readonly Suggestion[]> =>
    (Object.hasOwn(ofOption, name) ? (ofOption[name] ?? nothing) : nothing)(context),
  argument: (context: CompleteContext): Promise<readonly Suggestion[]> => {
    const specs = context.command.args.split(' ');
    const spec = specs[context.args.length] ?? specs.find((name) => name.includes('...')) ?? '';
    if (spec === '<run>' || spec === '[run]') return run(context);
    return (Object.hasOwn(ofArgument, spec) ? (ofArgument[spec] ?? nothing) : nothing)(context);
  },
};
