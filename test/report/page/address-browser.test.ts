import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, Reader } from '../chromium.js';
import { plannedRun, record, reportOf } from '../sample.js';

const sample = () =>
  reportOf(
    Array.from({ length: 24 }, (_, index) => {
      const values = new Map([
        ['prompt', `a fox in its den, picture ${index}`],
        ['style', ['anime', 'photo', 'oil'][index % 3]!],
      ]);
      return [plannedRun(index, { values, overrides: [] }), record(index)] as const;
    }),
  );

describe.skipIf(browserPath === undefined)('the address of report.html', () => {
  let reader: Reader;
  let page: Page;

  beforeAll(async () => {
    reader = await Reader.start();
  });
  afterAll(async () => reader.close());

  const hash = (): string => new URL(page.url()).hash;
  const lines = () => page.locator('.line h3').allTextContents();
  const dialog = () => page.locator('dialog.viewer');

  test('reload, a sent link, and Back show the same', async () => {
    page = await reader.open(sample());
    await page.getByRole('button', { name: 'List', exact: true }).click();
    await page.getByRole('searchbox').fill('style=anime or oil picture<5');
    await page.getByRole('combobox', { name: 'Sort' }).selectOption('down:prompt');
    await expect.poll(hash).toContain('sort=down');
    await page.getByRole('searchbox').fill('style=anime or oil');
    await expect.poll(hash).not.toContain('picture');
    const shown = await lines();
    expect(shown.slice(0, 3)).toEqual(['0023-run', '0021-run', '0020-run']);

    await page.locator('.line .stage').nth(1).click();
    expect(hash()).toContain('run=0021-run');
    await page.keyboard.press('ArrowRight');
    await expect.poll(hash).toContain('run=0020-run');
    const link = page.url();

    await page.reload();
    expect(await dialog().locator('h2').textContent()).toBe('0020-run');
    await page.goBack();
    await expect.poll(() => dialog().isVisible()).toBe(false);
    expect(await lines()).toEqual(shown);
    await page.goForward();
    await expect.poll(() => dialog().isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(hash).not.toContain('run=');
    expect(await lines()).toEqual(shown);
    await page.goBack();
    await expect.poll(() => page.locator('.card').count()).toBeGreaterThan(0);
    await page.close();

    page = await reader.visit('report.html', new URL(link).hash);
    expect(await dialog().locator('h2').textContent()).toBe('0020-run');
    await page.keyboard.press('Escape');
    expect(await lines()).toEqual(shown);
    expect(await page.getByRole('searchbox').inputValue()).toBe('style=anime or oil');
    expect(await page.locator('.shown').textContent()).toBe('16 of 24 runs');
    await expect.poll(hash).not.toContain('run=');
    expect(reader.said.filter((text) => !text.includes('ERR_FILE_NOT_FOUND'))).toEqual([]);
    await page.close();
  });

  test('captions tell what differs, and the first picture is in sight', async () => {
    for (const [width, height] of [
      [1400, 900],
      [390, 844],
    ] as const) {
      page = await reader.open(sample(), {}, { viewport: { width, height } });
      const stage = (await page.locator('.card .stage').first().boundingBox())!;
      expect(stage.y + stage.height).toBeLessThan(height);
      const facts = await page
        .locator('.fact')
        .evaluateAll((all) =>
          all.map((fact) => (fact as unknown as { offsetTop: number }).offsetTop),
        );
      if (width === 1400) expect(new Set(facts).size).toBe(1);
      await page.close();
    }
    page = await reader.open(sample(), {}, { hash: '#q=style%3Doil' });
    const told = page.locator('.card').first().locator('.told-value');
    expect(await told.count()).toBe(0);
    await page.getByText('Captions').click();
    await page.getByRole('checkbox', { name: 'style' }).check();
    expect(await told.allTextContents()).toEqual(['style oil']);
    await expect.poll(hash).toContain('captions=style');
    await page.getByRole('searchbox').fill('stile=oil');
    await page.getByText('Nothing is called stile').waitFor();
    await page.close();
  });
});
