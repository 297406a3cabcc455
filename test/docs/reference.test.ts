import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { Problems } from '../../src/diagnostics/problems.js';
import { loadManifest } from '../../src/manifest/load.js';
import type { Manifest } from '../../src/manifest/manifest.js';
import { syntaxes } from '../../src/targets/targets.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}
const schema = JSON.parse(readFileSync(`${root}/schemas/manifest.schema.json`, 'utf8')) as Schema;

/** Every key of the language with its path; `*` stands for an axis. */
const keys = (node: Schema, path: readonly string[] = []): [string, Schema][] => {
  const inner = Object.entries(node.properties ?? {});
  const { additionalProperties: axis } = node;
  if (typeof axis === 'object' && axis.properties !== undefined) inner.push(['*', axis]);
  return inner.flatMap(([key, child]) => [
    [[...path, key].join('.'), child] as [string, Schema],
    ...keys(child, [...path, key]),
  ]);
};
const all = keys(schema);

const load = (document: object): { manifest: Manifest | null; mistakes: string[] } => {
  const problems = new Problems();
  const manifest = loadManifest(
    {
      file: 'm.yaml',
      dir: '/nowhere',
      text: JSON.stringify(document),
      vars: new Map(),
      profile: null,
      targets: syntaxes,
    },
    problems,
  );
  return { manifest, mistakes: problems.kept.map(({ message }) => message) };
};

test('REFERENCE.md is what the schema makes', () => {
  expect(() =>
    execFileSync(process.execPath, ['schemas/reference.mjs', '--check'], { cwd: root }),
  ).not.toThrow();
});

test('every key tells its meaning, and every key that is no section has an example', () => {
  expect(all.length).toBeGreaterThan(70);
  const silent = all.filter(
    ([, { description, examples, properties }]) =>
      description === undefined || (properties === undefined && examples === undefined),
  );
  expect(silent.map(([path]) => path)).toEqual([]);
});

const written = all.flatMap(([path, node]) =>
  (node.examples ?? []).map((example) => [path, example, node] as const),
);

test.each(written)('the example of %s is valid: %j', (_, example, node) => {
  const ajv = new Ajv2020({ allowUnionTypes: true, strict: true });
  expect(ajv.validate(node, example), JSON.stringify(ajv.errors)).toBe(true);
});

/** The target that a key belongs to, and what else that target needs. */
const targets: Readonly<Record<string, object>> = {
  webappId: { app: 'app.json' },
  app: { webappId: '1' },
  model: { parameters: 'model.json' },
  parameters: { model: 'a/b' },
  quick: { app: 'app.json' },
  server: { api: 'api.json' },
};
const nested = (path: readonly string[], value: unknown): unknown => {
  const [key, ...rest] = path;
  return key === undefined ? value : { [key === '*' ? 'style' : key]: nested(rest, value) };
};

// Members of an axis, of a sample and of a quick-create task, and notify.on, mean nothing alone.
test.each(written.filter(([path]) => !/\*\.|^matrix\.sample\.|^quick\.|^notify\.on$/.test(path)))(
  'a manifest takes the example of %s: %j',
  (path, example) => {
    const target = targets[path] ?? { workflowId: '1', api: 'api.json' };
    const document = { version: 1, ...target, ...(nested(path.split('.'), example) as object) };
    expect(load(document).mistakes).toEqual([]);
  },
);

test("the schema's defaults are those of the code", () => {
  const head = { version: 1, workflowId: '1', api: 'api.json' };
  // Where these stand, the manifest says null: other rooms have their defaults.
  const elsewhere = ['outputs.name', 'execution.requestsPerSecond'];
  const withDefault = all.filter(
    ([path, node]) =>
      node.default !== undefined && !path.includes('*') && !elsewhere.includes(path),
  );
  expect(withDefault.length).toBeGreaterThan(12);
  const plain = (manifest: Manifest | null): unknown =>
    JSON.parse(JSON.stringify(manifest, (key, value: unknown) => (key === 'at' ? null : value)));
  const bare = plain(load(head).manifest);
  for (const [path, node] of withDefault) {
    const document = { ...head, ...(nested(path.split('.'), node.default) as object) };
    expect(plain(load(document).manifest), path).toEqual(bare);
  }
});
