import { dirname, join, relative, sep } from 'node:path';
import { readEnvFile } from '../batch/load/environment.js';
import type { Call } from '../commands/argv/call.js';
import { accountOptionsOf } from '../commands/argv/options.js';
import { Problems } from '../diagnostics/problems.js';
import type { Files } from '../edges/files/files.js';
import type { Io } from '../edges/io.js';
import { defaultSite, isSite, siteOf } from '../runninghub/site.js';
import type { Column } from './draft.js';
import { manifestText, tableOf } from './draft.js';
import type { Chosen } from './fields.js';
import type { Material } from './material.js';
import type { NightlyPlace } from './nightly/files.js';
import { nightlyFiles, stemOf } from './nightly/files.js';
import { needsKey } from './server.js';
import { nightlyOf } from './nightly/nightly.js';

export interface Paths {
  readonly manifest: string;
  readonly rows: string;
  /** With --nightly. */
  readonly nightly: NightlyPlace | null;
}

/** Every file to be written, the manifest last: without it the others mean nothing. */
export const textsOf = async (
  material: Material,
  chosen: Chosen,
  { manifest, rows, nightly: place }: Paths,
  call: Call,
  io: Io,
  files: Files,
): Promise<[path: string, text: string][]> => {
  const { target, id, file, newFile, task, workflow } = material;
  const { columns } = chosen;
  const nightly = place === null ? null : nightlyOf(target, workflow, chosen);
  const dated = new Set(nightly?.seeds.map(({ address }) => address));
  const set = chosen.set.filter(([address]) => !dated.has(address));
  const dir = dirname(manifest);
  const name = call.text('name');
  const schema = 'node_modules/rh-batch/schemas/manifest.schema.json';
  const draft = {
    keys: [
      ...(name === null ? [] : [['name', name] as const]),
      ...target.start.keys(id),
      [target.syntax.file, relativeTo(dir, file)] as const,
      ...(task?.options ?? []),
    ],
    rows: columns.length === 0 ? null : relativeTo(dir, rows),
    set,
    nightly,
    schema: (await files.facts(join(dir, schema))).ok ? `./${schema}` : null,
  };
  return [
    ...(newFile === null ? [] : [[file, newFile] as [string, string]]),
    ...(columns.length === 0 ? [] : [[rows, await tableText(columns)] as [string, string]]),
    ...(place === null
      ? []
      : await nightlyFiles({
          name: name ?? stemOf(manifest),
          place,
          envFile: call.text('envFile'),
          needsKey: needsKey(target, id),
          baseUrl: await siteTyped(call, io),
          io,
          files,
        })),
    [manifest, manifestText(draft)],
  ];
};

const relativeTo = (dir: string, path: string): string => {
  const near = relative(dir, path).split(sep).join('/');
  return /^(?:\.\.\/|\/|[A-Za-z]:)/.test(near) ? near : `./${near}`;
};

/** Excel takes a table for its own old encoding unless a mark says UTF-8. */
const tableText = async (columns: readonly Column[]): Promise<string> => {
  const { stringify } = await import('csv-stringify/sync');
  const text = stringify([columns.map(({ name }) => name), ...tableOf(columns)], {
    // An empty text is a value; an empty cell is none.
    cast: { string: (value) => ({ value, quoted_empty: true }) },
  });
  return /[^\u0000-\u007f]/.test(text) ? `\ufeff${text}` : text;
};

/** A site that a command of another shell has to be told; null: the usual one. */
const siteTyped = async (call: Call, io: Io): Promise<string | null> => {
  const env = await readEnvFile(accountOptionsOf(call), io, new Problems());
  const site = siteOf(call.text('baseUrl') ?? env.get('RUNNINGHUB_BASE_URL') ?? defaultSite);
  return site === defaultSite || !isSite(site) || site.includes('@') ? null : site;
};
