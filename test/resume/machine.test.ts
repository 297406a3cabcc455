import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import { until } from '../support/until.js';

const project = projects();
const three = 'matrix: { KSampler.seed: [1, 2, 3] }';

test.each([
  ['the outputs folder is a file', { out: 'x' }, 'E0750', 'outputs cannot be written'],
  ['a report is a folder', { 'out/manifest/report.html/x': 'x' }, 'E0751', 'is no file'],
  [
    'results.csv is a table of the user',
    { 'out/manifest/results.csv': 'prompt,seed\na,1\n' },
    'E0751',
    'results.csv was not written by rh-batch',
  ],
  ['the state folder is a file', { '.rh-batch/manifest': 'x' }, 'E0702', 'cannot be written'],
] as const)('%s: exit 2 before anything is sent', async (_, files, code, said) => {
  const p = await project({ manifest: three, files });
  const ended = await p.apply('--json');
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain(said);
  expect(ended.out).toContain(`"code":"${code}"`);
  expect(p.service.stats().accepted).toBe(0);
  for (const [path, content] of Object.entries(files)) expect(p.read(path)).toBe(content);
});

test('reports of an earlier apply are known as our own, also where the journal is gone', async () => {
  const p = await project({ manifest: three });
  expect((await p.apply()).exit).toBe(0);
  p.remove('.rh-batch');
  expect(await p.apply()).toMatchObject({ exit: 0 });
});

test('an outputs folder that fails on the way is exit 6 with its reason, and the next apply goes on', async () => {
  const p = await project({ manifest: three, emulator: {} });
  const running = p.start(['apply', '-q']);
  await until(() => p.service.stats().accepted >= 1);
  p.remove('out');
  p.write('out', 'a file');
  const ended = await running.ended;
  expect(ended.exit, ended.err).toBe(6);
  expect(ended.out).toContain('Outputs cannot be written');
  expect((await p.run('status')).out).toMatch(
    /exit code 6[\s\S]*stopped: Outputs cannot be written/,
  );
  p.remove('out');
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 3, duplicates: 0 });
});

const mounts: string[] = [];
afterEach(() => {
  for (const dir of mounts.splice(0)) execFileSync('umount', [dir]);
});

/** A small disk of its own. */
const mount = (dir: string, size: string): void => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', dir], { stdio: 'ignore' });
  mounts.push(dir);
};

/** Where that is not allowed, the tests below are shown as skipped. */
const noMounts = ((): boolean => {
  const dir = mkdtempSync(join(tmpdir(), 'rh-mount-'));
  try {
    mount(dir, '64k');
    mounts.pop();
    execFileSync('umount', [dir]);
    return false;
  } catch {
    return true;
  }
})();

const fill = (dir: string): void => {
  expect(() => writeFileSync(join(dir, 'ballast'), Buffer.alloc(4 << 20))).toThrow(/ENOSPC/);
};

test.skipIf(noMounts).each([
  ['state', '.rh-batch'],
  ['outputs', 'out'],
])(
  'a disk of the %s that is full at the start is a diagnostic, not a stack trace',
  async (_, name) => {
    const p = await project({ manifest: three, files: { [`${name}/keep`]: '' } });
    const dir = join(p.dir, name);
    mount(dir, '128k');
    fill(dir);
    const ended = await p.apply();
    expect(ended.exit, ended.err).toBe(2);
    expect(ended.err).toMatch(/no space/);
    expect(ended.err).not.toMatch(/\n {4}at /);
    expect(p.service.stats().accepted).toBe(0);
  },
);

test.skipIf(noMounts).each([
  ['state', '.rh-batch', '512k', null],
  // Room is kept free: what goes below 256 MB counts as full.
  ['outputs', 'out', '264m', 16 << 20],
])(
  'a disk of the %s that fills up on the way is exit 6, and nothing is paid twice',
  async (_, name, size, ballast) => {
    const p = await project({
      manifest: 'matrix: { KSampler.seed: { from: 1, to: 8 } }',
      emulator: {},
      files: { [`${name}/keep`]: '' },
    });
    const dir = join(p.dir, name);
    mount(dir, size);
    const running = p.start(['apply', '-q']);
    await until(() => p.service.stats().accepted >= 2);
    if (ballast === null) fill(dir);
    else writeFileSync(join(dir, 'ballast'), Buffer.alloc(ballast));
    const ended = await running.ended;
    expect(ended.exit, ended.err).toBe(6);
    expect(ended.out).toMatch(/ENOSPC|nearly full/);
    rmSync(join(dir, 'ballast'));
    // A create whose answer could not be written is held as unknown, never sent again.
    expect([0, 1]).toContain((await p.apply('-q')).exit);
    expect(p.service.stats()).toMatchObject({ duplicates: 0 });
  },
);

test.skipIf(noMounts)(
  'a disk without room for outputs is told before anything is paid',
  async () => {
    const p = await project({ manifest: three, files: { 'out/keep': '' } });
    mount(join(p.dir, 'out'), '8m');
    const ended = await p.apply();
    expect(ended.exit).toBe(2);
    expect(ended.err).toMatch(/nearly full: [78] MB are free/);
    expect(p.service.stats().accepted).toBe(0);
  },
);
