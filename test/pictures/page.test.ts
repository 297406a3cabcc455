import axe from 'axe-core';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLine } from '../../src/picks/mark.js';
import { markedBy } from '../../src/picks/marked.js';
import type { HtmlOptions } from '../../src/report/html/page.js';
import type { BatchReport } from '../../src/report/model.js';
import { browserPath, Reader } from '../report/chromium.js';
import { png } from '../report/png.js';
import { plannedRun, record, reportOf, saved } from '../report/sample.js';

const sample = (): BatchReport =>
  reportOf(
    Array.from({ length: 8 }, (_, index) => {
      const values = new Map([['seed', String(index)]]);
      const paths = index === 2 ? ['2.png', '2b.png'] : [`${index}.png`];
      return [
        plannedRun(index, { values }),
        record(index, { state: saved(index, paths) }),
      ] as const;
    }),
  );

describe.skipIf(browserPath === undefined)('picking on the page', () => {
  let reader: Reader;
  let page: Page;

  beforeAll(async () => {
    reader = await Reader.start();
    for (const { outputs } of sample().runs)
      for (const { path } of outputs) await reader.write(path ?? '', png(16, 20, [120, 160, 90]));
  });
  afterAll(async () => reader.close());

  const open = async (
    html: HtmlOptions = {},
    context: Parameters<Reader['open']>[2] = {},
  ): Promise<void> => {
    page = await reader.open(sample(), html, context);
    await page.locator('.stage').first().waitFor();
  };
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const badges = (): Promise<Record<string, string>> =>
    page.evaluate(`Object.fromEntries([...document.querySelectorAll('.card')].flatMap((card) => {
      const text = card.querySelector('.mark [aria-hidden]')?.textContent ?? '';
      return text === '' ? [] : [[card.getAttribute('data-run'), text]];
    }))`);
  const counts = (): Promise<string | null> => page.locator('.picks-bar .counts').textContent();
  const focused = (): Promise<string | null> =>
    page.evaluate(`document.activeElement.closest('[data-run]')?.getAttribute('data-run') ?? null`);

  test('P, X, U and digits mark the picture of the card that has the focus', async () => {
    await open();
    await press('Home', 'p', '4', 'ArrowRight', 'x', 'ArrowRight', '2', 'ArrowRight', 'p', 'u');
    expect(await badges()).toEqual({ 0: '✓★★★★', 1: '✕', 2: '★★' });
    await expect.poll(counts).toBe('1 picked · 1 rejected · 2 with stars');
    await press('End', 'Shift+P');
    expect(await focused()).toBe('7');
    await press('Home', 'Shift+5');
    expect(await focused()).toBe('1');
    expect(await badges()).toMatchObject({ 0: '✓★★★★★', 7: '✓' });
  });

  test('Ctrl+Z takes back one mark after the other, and 0 takes the stars', async () => {
    await open();
    await press('Home', '3', '5', 'p', 'Control+z');
    expect(await badges()).toEqual({ 0: '★★★★★' });
    await press('Control+z');
    expect(await badges()).toEqual({ 0: '★★★' });
    await press('0', 'Control+z', 'Control+z');
    expect(await badges()).toEqual({});
    await expect.poll(counts).toContain('P picks');
  });

  test('the same keys mark the large picture, each output of a run for itself', async () => {
    await open();
    await press('Home', 'ArrowRight', 'ArrowRight', 'Enter');
    await page.locator('.viewer[open]').waitFor();
    await press('ArrowDown', 'p', '3', 'Home', 'x', 'End', 'Shift+P');
    const pressed = page.locator('.marking [aria-pressed=true]');
    expect(await pressed.allTextContents()).toEqual(['✓ Pick']);
    await press('Escape');
    // Of run 2 the second output is picked: the card shows the first.
    expect(await badges()).toEqual({ 0: '✕', 7: '✓' });
    await expect.poll(counts).toBe('2 picked · 1 rejected · 1 with stars');
  });

  test('Space opens a picture and closes it again', async () => {
    await open();
    await press('Home', 'ArrowRight', ' ');
    await page.locator('.viewer[open]').waitFor();
    await press(' ');
    await page.locator('.viewer[open]').waitFor({ state: 'hidden' });
    expect(await focused()).toBe('1');
  });

  test('filters show picked, rejected, unmarked, and so many stars', async () => {
    await open();
    await press('Home', 'p', 'ArrowRight', 'x', 'ArrowRight', 'ArrowRight', '4', 'ArrowRight', '2');
    const shown = (): Promise<string[]> =>
      page.evaluate(
        `[...document.querySelectorAll('.card')].map((card) => card.getAttribute('data-run'))`,
      );
    const toggle = (name: string): Promise<void> =>
      page.locator('.picks-bar').getByRole('button', { name, exact: true }).click();
    await toggle('picked');
    expect(await shown()).toEqual(['0']);
    await toggle('rejected');
    expect(await shown()).toEqual(['0', '1']);
    await toggle('picked');
    await toggle('rejected');
    await page.getByLabel('Stars', { exact: true }).selectOption('3');
    expect(await shown()).toEqual(['3']);
    await page.getByLabel('Stars', { exact: true }).selectOption('0');
    await toggle('unmarked');
    expect(await shown()).toEqual(['2', '5', '6', '7']);
    // What is marked now leaves, and the viewer still goes on among what it was opened from.
    await page.locator('.stage').first().click();
    await press('p', 'ArrowRight', 'p', 'ArrowRight');
    expect(await page.locator('.viewer .place').textContent()).toBe('3 of 4');
    await press('Escape');
    // The second output of run 2 has no mark yet.
    await expect.poll(shown).toEqual(['2', '6', '7']);
  });

  test('from the disk marks stay in the browser, also of two tabs, and the file saves them', async () => {
    await open();
    const opened = page.waitForEvent('popup');
    await page.evaluate('void window.open(location.href)');
    const other = await opened;
    await other.locator('.stage').first().waitFor();
    await press('Home', 'p');
    await other.bringToFront();
    await other.keyboard.press('Home');
    await other.keyboard.press('4');
    await other.keyboard.press('ArrowRight');
    await other.keyboard.press('x');
    await page.bringToFront();
    await expect.poll(badges).toEqual({ 0: '✓★★★★', 1: '✕' });
    await page.reload();
    await page.locator('.stage').first().waitFor();
    expect(await badges()).toEqual({ 0: '✓★★★★', 1: '✕' });

    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save picks' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^picks-.*\.jsonl$/);
    const text = await readFile(await file.path(), 'utf8');
    const marks = text.trim().split('\n').map(readLine);
    expect(marks.every(({ ok }) => ok)).toBe(true);
    const known = markedBy(marks.flatMap((read) => (read.ok ? [read.mark] : [])));
    expect([...known.values()]).toMatchObject([
      { run: sample().runs[0]!.id, pick: 'picked', stars: 4 },
      { run: sample().runs[1]!.id, pick: 'rejected', stars: 0 },
    ]);
    expect(reader.said).toEqual([]);
  });

  test('marks that were known when the page was written are on it, also of another picture', async () => {
    const [first, second] = sample().runs;
    const at = '2026-11-28T10:00:00.000Z';
    const about = { output: 0, at, pickAt: at, starsAt: null, stars: 0, pick: 'picked' } as const;
    await open({
      marks: [
        { ...about, run: first!.id, file: '0.png', sha256: first!.outputs[0]!.sha256! },
        { ...about, run: second!.id, file: '1.png', sha256: '0'.repeat(64) },
      ],
    });
    expect(await badges()).toEqual({ 0: '✓', 1: '✓ changed' });
  });

  test('on a phone the bar marks and a swipe goes on; axe finds nothing serious', async () => {
    await open({}, { viewport: { width: 390, height: 844 }, hasTouch: true });
    await page.locator('.stage').first().tap();
    await page.getByRole('button', { name: '✓ Pick' }).tap();
    await page.getByRole('button', { name: '3 stars' }).tap();
    await page.evaluate(`{
      const screen = document.querySelector('.screen');
      const fire = (type, list, clientX) =>
        screen.dispatchEvent(new TouchEvent(type, {
          [list]: [new Touch({ identifier: 1, target: screen, clientX, clientY: 200 })],
          bubbles: true,
        }));
      fire('touchstart', 'touches', 300);
      fire('touchend', 'changedTouches', 60);
    }`);
    expect(await page.locator('.viewer .place').textContent()).toBe('2 of 8');
    await page.evaluate(axe.source);
    const serious = (): Promise<unknown> =>
      page.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))`);
    expect(await serious()).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).tap();
    expect(await badges()).toEqual({ 0: '✓★★★' });
    expect(await serious()).toEqual([]);
  });
});
