import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key } from '../support/project.js';
import { until } from '../support/until.js';

const project = projects();
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
/** A minute, within which an answer must come, is 6 s: also a busy machine answers by then. */
const speed = 10;
const runTime = { kind: 'constant', ms: 20_000 } as const;
const slow = {
  manifest: 'matrix: { KSampler.seed: { from: 1, to: 8 } }',
  emulator: { speed, runTime },
} as const;

const start = (
  p: Project,
  ...argv: string[]
): { child: ChildProcess; ended: Promise<number | null>; out: () => string } => {
  const env = {
    ...process.env,
    RUNNINGHUB_API_KEY: key,
    RUNNINGHUB_BASE_URL: p.service.url,
    RUNNINGHUB_EMULATOR_SPEED: String(speed),
  };
  const child = spawn(process.execPath, [cli, ...argv], { cwd: p.dir, env });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return {
    child,
    out: () => out,
    ended: new Promise((resolve) => child.on('exit', (code) => resolve(code))),
  };
};

test('a real SIGTERM: an orderly stop, and the next process adopts what runs on', async () => {
  const p = await project(slow);
  const first = start(p, 'apply', '-q');
  await until(() => p.service.stats().accepted >= 3);
  first.child.kill('SIGTERM');
  expect(await first.ended, first.out()).toBe(143);
  expect(p.exists('out/manifest/report.html')).toBe(true);
  const second = start(p, 'apply', '-q');
  expect(await second.ended, second.out()).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 8, duplicates: 0 });
});

test('a second signal ends it at once', async () => {
  const p = await project(slow);
  const running = start(p, 'apply', '-q');
  await until(() => p.service.stats().accepted >= 3);
  p.service.setFaults([{ endpoint: '*', kind: 'hangBefore', probability: 1 }]);
  running.child.kill('SIGINT');
  await until(() => running.out().includes('once more'));
  running.child.kill('SIGINT');
  expect(await running.ended).toBe(130);
});

test('a reader of stdout that went away does not end a paid batch', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: [1, 2, 3] }',
    emulator: { speed, runTime },
  });
  const running = start(p, 'apply');
  running.child.stdout?.destroy();
  running.child.stderr?.destroy();
  expect(await running.ended).toBe(0);
  expect(p.results()).toHaveLength(3);
});

test('without a key nothing is sent and the exit is 2; without a terminal there are no cursor codes', async () => {
  const p = await project({ emulator: { speed, runTime } });
  const env = { ...process.env, RUNNINGHUB_BASE_URL: p.service.url };
  delete (env as Record<string, string | undefined>)['RUNNINGHUB_API_KEY'];
  const child = spawn(process.execPath, [cli, 'apply'], { cwd: p.dir, env });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(2);
  expect(said).toContain('RUNNINGHUB_API_KEY is not set');
  const plain = start(p, 'apply');
  expect(await plain.ended, plain.out()).toBe(0);
  expect(plain.out()).not.toContain('\u001b');
});
