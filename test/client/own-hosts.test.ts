import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { expect, test, vi } from 'vitest';
import { systemClock } from '../../src/edges/clock.js';
import { createClient } from '../../src/runninghub/client.js';
import { isOwnAddress } from '../../src/runninghub/own-hosts.js';
import { redirectTo } from '../../src/runninghub/http/redirect.js';
import { TaskSockets } from '../../src/runninghub/sockets.js';
import { selfSigned } from '../comfyui/certificate.js';
import { projects } from '../support/opened.js';
import { key } from '../support/project.js';

const start = projects();
const site = 'https://www.runninghub.cn';

test.each<[string, string, 'socket' | 'upload', boolean]>([
  ['wss://www.runninghub.cn:443/ws/c_instance?x=1', site, 'socket', true],
  ['wss://ws3.runninghub.cn/ws', site, 'socket', true],
  ['ws://www.runninghub.cn/ws', site, 'socket', false],
  ['wss://evil.example/ws', site, 'socket', false],
  ['wss://www.runninghub.cn.evil.example/ws', site, 'socket', false],
  ['wss://evilrunninghub.cn/ws', site, 'socket', false],
  ['wss://user@evil.example/www.runninghub.cn', site, 'socket', false],
  ['https://www.runninghub.cn/ws', site, 'socket', false],
  ['ws://127.0.0.1:8080/ws', 'http://127.0.0.1:9', 'socket', true],
  ['ws://127.0.0.2:9/ws', 'http://127.0.0.1:9', 'socket', false],
  ['wss://b.com.cn/ws', 'https://a.com.cn', 'socket', false],
  ['not an address', site, 'socket', false],
  ['https://rh-models-1252422369.cos.ap-beijing.myqcloud.com/a?q-sign-x', site, 'upload', true],
  ['https://rh-images.xiaoyaoyou.com/a', site, 'upload', true],
  ['https://www.runninghub.ai/a', site, 'upload', true],
  ['https://evil-1.cos.ap-beijing.myqcloud.com/a', site, 'upload', false],
  ['http://rh-models-1.cos.ap-beijing.myqcloud.com/a', site, 'upload', false],
  ['https://xiaoyaoyou.com.evil.example/a', site, 'upload', false],
  ['http://127.0.0.1:9/lora/x', 'http://127.0.0.1:8', 'upload', true],
  ['http://169.254.169.254/latest', site, 'upload', false],
])('%s of %s as a %s: %s', (url, of, what, expected) => {
  expect(isOwnAddress(url, of, what)).toBe(expected);
});

test.each<[string, string, string | null]>([
  ['https://a.example/x', 'https://b.example/y', 'https://a.example/x'],
  ['/z?q=1', 'https://b.example/y', 'https://b.example/z?q=1'],
  ['http://b.example/y', 'https://b.example/y', null],
  ['HTTP://b.example/y', 'HTTPS://b.example/y', null],
  ['//b.example/y', 'https://c.example/', 'https://b.example/y'],
  ['http://b.example/y', 'http://b.example/', 'http://b.example/y'],
  ['file:///etc/passwd', 'http://b.example/', null],
  ['http://[', 'http://b.example/', null],
])('a redirect to %s from %s leads to %s', (location, from, expected) => {
  expect(redirectTo(location, from)).toBe(expected);
});

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

test('a download follows a redirect, but never from https to http, and to no file', async () => {
  const seen: string[] = [];
  const plain = createServer((request, response) => {
    seen.push(request.url ?? '');
    if (request.url === '/moved') response.writeHead(302, { location: '/here' }).end();
    else if (request.url === '/file')
      response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    else response.end('bytes');
  });
  const port = await listening(plain);
  const safe = createTlsServer(selfSigned, (request, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:${port}/${request.url ?? ''}` }).end();
  });
  const safePort = await listening(safe);
  // The certificate is nobody's; what is looked at is where the answer leads.
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  const baseUrl = `https://127.0.0.1:${safePort}`;
  const client = createClient({ baseUrl, key, clock: systemClock, env: {} });
  try {
    expect(await client.download(`http://127.0.0.1:${port}/moved`, 0)).toMatchObject({
      is: 'open',
      totalBytes: 5,
    });
    expect(seen).toEqual(['/moved', '/here']);
    for (const address of [`http://127.0.0.1:${port}/file`, `https://127.0.0.1:${safePort}/a`])
      expect(await client.download(address, 0)).toMatchObject({
        is: 'failed',
        fault: { code: 'bad-redirect' },
      });
    expect(seen).toEqual(['/moved', '/here', '/file']);
  } finally {
    vi.unstubAllEnvs();
    await client.close();
    for (const server of [plain, safe]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
});

test('a socket of another house is not opened, and ends as one that was closed', async () => {
  let reached = 0;
  const other = createServer();
  other.on('connection', () => (reached += 1));
  const port = await listening(other);
  const sockets = new TaskSockets(site, {});
  let closed = 0;
  sockets.open(
    `ws://127.0.0.1:${port}/ws/c_instance?Rh-Comfy-Auth=secret`,
    () => undefined,
    () => (closed += 1),
  );
  expect(closed).toBe(1);
  await sockets.close();
  await new Promise((resolve) => other.close(resolve));
  expect(reached).toBe(0);
});

test('a LoRA stays here where its link leads to somebody else', async () => {
  const seen: string[] = [];
  const thief = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => thief.listen(0, '127.0.0.2', resolve));
  const address = thief.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const service = createServer((request, response) => {
    const url = `http://127.0.0.2:${port}/lora`;
    request
      .resume()
      .on('end', () =>
        response.end(
          JSON.stringify({ code: 0, data: { fileName: 'api-lora-cn/a.safetensors', url } }),
        ),
      );
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const here = service.address();
  const own = typeof here === 'object' && here !== null ? here.port : 0;
  const p = await start({ env: { RUNNINGHUB_BASE_URL: `http://127.0.0.1:${own}` } });
  p.write('a.safetensors', Buffer.from('080000000000000022', 'hex'));
  p.write(
    'a.safetensors',
    Buffer.concat([Buffer.from('1000000000000000', 'hex'), Buffer.from('{"__metadata__":{}}')]),
  );
  const ended = await p.run('upload', '--lora', 'a.safetensors');
  expect(ended.exit).not.toBe(0);
  expect(ended.err + ended.out).toContain(`127.0.0.2:${port}, which is not the service's`);
  expect(seen).toEqual([]);
  expect(ended.err + ended.out).not.toContain(key);
  await Promise.all([thief, service].map((one) => new Promise((resolve) => one.close(resolve))));
});
