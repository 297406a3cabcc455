import { describe, expect, test } from 'vitest';
import { readTexts, sizeOf } from '../../src/emulator/media/png.js';
import { bench, imageToImage, key, textToImage, workflowId } from './client.js';

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

describe('following a task', () => {
  test('813 while queued, 804 with an address while running, 0 when done', async () => {
    const { taskId, outputs, emulator, post } = await bench({ slots: 1, queue: 1 });
    await taskId();
    const id = await taskId();
    const status = async (): Promise<unknown> =>
      (await post('/task/openapi/status', { apiKey: key, taskId: id })).json;
    expect((await outputs(id)).json).toEqual({
      code: 813,
      msg: 'APIKEY_TASK_IS_QUEUED',
      data: null,
    });
    expect(await status()).toEqual({ code: 0, msg: '', data: 'QUEUED' });
    emulator.advance(30_000);
    expect((await outputs(id)).json).toMatchObject({
      code: 804,
      msg: 'APIKEY_TASK_IS_RUNNING',
      data: { netWssUrl: expect.stringContaining('/ws/c_instance') },
    });
    expect(await status()).toEqual({ code: 0, msg: '', data: 'RUNNING' });
    emulator.advance(30_000);
    expect(await status()).toEqual({ code: 0, msg: '', data: 'SUCCESS' });
    expect((await outputs(id)).json).toMatchObject({ code: 0, msg: 'success' });
  });

  test('costs are texts, repeated on every file, 0.2 coins a second rounded up', async () => {
    const { taskId, outputs, emulator } = await bench({
      runTime: { kind: 'sequence', ms: [32_000, 410_000] },
      slots: 2,
    });
    const id = await taskId([['5', 'batch_size', '2']]);
    const large = await taskId([], { instanceType: 'plus' });
    emulator.advance(410_000);
    const cost = { taskCostTime: '32', consumeCoins: '7', consumeMoney: null };
    expect((await outputs(id)).json.data).toMatchObject([
      { nodeId: '9', fileType: 'png', ...cost },
      { nodeId: '9', fileType: 'png', ...cost },
    ]);
    expect((await outputs(large)).json.data[0].consumeCoins).toBe('164');
    expect(emulator.stats().coins).toBe(171);
  });

  test("one file per saving or previewing node, of its own kind, in the graph's order", async () => {
    const graph = `{
      "1": {"inputs": {"text": "a forest"}, "class_type": "CLIPTextEncode"},
      "2": {"inputs": {"images": ["1", 0]}, "class_type": "PreviewImage"},
      "57:30": {"inputs": {"images": ["1", 0], "filename_prefix": "video/clip"}, "class_type": "SaveVideo"},
      "4": {"inputs": {"audio": ["1", 0], "filename_prefix": "音乐"}, "class_type": "SaveAudio"},
      "5": {"inputs": {"text": "told", "filename_prefix": "t"}, "class_type": "SaveText|pysssss"},
      "6": {"inputs": {"images": ["1", 0], "frame_rate": 8}, "class_type": "VHS_VideoCombine"},
      "7": {"inputs": {"samples": ["1", 0], "filename_prefix": "x"}, "class_type": "SaveLatent"}
    }`;
    const { taskId, outputs, emulator, get } = await bench({ workflows: new Map([['5', graph]]) });
    const id = await taskId([], { workflowId: '5' });
    emulator.finish(id);
    const { data } = (await outputs(id)).json;
    const kinds = data.map(({ nodeId, fileType }) => [nodeId, fileType]);
    expect(kinds).toEqual([
      ['2', 'png'],
      ['57:30', 'mp4'],
      ['4', 'wav'],
      ['5', 'txt'],
      ['6', 'mp4'],
    ]);
    const files = [];
    for (const { fileUrl } of data) files.push((await get(fileUrl)).bytes);
    expect(files[0]!.subarray(0, 8)).toEqual(png);
    expect(files[1]!.toString('latin1', 4, 12)).toBe('ftypisom');
    expect(files[2]!.toString('latin1', 0, 4)).toBe('RIFF');
    expect(files[3]!.toString()).toBe('told');
    expect(decodeURIComponent(data[2]!.fileUrl)).toContain('音乐_00001_');
    expect(data[1]!.fileUrl).toMatch(/\/clip_00001_[a-z]{5}_\d+\.mp4\?/);
  });

  test('two nodes with one prefix give equal base names', async () => {
    const graph = textToImage.replace(
      /}\s*$/,
      ', "10": {"inputs": {"filename_prefix": "ComfyUI", "images": ["8", 0]}, "class_type": "SaveImage"}}',
    );
    const { taskId, outputs, emulator } = await bench({
      workflows: new Map([[workflowId, graph]]),
    });
    const id = await taskId();
    emulator.finish(id);
    const names = (await outputs(id)).json.data.map(({ fileUrl }) =>
      new URL(fileUrl).pathname.split('/').at(-1),
    );
    expect(names[0]).toBe(names[1]);
  });
});

describe('pictures', () => {
  const picture = async (
    fields: readonly (readonly [string, string, unknown])[],
    more: object = {},
  ): Promise<Buffer> => {
    const { taskId, outputs, emulator, get } = await bench();
    const id = await taskId(fields, more);
    emulator.finish(id);
    return (await get((await outputs(id)).json.data[0].fileUrl)).bytes;
  };
  const seed = ['3', 'seed', '7'] as const;

  test('have the size that the inputs ask for', async () => {
    expect(sizeOf(await picture([seed]))).toEqual({ width: 96, height: 64 });
    const wide = await picture([seed, ['5', 'width', 832], ['5', 'height', '1216']]);
    expect(sizeOf(wide)).toEqual({ width: 832, height: 1216 });
  });

  test('carry the nodeInfoList as it came, and the graph that ran', async () => {
    const bytes = await picture([
      ['3', 'seed', '18446744073709551615'],
      ['6', 'text', '一只狐狸'],
    ]);
    const texts = readTexts(bytes);
    expect(JSON.parse(texts.get('nodeInfoList')!)).toEqual([
      { nodeId: '3', fieldName: 'seed', fieldValue: '18446744073709551615' },
      { nodeId: '6', fieldName: 'text', fieldValue: '一只狐狸' },
    ]);
    expect(JSON.parse(texts.get('prompt')!)['6'].inputs.text).toBe('一只狐狸');
    expect(readTexts(await picture([seed], { addMetadata: false })).has('prompt')).toBe(false);
  });

  test('are equal for equal inputs, and differ in any of them', async () => {
    const first = await picture([seed]);
    expect(await picture([seed])).toEqual(first);
    const pixels = (bytes: Buffer): Buffer => bytes.subarray(bytes.indexOf('IDAT'));
    for (const other of [
      ['6', 'text', 'a heron'],
      ['3', 'steps', 21],
      ['3', 'seed', 8],
    ] as const)
      expect(pixels(await picture([seed, other]))).not.toEqual(pixels(first));
  });

  test('of a seed that is not listed differ from run to run', async () => {
    const { taskId, outputs, emulator, get } = await bench();
    const files: Buffer[] = [];
    for (let run = 0; run < 2; run += 1) {
      const id = await taskId([['6', 'text', 'a red fox']]);
      emulator.finish(id);
      files.push((await get((await outputs(id)).json.data[0].fileUrl)).bytes);
    }
    expect(files[0]).not.toEqual(files[1]);
  });

  test('without a latent node take the size of the uploaded picture', async () => {
    const source = await picture([seed, ['5', 'width', 160]]);
    const { upload, taskId, outputs, emulator, get } = await bench();
    const { fileName } = (await upload(source, '猫.png')).json.data;
    const id = await taskId([['1', 'image', fileName]], { workflowId: '77' });
    emulator.finish(id);
    const { bytes } = await get((await outputs(id)).json.data[0].fileUrl);
    expect(sizeOf(bytes)).toEqual({ width: 160, height: 64 });
    expect(imageToImage).toContain('LoadImage');
  });
});

describe('failures', () => {
  test.each([
    ['oom', 'torch.OutOfMemoryError', '1000'],
    ['fail', 'RuntimeError', '1000'],
    ['sensitive', 'ValueError', '1501'],
    ['timeout', 'TimeoutError', '1006'],
  ])('[emulate:%s] fails the task with a reason', async (mark, type, v2) => {
    const { taskId, outputs, emulator, bearer } = await bench();
    const id = await taskId([['6', 'text', `a fox [emulate:${mark}]`]]);
    emulator.advance(30_000);
    const { json } = await outputs(id);
    expect(json).toMatchObject({ code: 805, msg: 'APIKEY_TASK_STATUS_ERROR' });
    expect(json.data.failedReason).toMatchObject({
      node_id: '3',
      node_name: 'KSampler',
      exception_type: type,
      current_inputs: '{}',
    });
    expect(JSON.parse(json.data.failedReason.traceback)).toBeInstanceOf(Array);
    const asked = await bearer('/openapi/v2/query', { taskId: id });
    expect(asked.json).toMatchObject({ status: 'FAILED', errorCode: v2, results: null });
  });

  test('out of memory is cured by a larger machine', async () => {
    const { taskId, outputs, emulator } = await bench();
    const id = await taskId([['6', 'text', '[emulate:oom]']], { instanceType: 'plus' });
    emulator.advance(30_000);
    expect((await outputs(id)).json.code).toBe(0);
  });

  test('[emulate:fail-once] and [emulate:fail-2] fail so many tries of one request', async () => {
    const { taskId, outputs, emulator } = await bench();
    const tries = async (text: string): Promise<number[]> => {
      const codes = [];
      for (let round = 0; round < 3; round += 1) {
        const id = await taskId([['6', 'text', text]]);
        emulator.finish(id);
        codes.push((await outputs(id)).json.code);
      }
      return codes;
    };
    expect(await tries('[emulate:fail-once]')).toEqual([805, 0, 0]);
    expect(await tries('[emulate:fail-2]')).toEqual([805, 805, 0]);
  });

  test('[emulate:silent] has no reason, [emulate:empty] no files, [emulate:hang] no end', async () => {
    const { taskId, outputs, emulator } = await bench();
    const ids = [];
    for (const mark of ['silent', 'empty', 'hang'])
      ids.push(await taskId([['6', 'text', `[emulate:${mark}]`]]));
    emulator.advance(1e12);
    expect((await outputs(ids[0]!)).json).toMatchObject({ code: 805, data: null });
    expect((await outputs(ids[1]!)).json).toMatchObject({ code: 0, data: [] });
    expect((await outputs(ids[2]!)).json.code).toBe(804);
  });

  test.each([
    ['an upload that never was', `api/${'0'.repeat(64)}.png`],
    ['a local name', 'cats/a.png'],
  ])('%s fails in its loader', async (_what, name) => {
    const { taskId, outputs, emulator } = await bench();
    const id = await taskId([['1', 'image', name]], { workflowId: '77' });
    emulator.advance(30_000);
    expect((await outputs(id)).json.data.failedReason).toMatchObject({
      node_id: '1',
      node_name: 'LoadImage',
      exception_type: 'FileNotFoundError',
      exception_message: expect.stringContaining(name),
    });
  });

  test('the saved file name and a public URL are there', async () => {
    const { taskId, outputs, emulator } = await bench();
    for (const fields of [[], [['1', 'image', 'https://example.com/a.png']]] as const) {
      const id = await taskId(fields, { workflowId: '77' });
      emulator.finish(id);
      expect((await outputs(id)).json.code).toBe(0);
    }
  });

  test('an upload that has expired fails, and works again once uploaded again', async () => {
    const { upload, taskId, outputs, emulator } = await bench();
    const use = async (fileName: string): Promise<number> => {
      const id = await taskId([['1', 'image', fileName]], { workflowId: '77' });
      emulator.finish(id);
      return (await outputs(id)).json.code;
    };
    const { fileName } = (await upload(Buffer.from('picture'), 'a.png')).json.data;
    expect(await use(fileName)).toBe(0);
    emulator.advance(86_400_001);
    expect(await use(fileName)).toBe(805);
    await upload(Buffer.from('picture'), 'a.png');
    expect(await use(fileName)).toBe(0);
    expect(emulator.stats().repeatedUploads).toBe(0);
    emulator.expireUploads();
    expect(await use(fileName)).toBe(805);
  });
});

describe('cancel', () => {
  test('frees the slot; of another key it is not found, and asked again it cannot be cancelled', async () => {
    const { taskId, outputs, post, emulator } = await bench({ slots: 1, queue: 2 });
    const ids = [await taskId(), await taskId(), await taskId()];
    const cancel = async (id: string, apiKey = key): Promise<unknown> =>
      (await post('/task/openapi/cancel', { apiKey, taskId: id })).json;
    const gone = { code: 807, msg: 'APIKEY_TASK_NOT_FOUND', data: null };
    expect(await cancel(ids[0]!, 'another')).toEqual(gone);
    expect(await cancel(ids[1]!)).toEqual({ code: 0, msg: 'success', data: null });
    expect(await cancel(ids[0]!)).toMatchObject({ code: 0 });
    expect(await cancel(ids[0]!)).toEqual({
      code: 817,
      msg: 'APIKEY_TASK_CANCEL_NOT_ALLOWED',
      data: null,
    });
    expect((await outputs(ids[0]!)).json).toMatchObject({ code: 805, data: null });
    expect((await outputs(ids[2]!)).json.code).toBe(804);
    expect(emulator.stats().tasks).toEqual({ CANCEL: 2, RUNNING: 1 });
  });

  test('one at a time, and only ids', async () => {
    const { post } = await bench();
    const cancel = async (body: object): Promise<unknown> =>
      (await post('/task/openapi/cancel', { apiKey: key, ...body })).json;
    expect(await cancel({ taskIds: ['1'] })).toMatchObject({
      code: 301,
      msg: 'taskId cannot be empty',
    });
    expect(await cancel({ taskId: '0' })).toMatchObject({ code: 301 });
    expect(await cancel({ taskId: '12345' })).toMatchObject({ code: 807 });
  });
});

describe('downloads', () => {
  const fetched = async () => {
    const b = await bench();
    const id = await b.taskId([['3', 'seed', '1']]);
    b.emulator.finish(id);
    const url: string = (await b.outputs(id)).json.data[0].fileUrl;
    return { ...b, id, url };
  };

  test('tell length and type, and serve ranges', async () => {
    const { get, send, url } = await fetched();
    const whole = await get(url);
    expect(whole.headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(whole.bytes.length),
    });
    const rest = await get(url, { range: 'bytes=10-' });
    expect(rest.status).toBe(206);
    expect(rest.bytes).toEqual(whole.bytes.subarray(10));
    expect((await get(url, { range: 'bytes=2-5' })).bytes).toEqual(whole.bytes.subarray(2, 6));
    expect((await get(url, { range: 'bytes=-3' })).bytes).toEqual(whole.bytes.subarray(-3));
    expect((await get(url, { range: 'bytes=9999999-' })).status).toBe(416);
    expect((await send('HEAD', url)).headers['content-length']).toBe(String(whole.bytes.length));
  });

  test('die after their life, and a query that was re-encoded or stripped is refused', async () => {
    const { get, url, emulator, outputs, id } = await fetched();
    expect((await get(url.replace('%3B', ';'))).status).toBe(403);
    expect((await get(url.split('?')[0]!)).status).toBe(403);
    expect((await get(url)).status).toBe(200);
    emulator.advance(86_402_000);
    expect((await get(url)).status).toBe(403);
    const again: string = (await outputs(id)).json.data[0].fileUrl;
    expect((await get(again)).status).toBe(200);
    emulator.expireLinks();
    expect((await get(again)).status).toBe(403);
  });

  test('of another index are not there', async () => {
    const { get, url } = await fetched();
    expect((await get(url.replace(/\/0\//, '/1/'))).status).toBe(403);
  });
});
