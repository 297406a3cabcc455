import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hex, safetensors, zip } from '../support/files.js';
import { graph, pixel } from '../support/graph.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { workflowId } from '../support/project.js';

const start = projects();

const withBundle = JSON.stringify({
  ...graph,
  '11': {
    class_type: 'LoadImages(zip)',
    _meta: { title: 'Frames' },
    inputs: { upload: 'none' },
  },
});

const bundle = (manifest: string, files: Record<string, Uint8Array> = {}): Promise<Project> =>
  start({
    emulator: { workflows: new Map([[workflowId, withBundle]]) },
    files: { 'api.json': withBundle, ...files },
    manifest,
  });

const received = (p: Project): unknown[] =>
  p.received().map((list) => list.find(({ fieldName }) => fieldName === 'upload')?.fieldValue);

test('a zip of pictures is named without prefix and ending, as the service names it', async () => {
  const p = await bundle('matrix: { Frames.upload: [a.zip, sub/b.zip, a.zip] }', {
    'a.zip': zip('a'),
    'sub/b.zip': zip('b'),
  });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  // Two rows with one content are one run.
  expect(received(p).sort()).toEqual([hex(zip('a')), hex(zip('b'))].sort());
  expect(p.service.stats().uploads).toBe(2);
});

test('the name of a bundle that is there already passes untouched', async () => {
  const p = await bundle('set: { Frames.upload: ./a.zip }', { 'a.zip': zip() });
  const { out } = await p.run('upload', 'a.zip');
  expect(out).toBe(`${hex(zip())}\n`);
  p.manifest(`set: { Frames.upload: ${out.trim()} }`);
  expect((await p.plan()).uploads).toEqual([]);
  expect((await p.apply()).exit).toBe(0);
  expect(received(p)).toEqual([hex(zip())]);
  expect(p.service.stats().uploads).toBe(1);
});

test.each<[string, string, Record<string, Uint8Array>, string]>([
  [
    'a picture',
    'a.png',
    { 'a.png': pixel(1) },
    'a.png is an image (png), Frames.upload takes a .zip',
  ],
  ['a picture that is called .zip', 'a.zip', { 'a.zip': pixel(1) }, 'a.zip is an image (png)'],
  ['a folder', 'shots', { 'shots/1.png': pixel(1) }, 'this field takes a .zip: (cd shots && zip'],
  ['nothing', 'gone.zip', {}, 'gone.zip does not exist'],
])('%s in place of a bundle is told before anything is sent', async (_name, path, files, words) => {
  const p = await bundle(`set: { Frames.upload: ${path} }`, files);
  const ended = await p.apply();
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain(words);
  expect(p.service.requests()).toEqual([]);
});

test('a file above 30 MB is refused before anything is sent, with the way out', async () => {
  const p = await start({
    files: { 'a.png': pixel(1), 'big.safetensors': safetensors() },
    manifest: 'matrix: { Sketch.image: [a.png, "https://example.com/huge.png"] }',
  });
  expect((await p.run('validate')).exit).toBe(0);
  truncateSync(join(p.dir, 'a.png'), 30 * 1024 * 1024 + 1);
  const ended = await p.apply();
  expect(ended.exit).toBe(2);
  expect(ended.err).toMatch(/manifest\.yaml:4:\d+ error: a\.png has 30\.0 MB, the service takes/);
  expect(ended.err).toContain('host it elsewhere and give its public URL');
  const direct = await p.run('upload', 'a.png');
  expect(direct.exit).toBe(2);
  expect(direct.err).toContain('public URL');
  truncateSync(join(p.dir, 'big.safetensors'), 31 * 1024 * 1024);
  p.manifest('set: { Sketch.image: big.safetensors }');
  expect((await p.apply()).err).toContain('LoRA files of any size go into RHLoraLoader.lora_name');
  expect(p.service.requests()).toEqual([]);
  truncateSync(join(p.dir, 'a.png'), 30 * 1024 * 1024);
  expect((await p.run('upload', 'a.png')).exit).toBe(0);
});

test('upload prints what the service calls each file, and sends each content once', async () => {
  const p = await start({ files: { 'a.png': pixel(1), 'b/c.png': pixel(2), 'd.png': pixel(1) } });
  const first = await p.run('upload', 'a.png', 'b/c.png', 'd.png');
  const [a, c] = [`api/${hex(pixel(1))}.png`, `api/${hex(pixel(2))}.png`];
  expect(first).toMatchObject({ exit: 0, out: `${a}\n${c}\n${a}\n` });
  const { exit, out } = await p.run('upload', 'a.png', '--json');
  expect([exit, JSON.parse(out)]).toEqual([
    0,
    {
      version: 1,
      uploads: [
        {
          file: 'a.png',
          bytes: pixel(1).length,
          sha256: hex(pixel(1)),
          fileName: a,
          reused: true,
          error: null,
        },
      ],
    },
  ]);
  expect(p.service.stats()).toMatchObject({ uploads: 2, repeatedUploads: 0 });
  // An apply of this folder knows them too.
  p.manifest('set: { Sketch.image: a.png }');
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().uploads).toBe(2);
});

test('--link prints the link that standard models take', async () => {
  const p = await start({ files: { 'a.png': pixel(1) } });
  const { exit, out } = await p.run('upload', '--link', 'a.png');
  expect(exit).toBe(0);
  expect(out).toMatch(/^http:\S+\/input\/openapi\/[0-9a-f]{64}\.png\?q-sign\S+\n$/);
  // The other family's name for the same content is another one.
  expect((await p.run('upload', 'a.png')).out).toMatch(/^api\//);
  expect(p.service.stats().requests).toMatchObject({ upload: 1, uploadV2: 1 });
});

test.each([
  [['upload'], 'upload wants a file'],
  [['upload', 'a.png', '--name', 'x'], '--name is for one --lora'],
  [['upload', '--lora', 'a.safetensors', '--link'], '--link is for files'],
  [['upload', 'gone.png', 'empty.png', '.'], 'gone.png does not exist'],
])('%j is told at once', async (argv, words) => {
  const p = await start({
    files: { 'a.png': pixel(1), 'empty.png': '', 'a.safetensors': safetensors() },
  });
  const ended = await p.run(...argv);
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain(words);
  if (argv.includes('empty.png'))
    expect(ended.err).toMatch(/empty\.png is empty[^]*\. is a folder/);
  expect(p.service.requests()).toEqual([]);
});

test('an upload that the service refuses is told, and what went well is printed', async () => {
  const p = await start({
    files: { 'a.png': pixel(1) },
    emulator: {
      faults: [{ endpoint: 'upload', kind: 'code', code: 802, msg: 'APIKEY_UNAUTHORIZED' }],
    },
  });
  const ended = await p.run('upload', 'a.png');
  expect(ended).toMatchObject({ exit: 4, out: '' });
  expect(ended.err).toContain(
    'error: a.png: The API key is wrong or has expired (802 APIKEY_UNAUTHORIZED)',
  );
});
