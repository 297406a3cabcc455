import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = fileURLToPath(new URL('../../src', import.meta.url));

/** Packages that are loaded with a module: what it imports, and what that imports. */
const packagesOf = (entry: string): string[] => {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const statements = /^(?:import|export)\s(?!type\s)[^;]*?from '([^']+)'/gm;
    for (const [, target = ''] of readFileSync(path, 'utf8').matchAll(statements))
      if (target.startsWith('.')) visit(join(dirname(path), target.replace(/\.js$/, '.ts')));
      else if (!target.startsWith('node:')) packages.add(target);
  };
  visit(join(src, entry));
  return [...packages].sort();
};

test('--help and --version load the parser and nothing else', () => {
  expect(packagesOf('cli.ts')).toEqual(['cac']);
});

test.each([
  'runs/validate',
  'runs/plan',
  'runs/apply',
  'runs/status',
  'state/report',
  'runs/explain',
])('%s loads no HTTP client before something is sent', (command) => {
  expect(packagesOf(`commands/${command}.ts`)).not.toContain('undici');
});
