import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { commands } from '../../src/commands/table.js';
import { targets } from '../../src/targets/targets.js';

const src = fileURLToPath(new URL('../../src', import.meta.url));

/** Rooms that must run any target, so that a fifth one touches src/targets alone. */
const rooms = [
  'manifest',
  'matrix',
  'plan',
  'engine',
  'assets',
  'journal',
  'report',
  'terminal',
  'template',
  'forecast',
];
const names =
  /['"`.](?:workflowId|webappId|quickCreateCode)\b|\b(?:workflow|app|model|quick)Target\b|(?:kind|key) === '(?:workflow|app|quick)'/;

test('the rooms between manifest and report know no target by name', () => {
  const files = rooms.flatMap((room) =>
    readdirSync(`${src}/${room}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.includes('.generated.'))
      .map((name) => `${room}/${name}`),
  );
  expect(files.length).toBeGreaterThan(60);
  // Comments and sentences may give examples; code may not decide by a name.
  const code = (file: string): string =>
    readFileSync(`${src}/${file}`, 'utf8')
      .replace(/\/\*\*[^]*?\*\//g, '')
      .replace(/^\s*\/\/.*/gm, '');
  expect(files.filter((file) => names.test(code(file)))).toEqual([]);
  expect(names.test(code('targets/quick/quick.ts'))).toBe(true);
});

test('every target declares its keys beside its module, and the published schema holds them', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../schemas/manifest.schema.json', import.meta.url), 'utf8'),
  ) as { properties: Record<string, unknown> };
  const folders = readdirSync(`${src}/targets`, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(folders.length).toBeGreaterThan(3);
  for (const { name } of folders) {
    const keys = JSON.parse(readFileSync(`${src}/targets/${name}/keys.json`, 'utf8')) as object;
    expect(schema.properties).toMatchObject(keys);
  }
});

test('what pull can fetch has its option in the help', () => {
  const pull = commands.find(({ name }) => name === 'pull');
  for (const { pull: way } of targets)
    if (way !== null && way.flag !== null)
      expect(pull?.options.some(({ flags }) => flags.startsWith(`--${way.flag} `))).toBe(true);
});

const fifth = `import { digitsOf } from '../../manifest/target.js';
import { appTarget } from '../app/app.js';
import type { TargetModule } from '../target.js';

export const fifthTarget: TargetModule = {
  ...appTarget,
  syntax: {
    kind: 'fifth',
    key: 'fifthId',
    file: 'fifthFile',
    takes: ['instance'],
    id: (top, problems) => digitsOf(top, 'fifthId', 'nowhere', problems),
  },
  isFile: () => false,
  request: (input) => ({ ...appTarget.request(input), path: '/task/openapi/ai-app/run' }),
  pull: null,
};
`;

/**
 * Of the targets, and of all that imports their list. Nothing else can see that there is one more:
 * what the list exports has its type written beside it.
 */
const mistakesOfTypes = (copy: string): string[] => {
  const { config } = ts.readConfigFile(join(copy, 'tsconfig.json'), (path) =>
    ts.sys.readFile(path),
  ) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, copy);
  const inSrc = (path: string): string => join(copy, 'src', path);
  const importers = readdirSync(inSrc(''), { recursive: true, encoding: 'utf8' }).filter(
    (path) =>
      path.endsWith('.ts') &&
      (path.startsWith('targets') ||
        readFileSync(inSrc(path), 'utf8').includes("/targets/targets.js'")),
  );
  expect(importers.length).toBeGreaterThan(20);
  const program = ts.createProgram(importers.map(inSrc), options);
  return importers.flatMap((path) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(inSrc(path)))
      .map(({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
  );
};

test('a fifth target is one folder and its line in targets.ts', { timeout: 1_200_000 }, () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const copy = mkdtempSync(join(tmpdir(), 'rh-batch-fifth-'));
  try {
    for (const name of ['src', 'schemas', 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
      cpSync(join(root, name), join(copy, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const folder = join(copy, 'src/targets/fifth');
    mkdirSync(folder);
    writeFileSync(join(folder, 'fifth.ts'), fifth);
    const text = { description: 'x', type: 'string' };
    const keys = { fifthId: { ...text, type: ['string', 'integer'] }, fifthFile: text };
    writeFileSync(join(folder, 'keys.json'), JSON.stringify(keys));
    const list = join(copy, 'src/targets/targets.ts');
    writeFileSync(
      list,
      `import { fifthTarget } from './fifth/fifth.js';\n${readFileSync(list, 'utf8').replace(
        '  quickTarget,\n];',
        '  quickTarget,\n  fifthTarget,\n];',
      )}`,
    );
    const run = (...argv: string[]): string =>
      execFileSync(process.execPath, argv, { cwd: copy, encoding: 'utf8' });
    run('schemas/compile.mjs');
    expect(mistakesOfTypes(copy)).toEqual([]);
    buildSync({
      absWorkingDir: copy,
      entryPoints: ['src/**/*.ts'],
      outdir: 'dist',
      format: 'esm',
      platform: 'node',
    });
    cpSync(join(root, 'manifests/apps/portrait.json'), join(copy, 'five.json'));
    writeFileSync(
      join(copy, 'manifest.yaml'),
      'version: 1\nfifthId: 5\nfifthFile: five.json\nmatrix: { text.prompt: [a, b] }\n',
    );
    run('dist/cli.js', 'apply', '--emulator', '-q');
    const results = readFileSync(join(copy, 'out/manifest-emulated/results.jsonl'), 'utf8');
    expect(results.match(/"status":"succeeded"/g)).toHaveLength(2);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});
