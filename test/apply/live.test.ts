import { expect, test } from 'vitest';
import type { FaultKind } from '../../src/emulator/http/faults.js';
import type { BatchEvent } from '../../src/index.js';
import { apply } from '../../src/index.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key } from '../support/project.js';

const project = projects();

const manifest = 'matrix: { KSampler.seed: { from: 1, to: 6 } }';
const service = { runTime: { kind: 'constant', ms: 20_000 } } as const;

type Step = BatchEvent & { readonly type: 'progress' };

const run = async (p: Project, live = true): Promise<{ steps: Step[]; exit: number }> => {
  const batch = apply('manifest.yaml', {
    cwd: p.dir,
    clock: p.clock,
    env: {
      RUNNINGHUB_API_KEY: key,
      RUNNINGHUB_BASE_URL: p.service.url,
    },
    live,
  });
  const steps: Step[] = [];
  for await (const event of batch.events) if (event.type === 'progress') steps.push(event);
  return { steps, exit: (await batch.result).exitCode };
};

const journal = (p: Project): string => p.read('.rh-batch/manifest/journal.jsonl');

test('nodes and percent of running tasks are events, and nothing of it is kept', async () => {
  const p = await project({ manifest, emulator: service });
  const { steps, exit } = await run(p);
  expect(exit).toBe(0);
  const tasks = new Set(p.service.bill().map(({ taskId }) => taskId));
  expect(steps.every(({ taskId }) => tasks.has(taskId))).toBe(true);
  const titles = new Set(steps.map(({ title }) => title));
  expect(titles.size).toBeGreaterThan(1);
  expect(titles).not.toContain(null);
  const percents = steps.flatMap(({ percent }) => (percent === null ? [] : [percent]));
  expect(percents.length).toBeGreaterThan(0);
  expect(percents.every((percent) => percent >= 0 && percent <= 100)).toBe(true);
  expect(p.service.stats().requests['socket']).toBeLessThanOrEqual(6);
  expect(journal(p)).not.toMatch(/progress|Rh-Comfy-Auth|c_instance/);
});

test('where nobody looks there is no socket', async () => {
  const p = await project({ manifest, emulator: service });
  expect(await run(p, false)).toEqual({ steps: [], exit: 0 });
  expect(await p.apply('--force')).toMatchObject({ exit: 0 });
  expect(p.service.stats().requests['socket']).toBeUndefined();
  const on = await p.apply('--force', '--live', 'on', '--progress', 'json', '-vv');
  expect(on.err).not.toContain('Rh-Comfy-Auth');
  expect(p.service.stats().requests['socket']).toBeGreaterThan(0);
});

const faults: readonly (readonly [string, FaultKind])[] = [
  ['is refused with 403', 'code'],
  ['is refused with 500', 'http500'],
  ['is refused with 401', 'unauthorized'],
  ['is reset', 'resetBefore'],
  ['never answers', 'hangBefore'],
  ['stays silent', 'silent'],
  ['is closed at once', 'closed'],
  ['sends garbage', 'garbage'],
  ['sends binary frames', 'binary'],
  ['sends a frame of 4 GB', 'hugeFrame'],
  ['tells the end too soon, fifty times', 'falseEnd'],
];

test.each(faults)('a socket that %s changes nothing', async (_what, kind) => {
  const p = await project({
    manifest,
    emulator: { ...service, faults: [{ endpoint: 'socket', kind }] },
  });
  const { exit } = await run(p);
  expect(exit).toBe(0);
  const { accepted, duplicates, requests } = p.service.stats();
  expect({ accepted, duplicates }).toEqual({ accepted: 6, duplicates: 0 });
  // Never opened again for the same task, however it ended; undici asks twice at a 401.
  expect(requests['socket']).toBeLessThanOrEqual(kind === 'unauthorized' ? 12 : 6);
  // What polls may cost, and two for each end that was told too soon.
  const { outputs = 0, account = 0, queue = 0 } = requests;
  expect(outputs + account + queue).toBeLessThanOrEqual(6 * (10 + 2));
  expect(p.results().every(({ attempts }) => attempts === 1)).toBe(true);
});

test('more tasks than sockets: the others are followed without', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: { from: 1, to: 14 } }',
    emulator: { ...service, slots: 14 },
  });
  const { exit, steps } = await run(p);
  expect(exit).toBe(0);
  expect(new Set(steps.map(({ taskId }) => taskId)).size).toBeGreaterThan(0);
  expect(p.service.stats()).toMatchObject({ accepted: 14, duplicates: 0 });
});
