import { openAsBlob, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, FormData, request } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.js';
import { readTexts } from '../../src/emulator/media/png.js';
import { startEmulator } from '../../src/emulator/server.js';
import { graph, pixel } from '../support/graph.js';
import { key, workflowId } from '../support/project.js';

let emulator: Emulator;
const dispatcher = new Agent();
beforeEach(async () => {
  emulator = await startEmulator({
    speed: 2000,
    slots: 1,
    runTime: { kind: 'constant', ms: 20_000 },
    workflows: new Map([[workflowId, JSON.stringify(graph)]]),
    unknownWorkflows: 'refuse',
  });
});
afterEach(() => emulator.close());

type Body = Record<string, unknown>;
const post = async (
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Body> => {
  const { body: answer } = await request(`${emulator.url}${path}`, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/json', host: 'www.runninghub.cn', ...headers },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as Body;
};
const get = async (url: string): Promise<{ status: number; bytes: Buffer }> => {
  const { statusCode, body } = await request(url, { dispatcher });
  return { status: statusCode, bytes: Buffer.from(await body.arrayBuffer()) };
};
const bearer = { authorization: `Bearer ${key}` };

test('the full workflow example: upload, create, poll, fetch', async () => {
  const path = join(tmpdir(), `rh-emulator-${process.pid}.png`);
  writeFileSync(path, pixel(1));
  const form = new FormData();
  form.set('apiKey', key);
  form.set('fileType', 'image');
  form.set('file', await openAsBlob(path), '图片.png');
  const { body } = await request(`${emulator.url}/task/openapi/upload`, {
    dispatcher,
    method: 'POST',
    body: form,
  });
  const uploaded = (await body.json()) as { code: number; data: { fileName: string } };
  expect(uploaded.data.fileName).toMatch(/^api\/[0-9a-f]{64}\.png$/);
  const nodeInfoList = [
    { nodeId: 6, fieldName: 'text', fieldValue: '1 girl in classroom' },
    { nodeId: '3', fieldName: 'seed', fieldValue: '1231231' },
    { nodeId: '10', fieldName: 'image', fieldValue: uploaded.data.fileName },
  ];
  const created = await post('/task/openapi/create', { apiKey: key, workflowId, nodeInfoList });
  const { taskId } = created['data'] as { taskId: string };
  expect(taskId).toMatch(/^\d{19}$/);
  let outputs: Body;
  do outputs = await post('/task/openapi/outputs', { apiKey: key, taskId });
  while (outputs['code'] === 804 || outputs['code'] === 813);
  const [file] = outputs['data'] as { fileUrl: string; consumeCoins: string; nodeId: string }[];
  expect(file).toMatchObject({ consumeCoins: '4', nodeId: '9' });
  const { status, bytes } = await get(file!.fileUrl);
  expect(status).toBe(200);
  expect([...bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  expect(JSON.parse(readTexts(bytes).get('nodeInfoList') ?? '')).toHaveLength(3);
  expect((await post('/task/openapi/status', { apiKey: key, taskId }))['data']).toBe('SUCCESS');
  expect(await post('/openapi/v2/query', { taskId }, bearer)).toMatchObject({
    status: 'SUCCESS',
    errorCode: '',
    usage: { consumeCoins: '4' },
  });
});

test.each<[string, string, unknown, Record<string, string>, object]>([
  ['no key', '/task/openapi/create', { workflowId }, {}, { code: 301 }],
  [
    'an unknown workflow',
    '/task/openapi/create',
    { apiKey: key, workflowId: '1' },
    {},
    { code: 380 },
  ],
  ['an id of zero', '/task/openapi/create', { apiKey: key, workflowId: '0' }, {}, { code: 301 }],
  [
    'an unknown node',
    '/task/openapi/create',
    { apiKey: key, workflowId, nodeInfoList: [{ nodeId: '99', fieldName: 'x', fieldValue: '1' }] },
    {},
    { code: 803 },
  ],
  [
    'an unknown field',
    '/task/openapi/create',
    { apiKey: key, workflowId, nodeInfoList: [{ nodeId: '3', fieldName: 'x', fieldValue: '1' }] },
    {},
    { code: 803 },
  ],
  [
    'a missing value',
    '/task/openapi/create',
    { apiKey: key, workflowId, nodeInfoList: [{ nodeId: '3', fieldName: 'seed' }] },
    {},
    { code: 803 },
  ],
  [
    'a text where a number belongs',
    '/task/openapi/create',
    {
      apiKey: key,
      workflowId,
      nodeInfoList: [{ nodeId: '3', fieldName: 'steps', fieldValue: 'x' }],
    },
    {},
    { code: 433 },
  ],
  [
    'an unknown task',
    '/task/openapi/outputs',
    { apiKey: key, taskId: '1980471280073846785' },
    {},
    { code: 807 },
  ],
  ['a task of zero', '/task/openapi/status', { apiKey: key, taskId: '0' }, {}, { code: 301 }],
  [
    'the account with a lower-case key',
    '/uc/openapi/accountStatus',
    { apikey: key },
    {},
    { code: 0, data: { currentTaskCounts: '0' } },
  ],
  [
    'the graph',
    '/api/openapi/getJsonApiFormat',
    { apiKey: key, workflowId },
    {},
    { code: 0, data: { prompt: JSON.stringify(graph) } },
  ],
  ['a path that is not there', '/file/openapi/upload', {}, {}, { code: 412 }],
  [
    'V2 with a Bearer key',
    `/openapi/v2/run/workflow/${workflowId}`,
    { nodeInfoList: [] },
    bearer,
    { errorCode: '', results: null },
  ],
  ['V2 without a task', '/openapi/v2/query', { taskId: '5' }, bearer, { errorCode: '1004' }],
  [
    'the whole graph',
    '/task/openapi/create',
    { apiKey: key, workflowId: '1', workflow: JSON.stringify(graph) },
    {},
    { code: 0 },
  ],
])('%s', async (_, path, body, headers, expected) => {
  expect(await post(path, body, headers)).toMatchObject(expected);
});

test('over the limit 421, cancel frees the slot, a cancelled task answers 805', async () => {
  const first = await post('/task/openapi/create', { apiKey: key, workflowId });
  expect(await post('/task/openapi/create', { apiKey: key, workflowId })).toMatchObject({
    code: 421,
    msg: 'TASK_QUEUE_MAXED',
  });
  const { taskId } = first['data'] as { taskId: string };
  expect(await post('/task/openapi/cancel', { apiKey: key, taskId })).toMatchObject({ code: 0 });
  expect(await post('/task/openapi/cancel', { apiKey: key, taskId })).toMatchObject({ code: 807 });
  expect(await post('/task/openapi/outputs', { apiKey: key, taskId })).toMatchObject({ code: 805 });
  expect(await post('/task/openapi/create', { apiKey: key, workflowId })).toMatchObject({
    code: 0,
  });
});

test('stats, bill and faults are told and set over HTTP', async () => {
  await post('/emulator/faults', { rules: [{ endpoint: 'account', kind: 'http500', next: 1 }] });
  const { statusCode } = await request(`${emulator.url}/uc/openapi/accountStatus`, {
    dispatcher,
    method: 'POST',
    body: JSON.stringify({ apikey: key }),
  });
  expect(statusCode).toBe(500);
  const stats = JSON.parse((await get(`${emulator.url}/emulator/stats`)).bytes.toString()) as Body;
  expect(stats).toMatchObject({ faults: { 'account:http500': 1 }, requests: { account: 1 } });
  expect(JSON.parse((await get(`${emulator.url}/emulator/bill`)).bytes.toString())).toEqual([]);
});
