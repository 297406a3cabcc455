import { afterEach, expect, test } from 'vitest';
import { Project } from '../support/project.js';

let open: Project | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

const manifest = (minBytes: number): string =>
  `matrix: { KSampler.seed: [1, 2] }\nrun: { expect: { minBytes: ${minBytes} } }\nexecution: { retries: 0 }`;

const refused = async (): Promise<Project> => {
  open = await Project.start({ manifest: manifest(50_000_000) });
  expect((await open.apply()).exit).toBe(1);
  expect(open.results().map(({ status }) => status)).toEqual(['failed', 'failed']);
  return open;
};

test('outputs that run.expect refused are taken when it no longer does, and nothing is paid again', async () => {
  const p = await refused();
  p.manifest(manifest(1));
  const plan = await p.plan();
  expect(plan.summary).toMatchObject({ download: 2, retry: 0 });
  expect(plan.runs[0]?.reasons).toEqual(['its outputs are here, and run.expect takes them now']);
  expect((await p.apply()).exit).toBe(0);
  expect(p.results().map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
  expect(p.service.bill()).toHaveLength(2);
  expect((await p.plan()).summary).toMatchObject({ upToDate: 2 });
});

test('where such an output is gone the run is made again', async () => {
  const p = await refused();
  p.manifest(manifest(1));
  p.remove(`out/manifest/${p.results()[0]?.outputs[0]?.path ?? ''}`);
  expect((await p.plan()).summary).toMatchObject({ download: 1, retry: 1 });
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.bill()).toHaveLength(3);
});

test('what run.expect refuses of a task that an earlier apply left is refused, not taken unseen', async () => {
  const p = (open = await Project.start({
    manifest: `matrix: { KSampler.seed: { from: 1, to: 40 } }`,
    emulator: { faults: [{ endpoint: 'download', kind: 'http500', probability: 1 }] },
  }));
  expect((await p.apply('--where', 'KSampler.seed=40')).exit).toBe(4);
  p.service.setFaults([]);
  p.manifest(
    'matrix: { KSampler.seed: { from: 1, to: 40 } }\nrun: { expect: { minBytes: 50000000 } }\nexecution: { retries: 0 }',
  );
  expect((await p.apply()).exit).toBe(1);
  expect(p.results()[39]).toMatchObject({ status: 'failed', error: { code: 'expect-bytes' } });
  expect(p.service.bill()).toHaveLength(40);
});
