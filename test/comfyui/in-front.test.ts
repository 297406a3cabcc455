import { expect, test } from 'vitest';
import { selfSigned } from './certificate.js';
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

test('a bearer token lets one in, and stands in no file, log or output', async () => {
  const token = 'tok-7f3e91b2c4d5';
  const { p, server } = await batch({
    servers: [{ authorization: `Bearer ${token}` }],
    env: { COMFYUI_TOKEN: token },
  });
  const { exit, err, out } = await p.apply('-vv');
  expect(exit).toBe(0);
  expect(new Set(server.headers)).toEqual(new Set([`Bearer ${token}`]));
  const written = p
    .list('.')
    .filter((path) => /\.(?:jsonl?|csv|html|xml|png)$/.test(path))
    .map((path) => p.read(path));
  for (const text of [err, out, ...written]) expect(text).not.toContain('7f3e91b2');
});

test.each([
  [{ COMFYUI_TOKEN: 'two words' }, 'no token has'],
  [{ COMFYUI_USERNAME: 'ann' }, 'COMFYUI_PASSWORD is not set'],
  [{ COMFYUI_CA_FILE: 'gone.pem' }, 'COMFYUI_CA_FILE names "gone.pem"'],
  [{ COMFYUI_CA_FILE: 'api.json' }, 'holds no certificate'],
])('a wrong %o is told before anything is sent', async (env, said) => {
  const { p, server } = await batch({ env });
  const { exit, err } = await p.apply();
  expect(exit).toBe(2);
  expect(err).toContain(said);
  expect(err).not.toContain('two words');
  expect(server.requests).toEqual([]);
});

test('a certificate that nobody signed is told at once with the variable that trusts it, which then does', async () => {
  const untrusted = await batch({ servers: [{ tls: selfSigned }] });
  const before = untrusted.p.now();
  const refused = await untrusted.p.apply();
  expect(refused.exit).toBe(4);
  expect(refused.err).toContain('COMFYUI_CA_FILE');
  // It would be no other one later.
  expect(untrusted.p.now() - before).toBeLessThan(1_000);
  expect(untrusted.server.queued).toEqual([]);
  const trusted = await batch({
    servers: [{ tls: selfSigned, base: '/comfy' }],
    env: { COMFYUI_CA_FILE: 'server.pem' },
    files: { 'server.pem': selfSigned.cert },
  });
  const { exit, err } = await trusted.p.apply();
  expect(exit, err).toBe(0);
  expect(statuses(trusted.p)).toEqual(['succeeded', 'succeeded', 'succeeded']);
});

test('https where there is no TLS, and a certificate for another name, are told in words', async () => {
  const { p, server } = await batch();
  const ask = async (address: string): Promise<string> => {
    p.write('manifest.yaml', `version: 1\nserver: ${address}\napi: api.json\n`);
    const { exit, err } = await p.apply();
    expect(exit).toBe(4);
    return err;
  };
  expect(await ask(server.url.replace('http:', 'https:'))).toContain('write http://');
  const named = await batch({
    servers: [{ tls: selfSigned }],
    env: { COMFYUI_CA_FILE: 'server.pem' },
    files: { 'server.pem': selfSigned.cert },
  });
  named.p.write(
    'manifest.yaml',
    `version: 1\nserver: ${named.server.url.replace('127.0.0.1', 'localhost')}\napi: api.json\n`,
  );
  const { exit, err } = await named.p.apply();
  expect(exit).toBe(4);
  expect(err).toContain('a certificate for another name');
});

test('reads that a proxy answers with an error page hold the batch up and fail nothing', async () => {
  const { p, server } = await batch();
  let odd = 0;
  server.fate = (method, path) => {
    if (method === 'POST' && path === '/prompt') return 'answer';
    odd += 1;
    return odd % 2 === 0
      ? 'answer'
      : { status: 502, body: '<html>Bad Gateway</html>', effect: false };
  };
  const { exit, err } = await p.apply();
  expect(exit, err).toBe(0);
  expect(statuses(p)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(server.queued).toHaveLength(3);
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
