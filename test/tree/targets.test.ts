import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = fileURLToPath(new URL('../../src', import.meta.url));

/** Rooms that must run any target, so that a fifth one touches src/targets alone. */
const rooms = ['manifest', 'matrix', 'plan', 'engine', 'assets', 'journal'];
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
