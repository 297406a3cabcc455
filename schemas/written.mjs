import { readFileSync, writeFileSync } from 'node:fs';

/** Writes a generated document. With `--check` nothing is written, and a stale one is a failure. */
export const writeOrCheck = (name, text) => {
  const target = new URL(`./${name}`, import.meta.url);
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    console.error(`schemas/${name} is stale: npm run schemas`);
    process.exitCode = 1;
  }
};
