import axe from 'axe-core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLine } from '../../src/picks/mark.js';
import { browserPath, Reader } from '../report/chromium.js';
import { key, Project } from '../support/project.js';
import { view } from './pages.js';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const files = {
  'rows.csv': `Positive Prompt.text\n${Array.from({ length: 6 }, (_, at) => `fox ${at}`).join('\n')}\n`,
};
/**
 * A browser is a process that the virtual clock would wait for. The minute within which an answer
 * must come is 3 s: also a busy machine answers by then.
 */
const emulator = { speed: 20, runTime: { kind: 'constant', ms: 2_000 } } as const;
const manifest = 'matrix: { rows: rows.csv }';

describe.skipIf(browserPath === undefined)('the page that view serves', () => {
  let reader: Reader;
  beforeAll(async () => {
    reader = await Reader.start();
  });
  afterAll(() => reader.close());

  const press = async (page: Page, ...keys: string[]): Promise<void> => {
    await page.bringToFront();
    for (const one of keys) await page.keyboard.press(one);
  };
  const pictures = (page: Page): Promise<number> =>
    page.evaluate(
      `[...document.querySelectorAll('.card img')].filter((image) => image.naturalWidth > 0).length`,
    );
  const badges = (page: Page): Promise<Record<string, string>> =>
    page.evaluate(`Object.fromEntries([...document.querySelectorAll('.card')].flatMap((card) => {
      const text = card.querySelector('.mark [aria-hidden]')?.textContent ?? '';
      return text === '' ? [] : [[card.getAttribute('data-run'), text]];
    }))`);

  test('shows runs turn and finish without being loaded again, and keeps what was chosen', async () => {
    const p = await Project.start({ manifest, files, emulator });
    const { address, stop } = await view(p);
    const page = await reader.visitUrl(address);
    await page.evaluate('window.same = true');
    expect(await page.locator('.now .notice').first().textContent()).toContain(
      'No apply of this batch has begun yet',
    );
    expect(await page.locator('.picks-bar').isHidden()).toBe(true);
    await press(page, 'Home', 'ArrowRight');
    const applied = await p.apply();
    expect(applied.exit).toBe(0);
    await expect.poll(() => pictures(page)).toBe(6);
    await expect.poll(() => page.locator('.facts').textContent()).toContain('Succeeded6 of 6');
    await expect.poll(() => page.locator('.toggles .s-succeeded b').textContent()).toBe('6');
    expect(await page.locator('.now .notice').first().isHidden()).toBe(true);
    expect(await page.locator('.picks-bar').isVisible()).toBe(true);
    // The focus is where it was, on another card by now.
    await press(page, 'p');
    await expect.poll(() => badges(page)).toEqual({ 1: '✓' });
    await expect
      .poll(() => page.locator('.picks-bar .kept').textContent())
      .toBe('Kept in picks.jsonl beside the pictures.');
    expect(await page.evaluate('window.same')).toBe(true);
    await page.evaluate(axe.source);
    expect(
      await page.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))`),
    ).toEqual([]);
    expect(reader.said).toEqual([]);
    await page.close();
    await stop();
    await p.close();
  });

  test('two pages and a kill of the server lose no mark', async () => {
    const p = await Project.start({ manifest, files, emulator });
    await p.apply();
    const env = { ...process.env, RUNNINGHUB_API_KEY: key };
    const serve = async (): Promise<{ address: string; kill: () => Promise<void> }> => {
      const child = spawn(process.execPath, [cli, 'view'], { cwd: p.dir, env });
      const ended = once(child, 'exit');
      child.stdout.setEncoding('utf8');
      const [address] = (await once(child.stdout, 'data')) as [string];
      return {
        address: address.trim(),
        kill: async () => {
          child.kill('SIGKILL');
          await ended;
        },
      };
    };
    const first = await serve();
    const one = await reader.visitUrl(first.address);
    const another = async (): Promise<Page> => {
      const opened = one.waitForEvent('popup');
      await one.evaluate('void window.open(location.href)');
      return opened;
    };
    const two = await another();
    await one.locator('.stage').first().waitFor();
    await two.locator('.stage').first().waitFor();
    await press(one, 'Home', 'p');
    await press(two, 'Home', 'ArrowRight', 'x');
    await expect.poll(() => badges(one)).toEqual({ 0: '✓', 1: '✕' });
    await expect.poll(() => badges(two)).toEqual({ 0: '✓', 1: '✕' });

    await first.kill();
    await press(one, 'Home', '4', 'End', 'p');
    await press(two, 'Home', 'ArrowRight', 'ArrowRight', 'p', '5');
    await expect
      .poll(() => one.locator('.picks-bar .kept').textContent())
      .toContain('2 marks not kept yet: the server does not answer.');
    await expect
      .poll(() => one.locator('.now .notice').last().textContent())
      .toContain('rh-batch view manifest.yaml');
    // One of them is closed with marks that nobody has taken yet.
    await two.close({ runBeforeUnload: true });

    const second = await serve();
    expect(second.address).toBe(first.address);
    await expect
      .poll(() => one.locator('.picks-bar .kept').textContent())
      .toBe('Kept in picks.jsonl beside the pictures.');
    const all = { 0: '✓★★★★', 1: '✕', 2: '✓★★★★★', 5: '✓' };
    // The storage of the closed one is the browser's: any page of the batch sends what is left there.
    const three = await another();
    await expect.poll(() => badges(one)).toEqual(all);
    await expect.poll(() => badges(three)).toEqual(all);
    await second.kill();
    const lines = p.read('out/manifest/picks.jsonl').trim().split('\n').map(readLine);
    expect(lines.every(({ ok }) => ok)).toBe(true);
    expect(lines).toHaveLength(6);
    await one.close();
    await three.close();
    await p.close();
  });
});
