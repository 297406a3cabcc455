import axe from 'axe-core';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeMp4 } from '../../src/emulator/media/mp4.js';
import { paint } from '../../src/emulator/media/picture.js';
import { encodePng } from '../../src/emulator/media/png.js';
import { encodeWav } from '../../src/emulator/media/wav.js';
import { compareBatches } from '../../src/report/compare/compare.js';
import { planEmbedding } from '../../src/report/html/embed.js';
import { reportHtml } from '../../src/report/html/page.js';
import type { BatchReport, ReportRun } from '../../src/report/model.js';
import { browserPath, Reader } from './chromium.js';
import {
  attempt,
  began,
  failed,
  plainReport,
  plannedRun,
  record,
  reportOf,
  saved,
} from './sample.js';

const styles = ['watercolour', 'oil painting', 'pencil sketch'];
const subjects = ['a red fox in the snow', 'a blue heron at dawn', '水乡的清晨'];

/** Nine pictures, one with a video, a sound and a text; two slots; one failure. */
const batch = (change: (index: number) => string = () => ''): BatchReport =>
  reportOf(
    Array.from({ length: 9 }, (_, index) => {
      const prompt = `${subjects[Math.floor(index / 3)]!}${change(index)}`;
      const values = new Map([
        ['prompt', prompt],
        ['style', styles[index % 3]!],
      ]);
      const overrides = [
        {
          node: '6',
          title: 'Positive Prompt',
          class: 'CLIPTextEncode',
          field: 'text',
          value: { is: 'json', json: `${prompt}, ${styles[index % 3]!}` },
        } as const,
      ];
      const from = began + Math.floor(index / 2) * 30_000 + (index % 2) * 500;
      const attempts = [
        attempt(index, { acceptedAt: from, runningAt: from + 2000, settledAt: from + 29_000 }),
      ];
      const run = plannedRun(index, { values, overrides, tags: ['hero'] });
      if (index === 7) return [run, record(7, failed(7))] as const;
      const paths = index === 0 ? ['0.png', '0.mp4', '0.wav', '0.txt'] : [`${index}.png`];
      return [run, record(index, { state: saved(index, paths), attempts })] as const;
    }),
    { slots: 2, title: 'Hero shots' },
  );

/** Of another day: run 2 is not there, run 8 is new, a prompt and its picture are others. */
const compared = (): { readonly now: BatchReport; readonly before: readonly ReportRun[] } => {
  const now = batch();
  const before = batch((index) => (index === 4 ? ' and mist' : ''))
    .runs.filter(({ index }) => index !== 8)
    .map((run) => (run.index === 4 ? { ...run, id: 'ffffffffffffffff' as ReportRun['id'] } : run))
    .map((run) => ({ ...run, cost: { ...run.cost, coins: '10.5' } }))
    .map((run) =>
      run.index === 4
        ? { ...run, outputs: run.outputs.map((output) => ({ ...output, sha256: 'cd'.repeat(32) })) }
        : run,
    );
  return { now: { ...now, runs: now.runs.filter(({ index }) => index !== 2) }, before };
};

const comparison = () => {
  const { now, before } = compared();
  const earlier = {
    shown: 'out/yesterday',
    name: 'hero-shots',
    target: '1',
    startedAt: began - 86_400_000,
    runs: before,
  };
  return { now, comparison: compareBatches(earlier, now.runs) };
};

describe.skipIf(browserPath === undefined)('report.html as people see it', () => {
  let reader: Reader;
  /** Where the screenshots go that people look at; none without it. */
  const shots = process.env['SCREENSHOTS'];

  beforeAll(async () => {
    reader = await Reader.start();
    for (const { index, values } of batch().runs) {
      const picture = paint(256, 320, values.get('prompt')!, values.get('style')!);
      await reader.write(`${index}.png`, encodePng(picture, []));
    }
    await reader.write(
      '0.mp4',
      encodeMp4([paint(64, 80, 'fox', 'a'), paint(64, 80, 'fox', 'b')], 4),
    );
    await reader.write('0.wav', encodeWav(7));
    await reader.write('0.txt', 'a poem');
    if (shots !== undefined) await mkdir(shots, { recursive: true });
  });
  afterAll(async () => reader.close());

  const choose = (page: Page, name: string): Promise<void> =>
    page.locator('.views').getByRole('button', { name, exact: true }).click();

  const openRun = (page: Page, index: number): Promise<void> =>
    page.locator(`[data-run="${index}"] .stage`).click();

  const compareTwo = async (page: Page): Promise<void> => {
    await page.getByRole('button', { name: 'Compare 0000-run' }).click();
    await page.getByRole('button', { name: 'Compare 0004-run' }).click();
  };

  interface View {
    readonly report?: () => BatchReport;
    readonly changes?: boolean;
    readonly dark?: boolean;
    readonly width?: number;
    readonly go?: (page: Page) => Promise<void>;
  }

  const views: Readonly<Record<string, View>> = {
    gallery: {},
    list: { go: (page) => choose(page, 'List') },
    grid: { go: (page) => choose(page, 'Grid') },
    timeline: { go: (page) => choose(page, 'Timeline') },
    viewer: { go: (page) => openRun(page, 0) },
    'viewer of a failure': { go: (page) => openRun(page, 7) },
    'two runs': { go: compareTwo },
    changes: { changes: true },
    'a change': { changes: true, go: (page) => page.locator('.v-changed .stage').click() },
    'dark gallery': { dark: true },
    'dark timeline': { dark: true, go: (page) => choose(page, 'Timeline') },
    'dark viewer': { dark: true, go: (page) => openRun(page, 0) },
    'dark two runs': { dark: true, go: compareTwo },
    'dark changes': { dark: true, changes: true },
    'narrow gallery': { width: 390 },
    'narrow viewer': { width: 390, go: (page) => openRun(page, 0) },
    'empty batch': { report: () => plainReport(0) },
    'empty timeline': { report: () => plainReport(0), go: (page) => choose(page, 'Timeline') },
    'all failed': {
      report: () =>
        reportOf(
          Array.from({ length: 8 }, (_, at) => [plannedRun(at), record(at, failed(at))] as const),
        ),
    },
  };

  const openView = async ({ report, changes = false, dark = false, width, go }: View) => {
    const made = changes ? comparison() : { now: report?.() ?? batch() };
    const html = {
      read: () => Buffer.from('a poem'),
      ...('comparison' in made ? { comparison: made.comparison } : {}),
    };
    const page = await reader.open(made.now, html, {
      colorScheme: dark ? 'dark' : 'light',
      ...(width === undefined ? {} : { viewport: { width, height: 800 } }),
    });
    await go?.(page);
    return page;
  };

  test.each(Object.entries(views))(
    '%s: everyone can use it, and it does not overflow',
    async (name, view) => {
      const page = await openView(view);
      const found = await scan(page);
      expect(found, JSON.stringify(found, null, 1)).toEqual([]);
      expect(reader.said).toEqual([]);
      expect(
        await page.evaluate(
          'document.documentElement.scrollWidth <= document.documentElement.clientWidth',
        ),
      ).toBe(true);
      if (shots !== undefined) {
        await page.waitForLoadState('networkidle');
        await page.screenshot({ path: join(shots, `${name.replaceAll(' ', '-')}.png`) });
      }
      await page.close();
    },
  );

  test('runs that this apply did not select are marked, and can be left out', async () => {
    const made = batch();
    const runs = made.runs.map((run) => ({ ...run, thisApply: run.index < 2 }));
    const thisApply = { ...made.thisApply, total: 2, succeeded: 2 };
    const page = await openView({ report: () => ({ ...made, runs, thisApply }) });
    expect(await page.locator('.f-this-apply').textContent()).toContain('2 of 2');
    expect(await page.locator('.card').count()).toBe(9);
    expect(await page.getByText('not of this apply').count()).toBe(7);
    await page.getByRole('button', { name: 'this apply 2' }).click();
    expect(await page.locator('.card').count()).toBe(2);
    expect(await page.locator('.shown').textContent()).toBe('2 of 9 runs');
    await page.close();
  });

  test('two runs stand side by side, and what differs is marked', async () => {
    const page = await openView({ go: compareTwo });
    const dialog = page.locator('dialog');
    expect(await dialog.locator('.halves img').count()).toBe(2);
    const prompt = dialog.locator('.versus tr', {
      has: page.getByRole('rowheader', { name: 'prompt', exact: true }),
    });
    expect(await prompt.locator('mark').allTextContents()).toEqual([
      'red fox in the snow',
      'blue heron at dawn',
    ]);
    expect(await dialog.locator('.versus').first().textContent()).toContain('style');
    // The other one changes under the arrow keys, the first one stays.
    await page.keyboard.press('ArrowRight');
    expect(await dialog.locator('figcaption').allTextContents()).toEqual([
      'left0000-run',
      'right0005-run',
    ]);
    await page.keyboard.press('c');
    expect(await dialog.locator('.halves').count()).toBe(0);
    await page.close();
  });

  test('the timeline tells the use of the slots and opens a run by the keyboard', async () => {
    const page = await openView({ go: (view) => choose(view, 'Timeline') });
    const facts = await page.locator('.timeline .facts').textContent();
    expect(facts).toContain('Slots2at once at most');
    expect(facts).toMatch(/Slots in use85 %while tasks were left to submit/);
    expect(await page.locator('.timeline .span').count()).toBe(9);
    await page.locator('.timeline .scroll').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.told').textContent()).toMatch(/^\d{4}-run · .*slot 2 · queued 2s/);
    const told = (await page.locator('.told').textContent())!.split(' · ')[0]!;
    await page.keyboard.press('Enter');
    expect(await page.locator('dialog h2').textContent()).toBe(told);
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.className')).toBe('scroll');
    await page.close();
  });

  test('changes: what differs comes first, with costs, and both pictures load', async () => {
    const page = await openView({ changes: true });
    const words = await page.locator('.both .verdict').allTextContents();
    expect(words.slice(0, 3)).toEqual(['changed', 'added', 'removed']);
    expect(await page.locator('.compared').textContent()).toContain('Compared with out/yesterday');
    const changed = page.locator('.both.v-changed');
    expect(await changed.textContent()).toContain('prompt, text differ');
    expect(await changed.locator('.foot').textContent()).toContain('+1.5 coins');
    await page.getByRole('button', { name: /^the same/ }).click();
    expect(await page.getByRole('status').first().textContent()).toBe('6 of 9 runs');
    await page.close();
  });

  test('a value is found by name=value, a phrase in quotes', async () => {
    const page = await openView({});
    const shown = page.locator('.shown');
    for (const [typed, count] of [
      ['style="oil painting"', '3 of 9 runs'],
      ['STYLE=watercolour fox', '1 of 9 runs'],
      ['"fox in the"', '3 of 9 runs'],
      ['nothing=watercolour', '0 of 9 runs'],
    ] as const) {
      await page.getByRole('searchbox').fill(typed);
      await expect.poll(() => shown.textContent()).toBe(count);
    }
    await page.close();
  });

  test('a link leads to one run, and a name that is half a character has one, too', async () => {
    const name = 'a \ud800 "b" #1';
    const report = reportOf([
      [plannedRun(0), record(0)],
      [plannedRun(1, { name }), record(1)],
    ]);
    const first = await reader.open(report);
    await openRun(first, 1);
    const hash = new URL(first.url()).hash;
    await first.close();
    const page = await reader.open(report, {}, { hash });
    expect(await page.locator('dialog h2').textContent()).toBe(name);
    expect(reader.said.filter((text) => !text.includes('ERR_FILE_NOT_FOUND'))).toEqual([]);
    await page.close();
  });

  test('the command of a run is copied', async () => {
    const page = await reader.open(batch(), { command: 'rh-batch apply hero.yaml --emulator' });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await openRun(page, 7);
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      `rh-batch apply hero.yaml --emulator --only ${record(7).id}`,
    );
    await page.close();
  });

  test('embedded outputs need no file beside the page', async () => {
    const report = batch();
    const png = encodePng(paint(40, 50, 'fox', 'x'), []);
    const embedding = planEmbedding(
      report.runs.flatMap(({ outputs }) => outputs),
      9 * 12_345,
    );
    const read = (path: string) => (path.endsWith('.png') ? png : Buffer.from('a poem'));
    await reader.write('alone/report.html', [...reportHtml(report, { embedding, read })].join(''));
    const page = await reader.visit('alone/report.html');
    await page.waitForFunction(
      'document.querySelector("[data-run=\\"1\\"] img")?.naturalWidth === 40',
    );
    expect(await page.locator('.notice').textContent()).toContain(
      '2 outputs (25 kB) not inside this page',
    );
    await openRun(page, 1);
    const saving = page.waitForEvent('download');
    await page.locator('dialog .files a').click();
    expect((await saving).suggestedFilename()).toBe('1.png');
    await page.close();
  });

  test('on paper: no tools, every run, and what is left out is told', async () => {
    const page = await reader.open(plainReport(700));
    await page.emulateMedia({ media: 'print' });
    await page.evaluate('window.dispatchEvent(new Event("beforeprint"))');
    expect(await page.locator('.tools').isVisible()).toBe(false);
    expect(await page.locator('.card').count()).toBe(600);
    expect(await page.locator('.unprinted').textContent()).toContain('the first 600 of 700');
    if (shots !== undefined) {
      const small = await openView({});
      await small.pdf({ path: join(shots, 'print.pdf'), format: 'A4', printBackground: true });
      await small.emulateMedia({ media: 'print' });
      await small.evaluate('window.dispatchEvent(new Event("beforeprint"))');
      await small.setViewportSize({ width: 794, height: 1123 });
      await small.screenshot({ path: join(shots, 'print.png'), fullPage: true });
      await small.close();
    }
    await page.close();
  });

  test('a prompt of a megabyte, with every line end there is, stays text and can be read whole', async () => {
    const long = `<!-- ]]> \u2028\u2029 ${'</script> "><img src=x onerror=alert(1)> '.repeat(26_000)}`;
    expect(long.length).toBeGreaterThan(1_000_000);
    const values = new Map([['prompt', long]]);
    const page = await reader.open(
      reportOf([
        [plannedRun(0, { values }), record(0)],
        [plannedRun(1), record(1)],
      ]),
    );
    expect(await page.locator('.card .prompt').first().textContent()).toHaveLength(301);
    await openRun(page, 0);
    expect(await page.locator('dialog .value').first().textContent()).toBe(long);
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(reader.said.filter((text) => !text.includes('ERR_FILE_NOT_FOUND'))).toEqual([]);
    await page.close();
  });
});

/** What axe finds serious or worse, in short. */
const scan = async (page: Page): Promise<unknown> => {
  await page.evaluate(axe.source);
  return page.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]) })))`);
};
