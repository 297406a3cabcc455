import { createHash } from 'node:crypto';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { error } from '../../../diagnostics/diagnostic.js';
import type { Problems } from '../../../diagnostics/problems.js';
import { nodeFiles } from '../../../edges/files/node-files.js';
import type { Io } from '../../../edges/io.js';
import { nameOfFile } from '../../../manifest/load.js';
import type { ManifestKey, TargetModule } from '../../../targets/target.js';
import { ownerOf, targets } from '../../../targets/targets.js';
import { jsonText, parseJson } from '../../../values/json-text.js';
import { looksLikeAddress } from '../../../workflow/address.js';
import type { Call } from '../../argv/call.js';

/** A manifest of one run, made of a command line: a file only where another command needs it. */
export interface GivenRun {
  /** Absolute path that it has, or would have. */
  readonly path: string;
  readonly text: string;
  /** Which flag wrote each line; null: none, or it speaks for itself. */
  readonly flags: readonly (string | null)[];
  /** Beside the file with the fields; undefined: that is where states are anyway. */
  readonly stateDir: string | undefined;
}

interface Setting {
  readonly address: string;
  readonly value: string;
}

const maxFileBytes = 64 * 1024 * 1024;

/** null: a mistake, which is in `problems`. */
export const givenRun = async (
  call: Call,
  io: Io,
  problems: Problems,
): Promise<GivenRun | null> => {
  const before = problems.errors;
  const file = resolve(io.cwd, call.args[0] ?? '');
  const read = await nodeFiles().read(file, maxFileBytes);
  // Where it cannot be read, loading says so, with how to get it.
  const content = read.ok ? read.value : new Uint8Array();
  const target = targetOf(call, ownerOf(content), content, problems);
  const settings = call.texts('set').flatMap((typed) => settingOf(typed, problems));
  if (target === null || problems.errors > before) return null;
  const instance = call.text('instance');
  const name = `run-${nameOfFile(basename(file)).slice(0, 40)}-${digestOf([
    target.keys,
    instance,
    [...settings].map(({ address, value }) => [address, value]).sort(byText),
  ])}`;
  const lines: (readonly [text: string, flag: string | null])[] = [
    [`# What rh-batch run was told, for commands that take a manifest.`, null],
    ['version: 1', null],
    [`name: ${JSON.stringify(name)}`, null],
    ...target.keys.map(([key, json]) => [`${key}: ${jsonText(json)}`, target.flag] as const),
    [`${target.file}: ${JSON.stringify(portable(relative(io.cwd, file)))}`, null],
    ...(instance === null
      ? []
      : [[`instance: ${JSON.stringify(instance)}`, '--instance'] as const]),
    ...(settings.length === 0 ? [] : [['set:', '--set'] as const]),
    ...settings.map(
      ({ address, value }) =>
        [`  ${JSON.stringify(address)}: ${written(value)}`, `--set ${address}`] as const,
    ),
  ];
  const beside = dirname(file);
  return {
    path: join(io.cwd, `${name}.yaml`),
    text: lines.map(([text]) => `${text}\n`).join(''),
    flags: lines.map(([, flag]) => flag),
    stateDir:
      call.text('stateDir') === null && beside !== resolve(io.cwd)
        ? portable(join(relative(io.cwd, beside), '.rh-batch'))
        : undefined,
  };
};

const portable = (path: string): string => path.split(sep).join('/');

const byText = (one: readonly string[], other: readonly string[]): number =>
  one.join('\0') < other.join('\0') ? -1 : 1;

/** The same call is the same batch; another one has a journal of its own, and may run beside it. */
const digestOf = (what: unknown): string =>
  createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 8);

/** The first `=` behind an address: a title may hold one, too. */
const settingOf = (typed: string, problems: Problems): readonly Setting[] => {
  for (let at = typed.indexOf('='); at !== -1; at = typed.indexOf('=', at + 1))
    if (looksLikeAddress(typed.slice(0, at)))
      return [{ address: typed.slice(0, at).trim(), value: typed.slice(at + 1) }];
  problems.add(
    error('E0001', null, `--set "${typed}" is not of the form ADDRESS=VALUE`, {
      hint: '--set "KSampler.seed=42"; rh-batch fields api.json lists all addresses',
    }),
  );
  return [];
};

/** Numbers, true and false keep their type; so do `{ file: prompt.txt }` and its like; the rest is text. */
const written = (value: string): string =>
  /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false)$/.test(value) ||
  /^\{ *(?:asset|file|value|asSaved) *:[^\n]*\}$/.test(value)
    ? value
    : JSON.stringify(value);

interface Named {
  readonly keys: readonly ManifestKey[];
  /** Which key of a manifest names the file. */
  readonly file: string;
  readonly flag: string;
}

/** What runs: `--id` or `--app`, else what the file tells of itself. */
const targetOf = (
  call: Call,
  owner: TargetModule,
  content: Uint8Array,
  problems: Problems,
): Named | null => {
  const app = call.text('app');
  const flag = app === null ? '--id' : '--app';
  // Targets that share a kind of file differ in what they are called.
  const candidates = targets.filter(({ syntax }) => syntax.file === owner.syntax.file);
  const asks = candidates.map(({ start }) => start.asks).join(', or ');
  const parsed = parseJson(new TextDecoder().decode(content));
  const told = app ?? call.text('id') ?? (parsed.ok ? owner.start.idIn(parsed.value) : null);
  if (told === null) {
    problems.add(
      error('E0001', null, 'what runs on RunningHub is not known', { hint: `--id ID: ${asks}` }),
    );
    return null;
  }
  if (app !== null && owner.start.file !== 'app.json') {
    const hint = `rh-batch pull --app ${app} saves it; a workflow's own file goes with --id`;
    problems.add(
      error('E0001', null, `--app takes a file with the fields of an app, and this is none`, {
        hint,
      }),
    );
    return null;
  }
  for (const { start, syntax } of candidates) {
    const id = start.idOf(told);
    if (id !== null) return { keys: start.keys(id), file: syntax.file, flag };
  }
  problems.add(error('E0001', null, `${flag} "${told}" is not ${asks}`));
  return null;
};
