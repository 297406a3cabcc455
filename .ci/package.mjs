// Makes in dist what the package is for: the program in few files, since opening each of the
// hundreds that src has took a quarter of what a small plan costs, and the types that index.d.ts
// leads to. What an earlier build left behind goes.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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
  const file = join(entry.parentPath, entry.name);
  const source = join(root, 'src', file.slice(dist.length)).replace(/\.d\.ts$/, '.ts');
  if (entry.isFile() && !(reached.has(file) && existsSync(source))) rmSync(file);
}

// What is loaded when it is needed stays in files of its own. All of them are as deep as the
// sources that read package.json and schemas, and packages stay packages.
await build({
  absWorkingDir: root,
  entryPoints: ['src/cli.ts', 'src/index.ts'],
  outdir: 'dist/program',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  charset: 'utf8',
  logLevel: 'warning',
});
writeFileSync(join(dist, 'cli.js'), "#!/usr/bin/env node\nimport './program/cli.js';\n");
writeFileSync(join(dist, 'index.js'), "export * from './program/index.js';\n");
