import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/edges/clock.js';
import type { Client } from '../../src/runninghub/client.js';
import { createClient } from '../../src/runninghub/client.js';
import { errorTable } from '../../src/runninghub/error-table.js';
import type { Service } from '../../src/runninghub/service.js';
import { isTaskId } from '../../src/values/ids.js';
import { key } from '../support/project.js';

const taskText = '2013508786110730241';
if (!isTaskId(taskText)) throw new Error('test id');
const taskId = taskText;
const request = { path: '/openapi/v2/a/b', body: new Map([['prompt', 'x']]) };

let server: Server;
let client: Client;
let service: Service;
let answer: { status: number; body: unknown };
let seen: { path: string; body: string; authorization: string }[];

beforeEach(async () => {
  seen = [];
  server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
    incoming.on('end', () => {
      const { url: path = '', headers } = incoming;
      seen.push({ path, body, authorization: headers.authorization ?? '' });
      const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
      response.writeHead(answer.status).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const clock = { ...systemClock, sleep: () => Promise.resolve() };
  client = createClient({ baseUrl: `http://127.0.0.1:${port}`, key, clock, env: {} });
  service = client.speaking('v2');
});
afterEach(async () => {
  await client.close();
  await new Promise((resolve) => server.close(resolve));
});

const says = (body: unknown, status = 200): void => {
  answer = { status, body };
};
const flat = (more: object): object => ({
  taskId: '',
  status: 'FAILED',
  errorCode: '',
  errorMessage: '',
  results: null,
  clientId: '',
  promptTips: '',
  ...more,
});

describe('submit', () => {
  test('the key goes as Bearer alone', async () => {
    says(flat({ taskId: taskText, status: 'RUNNING' }));
    expect(await service.create(request)).toMatchObject({
      is: 'accepted',
      taskId: taskText,
      running: true,
    });
    expect(seen).toEqual([
      { path: '/openapi/v2/a/b', body: '{"prompt":"x"}', authorization: `Bearer ${key}` },
    ]);
  });

  test.each(Object.entries(errorTable).filter(([code]) => /^-?\d+$/.test(code)))(
    'errorCode "%s" is what runninghub-api 10.3 says',
    async (code, row) => {
      says(flat({ errorCode: code, errorMessage: 'SOMETHING' }));
      const created = await service.create(request);
      expect(created.is).toBe(row.create);
      if (created.is === 'accepted') return;
      expect(created.fault).toMatchObject({ code, class: row.class });
      expect(created.fault.message).toContain(row.about);
      // Perhaps without any other field (2.6).
      says({ errorCode: code, errorMessage: 'SOMETHING' });
      expect((await service.create(request)).is).toBe(row.create);
    },
  );

  test.each<[string, unknown, number, object]>([
    [
      'a task id whatever else it says',
      flat({ taskId: taskText, errorCode: '1005' }),
      200,
      { is: 'accepted' },
    ],
    ['no code and no task id', flat({ status: 'RUNNING' }), 200, { is: 'lost' }],
    ['a code that nobody knows', flat({ errorCode: '4711' }), 200, { is: 'lost' }],
    ['a code that is a word', flat({ errorCode: 'ODD' }), 200, { is: 'lost' }],
    ['an envelope', { code: 401, message: 'ApiKey verification failed' }, 401, { is: 'refused' }],
    ['HTML', '<html>', 502, { is: 'lost' }],
    ['HTTP 429', 'slow', 429, { is: 'refused', fault: { class: 'capacity' } }],
    [
      'the queue full, in words',
      flat({ errorCode: '1', errorMessage: 'TASK_USER_CONCURRENT_LIMIT' }),
      200,
      { is: 'refused', fault: { class: 'capacity' } },
    ],
  ])('answered with %s', async (_name, body, status, expected) => {
    says(body, status);
    expect(await service.create(request)).toMatchObject(expected);
    expect(seen).toHaveLength(1);
  });
});

const usage = {
  consumeMoney: '0.5',
  consumeCoins: null,
  taskCostTime: '32',
  thirdPartyConsumeMoney: '0.25',
};
const cost = { coins: null, money: '0.75', taskTimeMs: 32_000 };

test.each<[string, unknown, object]>([
  ['CREATE', flat({ taskId: taskText, status: 'CREATE' }), { is: 'queued' }],
  ['QUEUED', flat({ taskId: taskText, status: 'QUEUED' }), { is: 'queued' }],
  ['RUNNING', flat({ taskId: taskText, status: 'RUNNING' }), { is: 'running' }],
  [
    'files and texts',
    flat({
      taskId: taskText,
      status: 'SUCCESS',
      usage,
      results: [
        { url: 'https://x/a.png', outputType: 'png', nodeId: '2', text: null },
        { url: null, outputType: 'txt', text: 'told' },
        { outputUrl: '/b.mp4', outputType: 'mp4' },
        { content: 'said' },
      ],
    }),
    {
      is: 'succeeded',
      cost,
      outputs: [
        { url: 'https://x/a.png', node: '2', type: 'png', text: null },
        { url: '', node: null, type: 'txt', text: 'told' },
        { url: expect.stringMatching(/^http:.*\/b\.mp4$/), type: 'mp4' },
        { url: '', type: 'txt', text: 'said' },
      ],
    },
  ],
  [
    'no results yet',
    flat({ taskId: taskText, status: 'SUCCESS' }),
    { is: 'succeeded', outputs: [] },
  ],
  [
    'a refused prompt',
    flat({ taskId: taskText, errorCode: '1501', errorMessage: 'bad prompt', usage }),
    { is: 'failed', cost, fault: { class: 'input', code: '1501' } },
  ],
  [
    'a failed generation',
    flat({ taskId: taskText, errorCode: '1015', failedReason: {} }),
    { is: 'failed', fault: { class: 'task', code: '1015' } },
  ],
  [
    'an unknown error of a task that exists',
    flat({ taskId: taskText, errorCode: '1000', errorMessage: 'unknown error' }),
    { is: 'failed', fault: { class: 'task', code: '1000' } },
  ],
  [
    "the machine's reason",
    flat({
      taskId: taskText,
      errorCode: '1000',
      failedReason: {
        node_id: '276',
        node_name: 'N',
        exception_type: 'TypeError',
        exception_message: 'm',
      },
    }),
    { is: 'failed', fault: { class: 'task', code: 'TypeError', node: '276' } },
  ],
  ['CANCEL', flat({ taskId: taskText, status: 'CANCEL', usage }), { is: 'cancelled', cost }],
  ['CANCELLED', flat({ taskId: taskText, status: 'CANCELLED' }), { is: 'cancelled' }],
  ['an empty state', flat({ taskId: taskText, status: '' }), { is: 'missing' }],
  ['1004', flat({ errorCode: '1004' }), { is: 'missing' }],
  ['1002', flat({ errorCode: '1002' }), { is: 'unread', fault: { class: 'account' } }],
  ['1003', flat({ errorCode: '1003' }), { is: 'unread', fault: { class: 'capacity' } }],
  ['1007', flat({ errorCode: '1007' }), { is: 'unread', fault: { class: 'transient' } }],
  ['another state', flat({ taskId: taskText, status: 'DREAMING' }), { is: 'unread' }],
  ['an envelope', { code: 500, msg: 'x' }, { is: 'unread', fault: { class: 'transient' } }],
  ['HTML', '<html>', { is: 'unread', fault: { class: 'transient' } }],
])('a query answered with %s', async (_name, body, expected) => {
  says(body);
  expect(await service.outputs(taskId)).toMatchObject(expected);
  expect(seen[0]).toEqual({
    path: '/openapi/v2/query',
    body: `{"taskId":"${taskText}"}`,
    authorization: `Bearer ${key}`,
  });
});
