import { expect, test } from 'vitest';
import { codeText } from '../../src/report/words.js';
import { projects } from '../support/opened.js';
import { until } from '../support/until.js';

const project = projects();

interface Status {
  readonly beganAt: string;
  readonly endedAt: string;
}

test('summary, status, reports and a report made again tell one time of one apply', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: [1, 2, 3] }\nexecution: { concurrency: 1 }',
    emulator: { runTime: { kind: 'constant', ms: 30_000 } },
  });
  const { out } = await p.apply();
  const told = / · ([\dhms ]+)$/m.exec(out.split('\n')[0] ?? '')?.[1];
  expect(told).toBeDefined();
  const status = await p.run('status');
  expect(status.out).toContain(`, after ${told}\n`);
  const summary = p.summary();
  const { beganAt, endedAt } = JSON.parse((await p.run('status', '--json')).out) as Status;
  expect(summary).toMatchObject({ startedAt: beganAt, finishedAt: endedAt });
  expect(summary['durationMs']).toBe(Date.parse(endedAt) - Date.parse(beganAt));
  expect((await p.run('report')).exit).toBe(0);
  const again = p.summary();
  expect(again).toMatchObject({ startedAt: beganAt, finishedAt: endedAt });
  expect(again['durationMs']).toBe(summary['durationMs']);
});

test('a code of the service stands in a message once, and words of ours for programs never', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: [1, 2] }\nexecution: { retries: 0, onUnknown: hold }',
    emulator: {
      faults: [
        { endpoint: 'create', kind: 'code', code: 803, next: 1 },
        { endpoint: 'create', kind: 'resetAfter', next: 1 },
      ],
    },
  });
  const applied = await p.apply();
  const [unknown] = (await p.plan()).runs.filter(({ action }) => action === 'unknown');
  const settled = await p.run('resolve', unknown?.id ?? '', '--give-up');
  const failed = (await p.plan()).runs.map(({ id }) => id);
  const told = [
    applied,
    settled,
    await p.run('status'),
    await p.run('plan'),
    ...(await Promise.all(failed.map((id) => p.run('explain', id)))),
  ].flatMap(({ out, err }) => `${out}\n${err}`.split('\n'));
  expect(told.filter((line) => line.includes('803')).length).toBeGreaterThan(2);
  expect(told.filter((line) => /\b803\b.*\b803\b/.test(line))).toEqual([]);
  expect(told.filter((line) => /given-up|inFlight|\b\w+[a-z][A-Z]\w+Of\b/.test(line))).toEqual([]);
});

test.each([
  ['803', 'does not fit', ' (803)'],
  ['803', 'does not fit (803 UNKNOWN_ERROR)', ''],
  ['-1', 'refused (code -1)', ''],
  ['-1', 'node 3, output 1-1', ' (-1)'],
  ['80', 'size 1280', ' (80)'],
  ['http-502', 'a page of a gateway', ' (HTTP 502)'],
  ['http-502', 'HTTP 502 of a gateway', ''],
  ['given-up', 'was given up', ''],
  [null, 'was given up', ''],
])('code %j behind "%s"', (code, message, text) => {
  expect(codeText({ code, message })).toBe(text);
});

test('resolve says in words what a run is that is not unknown', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: [1] }',
    emulator: { runTime: { kind: 'constant', ms: 600_000 } },
  });
  const applying = p.start(['apply']);
  await until(() => p.service.stats().accepted === 1);
  applying.signal('SIGINT');
  await applying.ended;
  const { err } = await p.run('resolve', '0', '--give-up');
  expect(err).toContain('is not unknown: it is in flight');
});

test('status counts as blocked what got no further for want of an upload, with the reason', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: [1, 2] }\nset: { LoadImage.image: a.png }',
    files: { 'a.png': 'not empty' },
    emulator: { faults: [{ endpoint: 'upload', kind: 'code', code: 809, probability: 1 }] },
  });
  expect(await p.apply()).toMatchObject({ exit: 1 });
  const { out } = await p.run('status');
  expect(out).toContain('0 of 2 done · 2 blocked\n');
  expect(out).toMatch(/✖ [0-9a-f]{8} {2}blocked: a\.png: The file is larger/);
});

test('status counts the runs of the last apply alone, and a failed one as failed', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: [1, 2, 3] }\nexecution: { retries: 0 }',
    emulator: { faults: [{ endpoint: 'create', kind: 'code', code: 803, next: 2 }] },
  });
  await p.apply('--first', '1');
  expect((await p.run('status')).out).toContain('0 of 1 done · 1 failed\n');
  await p.apply();
  expect((await p.run('status')).out).toMatch(/ 2 of 3 done · 1 failed · [\d.]+ coins\n/);
  await p.apply();
  expect((await p.run('status')).out).toMatch(/ 1 of 1 done · [\d.]+ coins\n {2}3 runs known/);
});

test('--watch waits for an apply that has not begun, and follows it to its end', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2] }' });
  let over = false;
  const watch = p.start(['status', '--watch']);
  void watch.ended.then(() => (over = true));
  await p.still(() => p.run('plan'));
  expect(over).toBe(false);
  await p.apply('-q');
  const { exit, out } = await watch.ended;
  expect(exit).toBe(0);
  expect(out).toContain('2 of 2 done');
});

test('a wait for an apply ends where the user leaves it', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2] }' });
  const watch = p.start(['status', '--watch']);
  let over = false;
  void watch.ended.then(() => (over = true));
  await until(() => {
    watch.signal('SIGINT');
    return over;
  });
  expect(await watch.ended).toMatchObject({ exit: 130, out: 'manifest · no apply yet\n' });
});

test.each([['--resubmit'], ['--give-up']])(
  'a duplicate that a person settled with %s is no warning any more',
  async (way) => {
    const p = await project({
      manifest: 'matrix: { KSampler.seed: [1] }\nexecution: { onUnknown: hold }',
      emulator: { faults: [{ endpoint: 'create', kind: 'resetAfter', next: 1 }] },
    });
    await p.apply();
    expect(p.summary()).toMatchObject({ possibleDuplicates: [{ index: 0 }] });
    expect((await p.run('resolve', '0', way)).exit).toBe(0);
    expect(await p.apply()).toMatchObject({ exit: 0 });
    expect(p.summary()).toMatchObject({ possibleDuplicates: [] });
    expect(p.read('out/manifest/report.html')).not.toContain('possible duplicate:');
  },
);

test('one that the policy submitted again stays one', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: [1] }\nexecution: { onUnknown: resubmit }',
    emulator: { faults: [{ endpoint: 'create', kind: 'resetAfter', next: 1 }] },
  });
  expect(await p.apply()).toMatchObject({ exit: 0 });
  expect(p.summary()).toMatchObject({ possibleDuplicates: [{ index: 0 }] });
});
