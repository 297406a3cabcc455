import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { link, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportHtml } from '../../src/report/html/page.js';
import type { BatchReport } from '../../src/report/model.js';
import { thumbnailName, thumbnailsFolder, contentOf } from '../../src/thumbnails/folder.js';
import { loadPainter } from '../../src/thumbnails/painter.js';
import { encodePng } from '../../src/emulator/media/png.js';
import { browserPath } from '../report/chromium.js';
import { plannedRun, record, reportOf, saved } from '../report/sample.js';
import { table } from './table.js';

/**
 * report.html of many large pictures, from the disk, in headless Chromium, with thumbnails and
 * without. Frame: the time between two while the page is scrolled by a third of a screen each, 300
 * of them. Memory: the most that the renderer had meanwhile (RSS, its shared parts included). First
 * picture: from the navigation's start until one in the window is decoded.
 */
const many = 2100;
const shapes = 8;
const side = 1024;

const sha = (index: number): string => index.toString(16).padStart(16, '0').repeat(4);
const look = '0'.repeat(22);

const batch = (count: number): BatchReport =>
  reportOf(
    Array.from({ length: count }, (_, index) => {
      const values = new Map([
        ['prompt', `a red fox number ${index} in the snow at dawn, soft light, film grain, 85 mm`],
        ['style', ['watercolour', 'oil painting', 'pencil', 'photo'][index % 4]!],
        ['seed', String(index * 7919)],
      ]);
      const state = saved(index, [`${index % many}.png`]);
      if (state.is !== 'succeeded') throw new Error(state.is);
      const files = state.files.map((file) => ({ ...file, sha256: sha(index % many) }));
      return [
        plannedRun(index, { values }),
        record(index, { state: { ...state, files } }),
      ] as const;
    }),
  );

/** As hard to pack as a photo: 1.7 MB. */
const picture = (seed: number): Uint8Array => {
  const rgb = new Uint8Array(randomBytes(side * side * 3));
  for (const [at, noise] of rgb.entries())
    rgb[at] = 60 + ((at / side / 20 + seed * 9) % 100) + (noise % 20);
  return encodePng({ width: side, height: side, rgb }, []);
};

let dir = '';
let bytes = 0;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rh-thumbnails-bench-'));
  await mkdir(join(dir, thumbnailsFolder));
  const paint = await loadPainter();
  if (paint === null) throw new Error('sharp is not there: npm install');
  for (let at = 0; at < shapes; at += 1) {
    const file = join(dir, `shape-${at}.png`);
    await writeFile(file, picture(at));
    bytes += (await stat(file)).size / shapes;
    await writeFile(join(dir, `shape-${at}.webp`), (await paint(file)).webp);
  }
  // A browser takes each name for a picture of its own.
  for (let at = 0; at < many; at += 1) {
    await link(join(dir, `shape-${at % shapes}.png`), join(dir, `${at}.png`));
    const thumbnail = join(dir, thumbnailsFolder, thumbnailName(sha(at), look));
    await link(join(dir, `shape-${at % shapes}.webp`), thumbnail);
  }
});
afterAll(async () => rm(dir, { recursive: true, force: true }));

const thumbnails = new Map(
  Array.from({ length: many }, (_, at) => [
    contentOf(sha(at)),
    `${thumbnailsFolder}/${thumbnailName(sha(at), look)}`,
  ]),
);

test.skipIf(browserPath === undefined)('thumbnails', async () => {
  const rows: string[][] = [];
  const [large, huge] = [batch(many), batch(10_000)];
  rows.push(await measure('2,100, thumbnails', large, true, 1400, 900));
  rows.push(await measure('2,100, full files', large, false, 1400, 900));
  rows.push(await measure('2,100, thumbnails, 390×844', large, true, 390, 844));
  rows.push(await measure('10,000, thumbnails', huge, true, 1400, 900));
  process.stdout.write(
    table(
      `report.html with pictures of ${(bytes / 1e6).toFixed(1)} MB`,
      [
        'runs',
        'first card',
        'first picture',
        'its top',
        'frame, median',
        '95th',
        'longest',
        'renderer',
      ],
      rows,
    ),
  );
  expect(rows).toHaveLength(4);
});

const measure = async (
  name: string,
  report: BatchReport,
  small: boolean,
  width: number,
  height: number,
): Promise<string[]> => {
  const browser = await chromium.launch({
    executablePath: browserPath ?? '',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const file = join(dir, 'report.html');
  await writeFile(file, [...reportHtml(report, small ? { thumbnails } : {})].join(''));
  const page = await browser.newPage({ viewport: { width, height } });
  await page.addInitScript(`new MutationObserver(() => {
    if (!document.querySelector('.card')) return;
    globalThis.card ??= performance.now();
    for (const image of document.querySelectorAll('.card img'))
      if (!image.seen) { image.seen = true; image.addEventListener('load', () => image.decode().then(() => { globalThis.picture ??= performance.now(); })); }
  }).observe(document, { childList: true, subtree: true })`);
  await page.goto(pathToFileURL(file).href);
  await page.evaluate(`new Promise((done) => {
    const look = () => (globalThis.picture === undefined ? requestAnimationFrame(look) : done());
    look(); })`);
  const [card, picture, top] = await page.evaluate<[number, number, number]>(
    `[card, picture, document.querySelector('.card img').getBoundingClientRect().top]`,
  );
  let most = 0;
  const watching = setInterval(() => (most = Math.max(most, rendererKb())), 200);
  const frames = await scrolled(page);
  clearInterval(watching);
  await browser.close();
  frames.sort((a, b) => a - b);
  const at = (share: number): string =>
    `${Math.round(frames[Math.floor(share * (frames.length - 1))]!)} ms`;
  return [
    name,
    `${(card / 1000).toFixed(2)} s`,
    `${(picture / 1000).toFixed(2)} s`,
    `${Math.round(top)} px`,
    at(0.5),
    at(0.95),
    at(1),
    `${Math.round(most / 1000)} MB`,
  ];
};

const scrolled = (page: Page): Promise<number[]> =>
  page.evaluate(`new Promise((done) => {
    const times = []; let last = performance.now();
    const next = () => { const now = performance.now(); times.push(now - last); last = now;
      if (times.length === 300) done(times);
      else { scrollBy({ top: innerHeight / 3, behavior: 'instant' }); requestAnimationFrame(next); } };
    requestAnimationFrame(next); })`);

/** The largest one of this machine's Chromium. */
const rendererKb = (): number =>
  Math.max(
    0,
    ...execFileSync('ps', ['-eo', 'rss,args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes('--type=renderer'))
      .map((line) => Number(line.trim().split(' ')[0])),
  );
