import { expect, test } from 'vitest';
import { batches, statuses } from './servers.js';
import type { ScriptedServer } from './scripted-server.js';

const batch = batches();

/** Files that are there, and what the history says of a prompt's outputs. */
const makes = (
  server: ScriptedServer,
  files: Readonly<Record<string, Buffer>>,
  outputs: Record<string, unknown>,
): void => {
  for (const [path, bytes] of Object.entries(files)) server.files.set(path, bytes);
  server.outputs = () => outputs;
};

const mp4 = Buffer.concat([
  Buffer.from([0, 0, 0, 24]),
  Buffer.from('ftypisom\x00\x00\x02\x00isomiso2'),
  Buffer.alloc(64, 1),
]);
const flac = Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(64, 2)]);
const webp = Buffer.concat([
  Buffer.from('RIFF'),
  Buffer.from([72, 0, 0, 0]),
  Buffer.from('WEBPVP8 '),
  Buffer.alloc(64, 3),
]);

test('films, sounds, animations, texts and what an unknown key lists become files of their node', async () => {
  const { p, server } = await batch({ runs: '' });
  makes(
    server,
    {
      'output/video/film_00001_.mp4': mp4,
      'output/audio/sound_00001_.flac': flac,
      'output/moving_00001_.webp': webp,
      'output/mesh/thing_00001_.glb': Buffer.from('glTF\x02\x00\x00\x00 a mesh'),
    },
    {
      '3': {
        gifs: [
          {
            filename: 'film_00001_.mp4',
            subfolder: 'video',
            type: 'output',
            format: 'video/h264-mp4',
            frame_rate: 8,
            fullpath: '/home/ann/ComfyUI/output/video/film_00001_.mp4',
          },
        ],
      },
      '4': { audio: [{ filename: 'sound_00001_.flac', subfolder: 'audio', type: 'output' }] },
      '5': {
        images: [{ filename: 'moving_00001_.webp', subfolder: '', type: 'output' }],
        animated: [true],
      },
      '6': { text: ['a red fox', 'in the snow'] },
      '7': { odd_new_key: [{ filename: 'thing_00001_.glb', subfolder: 'mesh', type: 'output' }] },
    },
  );
  const { exit, err } = await p.apply();
  expect(exit, err).toBe(0);
  const [result] = p.results();
  const found = new Map(
    (result?.outputs ?? []).map(
      ({ path }) => [path.replace(/^.*\./, ''), `out/manifest/${path}`] as const,
    ),
  );
  expect([...found.keys()].sort()).toEqual(['flac', 'glb', 'mp4', 'txt', 'webp']);
  expect(result?.outputs).toHaveLength(6);
  expect(Buffer.from(p.bytes(found.get('mp4') ?? '')).equals(mp4)).toBe(true);
  expect(Buffer.from(p.bytes(found.get('flac') ?? '')).equals(flac)).toBe(true);
  const texts = (result?.outputs ?? []).filter(({ path }) => path.endsWith('.txt'));
  expect(texts.map(({ path }) => p.read(`out/manifest/${path}`))).toEqual([
    'a red fox',
    'in the snow',
  ]);
  // A path on the server's disk is nobody's business.
  expect(p.read('out/manifest/results.jsonl')).not.toContain('/home/ann');
});

test('of a graph that saves something, previews are left where they are; of one that does not, they count', async () => {
  const image = (filename: string, type: string): object => ({ filename, subfolder: '', type });
  const saving = await batch({ runs: '' });
  makes(
    saving.server,
    { 'output/a_00001_.png': png, 'temp/b_00001_.png': png },
    {
      '2': { images: [image('a_00001_.png', 'output')] },
      '3': { images: [image('b_00001_.png', 'temp')] },
    },
  );
  expect((await saving.p.apply()).exit).toBe(0);
  expect(saving.p.results()[0]?.outputs).toHaveLength(1);
  const previewing = await batch({ runs: '' });
  makes(
    previewing.server,
    { 'temp/b_00001_.png': png },
    { '3': { images: [image('b_00001_.png', 'temp')] } },
  );
  expect((await previewing.p.apply()).exit).toBe(0);
  expect(previewing.p.results()[0]?.outputs).toHaveLength(1);
});

test('equal graphs that a server answers from its cache give each run its file', async () => {
  const { p, server } = await batch();
  server.files.set('output/t_00001_.png', png);
  server.outputs = () => ({
    '2': { images: [{ filename: 't_00001_.png', subfolder: '', type: 'output' }] },
  });
  expect((await p.apply()).exit).toBe(0);
  expect(statuses(p)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  const paths = p.results().map(({ outputs }) => outputs[0]?.path ?? '');
  expect(new Set(paths).size).toBe(3);
  for (const path of paths) expect(p.exists(`out/manifest/${path}`)).toBe(true);
});

test('a cached file that somebody deleted fails its run in words, and no other', async () => {
  const { p, server } = await batch();
  server.fate = (_, path) =>
    path.includes('t_00002_') ? { status: 404, body: '', effect: false } : 'answer';
  expect((await p.apply()).exit).toBe(1);
  // The second prompt made it; the order in which the three arrived is the server's.
  const [failed, ...others] = p.results().filter(({ status }) => status !== 'succeeded');
  expect(others).toEqual([]);
  expect(failed).toMatchObject({ status: 'failed', taskId: server.queued[1]?.id });
  expect(failed?.error?.message).toContain('The file is not on');
  server.fate = () => 'answer';
  expect((await p.apply()).exit).toBe(0);
  expect(server.queued).toHaveLength(4);
});

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
