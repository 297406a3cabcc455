import { connect } from 'node:net';
import { Agent, request } from 'undici';
import { afterEach, expect, test } from 'vitest';
import type { Receiver } from '../../src/runninghub/receiver.js';
import { startReceiver } from '../../src/runninghub/receiver.js';
import { freePort } from '../support/port.js';

const secret = 'Zm9yIG5vYm9keSBlbHNl';
const taskId = '1904154698688139265';
const event = { event: 'TASK_END', taskId, eventData: '{"code":0,"data":[]}' };

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const receiver = async (): Promise<{
  readonly port: number;
  readonly said: string[];
  readonly started: Receiver;
  readonly post: (path: string, body: string, method?: 'POST' | 'GET' | 'PUT') => Promise<number>;
}> => {
  const port = await freePort();
  const started = await startReceiver({ host: '127.0.0.1', port, secret });
  if (!started.ok) throw new Error(started.why);
  const dispatcher = new Agent();
  const said: string[] = [];
  started.receiver.listen((id) => said.push(id));
  ends.push(async () => {
    await started.receiver.close();
    await dispatcher.destroy();
  });
  return {
    port,
    said,
    started: started.receiver,
    post: async (path, body, method = 'POST') => {
      const url = `http://127.0.0.1:${port}${path}`;
      const answer = await request(url, { method, body, dispatcher });
      await answer.body.dump();
      return answer.statusCode;
    },
  };
};

test('an event is answered with 200 and told once for each time it comes', async () => {
  const { post, said } = await receiver();
  expect(await post(`/${secret}`, JSON.stringify(event))).toBe(200);
  await expect.poll(() => said).toEqual([taskId]);
  // Behind a proxy that puts a path in front; with the id as a number, digit for digit.
  expect(await post(`/rh/a/${secret}/?x=1`, `{"event":"TASK_END","taskId":${taskId}}`)).toBe(200);
  await expect.poll(() => said).toEqual([taskId, taskId]);
  expect(await post(`/${secret}`, '{"event":"TASK_BEGIN","taskId":"1"}')).toBe(200);
  expect(said).toHaveLength(2);
});

const garbage: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['no JSON', '{"event":"TASK_END"'],
  ['a list', '[]'],
  ['null', 'null'],
  ['a page', '<html></html>'],
  ['no event', `{"taskId":"${taskId}"}`],
  ['an event that is no text', `{"event":{},"taskId":"${taskId}"}`],
  ['no task', '{"event":"TASK_END"}'],
  ['a task that is no id', '{"event":"TASK_END","taskId":"../../etc"}'],
  ['a negative task', '{"event":"TASK_END","taskId":-1}'],
  ['an endless id', `{"event":"TASK_END","taskId":"${'9'.repeat(1000)}"}`],
  ['a deep nest', '['.repeat(100_000)],
  ['a prototype', '{"__proto__":{"event":"TASK_END","taskId":"1"}}'],
];

test.each(garbage)('%s is refused and tells nothing', async (_what, body) => {
  const { post, said } = await receiver();
  expect(await post(`/${secret}`, body)).toBe(400);
  expect(said).toEqual([]);
});

test('other paths, methods and sizes are refused without a look at the body', async () => {
  const { post, said } = await receiver();
  const body = JSON.stringify(event);
  expect(await post('/', body)).toBe(404);
  expect(await post(`/${secret.slice(1)}`, body)).toBe(404);
  expect(await post(`/${secret}x`, body)).toBe(404);
  expect(await post(`/${secret.toLowerCase()}`, body)).toBe(404);
  expect(await post(`/x?${secret}`, body)).toBe(404);
  expect(await post(`/${secret}`, body, 'PUT')).toBe(405);
  const huge = JSON.stringify({ ...event, eventData: 'x'.repeat(1024 * 1024) });
  // The answer may come before the body was sent, and cut it off.
  const status = await post(`/${secret}`, huge).catch(() => 413);
  expect(status).toBe(413);
  expect(await post(`/${secret}`, body)).toBe(200);
  await expect.poll(() => said).toEqual([taskId]);
});

test('many requests for long paths hold nobody up', async () => {
  const { post } = await receiver();
  const path = `/${'a'.repeat(7_500)}//`;
  for (let n = 0; n < 1_000; n += 1) expect(await post(path, '')).toBe(404);
});

test('a body without end is cut off, and clients that never finish keep nobody out', async () => {
  const { post, port, said } = await receiver();
  const slow = Array.from({ length: 40 }, () => connect(port, '127.0.0.1'));
  const sockets = new Set(slow);
  for (const socket of slow) {
    socket.on('error', () => undefined);
    socket.write(`POST /${secret} HTTP/1.1\r\nHost: x\r\nContent-Le`);
  }
  const endless = connect(port, '127.0.0.1');
  const cut = new Promise((resolve) => endless.once('close', resolve));
  endless.on('error', () => undefined);
  endless.write(`POST /${secret} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`);
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  const pour = (): void => {
    while (endless.writable && endless.write(chunk)) continue;
    if (endless.writable) endless.once('drain', pour);
  };
  pour();
  await cut;
  expect(await post(`/${secret}`, JSON.stringify(event))).toBe(200);
  await expect.poll(() => said).toEqual([taskId]);
  for (const socket of sockets) socket.destroy();
});

test('a port in use is said, and nothing is thrown', async () => {
  const { port } = await receiver();
  const second = await startReceiver({ host: '127.0.0.1', port, secret });
  expect(second).toMatchObject({ ok: false, why: expect.stringContaining('EADDRINUSE') });
});
