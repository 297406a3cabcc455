import axe from 'axe-core';
import { createHash } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planEmbedding } from '../../src/report/html/embed.js';
import type { BatchReport } from '../../src/report/model.js';
import { browserPath, Reader } from '../report/chromium.js';
import { png } from '../report/png.js';
import { plannedRun, record, reportOf, saved } from '../report/sample.js';
import { unzip } from './unzip.js';

const names = ['0.png', 'deep/1.png', '2 水乡 #.png', '3.png'];
const pictures = new Map(names.map((name, at) => [name, png(16, 20, [120, 40 * at, 90])]));
const prompts = ['fox, "red"', '=HYPERLINK("http://x")', 'line one\nline two', '-5'];

const sample = (): BatchReport => {
  const report = reportOf(
    names.map((name, index) => {
      const values = new Map([
        ['prompt', prompts[index]!],
        ['seed', String(index)],
      ]);
      return [plannedRun(index, { values }), record(index, { state: saved(index, [name]) })];
    }),
  );
  const outputs = (run: BatchReport['runs'][number]): typeof run.outputs =>
    run.outputs.map((output) => {
      const bytes = pictures.get(output.path ?? '')!;
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return { ...output, sha256, bytes: bytes.length };
    });
  return { ...report, runs: report.runs.map((run) => ({ ...run, outputs: outputs(run) })) };
};

describe.skipIf(browserPath === undefined)('copying and saving from the page', () => {
  let reader: Reader;
  let page: Page;

  beforeAll(async () => {
    reader = await Reader.start();
    for (const [name, bytes] of pictures) await reader.write(name, bytes);
  });
  afterAll(async () => reader.close());

  const pickTwo = async (): Promise<void> => {
    await page.locator('.stage').first().waitFor();
    for (const key of ['Home', 'ArrowRight', 'p', 'ArrowRight', 'p'])
      await page.keyboard.press(key);
  };
  const contents = async (download: Download): Promise<Record<string, Buffer>> =>
    unzip(await readFile(await download.path()));
  const picked = (): Record<string, Buffer> =>
    Object.fromEntries(names.slice(1, 3).map((name) => [name, pictures.get(name)!]));
  const press = (name: string): Promise<void> => page.getByRole('button', { name }).click();
  const files = (): Promise<Download> => page.waitForEvent('download');

  test('from the disk the folder is asked for once, and the zip holds the picked ones', async () => {
    page = await reader.open(sample());
    await pickTwo();
    await press('Download picked');
    const dialog = page.getByRole('dialog', { name: 'Which folder?' });
    await dialog.waitFor();
    expect(await dialog.textContent()).toContain('sent nowhere');
    await page.evaluate(axe.source);
    expect(
      await page.evaluate(
        `axe.run('.ask').then(({ violations }) => violations.map(({ id }) => id))`,
      ),
    ).toEqual([]);
    const download = files();
    await page.getByLabel('Folder of the report').setInputFiles(reader.dir);
    const file = await download;
    expect(file.suggestedFilename()).toBe('picked-hero-shots.zip');
    expect(await contents(file)).toEqual(picked());
    if (spawnSync('python3', ['--version']).status === 0) {
      const check = 'import sys,zipfile; print(zipfile.ZipFile(sys.argv[1]).testzip())';
      const said = execFileSync('python3', ['-c', check, await file.path()], { encoding: 'utf8' });
      expect(said.trim()).toBe('None');
    }

    // The folder is known now: one file comes as it is.
    await page.locator('.stage').nth(1).click();
    const single = files();
    await press('Save deep/1.png');
    expect((await single).suggestedFilename()).toBe('1.png');
    expect(await readFile(await (await single).path())).toEqual(pictures.get('deep/1.png'));
    expect(reader.said).toEqual([]);
  });

  test('a file that the folder lacks, or that is another one, is told and not packed', async () => {
    await reader.write('elsewhere/deep/1.png', pictures.get('3.png')!);
    page = await reader.open(sample());
    await pickTwo();
    await press('Download picked');
    await page.getByLabel('Folder of the report').setInputFiles(join(reader.dir, 'elsewhere'));
    const dialog = page.getByRole('dialog', { name: '2 files of 2 could not be read' });
    await dialog.waitFor();
    expect(await dialog.getByRole('listitem').allTextContents()).toEqual([
      'deep/1.png is another file now',
      '2 水乡 #.png is not in that folder',
    ]);
    // Another folder can be chosen at once.
    const download = files();
    await page.getByLabel('Folder of the report').setInputFiles(reader.dir);
    expect(await contents(await download)).toEqual(picked());
  });

  test('what the page carries inside itself is saved without a question', async () => {
    const report = sample();
    const embedding = planEmbedding(
      report.runs.flatMap(({ outputs }) => outputs),
      1_000_000,
    );
    page = await reader.open(report, { embedding, read: (path) => pictures.get(path) ?? null });
    await pickTwo();
    const download = files();
    await press('Download picked');
    expect(await contents(await download)).toEqual(picked());
  });

  test('on a server the browser downloads the picked ones, one by one', async () => {
    page = await reader.open(sample());
    await page.close();
    const server = createServer((request, response) => {
      readFile(join(reader.dir, decodeURIComponent(request.url ?? ''))).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', done);
    });
    try {
      const { port } = server.address() as AddressInfo;
      page = await reader.visitUrl(`http://127.0.0.1:${port}/report.html`);
      await pickTwo();
      const got: Download[] = [];
      page.on('download', (download) => got.push(download));
      await press('Download picked');
      await expect.poll(() => got.length).toBe(2);
      const bytes = await Promise.all(got.map(async (one) => readFile(await one.path())));
      expect(
        Object.fromEntries(got.map((one, at) => [one.suggestedFilename(), bytes[at]])),
      ).toEqual({ '1.png': pictures.get(names[1]!), '2 水乡 #.png': pictures.get(names[2]!) });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test('a contact sheet shows all that is shown, whole and in order', async () => {
    page = await reader.open(sample());
    await page.locator('.stage').first().waitFor();
    await page.getByRole('searchbox').fill('seed<3');
    await page.locator('.card').nth(3).waitFor({ state: 'detached' });
    await press('Contact sheet');
    const download = files();
    await page.getByLabel('Folder of the report').setInputFiles(reader.dir);
    const file = await download;
    expect(file.suggestedFilename()).toBe('sheet-hero-shots.png');
    expect(reader.said).toEqual([]);
    const base64 = (await readFile(await file.path())).toString('base64');
    // Two columns of 320 × 400, with margins of 24, a title of 48 and gaps of 16.
    const found = await page.evaluate(`(async () => {
      const image = new Image();
      image.src = 'data:image/png;base64,${base64}';
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      const brush = canvas.getContext('2d', { willReadFrequently: true });
      brush.drawImage(image, 0, 0);
      const at = (x, y) => [...brush.getImageData(x, y, 1, 1).data.slice(0, 3)];
      return { width: image.width, colours: [at(28, 76), at(364, 76), at(28, 528), at(364, 528)] };
    })()`);
    expect(found).toEqual({
      width: 24 + 320 + 16 + 320 + 24,
      colours: [...[0, 1, 2].map((index) => [120, 40 * index, 90]), [255, 255, 255]],
    });
  });

  test('prompt and values are copied, and no spreadsheet runs them', async () => {
    page = await reader.open(sample());
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const clipboard = (): Promise<string> => page.evaluate('navigator.clipboard.readText()');
    await page.locator('.stage').nth(1).click();
    await press('Copy prompt');
    await expect.poll(clipboard).toBe(prompts[1]);
    await press('Copy CSV row');
    await expect.poll(clipboard).toBe(`"'=HYPERLINK(""http://x"")",1\n`);
    await press('Next run');
    await press('Copy with names');
    await expect.poll(clipboard).toBe('prompt,seed\n"line one\nline two",2\n');
    await press('Close');
    for (const key of ['Home', 'p', 'End', 'p']) await page.keyboard.press(key);
    await press('Copy picked rows');
    await expect.poll(clipboard).toBe('prompt,seed\n"fox, ""red""",0\n-5,3\n');
  });

  test('which marks are shown stands in the address, for reload and Back', async () => {
    page = await reader.open(sample());
    await pickTwo();
    await page.getByRole('button', { name: 'picked', exact: true }).click();
    const shown = (): Promise<string[]> => page.locator('.card h3').allTextContents();
    await expect.poll(() => new URL(page.url()).hash).toBe('#marks=picked');
    const two = await shown();
    expect(two).toHaveLength(2);
    await page.reload();
    await expect.poll(shown).toEqual(two);
    const toggle = page.getByRole('button', { name: 'picked', exact: true });
    expect(await toggle.getAttribute('aria-pressed')).toBe('true');
    await page.goto(page.url().replace('marks=picked', 'marks=unmarked&marks=nonsense&stars=9'));
    await expect.poll(shown).toHaveLength(2);
    expect(await shown()).not.toEqual(two);
    expect(await toggle.getAttribute('aria-pressed')).toBe('false');
    await page.getByLabel('Stars', { exact: true }).selectOption('3');
    await expect.poll(() => new URL(page.url()).hash).toBe('#marks=unmarked&stars=3');
    await page.goBack();
    await expect.poll(shown).toEqual(two);
  });
});
