import { spawn } from 'node:child_process';
import { truncateSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { FaultRule } from '../../src/emulator/http/faults.js';
import { hex, safetensors } from '../support/files.js';
import { graph } from '../support/graph.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key, workflowId } from '../support/project.js';

const start = projects();
const lora = safetensors('mine');
const nameOf = (bytes: Uint8Array): string => `api-lora-cn/${hex(bytes, 'md5')}.safetensors`;

const withLora = JSON.stringify({
  ...graph,
  '11': {
    class_type: 'RHLoraLoader',
    _meta: { title: 'Style' },
    inputs: { lora_name: 'none', strength_model: 1, model: ['4', 0] },
  },
});

const project = async (manifest: string, faults: readonly FaultRule[] = []): Promise<Project> => {
  const p = await start({
    emulator: { workflows: new Map([[workflowId, withLora]]), faults },
    files: { 'api.json': withLora, 'styles/ink.safetensors': lora },
    manifest,
  });
  return p;
};

const sent = (p: Project): unknown[] =>
  p.received().map((list) => list.find(({ fieldName }) => fieldName === 'lora_name')?.fieldValue);

test('a LoRA is an asset: by md5, put once, and named as the service names it', async () => {
  const p = await project(
    'matrix: { Style.lora_name: [styles/ink.safetensors], KSampler.seed: [1, 2, 3] }',
  );
  const planned = await p.plan();
  expect(planned.uploads).toEqual([
    {
      path: 'styles/ink.safetensors',
      sha256: hex(lora),
      bytes: lora.length,
      usedBy: 3,
    },
  ]);
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(sent(p)).toEqual([nameOf(lora), nameOf(lora), nameOf(lora)]);
  expect(p.service.stats().requests).toMatchObject({ loraUrl: 1, loraPut: 1 });
  expect(p.service.stats().requests['upload']).toBeUndefined();
  const [asked] = p.service.requests().filter(({ endpoint }) => endpoint === 'loraUrl');
  // No local name leaves the machine by itself.
  expect(asked?.body).toMatchObject({ md5Hex: hex(lora, 'md5') });
  expect(JSON.stringify(asked)).not.toContain('ink');
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().requests).toMatchObject({ loraUrl: 1, loraPut: 1 });
});

test('the signed link is written nowhere', async () => {
  const p = await project('set: { Style.lora_name: styles/ink.safetensors }');
  const ended = await p.run('apply', '-vv');
  expect(ended.exit, ended.err).toBe(0);
  const everywhere = [
    ended.out,
    ended.err,
    ...p
      .list('.')
      .filter((name) => /\.(?:jsonl|json|csv|html|xml)$/.test(name))
      .map((name) => p.read(name)),
  ].join('\n');
  // Of output links, which are signed too, it is not said.
  expect(everywhere).not.toMatch(/\/lora\/[^\s"]*q-sign/);
});

test('the storage is told the bytes and nothing else', async () => {
  const p = await start({ files: { 'ink.safetensors': lora } });
  const asked: { readonly headers: IncomingHttpHeaders; readonly body: Buffer }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ headers: request.headers, body: Buffer.concat(chunks) });
      const url = `http://${request.headers.host ?? ''}/bucket/x?q-sign=secret`;
      response.end(
        request.method === 'PUT' ? '' : JSON.stringify({ code: 0, data: { fileName: 'n', url } }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const site = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  const ended = await p.run('upload', '--lora', 'ink.safetensors', '--base-url', site);
  await new Promise((resolve) => server.close(resolve));
  expect(ended).toMatchObject({ exit: 0, out: 'n\n' });
  const [, put] = asked;
  expect(put?.body.equals(lora)).toBe(true);
  expect(put?.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-length': String(lora.length),
  });
  expect(put?.headers.authorization).toBeUndefined();
  expect(JSON.stringify(put?.headers)).not.toContain(key);
});

test('what the service has already is not sent, whoever put it there', async () => {
  const p = await project('set: { Style.lora_name: styles/ink.safetensors }');
  const once = await p.run('upload', '--lora', 'styles/ink.safetensors', '--state-dir', 'other');
  expect(once).toMatchObject({ exit: 0, out: `${nameOf(lora)}\n` });
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().requests).toMatchObject({ loraUrl: 2, loraPut: 1 });
  expect(sent(p)).toEqual([nameOf(lora)]);
  expect(p.summary()).toMatchObject({ assets: { uploaded: 0, bytes: 0 } });
});

test('upload and apply share what they remember, and a LoRA does not grow old', async () => {
  const p = await project(
    'assets: { maxAge: 1m }\nset: { Style.lora_name: styles/ink.safetensors }',
  );
  await p.run('upload', '--lora', 'styles/ink.safetensors', '--name', 'ink');
  expect(p.service.requests()[0]?.body).toMatchObject({ loraName: 'ink' });
  p.service.advance(30 * 86_400_000);
  expect((await p.plan()).uploads).toEqual([]);
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().requests).toMatchObject({ loraUrl: 1, loraPut: 1 });
});

test('one that the service lost is put there again', async () => {
  const p = await project(
    'matrix: { KSampler.seed: [1] }\nset: { Style.lora_name: styles/ink.safetensors }',
  );
  expect((await p.apply()).exit).toBe(0);
  p.service.expireUploads();
  p.manifest('matrix: { KSampler.seed: [2] }\nset: { Style.lora_name: styles/ink.safetensors }');
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().requests).toMatchObject({ loraPut: 2 });
  expect(p.results()[0]).toMatchObject({ status: 'succeeded' });
});

test.each<FaultRule>([
  { endpoint: 'loraUrl', kind: 'http500', next: 2 },
  { endpoint: 'loraUrl', kind: 'html200', next: 2 },
  { endpoint: 'loraUrl', kind: 'truncatedJson', next: 1 },
  { endpoint: 'loraUrl', kind: 'wrongTypes', next: 1 },
  { endpoint: 'loraUrl', kind: 'nullData', next: 1 },
  { endpoint: 'loraUrl', kind: 'resetAfter', next: 1 },
  { endpoint: 'loraUrl', kind: 'unauthorized', next: 1 },
  { endpoint: 'loraPut', kind: 'http502', next: 2 },
  { endpoint: 'loraPut', kind: 'http503', next: 1 },
  { endpoint: 'loraPut', kind: 'expiredLink', next: 1 },
  { endpoint: 'loraPut', kind: 'resetBefore', next: 1 },
  { endpoint: 'loraPut', kind: 'hangBefore', next: 1 },
])('$endpoint:$kind is got over', async (fault) => {
  const p = await project('set: { Style.lora_name: styles/ink.safetensors }', [fault]);
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(sent(p)).toEqual([nameOf(lora)]);
});

test('a PUT whose answer is lost is not sent again', async () => {
  const p = await project('set: { Style.lora_name: styles/ink.safetensors }', [
    { endpoint: 'loraPut', kind: 'resetAfter', next: 1 },
  ]);
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().requests).toMatchObject({ loraUrl: 2, loraPut: 1 });
});

test('a storage that never answers well leaves the runs pending, and nothing is paid', async () => {
  const p = await project('set: { Style.lora_name: styles/ink.safetensors }', [
    { endpoint: 'loraPut', kind: 'http502' },
  ]);
  const ended = await p.apply();
  expect(ended.exit).toBe(1);
  expect(p.results()[0]).toMatchObject({ status: 'pending', error: { code: 'http-502' } });
  expect(JSON.stringify(p.results())).not.toContain('q-sign');
  expect(p.service.bill()).toEqual([]);
});

test.each([
  [
    'a web page under a LoRA name',
    'page.safetensors',
    Buffer.from('<!doctype html><p>sign in'),
    'no safetensors file',
  ],
  ['a picture', 'a.png', Buffer.from('89504e470d0a1a0a', 'hex'), 'an image (png)'],
  [
    'a checkpoint of another form',
    'a.ckpt',
    Buffer.from('PK\u0003\u0004 torch'),
    'an archive (zip)',
  ],
])('%s is no LoRA, and that is told before anything is sent', async (_name, path, bytes, what) => {
  const p = await project(`set: { Style.lora_name: ${path} }`);
  p.write(path, bytes);
  const ended = await p.apply();
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain(`${path} is ${what}, Style.lora_name takes a LoRA (.safetensors)`);
  expect((await p.run('upload', '--lora', path)).exit).toBe(2);
  expect(p.service.requests()).toEqual([]);
});

test('names of the service pass untouched, of either site', async () => {
  const names = ['api-lora-cn/0123.safetensors', 'api-lora-en/4567.safetensors'];
  const p = await project(`matrix: { Style.lora_name: [${names.join(', ')}] }`);
  expect((await p.plan()).uploads).toEqual([]);
  expect((await p.run('validate')).exit).toBe(0);
});

test('memory stays flat while a large one is hashed and sent', async () => {
  const p = await project('');
  const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
  const tell =
    'data:text/javascript,process.on("exit",()=>process.stderr.write(`rss=${process.resourceUsage().maxRSS}`))';
  const megabytes = async (file: string): Promise<number> => {
    const child = spawn(process.execPath, ['--import', tell, cli, 'upload', '-q', '--lora', file], {
      cwd: p.dir,
      env: { ...process.env, RUNNINGHUB_API_KEY: key, RUNNINGHUB_BASE_URL: p.service.url },
    });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(code, err).toBe(0);
    return Number(/rss=(\d+)/.exec(err)?.[1]) / 1024;
  };
  p.write('large.safetensors', safetensors('large'));
  truncateSync(join(p.dir, 'large.safetensors'), 400 * 1024 * 1024);
  const small = await megabytes('styles/ink.safetensors');
  const large = await megabytes('large.safetensors');
  expect(p.service.stats().requests).toMatchObject({ loraPut: 2 });
  expect(large - small).toBeLessThan(100);
});
