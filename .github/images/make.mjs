// Takes the README's pictures of the report: npm run build && node .github/images/make.mjs
// Needs Chromium (CHROMIUM, or Debian's). With pngquant on the path the files become smaller.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'rh-picture-'));
cpSync(join(root, 'manifests/quickstart'), join(work, 'quickstart'), { recursive: true });
cpSync(join(root, 'manifests/quickstart.yaml'), join(work, 'quickstart.yaml'));
const rhBatch = (...args) =>
  execFileSync(process.execPath, [join(root, 'dist/cli.js'), ...args, '--emulator'], {
    cwd: work,
    stdio: 'inherit',
  });
const out = join(work, 'out/quickstart-emulated');

const browser = await chromium.launch({
  executablePath:
    process.env.CHROMIUM ??
    ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync),
  args: ['--no-sandbox'],
});
const take = async (name, height, prepare = async () => {}) => {
  const page = await browser.newPage({ viewport: { width: 1280, height }, colorScheme: 'light' });
  await page.goto(pathToFileURL(join(out, 'report.html')).href);
  await prepare(page);
  await page.waitForFunction(() => [...document.images].some((image) => image.naturalWidth > 0));
  await page.waitForLoadState('networkidle');
  const target = fileURLToPath(new URL(`./${name}.png`, import.meta.url));
  await page.screenshot({ path: target });
  await page.close();
  try {
    execFileSync('pngquant', ['--force', '--skip-if-larger', '--output', target, '64', target]);
  } catch {
    console.log('not made smaller: no pngquant');
  }
  console.log(`${target}: ${statSync(target).size} bytes`);
};

// The demo, from nothing.
rhBatch('apply', 'quickstart.yaml', '--progress', 'none');
await take('report', 960);

// Two seeds changed, one row more: what the report says beside the one of before.
cpSync(out, join(work, 'before'), { recursive: true });
const table = join(work, 'quickstart/prompts.csv');
writeFileSync(
  table,
  `${readFileSync(table, 'utf8')
    .replace('light",21,', 'light",121,')
    .replace('softbox",32,', 'softbox",132,')
    .trimEnd()}\n"a fishing boat at low tide",26,images/harbour.png\n`,
);
rhBatch('apply', 'quickstart.yaml', '--progress', 'none');
rhBatch('report', 'quickstart.yaml', '--compare', 'before');
await take('changes', 800, (page) => page.getByText('Changes', { exact: true }).first().click());

await browser.close();
rmSync(work, { recursive: true });
