import { openAsBlob, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, FormData, request } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.js';
import { readTexts } from '../../src/emulator/media/png.js';
import { startEmulator } from '../../src/emulator/server.js';
import { hex, safetensors, zip } from '../support/files.js';
import { graph, pixel } from '../support/graph.js';
import { key, workflowId } from '../support/project.js';

let emulator: Emulator;
const dispatcher = new Agent();
/** Its clock stands still, save where a test puts it forward. */
const begin = async (): Promise<void> => {
  emulator = await startEmulator({
    speed: 0,
    slots: 1,
    runTime: { kind: 'constant', ms: 20_000 },
    workflows: new Map([[workflowId, JSON.stringify(graph)]]),
    apps: new Map([
      [
        '196',
        '{"webappName":"portrait","nodeInfoList":[{"nodeId":"52","fieldName":"prompt","fieldValue":"a girl"}]}',
      ],
    ]),
    unknownWorkflows: 'refuse',
  });
};
beforeEach(begin);
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
  let outputs = await post('/task/openapi/outputs', { apiKey: key, taskId });
  while (outputs['code'] === 804 || outputs['code'] === 813) {
    emulator.advance(5000);
    outputs = await post('/task/openapi/outputs', { apiKey: key, taskId });
  }
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

/** As the examples write it: a form with the key, or with the key as Bearer. */
const sendForm = async (
  path: string,
  name: string,
  bytes: Uint8Array,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Body> => {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set('file', new Blob([new Uint8Array(bytes)]), name);
  const { body } = await request(`${emulator.url}${path}`, {
    dispatcher,
    method: 'POST',
    headers,
    body: form,
  });
  return (await body.json()) as Body;
};

const finished = async (taskId: string): Promise<Body> => {
  let answer = await post('/openapi/v2/query', { taskId }, bearer);
  while (answer['status'] === 'RUNNING' || answer['status'] === 'QUEUED') {
    emulator.advance(5000);
    answer = await post('/openapi/v2/query', { taskId }, bearer);
  }
  return answer;
};

test('the LoRA example: md5, link, PUT of the bytes, and the name in a workflow', async () => {
  const bytes = safetensors('example');
  const md5Hex = hex(bytes, 'md5');
  const ask = (): Promise<Body> =>
    post('/api/openapi/getLoraUploadUrl', { apiKey: key, loraName: 'my-lora', md5Hex });
  const { data } = (await ask()) as { data: { fileName: string; url: string } };
  expect(data.fileName).toBe(`api-lora-cn/${md5Hex}.safetensors`);
  const { statusCode } = await request(data.url, {
    dispatcher,
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
  });
  expect(statusCode).toBe(200);
  expect((await ask())['data']).toEqual({ fileName: data.fileName });
  const workflow = JSON.stringify({
    ...graph,
    11: { class_type: 'RHLoraLoader', inputs: { lora_name: data.fileName, model: ['4', 0] } },
  });
  const made = await post('/task/openapi/create', { apiKey: key, workflowId: '1', workflow });
  expect(await finished((made['data'] as { taskId: string }).taskId)).toMatchObject({
    status: 'SUCCESS',
  });
});

test('the ZIP example: the old upload, and its name without prefix and ending', async () => {
  const bytes = zip('example');
  const path = '/task/openapi/upload';
  const answer = await sendForm(path, 'set.zip', bytes, { apiKey: key, fileType: 'zip' });
  expect(answer).toEqual({
    code: 0,
    msg: 'success',
    data: { fileName: hex(bytes), fileType: 'zip' },
  });
});

test('the standard-model example: V2 upload, submit by path, query', async () => {
  const path = '/openapi/v2/media/upload/binary';
  const { data } = (await sendForm(path, 'a.png', pixel(1), {}, bearer)) as {
    data: { type: string; size: string; download_url: string };
  };
  expect(data).toMatchObject({ type: 'image', size: String(pixel(1).length) });
  const model = 'rhart-video/ltx-2.3/image-to-video';
  const body = { prompt: 'a cat', duration: 5, imageUrl: data.download_url };
  const { taskId } = (await post(`/openapi/v2/${model}`, body, bearer)) as { taskId: string };
  expect(await finished(taskId)).toMatchObject({
    status: 'SUCCESS',
    results: [{ outputType: 'mp4', text: null }],
  });
  expect(await post(`/openapi/v2/price-preview/${model}`, body, bearer)).toMatchObject({
    code: 0,
    data: { estimatedPrice: '0.50', currency: 'CNY' },
  });
});

test('the quick-create example: models of an app, then a task with the code of one', async () => {
  const models = await post('/api/fast/creation/model/params', {
    type: 2,
    webappId: '196',
    apiKey: key,
  });
  const [first] = models['data'] as { modelKey: string; modelLoar1Weight: number }[];
  expect(first).toMatchObject({ modelKey: '002', modelLoar1Weight: 0.7 });
  const run = await post('/task/openapi/quick-ai-app/run', {
    apiKey: key,
    webappId: '196',
    quickCreateCode: first?.modelKey,
    nodeInfoList: [
      {
        nodeId: '52',
        nodeName: 'RH_Translator',
        fieldName: 'prompt',
        fieldType: 'STRING',
        fieldValue: 'a fox',
        description: 'text',
      },
    ],
  });
  expect(run).toMatchObject({ code: 0, data: { taskStatus: 'RUNNING' } });
});

test('the lists: keys, models by type, apps, queue', async () => {
  const getJson = async (path: string): Promise<Body> => {
    const { body } = await request(`${emulator.url}${path}`, { dispatcher, headers: bearer });
    return (await body.json()) as Body;
  };
  expect(await getJson('/openapi/v2/api-key/list')).toMatchObject({
    code: 0,
    data: [{ apiKeyName: 'emulated key', status: 1, quotaUsed: 0, visible: true }],
  });
  const page = { resourceType: 'LORA', current: 2, size: 50 };
  expect(await post('/openapi/v2/resource/list', page, bearer)).toMatchObject({
    code: 0,
    data: {
      records: Array.from({ length: 10 }, () => ({ nodeModelName: expect.any(String) })),
      hasNext: false,
    },
  });
  expect(
    await post('/openapi/v2/resource/list', { ...page, resourceType: 'X' }, bearer),
  ).toMatchObject({ code: 301 });
  expect(
    await post(
      '/openapi/v2/aiapp/list',
      { current: 1, size: 50, sort: 'HOTTEST', days: 7 },
      bearer,
    ),
  ).toMatchObject({
    code: 0,
    data: { records: [{ title: 'portrait' }], pages: 1, hasNext: false },
  });
  expect(await post('/openapi/v2/aiapp/list', { current: 1, size: 51 }, bearer)).toMatchObject({
    code: 301,
  });
  expect(await getJson('/openapi/v2/queue/status')).toMatchObject({
    code: 0,
    data: { concurrentLimit: 1, runningCount: '0', queuedCount: '0', totalCurrentTasks: '0' },
  });
  // Without a key nothing is told.
  expect(await post('/openapi/v2/resource/list', page)).toMatchObject({ code: 401 });
});

test('over the limit 421, cancel frees the slot, a cancelled task answers 805', async () => {
  const first = await post('/task/openapi/create', { apiKey: key, workflowId });
  expect(await post('/task/openapi/create', { apiKey: key, workflowId })).toMatchObject({
    code: 421,
    msg: 'TASK_QUEUE_MAXED',
  });
  const { taskId } = first['data'] as { taskId: string };
  expect(await post('/task/openapi/cancel', { apiKey: key, taskId })).toMatchObject({ code: 0 });
  expect(await post('/task/openapi/cancel', { apiKey: key, taskId })).toMatchObject({ code: 817 });
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
