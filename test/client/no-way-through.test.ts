import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/edges/clock.js';
import { Http } from '../../src/runninghub/http/http.js';

/** A proxy that does this with what asks for a way through; null: it knows no such request. */
const behind = async (
  made: ((socket: Duplex) => void) | null,
): Promise<{ readonly http: Http; readonly asked: () => number }> => {
  let asked = 0;
  const proxy = createServer((_, response) => response.end());
  proxy.on('connection', () => (asked += 1));
  const sockets: Duplex[] = [];
  if (made !== null)
    proxy.on('connect', (_, socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      made(socket);
    });
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  const { port } = proxy.address() as AddressInfo;
  const http = new Http({
    env: { HTTPS_PROXY: `http://127.0.0.1:${port}` },
    clock: systemClock,
    readMs: 60_000,
    createMs: 60_000,
    uploadMs: 60_000,
  });
  onTestFinished(async () => {
    await http.close();
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return { http, asked: () => asked };
};

const create = {
  kind: 'create',
  method: 'POST',
  url: 'https://service.invalid/create',
  headers: {},
  body: '{}',
} as const;

test.each<[string, ((socket: Duplex) => void) | null, string]>([
  ['closes the connection', null, 'other side closed'],
  ['refuses', (socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'), 'HTTP 403'],
  ['wants a password', (socket) => socket.end('HTTP/1.1 407 Who\r\n\r\n'), 'HTTP 407'],
])('a proxy that %s is asked once, named, and nothing was sent', async (_, made, why) => {
  const { http, asked } = await behind(made);
  expect(await http.send(create, undefined)).toEqual({
    is: 'none',
    code: 'ECONNREFUSED',
    why: expect.stringMatching(
      new RegExp(`^the proxy 127.0.0.1:\\d+ makes no way through: ${why}`),
    ),
    sent: false,
  });
  expect(asked()).toBe(1);
});

test('a request that waits for its connection ends when it is aborted', async () => {
  const stop = new AbortController();
  const { http } = await behind(() => stop.abort());
  expect(await http.send(create, stop.signal)).toMatchObject({ is: 'none', code: 'aborted' });
});
