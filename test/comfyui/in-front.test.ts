import { expect, test } from 'vitest';
import { batches, graph, statuses } from './servers.js';

const batch = batches();

const authorization = `Basic ${Buffer.from('ann:geheim-42').toString('base64')}`;
const login = { COMFYUI_USERNAME: 'ann', COMFYUI_PASSWORD: 'geheim-42' };

test('a server below a path, which wants a name and a password, gets both and tells them to nobody', async () => {
  const { p, server } = await batch({
    servers: [{ base: '/comfy', authorization }],
    env: login,
  });
  const { exit, err, out } = await p.apply('-vv');
  expect(exit).toBe(0);
  expect(statuses(p)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(new Set(server.headers)).toEqual(new Set([authorization]));
  const all = [
    err,
    out,
    ...p
      .list('.')
      .filter((path) => /\.(?:jsonl?|csv|html|xml)$/.test(path))
      .map((path) => p.read(path)),
  ];
  for (const text of all) expect(text).not.toMatch(/geheim|YW5uOmdlaGVpbS00Mg/);
});

test('a server that lets nobody in is told with the variables that would', async () => {
  const { p, server } = await batch({ servers: [{ authorization }] });
  const { exit, err } = await p.apply();
  expect(exit).toBe(4);
  expect(err).toContain('COMFYUI_TOKEN');
  expect(server.queued).toEqual([]);
});

test('no key of RunningHub is needed for a server, and none is sent', async () => {
  const { p, server } = await batch();
  expect((await p.withoutKey('apply')).exit).toBe(0);
  expect(new Set(server.headers)).toEqual(new Set([undefined]));
});

test('--profile local draws on a server what the base sends to RunningHub, each with its own state', async () => {
  const { p, server } = await batch();
  p.write(
    'manifest.yaml',
    [
      'version: 1',
      'workflowId: "1980237776367083521"',
      'instance: plus',
      'api: api.json',
      'matrix: { colour: [1, 2] }',
      'set: { EmptyImage.color: "${{ colour }}" }',
      `profiles: { local: { server: "${server.url}" } }`,
    ].join('\n'),
  );
  p.write('api.json', JSON.stringify(graph));
  expect((await p.apply('--profile', 'local')).exit).toBe(0);
  expect(server.queued).toHaveLength(2);
  expect(p.results('out/manifest-local')).toHaveLength(2);
  const plan = await p.plan();
  expect(plan.summary['new']).toBe(2);
  const local = await p.plan('--profile', 'local');
  expect(local.summary['upToDate']).toBe(2);
});
