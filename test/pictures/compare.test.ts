import axe from 'axe-core';
import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeMp4 } from '../../src/emulator/media/mp4.js';
import { paint } from '../../src/emulator/media/picture.js';
import { encodePng } from '../../src/emulator/media/png.js';
import type { BatchReport } from '../../src/report/model.js';
import { browserPath, Reader } from '../report/chromium.js';
import { plannedRun, record, reportOf, saved } from '../report/sample.js';

/** A folder for pictures of the views, to be looked at by a person. */
const shots = process.env['SHOTS'];

const prompts = ['a red fox in the snow', 'a blue fox in the snow', '<b>a fox</b> in the snow'];

const sample = (ending = 'png'): BatchReport =>
  reportOf(
    Array.from({ length: 12 }, (_, index) => {
      const values = new Map([
        ['prompt', prompts[index % 3]!],
        ['seed', String(index)],
      ]);
      const state = saved(index, [`${index}.${ending}`]);
      return [plannedRun(index, { values, overrides: [] }), record(index, { state })] as const;
    }),
  );

describe.skipIf(browserPath === undefined)('comparing pictures on the page', () => {
  let reader: Reader;
  let page: Page;

  beforeAll(async () => {
    reader = await Reader.start();
    for (let at = 0; at < 12; at += 1)
      await reader.write(`${at}.png`, encodePng(paint(1600, 2000, prompts[at % 3]!, `${at}`), []));
    for (const at of [0, 1])
      await reader.write(
        `${at}.mp4`,
        encodeMp4([paint(64, 80, 'fox', `${at}`), paint(64, 80, 'fox', 'b')], 4),
      );
    if (shots !== undefined) mkdirSync(shots, { recursive: true });
  });
  afterAll(async () => reader.close());

  const open = async (
    count: number,
    context: Parameters<Reader['open']>[2] = {},
    ending = 'png',
  ): Promise<void> => {
    page = await reader.open(sample(ending), {}, context);
    await page.locator('.stage').first().waitFor();
    await page.keyboard.press('Home');
    for (let at = 0; at < count; at += 1) await page.keyboard.press('Shift+P');
    await page.getByRole('button', { name: 'Compare picked' }).click();
    await page.locator('.compare[open]').waitFor();
  };
  const shot = async (name: string): Promise<void> => {
    if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png` });
  };
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const dialog = () => page.locator('.compare');
  const names = () => dialog().locator('figcaption b').allTextContents();
  /** What the transforms come to, one for each picture. */
  const transforms = (): Promise<string[]> =>
    page.evaluate(`[...document.querySelectorAll('.frame > *')].map((one) => one.style.transform)`);
  const hash = (): string => new URL(page.url()).hash;
  const serious = async (): Promise<unknown> => {
    await page.evaluate(axe.source);
    return page.evaluate(`axe.run().then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))`);
  };

  test('zoom and place are the same in all of them, up to a pixel for a pixel', async () => {
    await open(3);
    expect(await names()).toHaveLength(3);
    await shot('compare-three');
    await press('z');
    // 1:1: the picture of 1600 × 2000 is drawn as large as it is.
    const size = await page.evaluate<{ width: number; natural: number }>(`(() => {
      const image = document.querySelector('.frame > img');
      const { width, height } = image.getBoundingClientRect();
      const fit = Math.min(width / image.naturalWidth, height / image.naturalHeight);
      return { width: fit * image.naturalWidth, natural: image.naturalWidth };
    })()`);
    expect(size.width).toBeCloseTo(size.natural, 0);
    await press('ArrowRight', 'ArrowDown');
    const [first, ...others] = await transforms();
    expect(first).toMatch(/^translate\(-10%, -10%\) scale\(/);
    expect(new Set(others)).toEqual(new Set([first]));
    await shot('compare-pixels');
    // Dragging one moves all.
    const box = (await dialog().locator('.frame').nth(1).boundingBox())!;
    await page.mouse.move(box.x + 50, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + 50 + box.width / 4, box.y + 50);
    await page.mouse.up();
    const moved = await transforms();
    expect(moved[0]).toMatch(/^translate\(15%, -10%\)/);
    expect(new Set(moved).size).toBe(1);
    await press('z');
    expect(new Set(await transforms())).toEqual(new Set(['translate(0%, 0%) scale(1)']));
    await page.mouse.wheel(0, -100);
    expect(new Set(await transforms())).toEqual(new Set(['translate(0%, 0%) scale(1.2)']));
    expect(reader.said).toEqual([]);
  });

  test('the captions mark what of the prompts differs, as text', async () => {
    await open(3);
    const marks = await dialog().locator('figcaption mark').allTextContents();
    expect(marks).toEqual(['red', 'blue', '<b>a fox</b>']);
    expect(await dialog().locator('figcaption .differs-in').allTextContents()).toEqual([
      'seed 0',
      'seed 1',
      'seed 2',
    ]);
  });

  test('blinking shows one at a time, and Space goes on', async () => {
    await open(3, { reducedMotion: 'reduce' });
    await press('b');
    const seen = (): Promise<string[]> =>
      dialog().locator('figure:not(.hid) figcaption b').allTextContents();
    const all = await names();
    expect(await seen()).toEqual([all[0]]);
    await press('Tab');
    await dialog().locator('.frames').click();
    await press(' ');
    expect(await seen()).toEqual([all[1]]);
    await press(' ', ' ');
    expect(await seen()).toEqual([all[0]]);
    await press('b');
    expect(await seen()).toEqual(all);
  });

  test('a slider draws one of two over the other', async () => {
    await open(2);
    await page.getByRole('button', { name: 'Slider' }).click();
    const slider = page.getByLabel('How much of the first picture is seen');
    await slider.fill('30');
    const clips: string[] = await page.evaluate(
      `[...document.querySelectorAll('.frame')].map((one) => getComputedStyle(one).clipPath)`,
    );
    expect(clips).toEqual(['inset(0px 70% 0px 0px)', 'inset(0px 0px 0px 30%)']);
    await shot('compare-slider');
  });

  test('films play together, from the same place', async () => {
    await open(2, {}, 'mp4');
    const films = (what: string): Promise<unknown[]> =>
      page.evaluate(`[...document.querySelectorAll('.frame > video')].map((one) => one.${what})`);
    await expect.poll(() => films('readyState > 0')).toEqual([true, true]);
    await page.getByLabel('Place in the films').fill('500');
    const [one, other] = await films('currentTime');
    expect(one).toBe(other);
    expect(one).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Play' }).click();
    await expect.poll(() => films('paused')).toEqual([false, false]);
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => films('paused')).toEqual([true, true]);
    await expect.poll(async () => new Set(await films('currentTime')).size).toBe(1);
  });

  test('at most nine are compared; Back and Esc close them, and a link shows them', async () => {
    await open(11);
    expect(await names()).toHaveLength(9);
    await shot('compare-nine');
    expect(hash()).toBe('#compare=picked');
    await page.reload();
    await dialog().waitFor();
    expect(await names()).toHaveLength(9);
    await page.goBack();
    await dialog().waitFor({ state: 'detached' });
    expect(await page.locator('.card').count()).toBeGreaterThan(0);
    await page.goForward();
    await dialog().waitFor();
    await press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(hash).toBe('');
  });

  test('on a phone, and in the dark, axe finds nothing serious', async () => {
    await open(3, { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: 'dark' });
    expect(await serious()).toEqual([]);
    await shot('compare-phone-dark');
    await open(4, { colorScheme: 'dark' });
    expect(await serious()).toEqual([]);
    await open(4);
    expect(await serious()).toEqual([]);
  });
});
