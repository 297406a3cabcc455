import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import { WebSocket } from 'undici';
import { expect, test } from 'vitest';
import { bench, key, onEnd } from './client.js';

/** Listens for events and answers them with the given statuses in turn, then with 200. */
const receiver = async (statuses: number[] = []) => {
  const events: { event: string; taskId: string; eventData: string }[] = [];
  const server = createServer((request, response) => {
    void read(request).then((text) => {
      events.push(JSON.parse(text) as (typeof events)[number]);
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onEnd(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { events, url: `http://127.0.0.1:${address.port}/hook` };
};

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

test('TASK_END comes once at the end, with a number where the answer has a text', async () => {
  const { events, url } = await receiver();
  const { taskId, emulator, post } = await bench();
  const id = await taskId([], { webhookUrl: url });
  const detail = async (): Promise<{ code: number; data: { callbackStatus: string } | null }> =>
    (await post('/task/openapi/getWebhookDetail', { apiKey: key, taskId: id })).json;
  expect(await detail()).toMatchObject({ code: 1, msg: 'webhook event not exists' });
  emulator.advance(30_000);
  await expect.poll(async () => (await detail()).data?.callbackStatus).toBe('SUCCESS');
  expect(events).toMatchObject([{ event: 'TASK_END', taskId: id }]);
  expect(JSON.parse(events[0]!.eventData)).toMatchObject({
    code: 0,
    data: [{ fileType: 'png', nodeId: '9', taskCostTime: 30 }],
  });
  expect(JSON.stringify(await detail())).not.toContain(key);
});

test('a failure carries its reason; a receiver that fails is asked three times more', async () => {
  const { events, url } = await receiver([500, 500, 500, 500, 500]);
  const { taskId, emulator, post } = await bench();
  const id = await taskId([['6', 'text', '[emulate:fail]']], { webhookUrl: url });
  emulator.advance(30_000);
  const detail = async () =>
    (await post('/task/openapi/getWebhookDetail', { apiKey: key, taskId: id })).json.data;
  await expect.poll(detail).toMatchObject({ retryCount: 3 });
  await expect.poll(() => events.length).toBe(4);
  expect(JSON.parse(events[0]!.eventData)).toMatchObject({
    code: 805,
    data: { failedReason: { exception_type: 'RuntimeError' } },
  });
  const { id: webhookId } = await detail();
  const again = await receiver();
  const retry = await post('/task/openapi/retryWebhook', {
    apiKey: key,
    webhookId,
    webhookUrl: again.url,
  });
  expect(retry.json).toEqual({ code: 0, msg: '', data: null });
  await expect.poll(() => again.events.length).toBe(1);
  // Without an address it goes where it went before (API notes, section 19.1).
  const before = events.length;
  const same = await post('/task/openapi/retryWebhook', { apiKey: key, webhookId });
  expect(same.json).toEqual({ code: 0, msg: '', data: null });
  await expect.poll(() => events.length).toBeGreaterThan(before);
  const foreign = await post('/task/openapi/retryWebhook', { apiKey: 'x', webhookId });
  expect(foreign.json.code).toBe(1);
});

test('comes although nobody asks for the task', async () => {
  const { events, url } = await receiver();
  const { taskId } = await bench({ speed: 1000 });
  const id = await taskId([], { webhookUrl: url });
  await expect.poll(() => events.map((event) => event.taskId)).toEqual([id]);
});

test('the socket behind netWssUrl tells nodes, progress and the end', async () => {
  const { create, emulator } = await bench();
  const { netWssUrl } = (await create()).json.data;
  const socket = new WebSocket(netWssUrl);
  const types: string[] = [];
  socket.addEventListener('message', ({ data }) => {
    types.push((JSON.parse(String(data)) as { type: string }).type);
  });
  await expect.poll(() => types).toContain('progress');
  emulator.finishAll();
  await expect.poll(() => types).toContain('execution_success');
  expect(types.slice(0, 3)).toEqual(['status', 'execution_start', 'executing']);
  socket.close();
});

test('events can be lost, or come three times', async () => {
  const { events, url } = await receiver();
  const { taskId, emulator } = await bench();
  emulator.setFaults([
    { endpoint: 'webhook', kind: 'lost', next: 1 },
    { endpoint: 'webhook', kind: 'repeated', next: 1 },
  ]);
  await taskId([], { webhookUrl: url });
  emulator.finishAll();
  const id = await taskId([], { webhookUrl: url });
  emulator.finishAll();
  await expect.poll(() => events.map((event) => event.taskId)).toEqual([id, id, id]);
  expect(emulator.stats()).toMatchObject({
    webhooks: 3,
    faults: { 'webhook:lost': 1, 'webhook:repeated': 1 },
  });
});

test('where events go is no part of the work that is paid for', async () => {
  const { taskId, emulator } = await bench();
  await taskId([], { webhookUrl: 'http://127.0.0.1:1/a' });
  await taskId([], { webhookUrl: 'http://127.0.0.1:1/b' });
  await taskId([]);
  expect(emulator.stats().duplicates).toBe(2);
});

test.each([
  ['code', 'error'],
  ['http503', 'error'],
  ['closed', 'close'],
  ['garbage', 'error'],
  ['hugeFrame', 'open'],
] as const)('a socket with the fault %s comes to %s', async (kind, seen) => {
  const { create, emulator } = await bench();
  emulator.setFaults([{ endpoint: 'socket', kind }]);
  const socket = new WebSocket((await create()).json.data.netWssUrl);
  const types: string[] = [];
  for (const type of ['open', 'error', 'close'])
    socket.addEventListener(type, () => types.push(type));
  await expect.poll(() => types).toContain(seen);
  expect(emulator.stats().faults).toEqual({ [`socket:${kind}`]: 1 });
  socket.close();
});
