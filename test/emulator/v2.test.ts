import { describe, expect, test } from 'vitest';
import { bench, key, textToImage, workflowId } from './client.js';

const demo = JSON.stringify({
  curl: 'curl …',
  webappName: 'portrait',
  accessEncrypted: false,
  nodeInfoList: [
    {
      nodeId: '39',
      nodeName: 'LoadImage',
      fieldName: 'image',
      fieldValue: 'a.jpg',
      fieldType: 'IMAGE',
    },
    {
      nodeId: '52',
      nodeName: 'RH_Translator',
      fieldName: 'prompt',
      fieldValue: 'a girl',
      fieldType: 'STRING',
    },
  ],
});

describe('V2 workflows', () => {
  test('submit and query in the flat shape, with the key as Bearer', async () => {
    const { bearer, emulator } = await bench();
    const made = await bearer(`/openapi/v2/run/workflow/${workflowId}`, {
      nodeInfoList: [{ nodeId: '6', fieldName: 'text', fieldValue: 'x', description: 'text' }],
    });
    expect(made.json).toEqual({
      taskId: expect.stringMatching(/^\d{19}$/),
      status: 'RUNNING',
      errorCode: '',
      errorMessage: '',
      results: null,
      clientId: expect.any(String),
      promptTips: expect.stringContaining('outputs_to_execute'),
    });
    const { taskId } = made.json;
    const query = async (): Promise<unknown> =>
      (await bearer('/openapi/v2/query', { taskId })).json;
    expect(await query()).toMatchObject({ status: 'RUNNING', results: null, errorCode: '' });
    emulator.advance(30_000);
    expect(await query()).toEqual({
      taskId,
      status: 'SUCCESS',
      errorCode: '',
      errorMessage: '',
      failedReason: {},
      usage: {
        consumeMoney: null,
        consumeCoins: '6',
        taskCostTime: '30',
        thirdPartyConsumeMoney: null,
      },
      results: [
        { url: expect.stringContaining('.png?'), outputType: 'png', nodeId: '9', text: null },
      ],
      clientId: '',
      promptTips: '',
    });
  });

  test('a refusal has an empty task id and the code as a text', async () => {
    const { bearer } = await bench({ slots: 0 });
    const run = async (fields: unknown[]): Promise<unknown> =>
      (await bearer(`/openapi/v2/run/workflow/${workflowId}`, { nodeInfoList: fields })).json;
    expect(await run([{ nodeId: '138', fieldName: 'value', fieldValue: '1' }])).toMatchObject({
      taskId: '',
      status: 'FAILED',
      errorCode: '803',
      errorMessage:
        'NODE_INFO_MISMATCH(nodeId=138, fieldName=value, reason=node_not_found_in_workflow)',
    });
    expect(await run([])).toMatchObject({ taskId: '', errorCode: '421' });
  });

  test.each(['CANCEL', 'CANCELLED', ''] as const)(
    'a cancelled task is called "%s"',
    async (word) => {
      const { bearer, taskId, post } = await bench({ cancelWord: word });
      const id = await taskId();
      await post('/task/openapi/cancel', { apiKey: key, taskId: id });
      expect((await bearer('/openapi/v2/query', { taskId: id })).json.status).toBe(word);
    },
  );

  test('1007 for an id that is none, 1004 for one that is unknown', async () => {
    const { bearer } = await bench();
    const ask = async (taskId: string): Promise<unknown> =>
      (await bearer('/openapi/v2/query', { taskId })).json;
    expect(await ask('0')).toMatchObject({ errorCode: '1007' });
    expect(await ask('1980471280073846785')).toMatchObject({ errorCode: '1004' });
  });

  test('a text output is in the answer', async () => {
    const graph = textToImage
      .replace('"SaveImage"', '"SaveText"')
      .replace('"images": ["8", 0]', '"text": "told"');
    const { bearer, taskId, emulator } = await bench({ workflows: new Map([[workflowId, graph]]) });
    const id = await taskId();
    emulator.finish(id);
    const { json } = await bearer('/openapi/v2/query', { taskId: id });
    expect(json.results).toEqual([{ url: null, outputType: 'txt', nodeId: '9', text: 'told' }]);
  });
});

describe('AI apps', () => {
  const appId = '1877265245566922753';
  const apps = new Map([[appId, demo]]);
  const list = [{ nodeId: '52', fieldName: 'prompt', fieldValue: 'a boy' }];

  test('tell their parameters, run, and put no workflow into pictures', async () => {
    const { get, post, emulator, outputs } = await bench({ apps });
    const shown = await get(`/api/webapp/apiCallDemo?apiKey=${key}&webappId=${appId}`);
    expect(shown.json.data.nodeInfoList[1]).toMatchObject({ nodeId: '52', fieldType: 'STRING' });
    const run = await post('/task/openapi/ai-app/run', {
      apiKey: key,
      webappId: appId,
      nodeInfoList: list,
    });
    expect(run.json).toMatchObject({ code: 0, data: { taskStatus: 'RUNNING' } });
    emulator.finishAll();
    const { fileUrl } = (await outputs(run.json.data.taskId)).json.data[0];
    expect((await get(fileUrl)).text).not.toContain('class_type');
    expect(
      emulator
        .requests()
        .map(({ path }) => path)
        .join(),
    ).not.toContain(key);
  });

  test('are refused where unknown, without nodeInfoList, and with fields they do not have', async () => {
    const { post, bearer } = await bench({ apps });
    const run = async (body: object): Promise<unknown> =>
      (await post('/task/openapi/ai-app/run', { apiKey: key, webappId: appId, ...body })).json;
    expect(await run({})).toMatchObject({ code: 301 });
    expect(await run({ webappId: '5', nodeInfoList: list })).toMatchObject({ code: 901 });
    expect(
      await run({ nodeInfoList: [{ nodeId: '52', fieldName: 'text', fieldValue: 'x' }] }),
    ).toMatchObject({ code: 803 });
    const v2 = await bearer(`/openapi/v2/run/ai-app/${appId}`, { nodeInfoList: list });
    expect(v2.json.taskId).toMatch(/^\d{19}$/);
  });

  test('quick create lists models and runs', async () => {
    const { post } = await bench();
    const models = await post('/api/fast/creation/model/params', {
      apiKey: key,
      type: 2,
      webappId: '5',
    });
    expect(models.json.data[0]).toMatchObject({ type: 2, modelLoar1Weight: 0.7 });
    const run = await post('/task/openapi/quick-ai-app/run', {
      apiKey: key,
      webappId: '196',
      quickCreateCode: '002',
      nodeInfoList: list,
    });
    expect(run.json.code).toBe(0);
  });
});

describe('standard models', () => {
  const path = '/openapi/v2/rhart-video/ltx-2.3/text-to-video';
  const keys = new Map([[key, { coins: 0, money: 5, apiType: 'SHARED' as const }]]);

  test('run by path, and give what the path promises', async () => {
    const { bearer, emulator, get } = await bench({ keys });
    const { json } = await bearer(path, { prompt: 'a cat', duration: 5 });
    emulator.finish(json.taskId);
    const done = (await bearer('/openapi/v2/query', { taskId: json.taskId })).json;
    expect(done).toMatchObject({ status: 'SUCCESS', usage: { consumeMoney: '0.000' } });
    expect(done.results[0].outputType).toBe('mp4');
    expect((await get(done.results[0].url)).bytes.toString('latin1', 4, 8)).toBe('ftyp');
  });

  test('are for enterprise-shared keys, and strict about types', async () => {
    const { bearer } = await bench({ keys });
    expect((await bearer(path, { prompt: '' })).json.errorCode).toBe('1007');
    const described = JSON.stringify({ params: [{ fieldKey: 'duration', type: 'INT' }] });
    const strict = await bench({ keys, models: new Map([[path.slice(12), described]]) });
    const asText = await strict.bearer(path, { prompt: 'x', duration: '5' });
    expect(asText.json.errorCode).toBe('1007');
    const normal = await bench({
      keys: new Map([[key, { coins: 5, money: null, apiType: 'NORMAL' }]]),
    });
    expect((await normal.bearer(path, { prompt: 'x' })).json.errorCode).toBe('1014');
  });
});
