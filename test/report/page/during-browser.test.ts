import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportHtml } from '../../../src/report/html/page.js';
import { browserPath, Reader } from '../chromium.js';
import { plannedRun, record, reportOf } from '../sample.js';

const sample = (finished: number) =>
  reportOf(
    Array.from(
      { length: 4 },
      (_, index) => [plannedRun(index), index < finished ? record(index) : undefined] as const,
    ),
  );
const now = { running: true, line: '1 done · 3 waiting', notice: null };

describe.skipIf(browserPath === undefined)('report.html of a batch that is running', () => {
  let reader: Reader;

  beforeAll(async () => {
    reader = await Reader.start();
  });
  afterAll(async () => reader.close());

  test('it says so and of when it is; Reload shows what came since, and the same choice', async () => {
    const command = 'rh-batch apply hero.yaml';
    const page = await reader.open(
      sample(1),
      {
        command,
        during: { at: Date.now(), now },
        doing: ({ index }) => (index === 1 ? 'running' : undefined),
      },
      { hash: '#view=list' },
    );
    const section = page.locator('section.now');
    expect(await section.textContent()).toMatch(
      /^1 done · 3 waitingThe batch was running when this page was written: .*\d\d:\d\d.*\.Reload$/,
    );
    const mode = page.locator('.modes [aria-pressed="true"]');
    await page.getByRole('button', { name: 'List', exact: true }).click();
    expect(await page.locator('.line .note').allTextContents()).toContain('running');
    await reader.write('report.html', [...reportHtml(sample(4))].join(''));
    await section.getByRole('button', { name: 'Reload' }).click();
    await expect.poll(() => page.locator('section.now').count()).toBe(0);
    expect(await mode.textContent()).toBe('List');
    expect(await page.locator('.line.c-succeeded').count()).toBe(4);
    expect(reader.said.filter((line) => !line.includes('ERR_FILE_NOT_FOUND'))).toEqual([]);
    await page.close();
  });

  test('one that is old says what goes on with a batch that was broken off', async () => {
    const at = Date.now() - 3 * 3_600_000;
    const during = { at, now: { ...now, notice: 'The service does not answer.' } };
    const page = await reader.open(sample(1), { command: 'rh-batch apply <b>.yaml', during });
    const text = await page.locator('section.now').textContent();
    expect(text).toContain(
      'That is 3h 00m ago; if the apply was broken off, this goes on with it: rh-batch apply <b>.yaml',
    );
    expect(text).toContain('The service does not answer.');
    await page.close();
  });
});
