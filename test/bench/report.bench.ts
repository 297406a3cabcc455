import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paint } from '../../src/emulator/media/picture.js';
import { encodePng } from '../../src/emulator/media/png.js';
import { compareBatches } from '../../src/report/compare/compare.js';
import { reportHtml } from '../../src/report/html/page.js';
import type { BatchReport } from '../../src/report/model.js';
import { browserPath } from '../report/chromium.js';
import { attempt, began, failed, plannedRun, record, reportOf, saved } from '../report/sample.js';
import { median, table } from './table.js';

/**
 * report.html as a reader meets it: from the disk, in headless Chromium, with real pictures. Ready:
 * from the navigation's start until the first card is drawn. Frame: the longest of 100 while the
 * page is scrolled by a screen each, and the time of the median one.
 */
const sizes = [100, 1000, 10_000, 50_000];
const shapes = 24;

/** Prompts of 120 letters, three variables, seven overrides: as large as people's runs are. */
const batch = (count: number): BatchReport =>
  reportOf(
    Array.from({ length: count }, (_, index) => {
      const prompt = `a red fox number ${index} in the snow at dawn, soft light, detailed fur, film grain, 85 mm, shallow depth of field, 4k`;
      const style = ['watercolour', 'oil painting', 'pencil sketch', 'photo'][index % 4]!;
      const values = new Map([
        ['prompt', prompt],
        ['style', style],
        ['seed', String(index * 7919)],
      ]);
      const field = (node: string, name: string, json: string) =>
        ({
          node,
          title: null,
          class: 'KSampler',
          field: name,
          value: { is: 'json', json },
        }) as const;
      const overrides = [
        field('6', 'text', `${prompt}, ${style}`),
        ...['seed', 'steps', 'cfg', 'sampler_name', 'scheduler', 'denoise'].map((name) =>
          field('3', name, String(index)),
        ),
      ];
      const from = began + Math.floor(index / 5) * 31_000 + (index % 5) * 400;
      const attempts = [
        attempt(index, { acceptedAt: from, runningAt: from + 900, settledAt: from + 30_600 }),
      ];
      const run = plannedRun(index, { values, overrides, tags: ['hero'] });
      if (index % 100 === 7) return [run, record(index, { ...failed(index), attempts })] as const;
      return [
        run,
        record(index, { state: saved(index, [`${index % shapes}.png`]), attempts }),
      ] as const;
    }),
    { slots: 5 },
  );

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rh-report-bench-'));
  for (let at = 0; at < shapes; at += 1)
    await writeFile(join(dir, `${at}.png`), encodePng(paint(768, 960, `fox ${at}`, `${at}`), []));
});
afterAll(async () => rm(dir, { recursive: true, force: true }));

test.skipIf(browserPath === undefined)('report.html', async () => {
  const browser = await chromium.launch({
    executablePath: browserPath ?? '',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const rows: string[][] = [];
  const { runs } = batch(10_000);
  for (const count of sizes) rows.push(await measure(`${count}`, batch(count), false));
  rows.push(await measure('10000, compared with 10000', batch(10_000), true));
  await browser.close();
  process.stdout.write(
    table(
      'report.html in headless Chromium',
      [
        'runs',
        'written',
        'size',
        'gzip',
        'ready',
        'search',
        'grid',
        'timeline',
        'frame',
        'longest',
        'elements',
      ],
      rows,
    ),
  );
  expect(rows).toHaveLength(sizes.length + 1);

  async function measure(name: string, report: BatchReport, compared: boolean): Promise<string[]> {
    const file = join(dir, 'report.html');
    const earlier = { shown: 'before', name: null, target: null, startedAt: null, runs };
    const start = performance.now();
    const options = compared ? { comparison: compareBatches(earlier, report.runs) } : {};
    const html = [...reportHtml(report, options)].join('');
    const written = performance.now() - start;
    await writeFile(file, html);
    const { size } = await stat(file);
    const ready: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      await page.addInitScript(`new MutationObserver((_, observer) => {
        if (!document.querySelector('.card')) return;
        observer.disconnect();
        requestAnimationFrame(() => { globalThis.ready = performance.now(); });
      }).observe(document, { childList: true, subtree: true })`);
      await page.goto(pathToFileURL(file).href);
      await page.waitForFunction('globalThis.ready');
      ready.push(await page.evaluate('globalThis.ready'));
      if (round < 4) {
        await page.close();
        continue;
      }
      const act = (code: string): Promise<number> =>
        page.evaluate(`new Promise((done) => { const from = performance.now(); ${code};
          requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - from))); })`);
      const choose = (view: string): Promise<number> =>
        act(
          `[...document.querySelectorAll('.views button')].find(({ textContent }) => textContent === '${view}').click()`,
        );
      const frames: number[] = await page.evaluate(`new Promise((done) => {
        const times = []; let last = performance.now();
        const next = () => { const now = performance.now(); times.push(now - last); last = now;
          if (times.length === 100) done(times); else { scrollBy({ top: innerHeight, behavior: 'instant' }); requestAnimationFrame(next); } };
        requestAnimationFrame(next); })`);
      const elements: number = await page.evaluate('document.querySelectorAll("*").length');
      await page.evaluate('scrollTo(0, 0)');
      const find = `{ const field = document.querySelector('input[type=search]'); field.value = 'number 77'; field.dispatchEvent(new Event('input')); }`;
      const search = await act(find);
      const grid = await choose('Grid');
      const timeline = await choose('Timeline');
      await page.close();
      const ms = (value: number): string => `${value.toFixed(0)} ms`;
      return [
        name,
        ms(written),
        `${(size / 1e6).toFixed(2)} MB`,
        `${(gzipSync(html).length / 1e6).toFixed(2)} MB`,
        ms(median(ready)),
        ms(search),
        ms(grid),
        ms(timeline),
        ms(median(frames)),
        ms(Math.max(...frames)),
        String(elements),
      ];
    }
    throw new Error('no round');
  }
});
