import { describe, expect, test } from 'vitest';
import { decodePng, encodePng } from '../../src/emulator/comfyui/media/png.js';
import { Bench, G, raw, tinyPng, turns } from './bench.js';

const load = (image: string) => ({
  1: { class_type: 'LoadImage', inputs: { image } },
  2: G['2'],
});

describe('an upload', () => {
  test('18: the same bytes keep their name, other bytes get another one, overwrite replaces', async () => {
    const b = await Bench.start();
    const name = async (content: string, fields = {}) =>
      (await b.upload('a.png', content, fields)).json.name;
    expect(await name('one')).toBe('a.png');
    expect(await name('one')).toBe('a.png');
    expect(await name('two')).toBe('a (1).png');
    expect(await name('two')).toBe('a (1).png');
    expect(await name('three')).toBe('a (2).png');
    expect(await name('four', { overwrite: '1' })).toBe('a.png');
    expect(await name('five', { overwrite: 'True' })).toBe('a (3).png');
    expect((await b.get('/view?filename=a.png&type=input')).text).toBe('four');
    const before = await Bench.start({ version: 'mid-2024' });
    const old = async (content: string) => (await before.upload('a.png', content)).json.name;
    expect([await old('one'), await old('one'), await old('two')]).toEqual([
      'a.png',
      'a (1).png',
      'a (2).png',
    ]);
  });

  test('a subfolder is made and told as it was sent; other types than the three are 500', async () => {
    const b = await Bench.start();
    const { text } = await b.upload('s.png', 'x', { subfolder: 'sub/', type: 'temp' });
    expect(text).toBe('{"name": "s.png", "subfolder": "sub/", "type": "temp"}');
    expect((await b.get('/view?filename=s.png&subfolder=sub&type=temp')).text).toBe('x');
    const status = async (name: string, fields = {}) => (await b.upload(name, 'x', fields)).status;
    expect(await status('a.png', { subfolder: '../x' })).toBe(400);
    expect(await status('a.png', { subfolder: '/etc' })).toBe(400);
    expect(await status('../../a.png')).toBe(400);
    expect(await status('a.png', { type: 'models' })).toBe(500);
    expect(await status('a.png', { type: '' })).toBe(500);
    expect(await status('nowhere/a.png')).toBe(500);
    expect((await b.post('/upload/image')).status).toBe(400);
    const form = { 'content-type': 'multipart/form-data; boundary=x' };
    expect((await b.post('/upload/image', undefined, form)).status).toBe(500);
  });

  test('names are taken as they come, and filename* wins', async () => {
    const b = await Bench.start();
    const part = (disposition: string) =>
      `--x\r\nContent-Disposition: form-data; name="image"; ${disposition}\r\n\r\nbytes\r\n--x--\r\n`;
    const send = (disposition: string) =>
      b.post('/upload/image', part(disposition), {
        'content-type': 'multipart/form-data; boundary=x',
      });
    expect((await send('filename="a%22b c.png"')).json.name).toBe('a%22b c.png');
    expect((await send(`filename="x.png"; filename*=UTF-8''%E7%8C%AB.png`)).text).toContain(
      '"name": "\\u732b.png"',
    );
    expect((await send('filename="noending"')).json.name).toBe('noending');
    expect((await send('other="1"')).status).toBe(500);
  });

  test('19: what a loader takes, and what is no file', async () => {
    const b = await Bench.start();
    await b.upload('s.png', tinyPng, { subfolder: 'sub' });
    await b.upload('o.png', tinyPng, { type: 'output' });
    await b.upload('猫é.png', tinyPng);
    for (const name of ['sub/s.png', 'o.png [output]', '猫é.png'])
      expect((await b.run(load(name))).status.status_str, name).toBe('success');
    await b.upload('a.png', tinyPng);
    for (const name of ['a.png[output]', 'sub\\s.png', 'nope.png']) {
      const { json } = await b.post('/prompt', { prompt: load(name) });
      expect(json.node_errors['1']?.errors).toEqual([
        {
          type: 'custom_validation_failed',
          message: 'Custom validation failed for node',
          details: `image - Invalid image file: ${name}`,
          extra_info: { input_name: 'image' },
        },
      ]);
    }
    for (const name of ['', '/etc/hostname'])
      expect((await b.run(load(name))).status.status_str, name).toBe('error');
  });

  test('an image comes out as it went in', async () => {
    const b = await Bench.start();
    await b.upload('a.png', tinyPng);
    const entry = await b.run(load('a.png'));
    const { bytes } = await b.get(`/view?filename=${entry.outputs['2']?.images[0].filename}`);
    expect(decodePng(bytes)?.pixels).toEqual(decodePng(tinyPng)?.pixels);
  });

  test("a mask's transparency goes onto the original; without one no file is written", async () => {
    const b = await Bench.start();
    await b.upload('a.png', tinyPng);
    const data = Uint8Array.from({ length: 16 }, (_, at) => (at % 4 === 3 ? 40 : 9));
    const mask = encodePng({ width: 2, height: 2, channels: 4, data });
    const reference = JSON.stringify({ filename: 'a.png', subfolder: '', type: 'input' });
    await b.upload('m.png', mask, { original_ref: reference }, '/upload/mask');
    const { bytes } = await b.get('/view?filename=m.png&type=input');
    const { pixels } = decodePng(bytes) ?? {};
    expect([pixels?.data[3], pixels?.data[15]]).toEqual([40, 40]);
    expect(pixels?.data.subarray(0, 3)).toEqual(decodePng(tinyPng)?.pixels.data.subarray(0, 3));
    const gone = JSON.stringify({ filename: 'gone.png', type: 'input' });
    const { status } = await b.upload('n.png', mask, { original_ref: gone }, '/upload/mask');
    expect([status, (await b.get('/view?filename=n.png&type=input')).status]).toEqual([200, 404]);
    expect((await b.upload('o.png', mask, {}, '/upload/mask')).status).toBe(500);
  });
});

describe('a download', () => {
  test('20: output unless it says otherwise, parts, and what is refused', async () => {
    const b = await Bench.start();
    await b.upload('a b.txt', '0123456789abcdef');
    expect((await b.get('/view?filename=a%20b.txt')).status).toBe(404);
    const whole = await b.get('/view?filename=a+b.txt&type=input');
    expect(whole.headers).toMatchObject({
      'content-length': '16',
      'content-type': 'text/plain',
      'accept-ranges': 'bytes',
      'content-disposition': 'filename="a b.txt"',
    });
    const path = '/view?filename=a%20b.txt&type=input';
    const part = await b.get(path, { range: 'bytes=0-9' });
    expect([part.status, part.text, part.headers['content-range']]).toEqual([
      206,
      '0123456789',
      'bytes 0-9/16',
    ]);
    expect((await b.get(path, { range: 'bytes=99-' })).status).toBe(416);
    const etag = String(whole.headers['etag']);
    expect((await b.get(path, { 'if-none-match': etag })).status).toBe(304);
    const date = String(whole.headers['last-modified']);
    expect((await b.get(path, { 'if-modified-since': date })).status).toBe(304);
    expect((await b.ask('HEAD', path)).headers['content-length']).toBe('16');
    const status = async (query: string) => (await b.get(`/view?${query}`)).status;
    expect(await status('filename=../x')).toBe(400);
    expect(await status('filename=/x')).toBe(400);
    expect(await status('filename=a+b.txt&type=models')).toBe(400);
    expect(await status('filename=a+b.txt&type=input&subfolder=../..')).toBe(403);
    expect(await status('filename=')).toBe(400);
    expect(await status('type=input')).toBe(404);
    expect(await status('filename=sub/x')).toBe(404);
    const before = await Bench.start({ version: 'mid-2024' });
    expect((await before.get('/view?filename=')).status).toBe(500);
  });

  test('previews and channels are encoded anew', async () => {
    const b = await Bench.start();
    await b.upload('a.png', tinyPng);
    const path = '/view?filename=a.png&type=input';
    const webp = await b.get(`${path}&preview=webp;90`);
    expect(webp.headers['content-type']).toBe('image/webp');
    expect(webp.bytes.toString('latin1', 0, 16)).toMatch(/^RIFF....WEBPVP8L$/s);
    const jpeg = await b.get(`${path}&preview=jpeg`);
    expect([jpeg.headers['content-type'], jpeg.bytes.readUInt16BE(0)]).toEqual([
      'image/jpeg',
      0xffd8,
    ]);
    const alpha = decodePng((await b.get(`${path}&channel=a`)).bytes);
    expect([...(alpha?.pixels.data.subarray(0, 4) ?? [])]).toEqual([0, 0, 0, 255]);
  });
});

describe('the wire', () => {
  const body = JSON.stringify({ prompt: G });
  const head = (length: number) =>
    `POST /prompt HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`;

  test('21: a whole submit whose connection is reset runs; one that was cut short never was', async () => {
    const b = await Bench.start();
    await raw(b, head(body.length) + body, 'reset');
    await b.until(() => b.emulator.queued()[0]?.fate === 'success');
    await raw(b, head(body.length) + body.slice(0, -5), 'end');
    await turns(20);
    expect(b.emulator.queued()).toHaveLength(1);
    expect((await b.post('/prompt', { prompt: G })).json.number).toBe(1);
  });

  test('25: origins, the limit of bodies, unknown paths, and /api', async () => {
    const b = await Bench.start({ maxUploadMiB: 1 });
    const { host } = new URL(b.emulator.url);
    const from = async (bench: Bench, origin: string, host?: string) =>
      (await bench.get('/prompt', { origin, ...(host === undefined ? {} : { host }) })).status;
    expect(await from(b, 'http://evil.example')).toBe(403);
    expect(await from(b, `http://${host}`)).toBe(200);
    expect(await from(b, `http://localhost:${new URL(b.emulator.url).port}`)).toBe(403);
    expect(await from(b, 'null')).toBe(200);
    expect(await from(b, 'http://evil.example', 'gpu.example')).toBe(200);
    const large = await b.post('/prompt', 'x'.repeat(1_100_000));
    expect(large.status).toBe(413);
    expect(large.text).toMatch(
      /^Maximum request body size 1048576 exceeded, actual body size \d+$/,
    );
    expect((await b.get('/features')).text).toContain('"max_upload_size": 1048576');
    expect((await b.post('/nothing')).status).toBe(405);
    expect((await b.post('/prompt/')).status).toBe(405);
    const missing = await b.get('/nothing');
    expect([missing.status, missing.text]).toEqual([404, '404: Not Found']);
    expect((await b.get('/api/prompt')).text).toBe('{"exec_info": {"queue_remaining": 0}}');
    const before = await Bench.start({ version: 'mid-2024' });
    expect(await from(before, 'http://evil.example')).toBe(200);
    expect((await before.get('/api/prompt')).status).toBe(404);
    expect((await before.get('/features')).status).toBe(404);
    const open = await Bench.start({ corsOrigin: '*' });
    const answer = await open.get('/prompt', { origin: 'http://evil.example' });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, '*']);
  });

  test('a proxy in front: a path of its own, and who may come in', async () => {
    const b = await Bench.start({
      basePath: '/comfy',
      door: { kind: 'basic', user: 'me', password: 'pass' },
    });
    expect(b.emulator.url).toMatch(/\/comfy$/);
    const refused = await b.get('/prompt');
    expect([refused.status, refused.headers['content-type']]).toEqual([401, 'text/html']);
    const authorization = `Basic ${Buffer.from('me:pass').toString('base64')}`;
    expect((await b.get('/prompt', { authorization })).status).toBe(200);
    expect((await b.get('/../prompt', { authorization })).status).toBe(404);
    b.emulator.setDoor({ kind: 'bearer', token: 'tok' });
    expect((await b.get('/prompt?token=tok')).status).toBe(200);
    expect((await b.get('/prompt', { authorization: 'Bearer tok' })).status).toBe(200);
    expect((await b.get('/prompt', { authorization: 'Bearer other' })).status).toBe(401);
  });

  test('faults: a lost answer of a submit that was queued, told by the books', async () => {
    const b = await Bench.start();
    b.emulator.setFaults([{ endpoint: 'submit', kind: 'resetAfter', next: 1 }]);
    await expect(b.submit(G, { prompt_id: 'mine' })).rejects.toThrow();
    await b.submit(G, { prompt_id: 'told' });
    await b.done();
    expect(b.emulator.queued().map(({ id, answered }) => [id, answered])).toEqual([
      ['mine', false],
      ['told', true],
    ]);
    const { port } = new URL(b.emulator.url);
    expect((await b.get('/emulator/books')).text).toContain('"answered": false');
    expect(port).not.toBe('');
  });
});

describe('what the server tells of itself', () => {
  test('/object_info, one class, and an unknown one; lists of files are live', async () => {
    const b = await Bench.start();
    await b.upload('z.png', tinyPng);
    const { text } = await b.get('/object_info/LoadImage');
    expect(text).toContain('"image": [["z.png"], {"image_upload": true}]');
    expect((await b.get('/object_info/Nope')).text).toBe('{}');
    expect((await b.get('/object_info/ImageScale')).text).toBe(
      '{"ImageScale": {"input": {"required": {"image": ["IMAGE"], "upscale_method": [["nearest-exact", "bilinear", "area", "bicubic", "lanczos"]], "width": ["INT", {"default": 512, "min": 0, "max": 16384, "step": 1}], "height": ["INT", {"default": 512, "min": 0, "max": 16384, "step": 1}], "crop": [["disabled", "center"]]}}, "input_order": {"required": ["image", "upscale_method", "width", "height", "crop"]}, "output": ["IMAGE"], "output_is_list": [false], "output_name": ["IMAGE"], "name": "ImageScale", "display_name": "Upscale Image", "description": "", "python_module": "nodes", "category": "image/upscaling", "output_node": false}}',
    );
    const before = await Bench.start({ version: 'mid-2024' });
    const old = (await before.get('/object_info/SaveImage')).text;
    expect(old).not.toContain('input_order');
    expect(old).not.toContain('python_module');
  });

  test('models, embeddings, version', async () => {
    const b = await Bench.start({ models: new Map([['loras', ['a.safetensors']]]) });
    expect((await b.get('/models/loras')).text).toBe('["a.safetensors"]');
    expect((await b.get('/models/nothing')).status).toBe(404);
    expect((await b.get('/models')).text).toContain('"checkpoints", "loras"');
    expect((await b.get('/embeddings')).text).toBe('["EasyNegative"]');
    expect((await b.get('/system_stats')).text).toContain('"comfyui_version": "0.3.64"');
    const before = await Bench.start({ version: 'mid-2024' });
    const stats = (await before.get('/system_stats')).text;
    expect(stats).not.toMatch(/comfyui_version|argv/);
    expect(stats).toContain('"devices": [{"name": ');
  });
});
