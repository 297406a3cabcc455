import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PageData } from '../../src/report/html/page-data.js';
import { Project } from '../support/project.js';
import { until } from '../support/until.js';

const rows = (many: number): string =>
  `Positive Prompt.text\n${Array.from({ length: many }, (_, at) => `fox ${at}`).join('\n')}\n`;
const manifest = 'matrix: { rows: rows.csv }';

const dataIn = (html: string): PageData => {
  const [, json = ''] =
    /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json) as PageData;
};

/** All files that stood at this path while something went on. */
const versionsOf = async (path: string, work: Promise<unknown>): Promise<readonly string[]> => {
  const versions: string[] = [];
  let [ended, last] = [false, 0];
  void work.finally(() => (ended = true));
  const look = (): void => {
    // A new file has another number than the one that it takes the place of.
    const inode = statSync(path, { throwIfNoEntry: false })?.ino ?? last;
    if (inode !== last) versions.push(readFileSync(path, 'utf8'));
    last = inode;
  };
  while (!ended) {
    look();
    await new Promise((resolve) => setImmediate(resolve));
  }
  look();
  return versions;
};

test('report.html is written during the run, whole each time, of the whole batch', async () => {
  const p = await Project.start({ manifest, files: { 'rows.csv': rows(12) } });
  const began = p.now();
  const applying = p.start(['apply', '--live', 'on']);
  const versions = await versionsOf(join(p.dir, 'out/manifest/report.html'), applying.ended);
  const took = p.now() - began;
  expect((await applying.ended).exit).toBe(0);
  for (const html of versions) expect(html.endsWith('</body>\n</html>\n')).toBe(true);

  const pages = versions.map(dataIn);
  for (const { runs } of pages) expect(runs).toHaveLength(12);
  const during = pages.filter((page) => page.during !== undefined);
  expect(during.length).toBeGreaterThan(2);
  // At most every few seconds.
  expect(during.length).toBeLessThanOrEqual(took / 5_000);
  const at = during.map((page) => page.during!.at);
  for (const [place, time] of at.entries())
    if (place > 0) expect(time - at[place - 1]!).toBeGreaterThanOrEqual(5_000);
  // Only where something changed.
  for (const [place, page] of during.entries())
    if (place > 0)
      expect(JSON.stringify(page.runs)).not.toBe(JSON.stringify(during[place - 1]!.runs));

  const middle = during.find(({ runs }) => runs.some(({ status }) => status === 'succeeded'))!;
  expect(middle.during!.now).toMatchObject({ running: true, notice: null });
  expect(middle.during!.now.line).toMatch(/done.*in flight.*waiting/);
  expect(middle.runs.some(({ doing }) => doing?.startsWith('running'))).toBe(true);
  expect(middle.runs.some(({ status, doing }) => status === 'pending' && !doing)).toBe(true);
  const steps = during.flatMap(({ runs }) => runs.map(({ doing }) => doing));
  expect(steps.some((doing) => /^running · .+ \d+ %$/.test(doing ?? ''))).toBe(true);

  // The last write, at the end, is the one that stays.
  const last = pages.at(-1)!;
  expect(last.during).toBeUndefined();
  expect(last.runs.every(({ status, doing }) => status === 'succeeded' && !doing)).toBe(true);
  expect(p.list('out/manifest').filter((name) => name.includes('.tmp'))).toEqual([]);
  await p.close();
});

test('the page of the whole batch is written, whatever of it an apply selects', async () => {
  const p = await Project.start({ manifest, files: { 'rows.csv': rows(6) } });
  await p.apply('--first', '2');
  const applying = p.start(['apply', '--first', '4']);
  const versions = await versionsOf(join(p.dir, 'out/manifest/report.html'), applying.ended);
  const during = versions.map(dataIn).filter((page) => page.during !== undefined);
  expect(during.length).toBeGreaterThan(0);
  for (const { runs } of during) {
    expect(runs.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(runs.slice(0, 2).map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    expect(runs.map(({ notSelected }) => notSelected === true)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
  }
  await applying.ended;
  await p.close();
});

test('a page that cannot be written meanwhile is told once, and costs no run', async () => {
  const p = await Project.start({ manifest, files: { 'rows.csv': rows(9) } });
  const applying = p.start(['apply']);
  await until(() => p.received().length > 0);
  mkdirSync(join(p.dir, 'out/manifest/report.html'), { recursive: true });
  const { err } = await applying.ended;
  expect(err.match(/notice: report\.html cannot be written meanwhile: /g)).toHaveLength(1);
  expect(p.results().map(({ status }) => status)).toEqual(Array(9).fill('succeeded'));
  expect(p.received()).toHaveLength(9);
  await p.close();
});
