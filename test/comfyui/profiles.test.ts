import { cpSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { ComfyEmulator } from '../../src/emulator/comfyui/emulator.js';
import { markOf, write } from '../pictures/marks.js';
import { comfyGraph, startComfy } from '../support/comfy-server.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { workflowId } from '../support/project.js';

const project = projects();
const open: ComfyEmulator[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((comfy) => comfy.close()));
});

const folder = fileURLToPath(new URL('../../manifests', import.meta.url));

const server = async (
  p: Project,
  checkpoint = 'v1-5-pruned-emaonly.safetensors',
): Promise<ComfyEmulator> => {
  if (p.virtual === null) throw new Error('the clock is virtual');
  const models = new Map([['checkpoints', [checkpoint]]]);
  const comfy = await startComfy(p.virtual, { models });
  open.push(comfy);
  return comfy;
};

test('drafts at home, picks, finals on RunningHub: the recipe of the cook-book', async () => {
  const api = readFileSync(`${folder}/quickstart/api.json`, 'utf8');
  const p = await project({ emulator: { workflows: new Map([[workflowId, api]]) } });
  const comfy = await server(p, 'dreamshaper_8.safetensors');
  cpSync(folder, p.dir, { recursive: true });
  const manifest = 'drafts-at-home.yaml';
  p.write(manifest, p.read(manifest).replace(/http:\/\/127\S+/, comfy.url));

  const drafts = await p.run('apply', manifest, '--profile', 'local');
  expect(drafts.exit, drafts.err).toBe(0);
  expect(comfy.queued()).toHaveLength(4);
  expect(p.service.bill()).toHaveLength(0);

  const dir = 'out/drafts-at-home-local';
  const names = p.results(dir).map(({ name }) => name);
  const about = { batch: 'drafts-at-home', pick: 'picked' } as const;
  write(
    p,
    ['fox-2', 'heron-1'].map((name) => markOf(p, names.indexOf(name), about, dir)),
    'picks.jsonl',
  );
  const taken = await p.run('picks', manifest, '--profile', 'local', '--import', 'picks.jsonl');
  expect(taken.err).toContain('2 marks taken over');

  const finals = await p.run('apply', manifest, '--picked', '--profile', 'final');
  expect(finals.exit, finals.err).toBe(0);
  const sent = p
    .received()
    .map((list) => list.find(({ fieldName }) => fieldName === 'steps')?.fieldValue);
  expect(sent).toEqual([40, 40]);
  const done = p
    .results('out/drafts-at-home')
    .filter(({ status }) => status === 'succeeded')
    .map(({ name }) => name);
  expect(done).toEqual(['fox-2', 'heron-1']);
  // The drafts are still there, and nothing is made twice.
  for (const { outputs } of p.results(dir))
    for (const { path } of outputs) expect(p.exists(`${dir}/${path}`)).toBe(true);
  expect((await p.run('apply', manifest, '--profile', 'local')).exit).toBe(0);
  expect(comfy.queued()).toHaveLength(4);
  expect(p.service.bill()).toHaveLength(2);
});

/** The base runs on RunningHub, and its profile on a server. */
const both = async (more: string): Promise<{ p: Project; comfy: ComfyEmulator }> => {
  const graph = JSON.stringify(comfyGraph);
  const p = await project({ emulator: { workflows: new Map([[workflowId, graph]]) } });
  const comfy = await server(p);
  p.write('api.json', graph);
  p.write(
    'manifest.yaml',
    [
      'version: 1',
      `workflowId: "${workflowId}"`,
      'api: api.json',
      'matrix: { seed: [1, 2] }',
      'set: { KSampler.seed: "${{ seed }}" }',
      'run: { name: "s${{ seed }}" }',
      more,
      `profiles: { local: { server: "${comfy.url}" } }`,
    ].join('\n'),
  );
  return { p, comfy };
};

test('a profile that runs elsewhere has its own folder below one that the base names', async () => {
  const { p } = await both('outputs: { dir: out/hero/ }');
  expect((await p.apply()).exit).toBe(0);
  expect((await p.apply('--profile', 'local')).exit).toBe(0);
  const [there, here] = [p.results('out/hero'), p.results('out/hero/local')];
  for (const [dir, results] of [
    ['out/hero', there],
    ['out/hero/local', here],
  ] as const)
    for (const { status, outputs } of results) {
      expect(status).toBe('succeeded');
      for (const { path } of outputs) expect(p.exists(`${dir}/${path}`)).toBe(true);
    }
  expect(there.map(({ id }) => id)).not.toEqual(here.map(({ id }) => id));
});

test('one report holds what a server drew against what RunningHub drew, run by run', async () => {
  const { p } = await both('');
  expect((await p.apply()).exit).toBe(0);
  expect((await p.apply('--profile', 'local')).exit).toBe(0);
  const compared = await p.run('report', '--profile', 'local', '--compare', 'out/manifest');
  expect(compared.exit, compared.err).toBe(0);
  expect(compared.out).toContain('2 changed');
  const page = p.read('out/manifest-local/report.html');
  for (const name of ['s1', 's2']) expect(page).toContain(name);
});
