import { expect, test } from 'vitest';
import { seeds, serverBatches, workOf } from '../support/comfy-batch.js';
import { comfyGraph } from '../support/comfy-server.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';

const project = projects();
const servers = serverBatches();

const saved = (p: Project): Set<string | undefined> =>
  new Set(p.results().map(({ outputs }) => outputs[0]?.sha256));

test.each(['0.3.64', 'mid-2024', '2026'] as const)(
  'a batch runs to its files on a server of %s, each prompt once',
  async (version) => {
    const { p, comfy } = await servers([{ version }], seeds(4));
    const { exit, err } = await p.apply();
    expect(err).not.toMatch(/error:|warning:/);
    expect(exit).toBe(0);
    expect(comfy[0]?.queued()).toHaveLength(4);
    expect(saved(p).size).toBe(4);
    const { exit: again } = await p.apply();
    expect(again).toBe(0);
    expect(comfy[0]?.queued()).toHaveLength(4);
  },
);

test('what a server does to submits and reads, every prompt is made once and none is lost', async () => {
  const { p, comfy } = await servers([{ runTime: { kind: 'constant', ms: 8_000 } }, {}], seeds(16));
  for (const one of comfy)
    one.setFaults([
      { endpoint: 'submit', kind: 'resetAfter', probability: 0.2 },
      { endpoint: 'submit', kind: 'resetBefore', probability: 0.2 },
      { endpoint: 'submit', kind: 'http502After', probability: 0.1 },
      { endpoint: 'history', kind: 'http502', probability: 0.1 },
      { endpoint: 'queue', kind: 'truncatedJson', probability: 0.1 },
      { endpoint: 'view', kind: 'halfFile', probability: 0.2 },
    ]);
  const { exit } = await p.apply();
  expect(exit).toBe(0);
  expect(comfy.flatMap((one) => Object.keys(one.injected())).length).toBeGreaterThan(4);
  const books = comfy.flatMap((one) => [...one.queued()]);
  expect(books).toHaveLength(16);
  expect(new Set(books.map(({ id }) => id)).size).toBe(16);
  expect(saved(p).size).toBe(16);
});

test.each([1, 2, 3])('two servers are kept at work: seed %d', async (seed) => {
  const runTime = { kind: 'lognormal', medianMs: 30_000, sigma: 0.4 } as const;
  const given = [seed, seed + 10].map((own) => ({ runTime, seed: own }));
  const { p, comfy } = await servers(given, seeds(60));
  expect((await p.apply()).exit).toBe(0);
  for (const one of comfy) {
    expect(one.queued().length).toBeGreaterThan(20);
    const { startedAt, endedAt, idleMs } = workOf(one);
    expect(1 - idleMs / (endedAt - startedAt)).toBeGreaterThanOrEqual(0.98);
  }
  const { durationMs, cost } = p.summary() as { durationMs: number; cost: { taskTimeMs: number } };
  // With the end of the batch, where one of the two has nothing left to do.
  expect(cost.taskTimeMs / (2 * durationMs)).toBeGreaterThan(0.94);
});

test('cancel ends our prompts and nobody else’s, and needs no key', async () => {
  const { p, comfy } = await servers([{ runTime: { kind: 'constant', ms: 600_000 } }], seeds(3));
  const [one] = comfy;
  one?.addForeignPrompts(1);
  const running = p.start(['apply']);
  while ((one?.queued().length ?? 0) < 3) await p.clock.sleep(1_000);
  running.signal('SIGINT');
  expect((await running.ended).exit).toBe(130);
  const { exit, out } = await p.withoutKey('cancel');
  expect(exit, out).toBe(0);
  expect(out.match(/cancelled/g)).toHaveLength(2);
  expect(one?.remaining()).toBe(1);
});

test('prompts that had ended before a cancel are told as results to fetch, and fetched', async () => {
  const { p, comfy } = await servers([{ runTime: { kind: 'constant', ms: 60_000 } }], seeds(4));
  const running = p.start(['apply']);
  while ((comfy[0]?.queued().length ?? 0) < 2) await p.clock.sleep(1_000);
  running.signal('SIGINT');
  expect((await running.ended).exit).toBe(130);
  await p.clock.sleep(200_000);
  const { exit, out } = await p.withoutKey('cancel');
  expect(exit, out).toBe(0);
  expect(out.match(/had finished/g)).toHaveLength(2);
  expect((await p.withoutKey('status')).out).toContain('0 of 4 done · 2 to fetch · 2 waiting');
  const { out: said } = await p.apply();
  expect(said).toContain('4 of 4 runs succeeded (2 submitted before) · 2 submits');
  expect(comfy[0]?.queued()).toHaveLength(4);
});

test('a graph that no server takes is told with what to mend, and no command that would fail again', async () => {
  const { p, comfy } = await servers([{}], seeds(2));
  const broken = JSON.stringify(comfyGraph).replace('v1-5-pruned-emaonly', 'v1-5-pruned-emonly');
  p.write('api.json', broken);
  const { exit, out, err } = await p.apply();
  expect(exit).toBe(2);
  expect(err).toContain('did you mean "v1-5-pruned-emaonly.safetensors"');
  expect(out).toContain('stopped: api.json or its values do not fit what the server has');
  expect(out).not.toContain('next:');
  expect(comfy[0]?.queued()).toHaveLength(0);
});

test('--emulator rehearses a batch of servers without any', async () => {
  const p = await project({ files: { 'api.json': JSON.stringify(comfyGraph) } });
  p.write(
    'manifest.yaml',
    `version: 1\nserver: [http://127.0.0.1:9, http://127.0.0.1:10]\napi: api.json\n${seeds(3)}\n`,
  );
  const { exit, err } = await p.withoutKey('apply', '--emulator');
  expect(exit, err).toBe(0);
  expect(p.results('out/manifest-emulated')).toHaveLength(3);
});

const halfGraph = {
  ...comfyGraph,
  '20': { class_type: 'LoadImage', inputs: { image: 'not-there.png' } },
  '21': { class_type: 'SaveImage', inputs: { images: ['20', 0], filename_prefix: 'half' } },
};

test.each([
  ['comes', []],
  ['is lost', [{ endpoint: 'submit', kind: 'resetAfter', next: 1 }]],
] as const)(
  'a graph of which a server runs only a part fails its run where the answer %s',
  async (_, faults) => {
    const { p, comfy } = await servers([{}], seeds(1));
    p.write('api.json', JSON.stringify(halfGraph));
    comfy[0]?.setFaults([...faults]);
    const { exit } = await p.apply();
    expect(exit).toBe(1);
    const [result] = p.results();
    expect(result?.status).toBe('failed');
    expect(result?.error).toMatchObject({ class: 'input' });
    expect(result?.error?.message).toMatch(/LoadImage|SaveImage/);
    expect(comfy[0]?.queued()).toHaveLength(1);
  },
);
