import { describe, expect, test } from 'vitest';
import { bench, key, textToImage, workflowId } from './client.js';

describe('create', () => {
  test('answers in the documented shape, and the task id is 19 digits that a double would lose', async () => {
    const { create } = await bench();
    const { status, json } = await create([['6', 'text', 'a red fox']]);
    expect(status).toBe(200);
    expect(json).toMatchObject({ code: 0, msg: 'success', data: { taskStatus: 'RUNNING' } });
    expect(json.data.taskId).toMatch(/^\d{19}$/);
    expect(String(Number(json.data.taskId))).not.toBe(json.data.taskId);
    expect(json.data.clientId).toMatch(/^\w{32}$/);
    expect(JSON.parse(json.data.promptTips)).toEqual({
      result: true,
      error: null,
      outputs_to_execute: ['9'],
      node_errors: {},
    });
  });

  test('netWssUrl is an address once the task runs, and null while it is queued', async () => {
    const { create } = await bench({ slots: 1, queue: 1 });
    const [running, queued] = [await create(), await create()];
    expect(running.json.data.netWssUrl).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/ws\/c_instance\?/);
    expect(queued.json.data).toMatchObject({ taskStatus: 'QUEUED', netWssUrl: null });
  });

  test.each([
    ['as apiKey', { apiKey: key }, {}],
    ['as apikey', { apikey: key }, {}],
    ['as Bearer', {}, { authorization: `Bearer ${key}` }],
    ['twice', { apiKey: key }, { authorization: `Bearer ${key}` }],
    ['with a foreign Host', { apiKey: key }, { host: 'www.runninghub.cn' }],
  ])('takes the key %s', async (_how, body, headers) => {
    const { post } = await bench();
    const { json } = await post('/task/openapi/create', { workflowId, ...body }, headers);
    expect(json.code).toBe(0);
  });

  test('numbers may be numbers or digit texts, ids too', async () => {
    const { post, emulator } = await bench();
    const { json } = await post(
      '/task/openapi/create',
      `{"apiKey":"${key}","workflowId":${workflowId},"nodeInfoList":[
        {"nodeId":3,"fieldName":"seed","fieldValue":18446744073709551615},
        {"nodeId":"3","fieldName":"steps","fieldValue":"7"}]}`,
    );
    expect(json.code).toBe(0);
    expect(emulator.bill()[0]).toMatchObject({
      workflowId,
      values: { '3.seed': '18446744073709551615', '3.steps': '"7"' },
    });
  });

  test.each([
    ['no key', { apiKey: '' }, 301, 'apiKey cannot be empty'],
    ['an empty workflow id', { workflowId: '' }, 301, 'workflowId cannot be empty'],
    ['workflow 0', { workflowId: '0' }, 301, 'workflowId must be greater than 0'],
    ['an unknown workflow', { workflowId: '42' }, 380, 'WORKFLOW_NOT_EXISTS'],
    ['a workflow that never ran', { workflowId: '88' }, 810, 'WORKFLOW_NOT_SAVED_OR_NOT_RUNNING'],
    ['a machine that does not exist', { instanceType: 'rtx4090' }, 435, /INSTANCE_NOT_FOUND/],
    ['a graph that is none', { workflow: '{"nodes":[]}' }, 433, /^VALIDATE_PROMPT_FAILED/],
  ])('refuses %s', async (_what, change, code, msg) => {
    const { create, emulator } = await bench({
      unknownWorkflows: 'refuse',
      neverRun: new Set(['88']),
    });
    const { json } = await create([], change);
    expect(json).toEqual({
      code,
      msg: typeof msg === 'string' ? msg : expect.stringMatching(msg),
      data: null,
    });
    expect(emulator.bill()).toEqual([]);
  });

  test.each([
    [[['66', 'text', 'x']], 'nodeId=66, fieldName=text, reason=node_not_found_in_workflow'],
    [[['6', 'texts', 'x']], 'nodeId=6, fieldName=texts, reason=field_not_found_in_node_inputs'],
    [[['6', 'clip', 'x']], 'nodeId=6, fieldName=clip, reason=field_is_linked'],
  ] as const)('803 says why an override does not fit: %j', async (fields, why) => {
    const { create } = await bench();
    const { json } = await create(fields);
    expect(json).toMatchObject({ code: 803, msg: `NODE_INFO_MISMATCH(${why})` });
  });

  test.each([
    [{ nodeId: '6', fieldName: 'text' }],
    [{ nodeId: '6', fieldName: 'text', value: 'misnamed' }],
    [{ nodeId: '6', fieldName: 'text', fieldValue: null }],
    [{ fieldName: 'text', fieldValue: 'x' }],
    ['text'],
  ])('803 for an entry that is none: %j', async (entry) => {
    const { create } = await bench();
    const { json } = await create([], { nodeInfoList: [entry] });
    expect(json).toMatchObject({ code: 803, msg: 'APIKEY_INVALID_NODE_INFO' });
  });

  test.each([
    ['3', 'seed', 'seven', 'invalid_input_type'],
    ['3', 'steps', '1.5', 'invalid_input_type'],
    ['3', 'denoise', 2, 'value_bigger_than_max'],
    ['5', 'width', 8, 'value_smaller_than_min'],
    ['6', 'text', '[emulate:invalid]', 'value_not_in_list'],
  ])('433 carries node_errors for %s.%s = %s', async (node, field, value, type) => {
    const { create, emulator } = await bench();
    const { json } = await create([
      [node, field, value],
      ['7', 'text', 'fine'],
    ]);
    expect(json).toMatchObject({ code: 433, msg: 'VALIDATE_PROMPT_FAILED' });
    const tips = JSON.parse(json.data.promptTips);
    expect(tips.result).toBe(false);
    expect(tips.node_errors).toEqual({
      [node]: {
        errors: [expect.objectContaining({ type })],
        dependent_outputs: ['9'],
        class_type: expect.any(String),
      },
    });
    expect(tips.node_errors[node].errors[0].extra_info).toMatchObject({ input_name: field });
    expect(emulator.stats().accepted).toBe(0);
  });

  test('checks key, then balance, then workflow, then nodeInfoList, then room', async () => {
    const { create, emulator } = await bench({ slots: 1, unknownWorkflows: 'refuse' });
    await create();
    const everythingWrong = { apiKey: 'gone', workflowId: '42' };
    const bad = [['66', 'text', 'x']] as const;
    emulator.revokeKey('gone');
    emulator.setBalance(null, { coins: 0 });
    expect((await create(bad, everythingWrong)).json.code).toBe(802);
    expect((await create(bad, { workflowId: '42' })).json.code).toBe(414);
    emulator.setBalance(key, { coins: 10 });
    expect((await create(bad, { workflowId: '42' })).json.code).toBe(380);
    expect((await create(bad)).json.code).toBe(803);
    expect((await create()).json).toEqual({ code: 421, msg: 'TASK_QUEUE_MAXED', data: null });
  });

  test('a whole graph runs in place of the saved one, and needs no saved one', async () => {
    const { create, emulator } = await bench();
    const own = textToImage.replace('"batch_size": 1', '"batch_size": 3');
    const { json } = await create([], {
      workflowId: '1',
      workflow: own,
      nodeInfoList: undefined,
    });
    expect(json.code).toBe(0);
    expect(JSON.parse(emulator.bill()[0]!.request).workflow).toBe(own);
    expect(emulator.bill()[0]!.request).not.toContain(key);
  });

  test('beside a whole graph nodeInfoList is held against the saved graph', async () => {
    const { create } = await bench();
    const { json } = await create([['66', 'text', 'x']], { workflow: textToImage });
    expect(json.code).toBe(803);
  });

  test('an unknown workflow runs where that is accepted, and its graph is told to be unknown', async () => {
    const { create, post, emulator } = await bench();
    expect((await create([['122', 'prompt', 'a girl']], { workflowId: '42' })).json.code).toBe(0);
    const ask = (): Promise<{ json: { code: number } }> =>
      post('/api/openapi/getJsonApiFormat', { apiKey: key, workflowId: '42' });
    expect((await ask()).json.code).toBe(1);
    emulator.removeWorkflow('42');
    expect((await ask()).json.code).toBe(380);
    expect((await create([], { workflowId: '42' })).json.code).toBe(380);
  });

  test('getJsonApiFormat gives the saved graph as a text, digits and all', async () => {
    const { post } = await bench({
      workflows: new Map([[workflowId, `{"input":{"workflow":${textToImage}}}`]]),
    });
    const { json } = await post('/api/openapi/getJsonApiFormat', { apiKey: key, workflowId });
    expect(json).toMatchObject({ code: 0, msg: 'SUCCESS' });
    expect(json.data.prompt).toContain('18446744073709551615');
    expect(JSON.parse(json.data.prompt)['9'].class_type).toBe('SaveImage');
  });

  test('a body that is no JSON is refused as JSON', async () => {
    const { post } = await bench();
    const { json } = await post('/task/openapi/create', '{"apiKey":');
    expect(json).toMatchObject({ code: 301, data: null });
  });
});

describe('paths that do not exist', () => {
  test.each(['/file/openapi/upload', '/task/openapi/creates', '//task/openapi/create', '/%E0%A4'])(
    'answer JSON with 412: %s',
    async (path) => {
      const { post } = await bench();
      const { status, json } = await post(path, { apiKey: key });
      expect(status).toBe(200);
      expect(json).toEqual({ code: 412, msg: 'TOKEN_INVALID', data: '' });
    },
  );

  test("a GET where a POST belongs is refused in the family's own shape", async () => {
    const { get } = await bench();
    expect((await get('/task/openapi/create')).json).toMatchObject({ code: 301 });
    expect((await get('/openapi/v2/query')).json).toMatchObject({ taskId: '', errorCode: '1009' });
  });
});
