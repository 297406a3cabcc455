import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graph } from '../support/graph.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'rh-consumer-'));
const reference = readFileSync(join(root, 'schemas/REFERENCE.md'), 'utf8');
const write = (path: string, text: string): void => writeFileSync(join(dir, path), text);
const node = (...argv: string[]): string => {
  try {
    return execFileSync(process.execPath, argv, { cwd: dir, encoding: 'utf8', stdio: 'pipe' });
  } catch (cause) {
    const { stdout, stderr } = cause as { stdout: string; stderr: string };
    throw new Error(`${stdout}\n${stderr}`, { cause });
  }
};

/** The command as it was installed, by its first line, where nobody has set a key. */
const installed = (...argv: string[]) => {
  const { RUNNINGHUB_API_KEY: _, ...env } = process.env;
  const bin = join(dir, 'node_modules/.bin/rh-batch');
  return spawnSync(bin, argv, { cwd: dir, env, encoding: 'utf8' });
};

let pack: {
  filename: string;
  size: number;
  unpackedSize: number;
  files: readonly { path: string }[];
};

/** A project of someone else, with the package as it would come from the registry. */
beforeAll(() => {
  const packed = execFileSync(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', dir],
    { cwd: root, encoding: 'utf8' },
  );
  [pack] = JSON.parse(packed) as [typeof pack];
  const { filename } = pack;
  const home = join(dir, 'node_modules/rh-batch');
  mkdirSync(join(dir, 'node_modules/@types'), { recursive: true });
  mkdirSync(home);
  execFileSync('tar', ['-xzf', join(dir, filename), '-C', home, '--strip-components', '1']);
  // In place of an install, which needs the network: its dependencies, and the consumer's types.
  symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'));
  symlinkSync(join(root, 'node_modules/@types/node'), join(dir, 'node_modules/@types/node'));
  // As npm links it.
  mkdirSync(join(dir, 'node_modules/.bin'), { recursive: true });
  chmodSync(join(home, 'dist/cli.js'), 0o755);
  symlinkSync('../rh-batch/dist/cli.js', join(dir, 'node_modules/.bin/rh-batch'));
  write('package.json', '{"name":"consumer","private":true,"type":"module"}');
  write('api.json', JSON.stringify(graph));
  write(
    'hero.yaml',
    'version: 1\nworkflowId: "1980237776367083521"\napi: api.json\nmatrix: { KSampler.seed: [1, 2] }\n',
  );
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('from TypeScript, with the strictest settings and libraries checked', () => {
  write(
    'main.ts',
    `import type { ApplyResult, BatchEvent, ReportRun } from 'rh-batch';
import { apply, plan } from 'rh-batch';

const planned = await plan('hero.yaml', { emulator: true });
if (planned.is === 'refused') throw new Error(planned.diagnostics[0]?.message);
for await (const run of planned.runs()) console.log(run.action, run.name, run.overrides[0]?.value);

const seen = new Map<BatchEvent['type'], number>();
const stop = new AbortController();
const batch = apply('hero.yaml', { emulator: true, signal: stop.signal });
for await (const event of batch.events) {
  seen.set(event.type, (seen.get(event.type) ?? 0) + 1);
  if (event.type === 'accepted') console.log('task', event.taskId.length, event.run.length);
  if (event.type === 'saved') console.log('files', event.files.map(({ path }) => path).join());
}
const result: ApplyResult = await batch.result;
if (result.is === 'refused') throw new Error(String(result.exitCode));
const failed: readonly ReportRun[] = result.report.runs.filter(({ status }) => status === 'failed');
console.log('exit', result.exitCode, 'failed', failed.length, 'of', result.report.counts.total);
// @ts-expect-error an option that does not exist
void (() => plan('hero.yaml', { emulater: true }));
// @ts-expect-error a refused result has no report
void ((refused: ApplyResult & { is: 'refused' }) => refused.report);
`,
  );
  const [, example = ''] = /```ts\n([^]*?)```/.exec(reference) ?? [];
  expect(example).toContain('apply(');
  write('reference.ts', example);
  write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        strict: true,
        skipLibCheck: false,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        module: 'NodeNext',
        target: 'ES2022',
        outDir: 'built',
        types: ['node'],
      },
      files: ['main.ts', 'reference.ts'],
    }),
  );
  node(join(root, 'node_modules/typescript/bin/tsc'));
  const out = node('built/main.js');
  expect(out).toMatch(/^new 0000-1 1$/m);
  expect(out).toMatch(/^task 19 16$/m);
  expect(out).toMatch(/^files 0000-1_00\.png$/m);
  expect(out.trimEnd().split('\n').at(-1)).toBe('exit 0 failed 0 of 2');
});

test('from JavaScript, and nothing is printed that the program did not print', () => {
  write(
    'main.mjs',
    `import { apply } from 'rh-batch';
const { result } = apply('hero.yaml', { emulator: true, outDir: 'elsewhere', stateDir: 'apart' });
const { exitCode, report } = await result;
console.log(JSON.stringify([exitCode, report.counts.succeeded]));
`,
  );
  expect(node('main.mjs')).toBe('[0,2]\n');
});

test('only what is promised can be imported', () => {
  write('deep.mjs', "await import('rh-batch/dist/engine/engine.js');");
  expect(() => node('deep.mjs')).toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
  write('names.mjs', "console.log(Object.keys(await import('rh-batch')).sort().join());");
  expect(node('names.mjs')).toBe('apply,plan\n');
});

test('the package has its documents, and nothing that a demo left behind', () => {
  const paths = pack.files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining(['README.zh-CN.md', 'manifests/README.md', 'schemas/REFERENCE.md']),
  );
  expect(paths.filter((path) => /(?:^|\/)(?:out|\.rh-batch)\//.test(path))).toEqual([]);
});

test('the package holds what runs, the types that lead there, schemas and documents, and is small', () => {
  const paths = pack.files.map(({ path }) => path);
  const rest = paths.filter(
    (path) =>
      !/^dist\/.*\.(?:js|d\.ts)$|^schemas\/[^/]+\.(?:json|md|xsd)$|^manifests\//.test(path) &&
      !['package.json', 'LICENSE', 'CHANGELOG.md', 'README.md', 'README.zh-CN.md'].includes(path),
  );
  expect(rest).toEqual([]);
  expect(pack.unpackedSize).toBeLessThan(3_500_000);
  expect(pack.size).toBeLessThan(1_000_000);
  // Each file of the program is loaded by another one, from the command or from the library.
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    const text = readFileSync(join(dir, 'node_modules/rh-batch', path), 'utf8');
    for (const [, target = ''] of text.matchAll(/(?:from |import ?\(?)['"](\.[^'"]+)['"]/g))
      load(join(dirname(path), target));
  };
  for (const door of ['dist/cli.js', 'dist/index.js']) load(door);
  expect(paths.filter((path) => path.endsWith('.js')).sort()).toEqual([...loaded].sort());
  const sources = new Set(
    readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((path) =>
      path.replaceAll('\\', '/').replace(/\.ts$/, ''),
    ),
  );
  const stale = paths.filter((path) => {
    const [, module] = /^dist\/(.+?)\.d\.ts$/.exec(path) ?? [];
    return module !== undefined && !sources.has(module);
  });
  expect(stale).toEqual([]);
});

test('to install the package runs nothing, so that npm has nothing to warn about', () => {
  const packed = JSON.parse(
    readFileSync(join(dir, 'node_modules/rh-batch/package.json'), 'utf8'),
  ) as { scripts: object; dependencies: object };
  const run = ['preinstall', 'install', 'postinstall', 'prepare'];
  expect(Object.keys(packed.scripts).filter((name) => run.includes(name))).toEqual([]);
  // Each of them is imported by what runs, but for ajv, which writes the check of manifests.
  const unused = Object.keys(packed.dependencies).filter(
    (name) =>
      !pack.files.some(
        ({ path }) =>
          path.endsWith('.js') &&
          readFileSync(join(dir, 'node_modules/rh-batch', path), 'utf8').includes(`"${name}`),
      ),
  );
  expect(unused).toEqual(['ajv']);
});

test.each(['--env', '--env-file'])('the installed command reads %s, twice', (flag) => {
  write('a.env', '\ufeffRUNNINGHUB_API_KEY=\nFIRST=1\n');
  write('b.env', 'SECOND=2\n');
  const both = installed('account', flag, 'a.env', `${flag}=b.env`);
  expect(both.status).toBe(2);
  expect(both.stderr).toContain('a.env holds FIRST, RUNNINGHUB_API_KEY');
  expect(both.stderr).toContain('b.env holds SECOND');
});

test('the installed command tells of a missing file, and Node does so where it is asked first', () => {
  for (const words of [
    ['account', '--env', 'missing.env'],
    ['account', '--env=missing.env'],
    ['--env', 'missing.env', 'account'],
  ]) {
    const missing = installed(...words);
    expect(missing.status, missing.stderr).toBe(2);
    expect(missing.stderr).toContain('--env-file missing.env does not exist');
  }
  // Node looks for this one in the whole command line, before it starts any program.
  const nodes = installed('account', '--env-file', 'missing.env');
  expect(nodes.status).not.toBe(0);
  expect(nodes.stderr).toContain('missing.env');
  const cli = join(dir, 'node_modules/rh-batch/dist/cli.js');
  const ours = spawnSync(process.execPath, ['--', cli, 'account', '--env-file', 'missing.env'], {
    cwd: dir,
    encoding: 'utf8',
  });
  expect(ours.status).toBe(2);
  expect(ours.stderr).toContain('--env-file missing.env does not exist');
});
