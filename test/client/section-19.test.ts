import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/edges/clock.js';
import type { Client } from '../../src/runninghub/client.js';
import { createClient } from '../../src/runninghub/client.js';
import type { Service } from '../../src/runninghub/service.js';
import { isTaskId } from '../../src/values/ids.js';
import { key } from '../support/project.js';

/**
 * What runninghub-api 19.1 found out about answers, row by row. What it tells of the values of
 * models stands in test/targets/model-values.test.ts and all-models.test.ts, what follows for a
 * batch in test/faults/turned-away.test.ts.
 */
const taskText = '2013508786110730241';
if (!isTaskId(taskText)) throw new Error('test id');
const taskId = taskText;
const request = { path: '/task/openapi/create', body: new Map([['workflowId', '1']]) };

let server: Server;
let client: Client;
let service: Service;
let answer: { status: number; body: string; headers: Record<string, string> };
let seen: string[];

beforeEach(async () => {
  seen = [];
  server = createServer((incoming, response) => {
    seen.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
    incoming.resume().on('end', () => {
      response.writeHead(answer.status, answer.headers).end(answer.body);
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

const says = (body: unknown, status = 200, headers: Record<string, string> = {}): void => {
  answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body), headers };
};
/** Each family asks at its own endpoint; what is answered is understood by both. */
const families = (): readonly Service[] => [client, service];

describe('cancel', () => {
  test.each([
    ['817 APIKEY_TASK_CANCEL_NOT_ALLOWED', { code: 817, msg: 'APIKEY_TASK_CANCEL_NOT_ALLOWED' }],
    ['its name in place of the code', { code: 'APIKEY_TASK_CANCEL_NOT_ALLOWED', msg: '' }],
    ['its name in the text', { code: 1, msg: 'APIKEY_TASK_CANCEL_NOT_ALLOWED' }],
  ])('%s is a task that was found and has ended', async (_, body) => {
    says(body);
    expect(await client.cancel(taskId)).toEqual({ is: 'ended' });
  });

  test('807 is a task that nobody knows, 301 a refusal', async () => {
    says({ code: 807, msg: 'APIKEY_TASK_NOT_FOUND' });
    expect(await client.cancel(taskId)).toEqual({ is: 'gone' });
    says({ code: 301, msg: 'taskId must be positive' });
    expect(await client.cancel(taskId)).toMatchObject({ is: 'refused', fault: { code: '301' } });
  });

  test('there is no route below /openapi/v2: tasks of either family are cancelled by the old one', async () => {
    says({ code: 0, msg: 'success', data: null });
    for (const one of families()) expect(await one.cancel(taskId)).toEqual({ is: 'taken' });
    expect(seen).toEqual(['POST /task/openapi/cancel', 'POST /task/openapi/cancel']);
  });
});

describe('states and results', () => {
  test.each(['CANCEL', 'CANCELED', 'CANCELLED'])(
    '%s is a task that was cancelled',
    async (word) => {
      says({ taskId: taskText, status: word, errorCode: '', results: null });
      expect(await service.outputs(taskId)).toMatchObject({ is: 'cancelled' });
    },
  );

  test.each<[string, unknown, string]>([
    ['1007 of a task that does not exist', 'taskId must not be null', 'missing'],
    ['1007 of a task that is 0', 'must be greater than 0', 'missing'],
    ['1007 in plain words', 'Task does not exist', 'missing'],
    ['1007 in Chinese', '任务不存在', 'missing'],
    ['1007 of anything else', 'prompt is not valid', 'unread'],
    ['1007 of a body that was not read', 'failed to parse request body', 'unread'],
  ])('%s', async (_, errorMessage, expected) => {
    says({ taskId: '', status: '', errorCode: '1007', errorMessage, results: null });
    expect((await service.outputs(taskId)).is).toBe(expected);
    says({ code: 1007, msg: errorMessage, data: null });
    expect((await client.outputs(taskId)).is).toBe(expected);
  });

  test.each<[string, unknown]>([
    ['flat', { taskId: taskText, status: 'SUCCESS', errorCode: '' }],
    ['wrapped', { code: 0, msg: 'success', data: { taskId: taskText, status: 'SUCCESS' } }],
    ['with its state as an object', { taskId: taskText, status: { value: 'success' } }],
  ])('an answer that comes %s is read, by whichever endpoint it came', async (_, body) => {
    const link = 'https://example.com/output/a.png?sign=1';
    const filled = fill(body, [{ url: link, outputType: 'png', nodeId: '9' }]);
    says(filled);
    for (const one of families())
      expect(await one.outputs(taskId)).toMatchObject({
        is: 'succeeded',
        outputs: [{ url: link, type: 'png', node: '9' }],
      });
  });

  test('results may be bare links and texts', async () => {
    says({
      taskId: taskText,
      status: 'SUCCESS',
      errorCode: '',
      results: ['https://example.com/a.mp4?x=1', '/output/b.png', 'a long story', ''],
    });
    expect(await service.outputs(taskId)).toMatchObject({
      is: 'succeeded',
      outputs: [
        { url: 'https://example.com/a.mp4?x=1', type: 'mp4', text: null },
        { url: `${client.site}/output/b.png`, type: 'png' },
        { url: '', type: 'txt', text: 'a long story' },
      ],
    });
  });

  test.each<[string, unknown, string]>([
    ['804 by name', { code: 'APIKEY_TASK_IS_RUNNING', msg: '', data: null }, 'running'],
    ['813 by name', { code: 'APIKEY_TASK_IS_QUEUED', data: null }, 'queued'],
    ['807 by name', { code: 'APIKEY_TASK_NOT_FOUND', data: null }, 'missing'],
    ['success by name', { code: 'SUCCESS', data: [] }, 'succeeded'],
    ['804 as errorCode', { errorCode: '804', errorMessage: 'APIKEY_TASK_IS_RUNNING' }, 'running'],
    ['error_code', { error_code: '1004', error_message: 'Task not found' }, 'missing'],
    ['a state without any code', { taskId: taskText, status: 'RUNNING' }, 'running'],
    ['a state that nobody knows', { taskId: taskText, status: 'DREAMING' }, 'unread'],
    ['nothing that is known', { a: 1 }, 'unread'],
  ])('%s', async (_, body, expected) => {
    says(body);
    for (const one of families()) expect((await one.outputs(taskId)).is).toBe(expected);
  });
});

const fill = (body: unknown, results: unknown): unknown => {
  const copy = JSON.parse(JSON.stringify(body)) as { data?: object };
  return copy.data === undefined
    ? { ...copy, results }
    : { ...copy, data: { ...copy.data, results } };
};

describe('submit', () => {
  test.each<[string, unknown]>([
    ['taskId', { taskId: taskText, status: 'QUEUED', errorCode: '' }],
    ['task_id', { task_id: taskText, status: 'QUEUED' }],
    ['task_id in data', { code: 0, data: { task_id: taskText } }],
    ['a V2 answer in data', { code: 0, msg: '', data: { taskId: taskText, status: 'RUNNING' } }],
    ['a bare id in data', { code: 0, msg: 'success', data: taskText }],
    ['a bare number in data', `{"code":0,"data":${taskText}}`],
    ['a bare id', `"${taskText}"`],
    ['a bare number', taskText],
    ['the words of success', { code: 'success', data: { taskId: taskText } }],
    ['a task that has ended already', { taskId: taskText, status: 'SUCCESS', results: ['x'] }],
    ['its state as an object', { taskId: taskText, status: { status: 'RUNNING' } }],
    ['an id whatever HTTP says', { taskId: taskText }],
  ])('is accepted: %s', async (name, body) => {
    says(body, name.endsWith('HTTP says') ? 403 : 200);
    for (const one of families())
      expect(await one.create(request)).toMatchObject({ is: 'accepted', taskId: taskText });
  });

  test('promptTips may be an object', async () => {
    const node_errors = {
      37: { class_type: 'UNETLoader', errors: [{ message: 'Value not in list', details: 'x' }] },
    };
    says({ code: 0, data: { taskId: taskText, promptTips: { result: true, node_errors } } });
    expect(await client.create(request)).toMatchObject({
      is: 'accepted',
      nodeErrors: ['UNETLoader (node 37): Value not in list, x'],
    });
  });

  test.each([400, 401, 403, 404, 405, 413])(
    'HTTP %d is a certain refusal, whatever its body',
    async (status) => {
      for (const body of [
        '<html>firewall</html>',
        '',
        '{"message":"Forbidden"}',
        { code: 4711, msg: 'nobody knows' },
        { code: -1, msg: 'no' },
        { timestamp: 1, status, error: 'Bad Request', path: '/x' },
      ]) {
        says(body, status);
        for (const one of families()) expect((await one.create(request)).is).toBe('refused');
      }
    },
  );

  test.each<[string, number, unknown]>([
    ['a page with HTTP 200', 200, '<html>'],
    ['HTTP 500', 500, '<html>'],
    ['HTTP 502', 502, ''],
    ['HTTP 503 of anybody', 503, { code: 802, msg: 'x' }],
    ['HTTP 504', 504, '<html>'],
    ['HTTP 408, which may come late', 408, '<html>'],
    ['HTTP 302, which may follow on an effect', 302, ''],
    ['-1 in other words than of the key', 200, { code: -1, msg: 'system error' }],
    ['804 as such', 200, { code: 804, msg: 'APIKEY_TASK_IS_RUNNING', data: null }],
    ['an internal error that says so with HTTP 400', 400, { code: 1005, msg: 'x' }],
    ['a count that is no id', 200, '{"code":0,"data":3}'],
    ['an id beside a failure', 200, { code: 500, data: taskText }],
  ])('stays open: %s', async (_, status, body) => {
    says(body, status);
    for (const one of families()) expect((await one.create(request)).is).toBe('lost');
  });

  test.each<[string, unknown, string, string]>([
    ['421 by name', { code: 'TASK_QUEUE_MAXED', msg: null }, 'capacity', '421'],
    ['1520 by name', { errorCode: 'TASK_USER_CONCURRENT_LIMIT' }, 'capacity', '1520'],
    ['802 by name', { code: 'APIKEY_UNAUTHORIZED' }, 'account', '802'],
    ['803 with its place', { code: 'NODE_INFO_MISMATCH(nodeId=1)' }, 'input', '803'],
    ['a general code with a name', { code: 1, msg: 'WORKFLOW_NOT_EXISTS' }, 'account', '380'],
    [
      '421 in a wrapped answer',
      { code: 0, data: { taskId: '', errorCode: '421' } },
      'capacity',
      '421',
    ],
    ['−1 of the key', { code: -1, msg: 'ApiKey verification failed' }, 'account', '-1'],
    ['1014', { errorCode: '1014', errorMessage: 'Access Denied' }, 'account', '1014'],
  ])('is refused: %s', async (_, body, kind, code) => {
    says(body);
    for (const one of families())
      expect(await one.create(request)).toMatchObject({
        is: 'refused',
        fault: { class: kind, code },
      });
  });

  test('HTTP 429 with a code means what the code says', async () => {
    says({ code: 421, msg: 'TASK_QUEUE_MAXED' }, 429);
    expect(await client.create(request)).toMatchObject({ is: 'refused', fault: { code: '421' } });
    says('slow down', 429, { 'retry-after': '3' });
    expect(await client.create(request)).toMatchObject({
      is: 'refused',
      fault: { code: 'http-429', retryAfterMs: 3_000 },
    });
  });

  test('a redirect is a refusal that names the base URL', async () => {
    says('', 301, { location: 'https://www.runninghub.cn/task/openapi/create' });
    const created = await client.create(request);
    expect(created).toMatchObject({ is: 'refused', fault: { code: 'http-301' } });
    expect(JSON.stringify(created)).toContain('check the base URL');
    expect(seen).toHaveLength(1);
  });
});

test('queue/status may tell more than is read', async () => {
  says({
    code: 0,
    data: { apiKeyType: 'SHARED', concurrentLimit: '50', totalCurrentTasks: 2, instanceCounts: [] },
  });
  expect(await client.queue()).toMatchObject({ is: 'known', limit: 50, total: 2 });
});
