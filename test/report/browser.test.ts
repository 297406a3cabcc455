import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BatchReport } from '../../src/report/model.js';
import { browserPath, Reader } from './chromium.js';
import { png } from './png.js';
import {
  failed,
  outOfMemory,
  plainReport,
  plannedRun,
  record,
  reportOf,
  saved,
  unknown,
} from './sample.js';

const hostile = [
  '</script><script>document.title="owned"</script>',
  '"><img src=x onerror=document.title="owned">',
  "'-alert(1)-' <b>bold</b> &amp; ${1+1}",
];

/** 24 runs: three styles by eight seeds; hostile prompts; a name that needs encoding. */
const sample = (): BatchReport =>
  reportOf(
    Array.from({ length: 24 }, (_, index) => {
      const style = ['anime', 'photo', 'oil'][index % 3]!;
      const values = new Map([
        ['prompt', hostile[index] ?? `a fox in its den, picture ${index}`],
        ['style', style],
        ['seed', String(Math.floor(index / 3))],
      ]);
      const run = plannedRun(index, { values, tags: index === 5 ? ['hero'] : [] });
      if (index === 7) return [run, record(7, failed(7))] as const;
      if (index === 8)
        return [run, record(8, failed(8, { ...outOfMemory, message: hostile[1]! }))] as const;
      if (index === 9) return [run, record(9, unknown())] as const;
      if (index === 10) return [run, undefined] as const;
      const paths = index === 4 ? ['水乡 #1/100%.png', 'second.png'] : [`${index}.png`];
      return [run, record(index, { state: saved(index, paths) })] as const;
    }),
    { title: hostile[0]!, emulated: true },
  );

describe.skipIf(browserPath === undefined)('report.html in a browser', () => {
  let reader: Reader;
  let page: Page;

  const open = async (report: BatchReport): Promise<void> => {
    page = await reader.open(report, { command: "rh-batch apply 'my batch.yaml'" });
  };

  beforeAll(async () => {
    reader = await Reader.start();
    for (const { outputs } of sample().runs)
      for (const { path } of outputs) await reader.write(path ?? '', png(16, 20, [120, 160, 90]));
  });
  afterAll(async () => reader.close());

  test('hostile text stays text, and nothing is refused or fails', async () => {
    await open(sample());
    await page.getByRole('button', { name: /^Open 0001/ }).click();
    const shown = await page.locator('dialog').textContent();
    expect(shown).toContain(hostile[1]);
    expect(await page.locator('h1').textContent()).toBe(hostile[0]);
    expect(await page.locator('#attention').textContent()).toContain(hostile[1]);
    expect(await page.title()).toContain(hostile[0]);
    expect(await page.locator('img[src="x"], b:text-is("bold")').count()).toBe(0);
    expect(reader.said).toEqual([]);
  });

  test('pictures of any name load from beside the file', async () => {
    await open(sample());
    const card = page.locator('[data-run="4"] img');
    await card.scrollIntoViewIfNeeded();
    await page.waitForFunction(
      'document.querySelector(\'[data-run="4"] img\')?.naturalWidth === 16',
    );
    expect(reader.said).toEqual([]);
  });

  test('counts, search, status, value, tag and their removal agree', async () => {
    await open(sample());
    const shown = page.getByRole('status');
    expect(await shown.textContent()).toBe('24 runs');
    await page.getByRole('button', { name: /^failed 2/ }).click();
    expect(await shown.textContent()).toBe('2 of 24 runs');
    await page.getByRole('button', { name: /^failed 2/ }).click();
    const filter = page.getByRole('combobox', { name: 'Filter by value or tag' });
    await filter.selectOption({ label: 'anime' });
    expect(await shown.textContent()).toBe('8 of 24 runs');
    await filter.selectOption({ label: 'oil' });
    expect(await shown.textContent()).toBe('16 of 24 runs');
    await filter.selectOption({ label: 'hero' });
    expect(await shown.textContent()).toBe('1 of 24 runs');
    for (const name of ['anime', 'oil', 'hero'])
      await page
        .getByRole('button', { name: `Remove filter ${name === 'hero' ? 'tag' : 'style'} ${name}` })
        .click();
    await page.getByRole('searchbox').fill('CUDA');
    await expect.poll(() => shown.textContent()).toBe('1 of 24 runs');
    await page.getByRole('searchbox').fill('nothing has this');
    await expect.poll(() => shown.textContent()).toBe('0 of 24 runs');
    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await shown.textContent()).toBe('24 runs');
  });

  test('failures come first, with node, reason and traceback', async () => {
    await open(sample());
    const first = page.locator('#attention li').first();
    expect(await first.textContent()).toContain('1 run failed');
    expect(await first.textContent()).toContain('KSampler (node 3)');
    expect(await page.getByText('OutOfMemoryError').first().isVisible()).toBe(false);
    await first.locator('summary').click();
    expect(await first.getByText('OutOfMemoryError').isVisible()).toBe(true);
    await first.getByRole('button', { name: '0007-run' }).click();
    expect(await page.locator('dialog h2').textContent()).toBe('0007-run');
  });

  test('all of it works from the keyboard', async () => {
    await open(sample());
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement?.getAttribute("type")')).toBe('search');
    await page.locator('[data-run="3"] .stage').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    const title = page.locator('dialog h2');
    expect(await title.textContent()).toBe('0004-run');
    await page.keyboard.press('ArrowDown');
    expect(await page.getByRole('button', { name: 'Output 2' }).getAttribute('aria-current')).toBe(
      'true',
    );
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await title.textContent()).toBe('0006-run');
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog').isVisible()).toBe(false);
    const focused = page.locator(':focus').locator('xpath=ancestor::*[@data-run]');
    await expect.poll(() => focused.getAttribute('data-run')).toBe('6');
  });

  test('a run in full tells its values, its row, its task and how to run it again', async () => {
    await open(sample());
    await page.getByRole('button', { name: /^Open 0007/ }).click();
    const text = await page.locator('dialog').textContent();
    for (const part of ['prompts.csv:9', '12 coins', '31s', 'CUDA out of memory', record(7).id])
      expect(text).toContain(part);
    expect(text).toContain(`rh-batch apply 'my batch.yaml' --only ${record(7).id}`);
  });

  test('the list and the grid show the same runs', async () => {
    await open(sample());
    await page.getByRole('button', { name: 'List', exact: true }).click();
    expect(await page.locator('.line').count()).toBeGreaterThan(3);
    await page.getByRole('button', { name: 'Grid', exact: true }).click();
    expect(await page.locator('.board table').getAttribute('aria-rowcount')).toBe('9');
    const seen = new Set<string>();
    for (const place of [0, 0.5, 1]) {
      await page.evaluate(
        `{ const box = document.querySelector('.board .scroll'); box.scrollTop = ${place} * box.scrollHeight; }`,
      );
      await page.evaluate('new Promise(requestAnimationFrame)');
      for (const name of await page
        .locator('.board td .stage')
        .evaluateAll((all) => all.map(({ title }) => title as string)))
        seen.add(name);
    }
    expect(seen.size).toBe(24);
    expect(reader.said).toEqual([]);
  });

  test('of thousands of runs only those in sight exist, down to the last', async () => {
    await open(plainReport(5000));
    expect(await page.locator('.card').count()).toBeLessThan(100);
    await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
    await page.locator('[data-run="4999"]').waitFor();
    expect(await page.locator('.card').count()).toBeLessThan(100);
  });
});
