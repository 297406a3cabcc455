import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { png } from '../report/png.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { until } from '../support/until.js';

const project = projects();
const state = '.rh-batch/manifest';
const lock = `${state}/lock`;
const journal = `${state}/journal.jsonl`;
const forty = 'matrix: { KSampler.seed: { from: 1, to: 40 } }';
const twelve = 'matrix: { KSampler.seed: { from: 1, to: 12 } }';
// Slow enough that a create that is under way at the stop gets its answer.
const slots = 3;
const calm = { slots, runTime: { kind: 'constant', ms: 20_000 } } as const;
const dead = 999_999_99;

const holder = (more: object): string =>
  `${JSON.stringify({
    pid: dead,
    started: '1',
    host: hostname(),
    command: 'rh-batch apply',
    since: '2026-11-28T00:00:00.000Z',
    token: 't',
    ...more,
  })}\n`;

const done = async (): Promise<Project> => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2] }' });
  expect((await p.apply()).exit).toBe(0);
  return p;
};

test('unlock refuses while the holder lives on this host, and the apply goes on', async () => {
  const p = await project({ manifest: forty, emulator: {} });
  const running = p.start(['apply', '-q']);
  await until(() => p.service.stats().accepted >= 2);
  const before = p.read(lock);
  const ended = await p.run('unlock');
  expect(ended.exit).toBe(5);
  expect(ended.err).toContain(`process ${process.pid} (rh-batch apply) holds the state`);
  expect(p.read(lock)).toBe(before);
  expect((await running.ended).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 40, duplicates: 0 });
});

test.each([
  ['another host', holder({ host: 'elsewhere' }), /process \d+ on elsewhere/],
  ['a dead process', holder({}), /process \d+ on /],
  ['nobody', '', /a damaged lock/],
])('unlock removes the lock of %s', async (_, content, said) => {
  const p = await done();
  p.write(lock, content);
  const ended = await p.run('unlock');
  expect(ended).toMatchObject({ exit: 0 });
  expect(ended.out).toMatch(said);
  expect(p.exists(lock)).toBe(false);
});

test.each([
  ['another process', holder({ host: 'elsewhere', pid: 77 }), 5, /process 77 on elsewhere/],
  ['a file of nobody', 'x', 5, /taken over by another/],
  ['nothing', null, 6, /lock file .* was removed/],
])(
  'an apply that finds %s in place of its lock submits nothing more',
  async (_, content, code, said) => {
    const p = await project({ manifest: twelve, emulator: calm });
    const running = p.start(['apply', '-q']);
    await until(() => p.service.stats().accepted >= 4);
    if (content === null) p.remove(lock);
    else p.write(lock, content);
    const intents = p.read(journal).split('"type":"intent"').length;
    const ended = await running.ended;
    expect(ended.exit, ended.err).toBe(code);
    expect(ended.err).toMatch(said);
    // Those that had looked just before the lock was taken were on their way.
    expect(p.read(journal).split('"type":"intent"').length).toBeLessThanOrEqual(intents + slots);
    // How it ended is written only where nobody else writes.
    expect(p.read(journal).includes('"type":"end"')).toBe(content === null);
    for (const { taskId, status } of p.service.bill())
      if (status === 'RUNNING' || status === 'QUEUED') expect(ended.err).toContain(taskId);
    if (content !== null) expect(p.read(lock)).toBe(content);
    p.remove(lock);
    expect((await p.apply('-q')).exit).toBe(0);
    expect(p.service.stats()).toMatchObject({ accepted: 12, duplicates: 0 });
  },
);

test.each([
  ['empty', ''],
  ['cut short', holder({}).slice(0, 30)],
  ['of another program', '{"hello":"world"}\n'],
])('a lock that is %s and of no living process is taken over with a notice', async (_, content) => {
  const p = await done();
  p.write(lock, content);
  const ended = await p.apply();
  expect(ended.exit).toBe(0);
  expect(ended.err).toContain('took over');
});

test('a damaged lock that names a living process is believed', async () => {
  const p = await done();
  p.write(lock, holder({ pid: process.pid, started: null }).slice(0, -20));
  const ended = await p.apply();
  expect(ended.exit).toBe(5);
  expect(ended.err).toContain(`process ${process.pid}`);
});

/** The journal alone, as a file that a process of its own can load. */
const library = (dir: string): string => {
  const outfile = join(dir, 'store.mjs');
  const entry = fileURLToPath(new URL('../../src/journal/store.ts', import.meta.url));
  buildSync({ entryPoints: [entry], bundle: true, format: 'esm', platform: 'node', outfile });
  return outfile;
};

/** Ends this very process, as `kill -9` does, at its n-th change of the disk: before it, or half-way. */
const killer = `
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
let left = Number(process.env.KILL_AT);
const die = () => process.kill(process.pid, 'SIGKILL');
for (const name of ['writeFile', 'appendFile', 'link', 'rename', 'unlink', 'mkdir', 'copyFile', 'open']) {
  const real = promises[name];
  promises[name] = async (...args) => {
    const writes = name !== 'open' || /[wa+]/.test(String(args[1] ?? 'r'));
    if (writes && --left === 0) {
      if (process.env.KILL_HOW === 'half' && name === 'writeFile') {
        const { flag = 'w', mode } = args[2] ?? {};
        const fd = fs.openSync(args[0], flag, mode);
        const text = Buffer.from(args[1]);
        fs.writeSync(fd, text.subarray(0, Number(process.env.KILL_BYTES)));
      }
      die();
    }
    return real(...args);
  };
}
syncBuiltinESMExports();
`;

const killed = (
  store: string,
  dir: string,
  at: number,
  how: string,
  bytes: number,
): Promise<boolean> =>
  new Promise((resolve) => {
    const script = `
      const { openStore } = await import(${JSON.stringify(store)});
      await openStore(${JSON.stringify(dir)}, { clock: { now: Date.now }, command: 'rh-batch apply' });
      process.kill(process.pid, 'SIGKILL');
    `;
    const preload = `data:text/javascript,${encodeURIComponent(killer)}`;
    spawn(process.execPath, ['--import', preload, '--input-type=module', '--eval', script], {
      env: {
        ...process.env,
        KILL_AT: String(at),
        KILL_HOW: how,
        KILL_BYTES: String(bytes),
      },
      stdio: 'ignore',
    }).on('exit', (_, signal) => resolve(signal === 'SIGKILL'));
  });

/** `npm run test:crash` asks for more. */
const rounds = process.env['CRASH_KILLS'] === undefined ? 1 : 5;

test(
  'killed at every step of its start: no lock jams the batch, and nothing is left behind',
  { timeout: 600_000 },
  async () => {
    const p = await done();
    const dir = join(p.dir, state);
    const store = library(p.dir);
    for (let round = 0; round < rounds; round += 1)
      for (const how of ['before', 'half'])
        for (let at = 1; at <= 6; at += 1) {
          expect(await killed(store, dir, at, how, round * 40), `${how} ${at}`).toBe(true);
          // Whole, or not there.
          const names = readdirSync(dir);
          if (names.includes('lock'))
            expect(readFileSync(join(dir, 'lock'), 'utf8'), `${how} ${at}`).toMatch(/^\{.*\}\n$/);
        }
    const ended = await p.apply();
    expect(ended.exit, ended.err).toBe(0);
    expect(p.list(state).filter((name) => /tmp|lock/.test(name))).toEqual([]);
    expect(p.service.stats()).toMatchObject({ accepted: 2, duplicates: 0 });
  },
);

test('temporary files of killed writers are removed by the next apply and by clean; others stay', async () => {
  const p = await done();
  const left = [
    `out/manifest/.report.html.${dead}.tmp`,
    `out/manifest/.summary.json.${dead}-0123abcd-0123abcd.tmp`,
    `${state}/.${dead}.tmp`,
    `.rh-batch/..gitignore.${dead}.tmp`,
  ];
  const kept = [
    `out/manifest/.report.html.${process.ppid}.tmp`,
    'out/manifest/.notes.tmp',
    'out/manifest/mine.tmp',
  ];
  const old = new Date(Date.now() - 25 * 3_600_000);
  for (const command of [['apply', '-q'], ['clean']]) {
    for (const path of [...left, ...kept]) p.write(path, 'half');
    // Of another host, where nobody here can ask: only its age tells.
    utimesSync(join(p.dir, left[1] ?? ''), old, old);
    const ended = await p.run(...command);
    expect(ended.exit, ended.err).toBe(0);
    expect(left.filter((path) => p.exists(path))).toEqual([]);
    expect(kept.filter((path) => !p.exists(path))).toEqual([]);
  }
});

test('a line of the ledger that was cut short does not spoil the next one', async () => {
  const p = await project({
    files: { 'a.png': png(1, 1, [1, 1, 1]), 'b.png': png(2, 2, [2, 2, 2]) },
  });
  const ledger = '.rh-batch/uploads.jsonl';
  await p.run('upload', 'a.png');
  p.write(ledger, p.read(ledger) + p.read(ledger).slice(0, 40));
  await p.run('upload', 'b.png');
  await p.run('upload', 'a.png', 'b.png');
  expect(p.service.stats()).toMatchObject({ uploads: 2, repeatedUploads: 0 });
});
