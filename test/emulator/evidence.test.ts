import { describe, expect, test } from 'vitest';
import { bench, key, workflowId } from './client.js';

/** A row of the API notes' section 19 each: what the service was seen to answer. */

const appId = '1877265245566922753';
const apps = new Map([
  [
    appId,
    JSON.stringify({
      webappName: 'portrait "one"',
      description: "an author's app",
      covers: [{ thumbnailUri: 'https://example.com/cover.png' }],
      nodeInfoList: [{ nodeId: '52', fieldName: 'prompt', fieldValue: "it's a girl" }],
    }),
  ],
]);

describe('cancel', () => {
  test('817 for a task that has ended, 807 for one that is not known, 301 for a bad id', async () => {
    const { taskId, post, emulator } = await bench();
    const cancel = async (id: unknown): Promise<unknown> =>
      (await post('/task/openapi/cancel', { apiKey: key, taskId: id })).json;
    const ended = await taskId();
    emulator.finish(ended);
    const notAllowed = { code: 817, msg: 'APIKEY_TASK_CANCEL_NOT_ALLOWED', data: null };
    expect(await cancel(ended)).toEqual(notAllowed);
    const failed = await taskId();
    emulator.finish(failed, 'FAILED');
    expect(await cancel(failed)).toEqual(notAllowed);
    expect(await cancel('1980471280073846785')).toMatchObject({ code: 807 });
    expect(await cancel('0')).toMatchObject({ code: 301, msg: 'taskId must be positive' });
  });

  test.each(['cancel', 'task/cancel', 'tasks/cancel', 'task-cancel', 'run/cancel', 'status'])(
    'there is none below /openapi/v2: %s is an invalid URL',
    async (guess) => {
      const { bearer, taskId, emulator } = await bench();
      const id = await taskId();
      expect((await bearer(`/openapi/v2/${guess}`, { taskId: id })).json).toMatchObject({
        taskId: '',
        errorCode: '1001',
      });
      expect(emulator.bill()).toHaveLength(1);
    },
  );

  test('by the old path ends tasks of V2', async () => {
    const { bearer, post } = await bench({ apps });
    const made = await bearer(`/openapi/v2/run/ai-app/${appId}`, { nodeInfoList: [] });
    const { taskId } = made.json;
    const cancelled = await post('/task/openapi/cancel', { apiKey: key, taskId });
    expect(cancelled.json).toEqual({ code: 0, msg: 'success', data: null });
    expect((await bearer('/openapi/v2/query', { taskId })).json.status).toBe('CANCEL');
  });
});

describe('query', () => {
  test.each([
    [{}, '1007', 'must not be null'],
    [{ taskId: '0' }, '1007', 'must be greater than 0'],
    [{ taskId: '-5' }, '1007', 'must be greater than 0'],
    [{ taskId: 'abc' }, '1007', 'failed to parse request body'],
    [{ taskId: '9999999999999999999' }, '1007', 'failed to parse request body'],
    [{ taskId: '9223372036854775807' }, '1004', 'Task not found'],
  ])('of %j is %s', async (body, errorCode, message) => {
    const { bearer } = await bench();
    expect((await bearer('/openapi/v2/query', body)).json).toMatchObject({
      errorCode,
      errorMessage: expect.stringContaining(message),
    });
  });

  test('an unknown task can be made to answer 1007', async () => {
    const { bearer, emulator, taskId } = await bench();
    const id = await taskId();
    emulator.setFaults([
      { endpoint: 'queryV2', kind: 'missing', code: 1007, msg: 'must not be null' },
    ]);
    const { json } = await bearer('/openapi/v2/query', { taskId: id });
    expect(json).toMatchObject({ errorCode: '1007', errorMessage: 'must not be null' });
  });
});

describe('submit', () => {
  test('may already answer SUCCESS, with results', async () => {
    const { bearer } = await bench({ runTime: { kind: 'constant', ms: 0 } });
    const { json } = await bearer(`/openapi/v2/run/workflow/${workflowId}`, {});
    expect(json).toMatchObject({
      status: 'SUCCESS',
      results: [{ outputType: 'png', url: expect.stringContaining('.png?') }],
    });
  });

  test.each([
    ['left out', undefined, 0],
    ['empty', '', 0],
    ['default', 'default', 0],
    ['standard', 'standard', 0],
    ['plus', 'plus', 0],
    ['ultra', 'ultra', 0],
    ['unheard of', 'rtx4090', 435],
  ])('instanceType %s', async (_name, instanceType, code) => {
    const { create } = await bench();
    expect((await create([], { instanceType })).json.code).toBe(code);
  });

  test('a standard machine costs what the default one costs', async () => {
    const { taskId, emulator } = await bench();
    await taskId([], { instanceType: 'standard' });
    emulator.advance(30_000);
    expect(emulator.bill()[0]).toMatchObject({ coins: 6 });
  });
});

describe('keys', () => {
  test.each([
    ['Bearer', `Bearer ${key}`, 0],
    ['bare', key, 0],
    ['of another scheme', `Basic ${key}`, 401],
  ])('%s in the header', async (_how, authorization, code) => {
    const { post } = await bench();
    const { json } = await post('/openapi/v2/aiapp/list', { current: 1 }, { authorization });
    expect(json.code).toBe(code);
  });

  test('V2 takes none from the body', async () => {
    const { post, emulator } = await bench();
    const run = await post(`/openapi/v2/run/workflow/${workflowId}`, { apiKey: key });
    expect(run.json).toMatchObject({ taskId: '', errorCode: '1002' });
    expect(emulator.bill()).toEqual([]);
    expect((await post('/openapi/v2/resource/list', { apiKey: key })).json.code).toBe(401);
  });

  test('the old endpoints take a bare key in the header, too', async () => {
    const { post } = await bench();
    const { json } = await post('/task/openapi/create', { workflowId }, { authorization: key });
    expect(json.code).toBe(0);
  });
});

describe('lists', () => {
  test("an app's id stands in the command that its example shows, and nowhere else", async () => {
    const { bearer } = await bench({ apps });
    const { json } = await bearer('/openapi/v2/aiapp/list', {
      current: 1,
      size: 50,
      sort: 'HOTTEST',
      days: 7,
    });
    expect(json.data).toMatchObject({ total: 1, current: 1, size: 50, pages: 1, hasNext: false });
    const [record] = (json.data as unknown as { records: Record<string, string>[] }).records;
    expect(record).toEqual({
      title: 'portrait "one"',
      description: "an author's app",
      cover: 'https://example.com/cover.png',
      invokeExample: expect.stringMatching(/^curl --location --request POST 'http/),
    });
    const example = record!['invokeExample']!;
    expect(/\/run\/ai-app\/(\d+)/.exec(example)?.[1]).toBe(appId);
    expect(example).toContain("it'\\''s a girl");
    expect(example).not.toContain(key);
  });

  test('models are found by a word of their name', async () => {
    const { bearer } = await bench();
    const { json } = await bearer('/openapi/v2/resource/list', {
      resourceType: 'LORA',
      resourceName: 'lora-5',
      baseModels: ['Flux'],
      size: 50,
    });
    expect(json.data).toMatchObject({ total: 11 });
  });
});

describe('paths and methods', () => {
  test.each([
    ['POST', '/openapi/v2/queue/status', { errorCode: '1009' }],
    ['GET', '/openapi/v2/query', { errorCode: '1009' }],
    ['GET', `/openapi/v2/run/workflow/${workflowId}`, { errorCode: '1009' }],
    ['POST', '/openapi/v2/query/', { errorCode: '1001' }],
    ['POST', '/openapi/v2/run/workflow/abc', { errorCode: '1001' }],
    ['POST', '/openapi/v2/openapi/v2/query', { errorCode: '1001' }],
    ['GET', '/task/openapi/outputs', { code: 301 }],
    ['POST', '/task/openapi/outputs/', { code: 412, msg: 'TOKEN_INVALID', data: '' }],
    ['POST', '/api/webapp/apiCallDemo', { code: 301 }],
  ])('%s %s', async (method, path, expected) => {
    const { post, get } = await bench();
    const headers = { authorization: `Bearer ${key}` };
    const answer = method === 'GET' ? await get(path, headers) : await post(path, {}, headers);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject(expected);
  });

  test('quick create lists its models as documented, without a key', async () => {
    const { post } = await bench();
    const { json } = await post('/api/fast/creation/model/params', { type: 2, webappId: '196' });
    expect(json).toMatchObject({ code: 0, data: [{ type: 2, webappId: '196' }] });
  });
});

describe('standard models', () => {
  const described = {
    models: [
      {
        endpoint: 'kling-elements',
        output_type: 'string',
        params: [
          { fieldKey: 'name', type: 'STRING', required: true, maxLength: 5 },
          { fieldKey: 'imageUrl', type: 'IMAGE', required: true, maxSize: 1 },
          { fieldKey: 'elementReferList', type: 'IMAGE', multipleInputs: true, maxInputNum: 2 },
          { fieldKey: 'imageUrls', type: 'IMAGE', multipleInputs: false },
          { fieldKey: 'videoUrls', type: 'VIDEO', multipleInputs: true, maxInputNum: 2 },
          {
            fieldKey: 'aspectRatio',
            type: 'LIST',
            options: [{ value: 'empty' }, { value: '16:9' }],
          },
          { fieldKey: 'duration', type: 'INT', min: 1, max: 10 },
          { name: 'speed', type: 'NUMBER' },
          { name: 'sound', type: 'BOOL' },
        ],
      },
    ],
  };
  const models = new Map([['kling-elements', JSON.stringify(described)]]);
  const link = 'https://example.com/a.png';
  const good = { name: 'fox', imageUrl: link };

  test('may have a path of one part, and one with brackets', async () => {
    const { bearer } = await bench({ slots: 9 });
    for (const path of [
      'kling-elements',
      'cinematic-video-generator',
      'pixverse-v5.5-effects',
      'rhart-image-g-1.5/edit-[Deprecated]',
      'rhart-image-g-1.5/edit-%5BDeprecated%5D',
    ])
      expect((await bearer(`/openapi/v2/${path}`, good)).json).toMatchObject({ errorCode: '' });
  });

  test('that are given are the only ones', async () => {
    const { bearer } = await bench({ models });
    const { json } = await bearer('/openapi/v2/kling-elements-advanced', good);
    expect(json).toMatchObject({ errorCode: '1001' });
  });

  test.each([
    ['all that is needed', {}, ''],
    ['what official nodes add', { appCode: 'comfyui_rh_openapi' }, ''],
    ['an asset', { imageUrl: 'asset://asset-1' }, ''],
    ['a data URI', { imageUrl: 'data:image/png;base64,AAAA' }, ''],
    ['a list where the name says so', { imageUrls: [link] }, ''],
    ['a text where the flag says so', { imageUrls: link }, ''],
    ['a list where the flag says so', { elementReferList: [link] }, ''],
    ['numbers and switches by the names of the pages', { speed: 1.5, sound: true }, ''],
    ['a text for a list', { videoUrls: link }, '1007'],
    ['too many files', { videoUrls: [link, link, link] }, '1007'],
    ['the value that forms show for none', { aspectRatio: 'empty' }, '1007'],
    ['a value that is not in the list', { aspectRatio: '1:1' }, '1007'],
    ['a number above its range', { duration: 11 }, '1007'],
    ['a number as a text', { duration: '5' }, '1007'],
    ['a text that is too long', { name: 'a red fox' }, '1007'],
    ['a required field that is empty', { name: '' }, '1007'],
    ['the name of a file', { imageUrl: 'openapi/abc.png' }, '1001'],
    [
      'a file that is too large',
      { imageUrl: `data:image/png;base64,${'A'.repeat(1_500_000)}` },
      '1008',
    ],
  ])('with %s', async (_what, more, errorCode) => {
    const { bearer } = await bench({ models });
    const { json } = await bearer('/openapi/v2/kling-elements', { ...good, ...more });
    expect(json.errorCode).toBe(errorCode);
    expect(json.taskId === '').toBe(errorCode !== '');
  });

  test('take more than 30 MB by the V2 upload, and as much as the field says', async () => {
    const { emulator, form, bearer } = await withForm();
    const large = Buffer.alloc(31 * 1024 * 1024, 7);
    const uploaded = await form('/openapi/v2/media/upload/binary', 'a.mp4', large);
    expect(uploaded).toMatchObject({ code: 0, data: { size: String(large.length) } });
    const { download_url: url } = (uploaded as { data: { download_url: string } }).data;
    const { json } = await bearer('/openapi/v2/kling-elements', { ...good, imageUrl: url });
    expect(json).toMatchObject({ errorCode: '1008' });
    expect(emulator.bill()).toEqual([]);
  });

  const withForm = async () => {
    const made = await bench({ models });
    return {
      ...made,
      form: async (path: string, name: string, bytes: Buffer): Promise<unknown> => {
        const head = `--b\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\n`;
        const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--b--\r\n')]);
        const { json } = await made.send('POST', path, body, {
          authorization: `Bearer ${key}`,
          'content-type': 'multipart/form-data; boundary=b',
        });
        return json;
      },
    };
  };

  test('assets are made of links, and can be used when they are active', async () => {
    const { bearer, emulator } = await bench();
    const made = await bearer('/openapi/v2/assets/create', {
      groupId: 'group-1',
      url: link,
      assetType: 'Image',
      name: 'fox',
    });
    const { assetId } = (made.json as unknown as { data: { assetId: string } }).data;
    const ask = async (): Promise<unknown> =>
      (await bearer('/openapi/v2/assets/query', { assetId })).json.data;
    const asset = { assetId, previewUrl: link, assetType: 'Image' };
    expect(await ask()).toEqual({ ...asset, status: 'Processing' });
    emulator.advance(3000);
    expect(await ask()).toEqual({ ...asset, status: 'Active' });
    const other = await bearer('/openapi/v2/assets/query', { assetId: 'none' });
    expect(other.json).toMatchObject({ code: 301 });
  });
});

describe('other shapes that were seen', () => {
  const run = `/openapi/v2/run/workflow/${workflowId}`;

  test.each([
    ['wrapped', { code: 0, msg: '', data: { taskId: expect.any(String), status: 'RUNNING' } }],
    ['snakeId', { task_id: expect.stringMatching(/^\d{19}$/) }],
    ['bareId', { code: 0, data: expect.stringMatching(/^\d{19}$/) }],
    ['tipsObject', { promptTips: { result: true, node_errors: {} } }],
  ] as const)('a submit by V2: %s, and the task exists', async (kind, expected) => {
    const { bearer, emulator } = await bench();
    emulator.setFaults([{ endpoint: 'createV2', kind }]);
    expect((await bearer(run, {})).json).toMatchObject(expected);
    expect(emulator.bill()).toMatchObject([{ answerDelivered: true }]);
  });

  test.each([
    ['snakeId', { code: 0, data: { task_id: expect.any(String), clientId: expect.any(String) } }],
    ['bareId', { code: 0, data: expect.stringMatching(/^\d{19}$/) }],
    ['tipsObject', { data: { promptTips: { result: true } } }],
  ] as const)('an old create: %s', async (kind, expected) => {
    const { create, emulator } = await bench();
    emulator.setFaults([{ endpoint: 'create', kind }]);
    expect((await create()).json).toMatchObject(expected);
    expect(emulator.bill()).toHaveLength(1);
  });

  test('results as texts, a status in an object, a code as a word', async () => {
    const { taskId, outputs, bearer, post, emulator } = await bench();
    const id = await taskId();
    emulator.setFaults([
      { endpoint: 'outputs', kind: 'textResults' },
      { endpoint: 'queryV2', kind: 'textResults' },
      { endpoint: 'status', kind: 'statusObject' },
      { endpoint: 'cancel', kind: 'codeWords' },
    ]);
    const ask = (path: string) => post(`/task/openapi/${path}`, { apiKey: key, taskId: id });
    expect((await ask('status')).json.data).toEqual({ taskStatus: 'RUNNING' });
    emulator.finish(id);
    const link = expect.stringMatching(/^http.*\.png\?/);
    expect((await outputs(id)).json.data).toEqual([link]);
    expect((await bearer('/openapi/v2/query', { taskId: id })).json.results).toEqual([link]);
    expect((await ask('cancel')).json.code).toBe('APIKEY_TASK_CANCEL_NOT_ALLOWED');
  });

  test.each([400, 401, 403, 404, 405, 413])('HTTP %i refuses, and no task exists', async (code) => {
    const { create, emulator } = await bench();
    emulator.setFaults([{ endpoint: 'create', kind: 'httpStatus', code }]);
    const answer = await create();
    expect(answer.status).toBe(code);
    expect(answer.json).toMatchObject({ code, data: null });
    expect(emulator.bill()).toEqual([]);
  });

  test("a firewall's page is no answer of the service", async () => {
    const { create, emulator } = await bench();
    emulator.setFaults([{ endpoint: 'create', kind: 'firewall' }]);
    const answer = await create();
    expect([answer.status, answer.headers['content-type']]).toEqual([403, 'text/html']);
    expect(emulator.bill()).toEqual([]);
  });

  test('a create may answer 804 where there is no room', async () => {
    const { create, emulator } = await bench();
    const rule = { kind: 'capacity', code: 804, msg: 'APIKEY_TASK_IS_RUNNING' } as const;
    emulator.setFaults([{ endpoint: 'create', ...rule }]);
    expect((await create()).json).toMatchObject({ code: 804 });
    expect(emulator.bill()).toEqual([]);
  });
});

describe('uploaded files', () => {
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

  test('can be seen by their names, and fetched by download_url, for a day', async () => {
    const { upload, get, send, emulator } = await bench();
    const { fileName } = (await upload(png, 'a.png')).json.data;
    const base = fileName.replace('api/', '');
    const form = '--b\r\ncontent-disposition: form-data; name="file"; filename="b.png"\r\n\r\n';
    const body = Buffer.concat([Buffer.from(form), png, Buffer.from('\r\n--b--\r\n')]);
    const { json } = await send('POST', '/openapi/v2/media/upload/binary', body, {
      authorization: `Bearer ${key}`,
      'content-type': 'multipart/form-data; boundary=b',
    });
    const { download_url: link } = (json as unknown as { data: { download_url: string } }).data;
    const ways = [
      `/view?filename=${base}&type=input`,
      `/view?filename=${base}&type=input&subfolder=api&rand=0.1`,
      `/task/openapi/view/${fileName}`,
      `/task/openapi/view/${base}`,
      link,
    ];
    for (const way of ways) {
      const answer = await get(way);
      expect([way, answer.status, answer.headers['content-type']]).toEqual([way, 200, 'image/png']);
      expect(answer.bytes).toEqual(png);
    }
    expect((await get(link, { range: 'bytes=0-3' })).status).toBe(206);
    expect((await get(link.split('?')[0]!)).status).toBe(403);
    expect((await get('/view?filename=nothing.png&type=input')).status).toBe(404);
    expect(emulator.stats().requests).toMatchObject({ uploadedFile: 8 });
    emulator.advance(86_402_000);
    for (const way of ways) expect((await get(way)).status).toBeGreaterThanOrEqual(403);
  });
});
