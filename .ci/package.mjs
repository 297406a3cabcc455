// Leaves in dist what the package is for: what runs, and the types that index.d.ts leads to.
// What an earlier build left behind goes too.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

const reached = new Set();
const walk = (file) => {
  if (reached.has(file)) return;
  reached.add(file);
  for (const [, target] of readFileSync(file, 'utf8').matchAll(
    /(?:from |import\()['"](\.[^'"]+)\.js['"]/g,
  ))
    walk(join(dirname(file), `${target}.d.ts`));
};
walk(join(dist, 'index.d.ts'));

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const file = join(entry.parentPath, entry.name);
  const source = join(root, 'src', file.slice(dist.length)).replace(/(?:\.d\.ts|\.js)$/, '.ts');
  const isType = file.endsWith('.d.ts');
  if (!existsSync(source) || (isType && !reached.has(file))) rmSync(file);
}
