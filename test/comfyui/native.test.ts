import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { comfyGraph } from '../support/comfy-server.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key } from '../support/project.js';
import { statuses } from './servers.js';

const project = projects();

const seeds = (count: number): string => `matrix: { KSampler.seed: { from: 1, count: ${count} } }`;

const native = async (keys: string, server = 'runninghub'): Promise<Project> => {
  const p = await project({
    files: { 'api.json': JSON.stringify(comfyGraph) },
    emulator: { runTime: { kind: 'constant', ms: 8_000 } },
  });
  p.write('manifest.yaml', `version: 1\nserver: ${server}\napi: api.json\n${keys}\n`);
  return p;
};

/** Every file below the project, pictures and hidden ones too. */
const everything = (p: Project): string[] =>
  readdirSync(p.dir, { recursive: true, encoding: 'utf8' })
    .map((path) => join(p.dir, path))
    .filter((path) => statSync(path).isFile())
    .map((path) => `${path}\n${readFileSync(path, 'latin1')}`);

const holdsKey = (text: string): boolean =>
  [key, encodeURIComponent(key), Buffer.from(key).toString('base64'), key.slice(4, 28)].some(
    (form) => text.toLowerCase().includes(form.toLowerCase()),
  );

test.each([
  ['runninghub', false],
  ['runninghub-plus', true],
] as const)(
  'server: %s runs a batch to its files, one prompt at a time, and the key stands nowhere',
  async (server, plus) => {
    const p = await native(seeds(3), server);
    const comfy = await p.service.native(key, plus);
    // Nobody cleans anything here, so that whatever would leak is seen.
    const said = [await p.uncleaned('plan'), await p.uncleaned('validate', '-vv')];
    const applied = await p.uncleaned('apply', '-vv', '--live', 'on', '--progress', 'json');
    expect(applied.exit, applied.err).toBe(0);
    expect(statuses(p)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(comfy.queued()).toHaveLength(3);
    for (const [index, { at }] of comfy.queued().entries())
      expect(at).toBeGreaterThanOrEqual(comfy.queued()[index - 1]?.endedAt ?? 0);
    said.push(applied, await p.uncleaned('status'), await p.uncleaned('report'));
    for (const { out, err } of said) expect(holdsKey(`${out}${err}`)).toBe(false);
    const leaking = everything(p).filter(holdsKey);
    expect(leaking).toEqual([]);
    // Recorded by name.
    expect(p.read('out/manifest/results.jsonl')).toContain(`"url":"${server}/view?`);
    expect(p.service.bill()).toEqual([]);
  },
);

test('what goes wrong there is told without the key', async () => {
  const p = await native(seeds(2));
  const comfy = await p.service.native(key);
  comfy.setFaults([
    { endpoint: 'view', kind: 'http502', next: 2 },
    { endpoint: 'history', kind: 'html200', next: 2 },
    { endpoint: 'queue', kind: 'resetBefore', next: 2 },
    { endpoint: 'submit', kind: 'resetAfter', next: 1 },
  ]);
  const applied = await p.uncleaned('apply', '-vv');
  expect(applied.exit, applied.err).toBe(0);
  await comfy.stop();
  const away = await p.uncleaned('apply', '--force', '-vv');
  expect(away.exit).not.toBe(0);
  for (const { out, err } of [applied, away]) expect(holdsKey(`${out}${err}`)).toBe(false);
  expect(everything(p).filter(holdsKey)).toEqual([]);
});

test('a key that is not known there is told with its variable', async () => {
  const p = await native(seeds(1));
  p.service.revokeKey(key);
  const { exit, err } = await p.uncleaned('apply');
  expect(exit).toBe(4);
  expect(err).toContain('RUNNINGHUB_API_KEY');
  expect(holdsKey(err)).toBe(false);
  const none = await p.withoutKey('apply');
  expect(none.exit).toBe(2);
  expect(none.err).toContain('RUNNINGHUB_API_KEY is not set');
});

test.each([
  ['budget: { coins: 10 }', 'is not told'],
  ['budget: { money: 1 }', 'is not told'],
  ['execution: { concurrency: 3 }', 'one prompt at a time'],
])('%s is an error there', async (keys, said) => {
  const p = await native(keys);
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(2);
  expect(err).toContain(said);
});

test.each([
  [`https://www.runninghub.cn/proxy/${key}`, 'server: runninghub,'],
  [`https://www.runninghub.ai/proxy-plus/${key}/`, 'server: runninghub-plus,'],
  [`www.runninghub.cn/proxy/${key}`, 'server: runninghub,'],
  [`"http://127.0.0.1:8188/proxy/${key}"`, 'server: runninghub,'],
  [`[http://127.0.0.1:8188, "https://www.runninghub.cn/proxy/${key}"]`, 'server: runninghub,'],
  ['https://www.runninghub.cn/proxy/my-own-short-key', 'server: runninghub,'],
])('a pasted address with a key is refused with what to write: %#', async (pasted, hint) => {
  const p = await native('', pasted);
  const { exit, err, out } = await p.uncleaned('validate');
  expect(exit).toBe(2);
  expect(err).toContain(hint);
  expect(`${err}${out}`).not.toMatch(new RegExp(`${key}|my-own-short`));
});

test('it shares no batch with other servers', async () => {
  const p = await native('', '[runninghub, http://127.0.0.1:8188]');
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(2);
  expect(err).toContain('shares no batch');
});

test('a submit that left no trace is unknown, and not sent again, while nothing shows that ids are kept', async () => {
  const p = await native(seeds(1));
  const comfy = await p.service.native(key);
  comfy.setFaults([{ endpoint: 'submit', kind: 'resetBefore', next: 1 }]);
  const { exit } = await p.apply();
  expect(exit).toBe(1);
  expect(statuses(p)).toEqual(['unknown']);
  expect((await p.apply()).exit).toBe(1);
  expect(statuses(p)).toEqual(['unknown']);
  expect(comfy.queued()).toHaveLength(0);
});

test('once a prompt of ours was seen to be kept by its id, what left no trace is sent again', async () => {
  const p = await native(seeds(3));
  const comfy = await p.service.native(key);
  comfy.setFaults([{ endpoint: 'submit', kind: 'resetBefore', after: 1, next: 1 }]);
  const { exit } = await p.apply();
  expect(exit).toBe(0);
  expect(comfy.queued()).toHaveLength(3);
  expect(new Set(comfy.queued().map(({ id }) => id)).size).toBe(3);
});

test('a submit that arrived is found there by its id and not sent again', async () => {
  const p = await native(seeds(2));
  const comfy = await p.service.native(key);
  comfy.setFaults([{ endpoint: 'submit', kind: 'resetAfter', next: 1 }]);
  expect((await p.apply()).exit).toBe(0);
  expect(comfy.queued()).toHaveLength(2);
});

test('a prompt that it forgot may have been charged, and is not made again unasked', async () => {
  const p = await native(seeds(1));
  const comfy = await p.service.native(key);
  const running = p.start(['apply']);
  while (comfy.queued().length === 0) await p.clock.sleep(500);
  await comfy.restart();
  expect((await running.ended).exit).toBe(1);
  expect(comfy.queued()).toHaveLength(1);
  expect(p.results()[0]?.error?.class).toBe('lost');
});
