import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import { until } from '../support/until.js';

const project = projects();
const twenty = 'matrix: { KSampler.seed: { from: 1, to: 20 } }';
// Goodbyes are counted in service time: slow enough that a create under way gets its answer.
const calm = { runTime: { kind: 'constant', ms: 20_000 } as const };

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 143],
] as const)(
  '%s: an orderly stop with reports; the next apply adopts what runs on',
  async (name, code) => {
    const p = await project({ manifest: twenty, emulator: calm });
    const running = p.start(['apply', '-q']);
    await until(() => p.service.stats().accepted >= 5);
    running.signal(name);
    const ended = await running.ended;
    expect(ended.exit).toBe(code);
    expect(p.summary()).toMatchObject({ exitCode: code, stop: 'interrupted' });
    expect(p.exists('out/manifest/report.html')).toBe(true);
    const before = p.service.stats().accepted;
    expect(before).toBeLessThan(20);
    expect((await p.apply()).exit).toBe(0);
    expect(p.service.stats()).toMatchObject({ accepted: 20, duplicates: 0 });
    // Each output once: what was adopted is not fetched a second time under another name.
    expect(p.list('out/manifest').filter((name) => name.endsWith('.png'))).toHaveLength(20);
  },
);

test('a service that hangs does not hold up the stop', async () => {
  const p = await project({ manifest: twenty, emulator: calm });
  const running = p.start(['apply', '-q']);
  await until(() => p.service.stats().accepted >= 3);
  p.service.setFaults([{ endpoint: '*', kind: 'hangAfter', probability: 1 }]);
  running.signal('SIGINT');
  expect((await running.ended).exit).toBe(130);
  p.service.setFaults([]);
  const ended = await p.apply();
  expect([0, 1]).toContain(ended.exit);
  expect(p.service.stats().duplicates).toBe(0);
});

test('onInterrupt: cancel ends the tasks in flight', async () => {
  const p = await project({
    manifest: `${twenty}\nexecution: { onInterrupt: cancel }`,
    emulator: calm,
  });
  const running = p.start(['apply', '-q']);
  await until(() => p.service.stats().accepted >= 4);
  running.signal('SIGINT');
  expect((await running.ended).exit).toBe(130);
  expect(p.service.stats().tasks['RUNNING'] ?? 0).toBe(0);
});

test('cancel ends this batch and no other task', async () => {
  const p = await project({
    manifest: twenty,
    emulator: { runTime: { kind: 'constant', ms: 400_000 } },
  });
  const running = p.start(['apply', '-q']);
  await until(() => p.service.stats().accepted >= 2);
  running.signal('SIGINT');
  await running.ended;
  const other = await project({
    emulator: { runTime: { kind: 'constant', ms: 400_000 } },
  });
  const ended = await p.run('cancel');
  expect(ended.exit, ended.err).toBe(0);
  expect(p.service.stats().tasks).not.toHaveProperty('RUNNING');
  expect(other.service.stats().requests['cancel']).toBeUndefined();
  const status = JSON.parse((await p.run('status', '--json')).out) as {
    counts: Record<string, number>;
  };
  expect(status.counts['cancelled']).toBeGreaterThan(0);
});
