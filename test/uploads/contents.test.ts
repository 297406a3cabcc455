import { expect, test } from 'vitest';
import { contentOf } from '../../src/assets/content.js';
import { kindOf } from '../../src/assets/kind.js';
import { pixel } from '../support/graph.js';
import { projects } from '../support/opened.js';

const project = projects();

const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1\n';

test.each([
  ['<!DOCTYPE html>\n<html>', 'a web page (HTML)', 'save the file itself'],
  ['\ufeff\n<!-- login -->\n<HTML lang="en">', 'a web page (HTML)', 'save the file itself'],
  ['{"error": "not found"}', 'a JSON text', 'save or download the file again'],
  ['[{"a": 1}]', 'a JSON text', 'save or download the file again'],
  ['<?xml version="1.0"?>\n<Error>', 'an XML text', 'save or download the file again'],
  [lfs, 'a pointer of Git LFS', 'git lfs pull'],
  ['data:image/png;base64,iVBORw0KGgo=', 'a text in Base64', 'decode it'],
  ['%PDF-1.7\n', 'a PDF document', 'export its pages'],
  ['\u001f\u008b\u0008', 'a gzip archive', 'unpack it'],
  ['\0'.repeat(64), 'nothing but zero bytes', 'save or download the file again'],
])('%j under the name of a picture is refused as what it is', async (text, what, hint) => {
  const p = await project({ manifest: 'set: { LoadImage.image: { asset: cat.png } }' });
  p.write('cat.png', text.startsWith('\u001f') ? Buffer.from(text, 'latin1') : text);
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(2);
  expect(err).toContain(`cat.png is ${what}`);
  expect(err).toContain('LoadImage.image takes an image');
  expect(err).toContain(`hint: ${hint}`);
  p.write('cat.png', pixel(1));
  const mended = await p.run('validate');
  expect([mended.exit, mended.err]).toEqual([0, '']);
});

test('a plain text or a drawing is a warning: the service judges', async () => {
  const p = await project({
    manifest: 'matrix: { LoadImage.image: { glob: "pics/*" }, KSampler.seed: [1, 2] }',
    files: { 'pics/a.png': 'soon to be a cat', 'pics/b.svg': '<svg xmlns="x">' },
  });
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(0);
  expect(err).toMatch(/warning: pics\/a\.png is a plain text, .* takes an image \(in 2 runs\)$/m);
  expect(err).toMatch(/warning: pics\/b\.svg is an SVG drawing, .* \(in 2 runs\)$/m);
});

test('a name alone says what a file is, where its field does not', async () => {
  const p = await project({
    manifest: 'set: { Positive Prompt.text: { asset: cat.png } }',
    files: { 'cat.png': '<html>', 'page.html': '<html>', 'b.svg': '<svg>' },
  });
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(2);
  expect(err).toContain('cat.png is a web page (HTML), not what its name says');
  for (const right of ['page.html', 'b.svg']) {
    p.manifest(`set: { Positive Prompt.text: { asset: ${right} } }`);
    const { err: none } = await p.run('validate');
    expect(none).toBe('');
  }
});

test('upload refuses a page under the name of a picture before it is sent', async () => {
  const p = await project({ files: { 'cat.png': '<html>', 'dog.png': pixel(1) } });
  const { exit, err } = await p.run('upload', 'cat.png', 'dog.png');
  expect(exit).toBe(2);
  expect(err).toContain('cat.png is a web page (HTML), not what its name says');
  expect(p.service.requests()).toEqual([]);
});

test('another kind than its field takes has a way out', async () => {
  const p = await project({
    manifest: 'set: { LoadImage.image: { asset: cat.png } }',
    files: { 'cat.png': Buffer.from('    ftypisom') },
  });
  const { err } = await p.run('validate');
  expect(err).toContain('cat.png is a video (mp4), LoadImage.image takes an image');
  expect(err).toContain('hint: name a file that is an image, or put this one into a field');
});

test.each([
  ['a picture of another format', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
  ['a picture as text', Buffer.from('P3\n1 1\n255\n0 0 0\n')],
  ['bytes that nobody knows', Buffer.from([0, 0, 2, 0, 0, 0, 0, 0, 1])],
])('nothing is said against %s', (_, head) => {
  expect(contentOf(head, kindOf(head, 'a.png'))).toBeNull();
});
