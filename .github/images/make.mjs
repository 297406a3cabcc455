// Takes the README's picture of the report: npm run build && node .github/images/make.mjs
// Needs Chromium (CHROMIUM, or Debian's). With pngquant on the path the file becomes smaller.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const target = fileURLToPath(new URL('./report.png', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'rh-picture-'));
const out = join(work, 'out');

// The demo, from nothing.
execFileSync(
  process.execPath,
  ['dist/cli.js', 'apply', 'manifests/quickstart.yaml', '--emulator'].concat([
    '--state-dir',
    join(work, 'state'),
    '--out-dir',
    out,
    '--progress',
    'none',
  ]),
  { cwd: root, stdio: 'inherit' },
);

const executablePath =
  process.env.CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await browser.newPage({
  viewport: { width: 1280, height: 960 },
  colorScheme: 'light',
});
await page.goto(pathToFileURL(join(out, 'report.html')).href);
await page.waitForFunction(() => [...document.images].some((image) => image.naturalWidth > 0));
await page.waitForLoadState('networkidle');
await page.screenshot({ path: target });
await browser.close();
rmSync(work, { recursive: true });

try {
  execFileSync('pngquant', ['--force', '--skip-if-larger', '--output', target, target]);
} catch {
  console.log('not made smaller: no pngquant');
}
console.log(`${target}: ${statSync(target).size} bytes`);
