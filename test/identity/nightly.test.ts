import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { until } from '../support/until.js';

const project = projects();
/** From now on it is that day; time goes on from its first second. */
const dawn = (p: Project, date: string, time = '00:00:01'): void => {
  const before = p.now;
  const start = before();
  p.now = () => Date.parse(`${date}T${time}.000Z`) + before() - start;
};
const dated = 'outputs: { dir: "out/${{ batch.date }}" }';
const fixed = `matrix: { KSampler.seed: [1, 2] }\n${dated}`;
const fresh = `matrix: { KSampler.seed: { random: 2, min: 0, max: 4294967295, seed: "\${{ batch.date }}" } }\n${dated}`;

test('a seed of the day buys new pictures each day, and nothing twice on one', async () => {
  const p = await project({ manifest: fresh });
  dawn(p, '2026-11-28');
  expect((await p.apply()).exit).toBe(0);
  expect((await p.plan()).summary).toMatchObject({ upToDate: 2 });
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(2);
  dawn(p, '2026-11-29');
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 4, duplicates: 0 });
  expect(p.list('out').filter((path) => path.endsWith('.png'))).toHaveLength(4);
});

test('the folder of a day is no reason to run: its files stay, and are in that of today too', async () => {
  const p = await project({ manifest: fixed });
  dawn(p, '2026-11-28');
  expect((await p.apply()).exit).toBe(0);
  const pictures = p.list('out/2026-11-28').filter((path) => path.endsWith('.png'));
  dawn(p, '2026-11-29');
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(2);
  for (const folder of ['out/2026-11-28', 'out/2026-11-29'])
    expect(p.list(folder)).toEqual(expect.arrayContaining([...pictures, 'report.html']));
});

test('a report of the next day is that of the last apply, where it was', async () => {
  const p = await project({ manifest: fresh });
  dawn(p, '2026-11-28');
  expect((await p.apply()).exit).toBe(0);
  p.remove('out/2026-11-28/results.jsonl');
  dawn(p, '2026-11-29');
  expect((await p.run('report')).exit).toBe(0);
  expect(p.results('out/2026-11-28').map(({ status }) => status)).toEqual([
    'succeeded',
    'succeeded',
  ]);
  expect(p.exists('out/2026-11-29')).toBe(false);
});

test('one command has one date, also past midnight', async () => {
  const p = await project({
    manifest: `${fresh}\nrun: { tags: ["\${{ batch.date }}"] }\nset: { Positive Prompt.text: "of \${{ batch.date }}" }`,
  });
  dawn(p, '2026-11-29');
  const after = p.now;
  let calls = 0;
  // The first look at the clock is before midnight, all others are after it.
  p.now = () => ((calls += 1) === 1 ? Date.parse('2026-11-28T23:59:59Z') : after());
  expect((await p.apply()).exit).toBe(0);
  expect(calls).toBeGreaterThan(0);
  const nodes = p.received().flat();
  expect(nodes.filter(({ fieldValue }) => fieldValue === 'of 2026-11-28')).toHaveLength(2);
  expect(p.exists('out/2026-11-29')).toBe(false);
});

test('pictures of another night are no inputs of this one', async () => {
  const p = await project({
    manifest: `matrix: { LoadImage.image: { glob: "out/**/*.png" } }\n${dated}`,
    files: { 'out/2026-11-01/a.png': 'x' },
  });
  const { exit, err } = await p.run('plan');
  expect(exit).toBe(2);
  expect(err).toContain('is an output of this batch');
  expect(err).toContain('exclude: "out/**"');
});

test.each([
  ['outputs: { dir: "out/${{ vars.a }}" }', 'there is no "vars.a" to read here'],
  ['outputs: { dir: "out/${{ batch.dat }}" }', 'did you mean "batch.date"'],
])('%s is an error', async (keys, told) => {
  const p = await project({ manifest: `matrix: { KSampler.seed: [1] }\n${keys}` });
  const { exit, err } = await p.run('plan');
  expect(exit).toBe(2);
  expect(err).toContain(told);
});

/** The words behind `next:` or in front of "goes on", as typed behind `rh-batch`. */
const told = (text: string): string[] => {
  const [, line = ''] = /rh-batch (apply .*?)(?: goes on.*)?$/m.exec(text) ?? [];
  return line.replaceAll("'", '').trim().split(' ');
};

test('a batch that was stopped before midnight is gone on with after it, as it is told', async () => {
  const p = await project({
    manifest: `${fresh.replace('random: 2', 'random: 6')}\nexecution: { concurrency: 1 }`,
  });
  dawn(p, '2026-11-28');
  const applying = p.start(['apply', '--var', 'x=1', '--first', '5']);
  await until(() => p.service.stats().accepted > 0);
  applying.signal('SIGINT');
  const stopped = await applying.ended;
  expect(stopped.exit).toBe(130);
  expect(told(stopped.out)).toEqual(expect.arrayContaining(['--date', '2026-11-28']));
  dawn(p, '2026-11-29');
  const again = await p.run(...told(stopped.out));
  expect(again, again.err).toMatchObject({ exit: 0 });
  expect(p.service.stats()).toMatchObject({ accepted: 5, duplicates: 0 });
  expect(p.exists('out/2026-11-29')).toBe(false);
  expect(p.read('out/2026-11-28/report.html')).toContain('--date 2026-11-28');
});

test('what status tells to type after a kill, and the report later, are of the day of that batch', async () => {
  const p = await project({ manifest: fresh });
  dawn(p, '2026-11-28');
  expect((await p.apply()).exit).toBe(0);
  const journal = '.rh-batch/manifest/journal.jsonl';
  p.write(journal, p.read(journal).replace(/^.*"type":"end".*\n/m, ''));
  dawn(p, '2026-11-30');
  const next = told((await p.run('status')).out);
  expect(next).toEqual(['apply', '--date', '2026-11-28']);
  expect((await p.run(...next)).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(2);
  expect((await p.run('report')).exit).toBe(0);
  expect(p.read('out/2026-11-28/report.html')).toContain('apply manifest.yaml --date 2026-11-28');
});

test('a plan of another day is that of its batch', async () => {
  const p = await project({ manifest: fresh });
  dawn(p, '2026-11-28');
  expect((await p.apply()).exit).toBe(0);
  dawn(p, '2026-11-29');
  expect((await p.plan()).summary).toMatchObject({ changed: 2 });
  expect((await p.plan('--date', '2026-11-28')).summary).toMatchObject({ upToDate: 2 });
  expect((await p.run('plan', '--date', '2026-11-28', '--out', 'p.json')).exit).toBe(0);
  expect((await p.apply('p.json', '--date', '2026-11-29')).exit).toBe(2);
  expect((await p.apply('p.json')).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(2);
});

test.each(['2026-02-30', '28.11.2026', 'yesterday'])('--date %j is an error', async (text) => {
  const p = await project({ manifest: fresh });
  const { exit, err } = await p.run('plan', `--date=${text}`);
  expect(exit).toBe(2);
  expect(err).toContain(`--date wants a day as YYYY-MM-DD, not "${text}"`);
});

test('--date without a day is an error that says how one is written', async () => {
  const p = await project({ manifest: fresh });
  const { exit, err } = await p.run('plan', '--date=');
  expect(exit).toBe(2);
  expect(err).toMatch(/--date wants a value\n.*--date DAY: .*YYYY-MM-DD/);
});

test('--date where nothing reads a day says that it changes nothing', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: [1] }\nexecution: { retries: 0 }',
  });
  const { exit, err } = await p.run('plan', '--date', '2026-11-28');
  expect(exit).toBe(0);
  expect(err).toContain('--date changes nothing');
});
