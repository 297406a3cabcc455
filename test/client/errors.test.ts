import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/edges/clock.js';
import type { Client } from '../../src/runninghub/client.js';
import { createClient } from '../../src/runninghub/client.js';
import { siteOf } from '../../src/runninghub/site.js';
import { errorTable } from '../../src/runninghub/error-table.js';
import type { CreateRequest } from '../../src/runninghub/service.js';
import { isTaskId } from '../../src/values/ids.js';
import { key } from '../support/project.js';

const taskText = '1980471280073846785';
if (!isTaskId(taskText)) throw new Error('test id');
const taskId = taskText;

let server: Server;
let client: Client;
let answer: { status: number; body: string; headers?: Record<string, string> };
let seen: { path: string; body: string; authorization: string }[];

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
    request.on('end', () => {
      seen.push({
        path: request.url ?? '',
        body,
        authorization: request.headers.authorization ?? '',
      });
      response.writeHead(answer.status, answer.headers ?? {}).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const clock = { ...systemClock, sleep: () => Promise.resolve() };
  client = createClient({ baseUrl: `http://127.0.0.1:${port}/openapi/v2/`, key, clock, env: {} });
});
afterEach(async () => {
  await client.close();
  await new Promise((resolve) => server.close(resolve));
});

const request: CreateRequest = {
  path: '/task/openapi/create',
  body: new Map([['workflowId', '1980237776367083521']]),
};
const json = (value: unknown, status = 200): void => {
  answer = { status, body: JSON.stringify(value) };
};

test.each(Object.entries(errorTable).filter(([code]) => /^-?\d+$/.test(code)))(
  'code %s on a create is what runninghub-api 10.3 says',
  async (code, row) => {
    json({ code: Number(code), msg: 'SOMETHING', data: null });
    const created = await client.create(request);
    expect(created.is).toBe(row.create);
    if (created.is !== 'accepted') {
      expect(created.fault.code).toBe(code);
      expect(created.fault.message).toContain(row.about);
    }
    json({ code, msg: null, data: null });
    expect((await client.create(request)).is).toBe(row.create);
  },
);

test.each<[string, unknown, number, object]>([
  [
    'a task id whatever else it says',
    { code: 500, msg: 'x', data: { taskId: taskText } },
    200,
    { is: 'accepted', taskId: taskText },
  ],
  [
    'a task id as a bare number',
    '{"code":0,"data":{"taskId":1980471280073846785}}',
    200,
    { is: 'accepted', taskId: taskText },
  ],
  [
    'the text of a full queue under another code',
    { code: 1, msg: 'TASK_QUEUE_MAXED' },
    200,
    { is: 'refused', fault: { class: 'capacity' } },
  ],
  [
    'a key of the other site',
    { code: 301, msg: 'user not exist' },
    200,
    { is: 'refused', fault: { class: 'account' } },
  ],
  [
    '"apikey" in the text of an 803',
    { code: 803, msg: 'APIKEY_INVALID_NODE_INFO' },
    200,
    { is: 'refused', fault: { class: 'input' } },
  ],
  [
    'node errors of a 433',
    {
      code: 433,
      msg: 'VALIDATE_PROMPT_FAILED',
      data: {
        promptTips: JSON.stringify({
          node_errors: {
            37: {
              class_type: 'UNETLoader',
              errors: [
                {
                  message: 'Value not in list',
                  details: 'unet_name',
                  extra_info: { input_name: 'unet_name' },
                },
              ],
            },
          },
        }),
      },
    },
    200,
    { is: 'refused', fault: { class: 'input', node: '37', field: 'unet_name' } },
  ],
  ['success without a task id', { code: 0, msg: 'success', data: {} }, 200, { is: 'lost' }],
  ['HTML', '<html>', 502, { is: 'lost', fault: { class: 'transient' } }],
  ['nothing', '', 200, { is: 'lost' }],
  ['HTTP 429', 'slow', 429, { is: 'refused', fault: { class: 'capacity', retryAfterMs: 7000 } }],
  ['an unknown code', { code: 4711, msg: 'x' }, 200, { is: 'lost', fault: { class: 'unknown' } }],
])('a create answered with %s', async (_, body, status, expected) => {
  answer = {
    status,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'retry-after': '7' },
  };
  expect(await client.create(request)).toMatchObject(expected);
  expect(seen).toHaveLength(1);
});

const item = {
  fileUrl: 'https://x/a.png',
  fileType: 'png',
  nodeId: '9',
  consumeCoins: '17',
  taskCostTime: '83',
  consumeMoney: '0.10',
  thirdPartyConsumeMoney: '0.05',
};

test.each<[string, unknown, object]>([
  [
    'done',
    { code: 0, data: [item, item] },
    { is: 'succeeded', cost: { coins: '17', money: '0.15', taskTimeMs: 83_000 } },
  ],
  [
    'done, numbers as numbers',
    { code: 0, data: [{ ...item, consumeCoins: 17, taskCostTime: 83, nodeId: 9 }] },
    { is: 'succeeded', cost: { coins: '17' }, outputs: [{ node: '9' }] },
  ],
  ...['9'.repeat(400), '1764158400000', '604801'].map((taskCostTime): [string, unknown, object] => [
    `done after ${taskCostTime.slice(0, 20)} seconds, which nobody believes`,
    { code: 0, data: [{ ...item, taskCostTime }] },
    { is: 'succeeded', cost: { coins: '17', taskTimeMs: null } },
  ]),
  ['done without files', { code: 0, data: [] }, { is: 'succeeded', outputs: [] }],
  ['old style queued', { code: 0, msg: 'APIKEY_TASK_IS_QUEUED', data: null }, { is: 'queued' }],
  ['old style running', { code: 0, msg: '任务运行中', data: null }, { is: 'running' }],
  [
    'running',
    { code: '804', data: { netWssUrl: 'wss://x' } },
    { is: 'running', netWssUrl: 'wss://x' },
  ],
  ['queued', { code: 813, data: null }, { is: 'queued' }],
  [
    'failed with a reason',
    {
      code: 805,
      data: {
        failedReason: {
          node_id: '3',
          node_name: 'KSampler',
          exception_type: 'TypeError',
          exception_message: 'bad',
          traceback: '["a\\n","b"]',
        },
      },
    },
    {
      is: 'failed',
      fault: { class: 'task', node: '3', traceback: 'a\nb', message: 'KSampler failed: bad' },
    },
  ],
  [
    'failed for want of memory',
    {
      code: 805,
      data: {
        failedReason: JSON.stringify({
          exception_type: 'torch.OutOfMemoryError',
          exception_message: 'x',
        }),
      },
    },
    { is: 'failed', fault: { class: 'input' } },
  ],
  ['failed without a reason', { code: 805, data: null }, { is: 'failed', fault: { code: '805' } }],
  ['unknown', { code: 807, data: null }, { is: 'missing' }],
  ['a limit on calls', { code: 421, msg: 'x' }, { is: 'unread', fault: { class: 'capacity' } }],
  ['no such key', { code: 806, msg: 'x' }, { is: 'unread', fault: { class: 'account' } }],
  ['an odd form', { code: 0, data: { a: 1 } }, { is: 'unread', fault: { class: 'transient' } }],
  ['a relative link', { code: 0, data: [{ fileUrl: '/output/a.png' }] }, { is: 'succeeded' }],
])('outputs answered with %s', async (_, body, expected) => {
  json(body);
  expect(await client.outputs(taskId)).toMatchObject(expected);
});

test('one 401 is not believed, two are', async () => {
  answer = { status: 401, body: '{"code":-1,"msg":"ApiKey verification failed"}' };
  expect(await client.outputs(taskId)).toMatchObject({ is: 'unread', fault: { class: 'account' } });
  expect(seen).toHaveLength(2);
});

test('the key goes where each endpoint wants it, and into no message', async () => {
  json({ code: 301, msg: `bad ${key} bad ${encodeURIComponent(key)}`, data: null });
  const account = await client.account();
  expect(seen[0]?.body).toBe(`{"apikey":"${key}"}`);
  expect(JSON.stringify(account)).not.toContain(key);
  await client.outputs(taskId);
  expect(seen[1]).toMatchObject({ path: '/task/openapi/outputs', authorization: `Bearer ${key}` });
  await client.queue();
  expect(seen[2]).toMatchObject({ path: '/openapi/v2/queue/status', body: '' });
});

test('refused connections are certain, and a closed server is told so', async () => {
  const closed = createClient({ baseUrl: 'http://127.0.0.1:9', key, clock: systemClock, env: {} });
  expect(await closed.create(request)).toMatchObject({
    is: 'refused',
    fault: { class: 'transient', code: 'refused-connection' },
  });
  await closed.close();
});

test.each([
  ['https://www.runninghub.cn/', 'https://www.runninghub.cn'],
  ['https://www.runninghub.ai/openapi/v2', 'https://www.runninghub.ai'],
  [' https://x/task/openapi/create ', 'https://x'],
  ['https://www.runninghub.ai/openapi/v2/', 'https://www.runninghub.ai'],
  ['https://www.runninghub.ai/openapi/v2/run/workflow/1980', 'https://www.runninghub.ai'],
  ['https://www.runninghub.cn///', 'https://www.runninghub.cn'],
  ['http://proxy', 'http://proxy'],
  ['http://api/openapi/v2', 'http://api'],
  // The key stands in the native API's address: nothing of it stays.
  [`https://www.runninghub.cn/proxy/${key}`, 'https://www.runninghub.cn'],
  [`https://www.runninghub.cn/proxy-plus/${key}/prompt`, 'https://www.runninghub.cn'],
])('the base URL %s', (typed, site) => {
  expect(siteOf(typed)).toBe(site);
});
