import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLine } from '../../src/picks/mark.js';
import { markOf } from '../pictures/marks.js';
import { Project } from '../support/project.js';
import type { Viewing } from './pages.js';
import { ask, dataOf, listen, sendMarks, view } from './pages.js';

let p: Project;
let viewing: Viewing;

beforeEach(async () => {
  p = await Project.start({
    manifest: 'matrix: { rows: rows.csv }',
    files: { 'rows.csv': 'Positive Prompt.text\na fox\na heron\n' },
  });
  await p.apply();
  viewing = await view(p);
});
afterEach(async () => {
  await viewing.stop();
  await p.close();
});

const linesIn = (): readonly unknown[] =>
  p
    .read('out/manifest/picks.jsonl')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const read = readLine(line);
      return read.ok ? read.mark : read.why;
    });

test('a mark is on the disk before its page is told so, and other pages are told it', async () => {
  const { address } = viewing;
  const feed = await listen(address, dataOf(await ask(address, '')).live!.since);
  const picked = markOf(p, 0, { pick: 'picked' });
  const starred = markOf(p, 1, { stars: 4 });
  expect((await sendMarks(address, [picked, starred])).status).toBe(204);
  expect(linesIn()).toEqual([picked, starred]);
  await feed.heard(({ event, data }) => event === 'marks' && data.includes('"stars":4'));
  expect((await p.run('picks')).out).toContain('picked');
  const { marks } = dataOf(await ask(address, '')) as unknown as { marks: unknown[] };
  expect(marks).toMatchObject([{ pick: 'picked' }, { stars: 4 }]);
  feed.close();
});

test('a mark that is sent again adds nothing, and an older one takes nothing back', async () => {
  const { address } = viewing;
  const early = markOf(p, 0, { pick: 'picked', at: '2026-11-28T10:00:00.000Z' });
  const late = markOf(p, 0, { pick: 'rejected', at: '2026-11-28T10:00:00.001Z' });
  for (const marks of [[early], [late], [early], [late, early]])
    expect((await sendMarks(address, marks)).status).toBe(204);
  expect(linesIn()).toEqual([early, late]);
});

test('marks of many pages at once are all kept', async () => {
  const { address } = viewing;
  const marks = Array.from({ length: 40 }, (_, at) =>
    markOf(p, at % 2, {
      ...(at % 4 < 2 ? { stars: at % 6 } : { pick: 'picked' }),
      at: `2026-11-28T10:00:${String(at + 10)}.000Z`,
    }),
  );
  const answers = await Promise.all(marks.map((mark) => sendMarks(address, [mark])));
  expect(answers.map(({ status }) => status)).toEqual(marks.map(() => 204));
  const known = new Map<string, unknown>();
  for (const line of linesIn()) known.set(JSON.stringify(line), line);
  for (const mark of marks.slice(-4)) expect(known.has(JSON.stringify(mark))).toBe(true);
});

test('what is no mark of this batch is refused in words, and nothing is written', async () => {
  const { address } = viewing;
  const mark = markOf(p, 0, { pick: 'picked' });
  const cases: readonly (readonly [unknown, number, string])[] = [
    ['{', 400, 'no JSON'],
    [{}, 400, 'a list'],
    [[{ ...mark, stars: 9 }], 400, '"stars" is no number'],
    [[mark, { ...mark, run: 'x' }], 400, '"run" is no run id'],
    [[{ ...mark, batch: 'other' }], 400, 'of the batch "other"'],
    [[{ ...mark, run: '0123456789abcdef' }], 400, 'no run 0123456789abcdef'],
    [JSON.stringify([mark]).padEnd(5 * 1024 * 1024), 413, 'Too many'],
  ];
  for (const [body, status, words] of cases) {
    const answer = await sendMarks(address, body);
    expect([status, answer.body.toString()]).toEqual([
      answer.status,
      expect.stringContaining(words),
    ]);
  }
  expect(p.exists('out/manifest/picks.jsonl')).toBe(false);
});

test('what picks --import took over meanwhile is told to pages, and stays', async () => {
  const { address } = viewing;
  const feed = await listen(address, dataOf(await ask(address, '')).live!.since);
  const theirs = markOf(p, 0, { stars: 5 });
  p.write('theirs.jsonl', `${JSON.stringify({ picks: 1, ...theirs })}\n`);
  expect((await p.run('picks', '--import', 'theirs.jsonl')).exit).toBe(0);
  await feed.heard(({ event, data }) => event === 'marks' && data.includes('"stars":5'));
  await sendMarks(address, [markOf(p, 1, { pick: 'rejected' })]);
  expect(linesIn()).toHaveLength(2);
  feed.close();
});

test('damaged lines are told when the page is opened, and left where they are', async () => {
  const { address } = viewing;
  const mark = markOf(p, 0, { pick: 'picked' });
  await sendMarks(address, [mark]);
  await viewing.stop();
  // A kill cut the last line short.
  p.write('out/manifest/picks.jsonl', `${p.read('out/manifest/picks.jsonl')}{"picks":1,"at":"20`);
  viewing = await view(p);
  expect(viewing.printed.err).toContain('1 line is no mark and is left out');
  const next = markOf(p, 1, { stars: 2 });
  expect((await sendMarks(viewing.address, [next])).status).toBe(204);
  expect(linesIn()).toEqual([mark, 'it is no JSON', next]);
});

test('where marks cannot be written the page is told why, and keeps them', async () => {
  const { address } = viewing;
  const mark = markOf(p, 0, { pick: 'picked' });
  const out = join(p.dir, 'out/manifest');
  mkdirSync(join(out, 'picks.jsonl'));
  const answer = await sendMarks(address, [mark]);
  expect([answer.status, answer.body.toString()]).toEqual([
    507,
    'out/manifest/picks.jsonl cannot be written: a folder is there, not a file (EISDIR)\n',
  ]);
  p.remove('out/manifest/picks.jsonl');
  expect((await sendMarks(address, [mark])).status).toBe(204);
  p.remove('out');
  const gone = await sendMarks(address, [markOfKept(mark)]);
  expect([gone.status, gone.body.toString()]).toEqual([
    507,
    expect.stringContaining('the file or folder is not there'),
  ]);
  chmodSync(p.dir, 0o755);
});

const markOfKept = (mark: object): object => ({ ...mark, at: '2026-11-28T11:00:00.000Z' });
