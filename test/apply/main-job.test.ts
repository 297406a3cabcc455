import { afterEach, expect, test } from 'vitest';
import { pixel } from '../support/graph.js';
import type { ProjectOptions } from '../support/project.js';
import { Project } from '../support/project.js';

const open: Project[] = [];
const project = async (options: ProjectOptions = {}): Promise<Project> => {
  const started = await Project.start(options);
  open.push(started);
  return started;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((started) => started.close()));
});

const table = 'Positive Prompt.text,KSampler.seed,LoadImage.image\n';

test('a table of prompts and pictures becomes outputs and reports', async () => {
  const p = await project({
    manifest: 'matrix: { rows: prompts.csv }',
    files: {
      'prompts.csv': `${table}"a red fox, ""studio light""",42,a.png\na blue heron,43,b.png\na 狐狸,44,a.png\n`,
      'a.png': pixel(1),
      'b.png': pixel(2),
    },
  });
  const ended = await p.apply();
  expect(ended).toMatchObject({ exit: 0 });
  expect(p.results().map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(p.service.stats()).toMatchObject({ accepted: 3, uploads: 2, repeatedUploads: 0 });
  for (const { outputs } of p.results())
    for (const { path, bytes } of outputs)
      expect(p.bytes(`out/manifest/${path}`)).toHaveLength(bytes);
  expect(p.summary()).toMatchObject({
    exitCode: 0,
    submits: 3,
    counts: { total: 3, succeeded: 3, failed: 0 },
    assets: { referenced: 3, unique: 2, uploaded: 2 },
  });
  expect(p.list('out/manifest')).toEqual(
    expect.arrayContaining([
      'junit.xml',
      'report.html',
      'results.csv',
      'results.jsonl',
      'summary.json',
    ]),
  );
  expect(ended.out).toContain('report.html');
});

test('the service receives the overrides with their types, and every seed', async () => {
  const p = await project({
    manifest: 'set: { Positive Prompt.text: "007", KSampler.steps: 30, KSampler.cfg: 6.50 }',
  });
  await p.apply();
  const sent = p.service.requests().find(({ endpoint }) => endpoint === 'create');
  expect(sent?.body).toMatchObject({
    nodeInfoList: [
      { nodeId: '6', fieldName: 'text', fieldValue: '007' },
      { nodeId: '3', fieldName: 'steps', fieldValue: 30 },
      { nodeId: '3', fieldName: 'cfg', fieldValue: 6.5 },
      { nodeId: '3', fieldName: 'seed', fieldValue: 156680208700286 },
    ],
  });
  expect(p.service.bill()[0]?.request).toContain('"fieldValue":6.50');
});

test('a finished batch is a no-op: no request at all', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2] }' });
  await p.apply();
  const before = p.service.requests().length;
  const again = await p.apply();
  expect(again).toMatchObject({ exit: 0 });
  expect(p.service.requests()).toHaveLength(before);
  expect(p.results().map(({ reused }) => reused)).toEqual([true, true]);
});

test('one upload per content across applies', async () => {
  const p = await project({
    manifest: 'matrix: { LoadImage.image: [a.png, copy.png] }',
    files: { 'a.png': pixel(1), 'copy.png': pixel(1) },
  });
  await p.apply();
  p.manifest('matrix: { LoadImage.image: [a.png, copy.png], KSampler.seed: [5, 6] }');
  await p.apply();
  expect(p.service.stats()).toMatchObject({ uploads: 1, repeatedUploads: 0 });
});

test('two rows that are the same run are submitted once and both reported', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 1, 2] }' });
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(2);
  expect(p.results().map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(p.results()[1]?.outputs).toEqual(p.results()[0]?.outputs);
});

test('a refusal for want of room costs no attempt', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: [1, 2, 3, 4, 5, 6] }\nexecution: { concurrency: 6 }',
    emulator: { slots: 2 },
  });
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 6, maxInFlight: 2, duplicates: 0 });
  expect(p.service.stats().capacityRefusals).toBeGreaterThan(0);
  expect(p.results().map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1, 1]);
});

test('failed tasks are tried again as often as retries says, input errors never', async () => {
  const p = await project({
    manifest:
      'matrix: { Positive Prompt.text: ["[emulate:fail-once]", "[emulate:oom]", fine] }\nexecution: { retries: 2 }',
  });
  expect((await p.apply()).exit).toBe(1);
  expect(p.results().map(({ status, attempts }) => [status, attempts])).toEqual([
    ['succeeded', 2],
    ['failed', 1],
    ['succeeded', 1],
  ]);
  expect(p.results()[1]?.error).toMatchObject({ class: 'input', node: '3' });
});

test.each([
  [
    'a revoked key',
    (p: Project) => p.service.model.adjust(null, (account) => (account.revoked = true)),
  ],
  [
    'an empty balance',
    (p: Project) => p.service.model.adjust(null, (account) => (account.coins = 0)),
  ],
])(
  '%s stops the batch with exit 4 and the rest pending; the same command goes on',
  async (_, spoil) => {
    const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2, 3, 4] }' });
    expect((await p.apply('--first', '1')).exit).toBe(0);
    spoil(p);
    const stopped = await p.apply();
    expect(stopped.exit).toBe(4);
    expect(p.results().map(({ status }) => status)).toEqual([
      'succeeded',
      'pending',
      'pending',
      'pending',
    ]);
    expect(stopped.err + stopped.out).not.toMatch(/\n\s+at /);
    p.service.model.adjust(null, (account) => {
      account.revoked = false;
      account.coins = 1000;
    });
    expect((await p.apply()).exit).toBe(0);
    expect(p.service.stats()).toMatchObject({ accepted: 4, duplicates: 0 });
  },
);

test('a workflow that is gone is exit 4; a graph that differs in structure is exit 2', async () => {
  const p = await project();
  p.service.model.removeWorkflow('1980237776367083521');
  expect((await p.apply()).exit).toBe(4);
  p.service.model.saveWorkflow('1980237776367083521', '{"3":{"class_type":"Other","inputs":{}}}');
  const ended = await p.apply();
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain('is not the graph of api.json');
  expect(p.service.stats().accepted).toBe(0);
});

test('fields that drifted on the service are sent, so that the local file is what runs', async () => {
  const p = await project();
  const saved = p.read('api.json').replace('"steps": 20', '"steps": 99');
  p.service.model.saveWorkflow('1980237776367083521', saved);
  expect((await p.apply()).exit).toBe(0);
  expect(p.received()[0]).toContainEqual({ nodeId: '3', fieldName: 'steps', fieldValue: 20 });
});

test('submit: workflow sends the whole patched graph and no nodeInfoList', async () => {
  const p = await project({ manifest: 'submit: workflow\nset: { Positive Prompt.text: a fox }' });
  expect((await p.apply()).exit).toBe(0);
  const request = JSON.parse(p.service.bill()[0]?.request ?? '{}') as Record<string, string>;
  expect(request).not.toHaveProperty('nodeInfoList');
  expect(JSON.parse(request['workflow'] ?? '')).toMatchObject({
    '6': { inputs: { text: 'a fox' } },
  });
});
