import { expect, test } from 'vitest';
import { Bench, tinyPng } from './bench.js';

interface Saved {
  readonly filename: string;
  readonly subfolder: string;
  readonly type: string;
}

const film = {
  4: { class_type: 'LoadImage', inputs: { image: 'a.png' } },
  5: { class_type: 'RepeatImageBatch', inputs: { image: ['4', 0], amount: 3 } },
};

/** What one node saved, and the first file's bytes. */
const saved = async (b: Bench, graph: unknown, node: string) => {
  await b.upload('a.png', tinyPng);
  const entry = await b.run(graph);
  expect(entry.status.status_str).toBe('success');
  const output = entry.outputs[node] as unknown as Readonly<Record<string, readonly Saved[]>>;
  const [files = []] = Object.values(output);
  const { filename = '', subfolder = '', type = '' } = files[0] ?? {};
  const query = new URLSearchParams({ filename, subfolder, type });
  const { bytes, headers } = await b.get(`/view?${query.toString()}`);
  return { output, bytes, type: headers['content-type'] };
};

const save = (class_type: string, inputs: Readonly<Record<string, unknown>>) => ({
  ...film,
  9: { class_type, inputs },
});

test('an animated WebP and PNG are pictures that are marked as animated', async () => {
  const b = await Bench.start();
  const shared = { images: ['5', 0], filename_prefix: 'anim', fps: 6 };
  const webp = await saved(
    b,
    save('SaveAnimatedWEBP', { ...shared, lossless: true, quality: 80, method: 'default' }),
    '9',
  );
  expect(webp.output).toEqual({
    images: [{ filename: 'anim_00001_.webp', subfolder: '', type: 'output' }],
    animated: [true],
  });
  expect(webp.bytes.toString('latin1').split('ANMF')).toHaveLength(4);
  const png = await saved(b, save('SaveAnimatedPNG', { ...shared, compress_level: 4 }), '9');
  expect(png.bytes.toString('latin1')).toMatch(/acTL.*fcTL.*IDAT.*fdAT.*fdAT.*IEND/s);
});

test('a film is an MP4 among the images, in a folder of its own by default', async () => {
  const b = await Bench.start();
  const graph = {
    ...film,
    8: { class_type: 'CreateVideo', inputs: { images: ['5', 0], fps: 12 } },
    9: {
      class_type: 'SaveVideo',
      inputs: { video: ['8', 0], filename_prefix: 'video/x', format: 'auto', codec: 'auto' },
    },
  };
  const { output, bytes, type } = await saved(b, graph, '9');
  expect(output).toEqual({
    images: [{ filename: 'x_00001_.mp4', subfolder: 'video', type: 'output' }],
    animated: [true],
  });
  expect([bytes.toString('latin1', 4, 8), type]).toEqual(['ftyp', 'video/mp4']);
});

test('sound is FLAC under its own key, in a preview too', async () => {
  const b = await Bench.start();
  await b.upload('s.wav', 'no sound, but nobody listens');
  const graph = {
    1: { class_type: 'LoadAudio', inputs: { audio: 's.wav' } },
    2: { class_type: 'SaveAudio', inputs: { audio: ['1', 0], filename_prefix: 'audio/s' } },
    3: { class_type: 'PreviewAudio', inputs: { audio: ['1', 0] } },
  };
  const { output, bytes, type } = await saved(b, graph, '2');
  expect(output).toEqual({
    audio: [{ filename: 's_00001_.flac', subfolder: 'audio', type: 'output' }],
  });
  expect([bytes.toString('latin1', 0, 4), type]).toEqual(['fLaC', 'audio/x-flac']);
  expect((await saved(b, graph, '3')).output['audio']?.[0]?.type).toBe('temp');
});

test('an uploaded film goes through as it is', async () => {
  const b = await Bench.start();
  await b.upload('v.mp4', 'a film');
  const graph = {
    1: { class_type: 'LoadVideo', inputs: { file: 'v.mp4' } },
    2: {
      class_type: 'SaveVideo',
      inputs: { video: ['1', 0], filename_prefix: 'v', format: 'auto', codec: 'auto' },
    },
  };
  expect((await saved(b, graph, '2')).bytes.toString()).toBe('a film');
});
