import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { bench, key } from './client.js';

const hash = (bytes: Buffer, algorithm = 'sha256'): string =>
  createHash(algorithm).update(bytes).digest('hex');

/** A form as a client of another language writes it. */
const rawForm = (head: string, content: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`--b\r\ncontent-disposition: form-data; name="apiKey"\r\n\r\n${key}\r\n--b\r\n`),
    Buffer.from(`${head}\r\nContent-Type: image/png\r\n\r\n`),
    content,
    Buffer.from('\r\n--b--\r\n'),
  ]);

describe('old upload', () => {
  test('names a file by its content, in the documented shape', async () => {
    const { upload, emulator } = await bench();
    const bytes = Buffer.from('not really a picture');
    const { json } = await upload(bytes, '小猫 (1).PNG');
    expect(json).toEqual({
      code: 0,
      msg: 'success',
      data: { fileName: `api/${hash(bytes)}.png`, fileType: 'input' },
    });
    await upload(bytes, 'b.png', { apiKey: key, fileType: 'image' });
    expect(emulator.stats()).toMatchObject({ uploads: 2, repeatedUploads: 1 });
    expect(emulator.requests()[0]).toMatchObject({
      endpoint: 'upload',
      body: { fileType: 'input', file: { name: '小猫 (1).PNG', bytes: bytes.length } },
    });
  });

  test('takes the file alone, with the key as Bearer, and bytes of every kind', async () => {
    const { emulator } = await bench();
    const content = Buffer.from(' --b\r\n-- b\r\n\r\n\0\xff--', 'latin1');
    const body = rawForm('Content-Disposition: form-data; name="file"; filename="a.webp"', content);
    const only = body.subarray(body.indexOf('--b', 3));
    const answer = await sendRaw(emulator.url, only, `authorization: Bearer ${key}\r\n`);
    expect(answer).toContain(`api/${hash(content)}.webp`);
  });

  test.each([
    ['raw', 'form-data; name="file"; filename="图 \\"1\\".png"', '图 "1".png'],
    ['extended', "form-data; name=file; filename*=UTF-8''%E5%9B%BE.png", '图.png'],
    ['unquoted', 'form-data; name=file; filename=a.png', 'a.png'],
    ['percent', 'form-data; name="file"; filename="a%22b.png"', 'a"b.png'],
  ])('reads a file name written %s', async (_how, disposition, name) => {
    const { emulator } = await bench();
    await sendRaw(emulator.url, rawForm(`CONTENT-DISPOSITION: ${disposition}`, Buffer.from('x')));
    expect(emulator.requests()[0]).toMatchObject({ body: { file: { name, bytes: 1 } } });
  });

  test('a ZIP is named without prefix and ending', async () => {
    const { upload } = await bench();
    const bytes = Buffer.from('PK\u0003\u0004 pictures');
    expect((await upload(bytes, 'set.zip')).json.data.fileName).toBe(hash(bytes));
  });

  test('a name without ending gets that of its content', async () => {
    const { upload } = await bench();
    const bytes = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('jpeg')]);
    expect((await upload(bytes, 'photo')).json.data.fileName).toBe(`api/${hash(bytes)}.jpg`);
  });

  test('30 MB are taken, one byte more is 809, and so are 40 MB', async () => {
    const { upload } = await bench();
    const most = Buffer.alloc(30 * 1024 * 1024, 1);
    expect((await upload(most, 'a.mp4')).json.code).toBe(0);
    const answer = { code: 809, msg: 'APIKEY_FILE_SIZE_EXCEEDED', data: null };
    expect((await upload(Buffer.concat([most, Buffer.of(1)]), 'a.mp4')).json).toEqual(answer);
    expect((await upload(Buffer.alloc(40 * 1024 * 1024), 'a.mp4')).json).toEqual(answer);
  });

  test('no file, an empty file and a bad key are refused', async () => {
    const { upload, post } = await bench({ keys: new Map() });
    expect((await post('/task/openapi/upload', { apiKey: key })).json.code).toBe(802);
    expect((await upload(Buffer.from('x'), 'a.png')).json.code).toBe(802);
    const open = await bench();
    expect((await open.upload(Buffer.alloc(0), 'a.png')).json.code).toBe(301);
    expect((await open.post('/task/openapi/upload', { apiKey: key })).json.code).toBe(301);
  });

  test('belongs to the account that sent it', async () => {
    const { upload, taskId, post, emulator } = await bench();
    const { fileName } = (await upload(Buffer.from('mine'), 'a.png')).json.data;
    const id = await taskId([['1', 'image', fileName]], { workflowId: '77', apiKey: 'another' });
    emulator.finish(id);
    const { json } = await post('/task/openapi/outputs', { apiKey: 'another', taskId: id });
    expect(json.code).toBe(805);
  });
});

describe('V2 upload', () => {
  test('says message, not msg, and the size as a text', async () => {
    const { emulator } = await bench();
    const answer = await sendRaw(
      emulator.url,
      rawForm('content-disposition: form-data; name="file"; filename="a.mp4"', Buffer.from('film')),
      `authorization: Bearer ${key}\r\n`,
      '/openapi/v2/media/upload/binary',
    );
    const fileName = `openapi/${hash(Buffer.from('film'))}.mp4`;
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toEqual({
      code: 0,
      message: 'success',
      data: {
        type: 'video',
        fileName,
        size: '4',
        download_url: expect.stringContaining(fileName),
      },
    });
  });

  test('refuses a bad key in its own envelope', async () => {
    const { post } = await bench({ keys: new Map() });
    const { json } = await post('/openapi/v2/media/upload/binary', { apiKey: key });
    expect(json).toEqual({
      code: 401,
      message: expect.stringContaining('ApiKey verification failed'),
      data: null,
    });
  });
});

describe('Lora upload', () => {
  test('the link dies after an hour, the file does not', async () => {
    const { post, send, emulator } = await bench({ uploadLifeMs: 3_600_000 });
    const bytes = Buffer.from('weights');
    const body = { apiKey: key, loraName: 'mine', md5Hex: hash(bytes, 'md5') };
    const ask = async (): Promise<string | undefined> =>
      (await post('/api/openapi/getLoraUploadUrl', body)).json.data.url;
    const url = await ask();
    emulator.advance(3_700_000);
    expect((await send('PUT', url!, bytes)).status).toBe(403);
    expect((await send('PUT', (await ask())!, bytes)).status).toBe(200);
    emulator.advance(30 * 86_400_000);
    expect(await ask()).toBeUndefined();
  });

  test('by md5, put once, and then usable', async () => {
    const { post, send, emulator } = await bench();
    const bytes = Buffer.from('weights');
    const md5Hex = hash(bytes, 'md5');
    const ask = async (): Promise<{ url?: string; fileName: string }> =>
      (await post('/api/openapi/getLoraUploadUrl', { apiKey: key, loraName: 'mine', md5Hex })).json
        .data;
    const { url, fileName } = await ask();
    expect(fileName).toBe(`api-lora-cn/${md5Hex}.safetensors`);
    const wrong = await send('PUT', url!, Buffer.from('other'));
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('BadDigest')]);
    expect((await send('PUT', `${url!}x`, bytes)).status).toBe(403);
    expect((await ask()).url).toBeDefined();
    expect((await send('PUT', url!, bytes)).status).toBe(200);
    expect(await ask()).toEqual({ fileName });
    expect(emulator.stats().requests).toMatchObject({ loraUrl: 3, loraPut: 3 });
  });
});

/** One request over a plain socket; the whole answer as text. */
const sendRaw = (
  site: string,
  body: Buffer,
  headers = '',
  path = '/task/openapi/upload',
): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(site);
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => resolve(Buffer.concat(chunks).toString()));
    socket.on('error', reject);
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: www.runninghub.cn\r\nConnection: close\r\n${headers}` +
        `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body);
  });
