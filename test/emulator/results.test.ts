import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { encodeGlb } from '../../src/emulator/media/glb.js';
import { sizeOf } from '../../src/emulator/media/png.js';
import type { Bench } from './client.js';
import { bench, textToImage, workflowId } from './client.js';

/** The one file of a workflow whose last node is of this class. */
const fileOf = async (classType: string): Promise<{ type: string; bytes: Buffer }> => {
  const graph = textToImage.replace('"SaveImage"', `"${classType}"`);
  const b = await bench({ workflows: new Map([[workflowId, graph]]) });
  const id = await b.taskId([['5', 'batch_size', 2]]);
  b.emulator.finish(id);
  const { data } = (await b.outputs(id)).json;
  return { type: data[0].fileType, bytes: (await b.get(data[0].fileUrl)).bytes };
};

interface Gltf {
  readonly bufferViews: readonly [View, View];
  readonly accessors: readonly [{ readonly count: number }, { readonly count: number }];
  readonly buffers: readonly [{ readonly byteLength: number }];
}

interface View {
  readonly byteOffset: number;
  readonly byteLength: number;
}

describe('nodes', () => {
  test.each([
    ['SaveGLB', 'glb', 'glTF'],
    ['Preview3D', 'glb', 'glTF'],
    ['Hy3DExportMesh', 'glb', 'glTF'],
    ['SaveImagesZip', 'zip', 'PK'],
    ['SaveAudio', 'wav', 'RIFF'],
    ['SaveAudioMP3', 'wav', 'RIFF'],
    ['SaveVideo', 'mp4', '\0\0\0'],
    ['SaveText', 'txt', 'An emulated answer'],
  ])('%s makes a %s', async (classType, type, start) => {
    const file = await fileOf(classType);
    expect(file.type).toBe(type);
    expect(file.bytes.toString('latin1').startsWith(start)).toBe(true);
  });

  test('an archive holds the pictures of the batch, as its directory says', async () => {
    const { bytes } = await fileOf('SaveImagesZip');
    const entries: string[] = [];
    for (let at = bytes.readUInt32LE(bytes.length - 6); at < bytes.length - 22;) {
      const [size, length] = [bytes.readUInt32LE(at + 24), bytes.readUInt16LE(at + 28)];
      const local = bytes.readUInt32LE(at + 42);
      const name = bytes.toString('utf8', at + 46, at + 46 + length);
      const content = bytes.subarray(local + 30 + length, local + 30 + length + size);
      expect(bytes.toString('latin1', local + 30, local + 30 + length)).toBe(name);
      expect(sizeOf(content)).toEqual({ width: 96, height: 64 });
      entries.push(name);
      at += 46 + length;
    }
    expect(entries).toEqual(['00001.png', '00002.png']);
  });

  test('a 3-D file is whole: its lengths fit, and its indices name its points', () => {
    const glb = encodeGlb(7);
    expect([glb.readUInt32LE(4), glb.readUInt32LE(8)]).toEqual([2, glb.length]);
    const length = glb.readUInt32LE(12);
    const about = JSON.parse(glb.toString('utf8', 20, 20 + length)) as Gltf;
    const binary = glb.subarray(20 + length + 8);
    expect(glb.readUInt32LE(20 + length)).toBe(binary.length);
    const { bufferViews, accessors, buffers } = about;
    const [points, indices] = bufferViews;
    expect(points.byteLength).toBe(accessors[0].count * 12);
    expect(indices.byteOffset + indices.byteLength).toBe(buffers[0].byteLength);
    for (let at = 0; at < accessors[1].count; at += 1)
      expect(binary.readUInt16LE(indices.byteOffset + at * 2)).toBeLessThan(accessors[0].count);
    expect(encodeGlb(8)).not.toEqual(glb);
  });
});

const run = async (b: Bench, path: string, body: object): Promise<unknown> => {
  const { taskId } = (await b.bearer(`/openapi/v2/${path}`, body)).json;
  b.emulator.finish(taskId);
  return (await b.bearer('/openapi/v2/query', { taskId })).json.results;
};

describe('standard models', () => {
  const link = expect.stringMatching(/^http/);
  test.each([
    ['rhart-image/text-to-image', 'png', null],
    ['rhart-video-s-official/text-to-video', 'mp4', null],
    ['rhart-audio/text-to-audio/music-2.5', 'wav', null],
    ['hunyuan3d-v3.1/text-to-3d', 'glb', null],
    ['rhart-text-g-3-pro-preview/text-to-text', 'txt', 'An emulated answer to: a fox\n'],
  ])('%s gives %s', async (path, type, text) => {
    const b = await bench();
    expect(await run(b, path, { prompt: 'a fox' })).toEqual([
      { url: text === null ? link : null, outputType: type, nodeId: '9', text },
    ]);
  });

  test.each([
    ['image', 'png'],
    ['video', 'mp4'],
    ['audio', 'wav'],
    ['3d', 'glb'],
    ['string', 'txt'],
  ])('that say "%s" give %s, whatever their path says', async (output_type, type) => {
    const models = new Map([['some/model', JSON.stringify({ output_type, params: [] })]]);
    const b = await bench({ models });
    expect(await run(b, 'some/model', { prompt: 'a fox' })).toMatchObject([{ outputType: type }]);
  });

  const registry = fileURLToPath(
    new URL('../../../shared/models/model-registry.public.json', import.meta.url),
  );
  test.skipIf(!existsSync(registry))(
    'every model of the public registry gives what the registry says',
    async () => {
      const published = JSON.parse(readFileSync(registry, 'utf8')) as {
        models: { endpoint: string; output_type: string; params: Parameter[] }[];
      };
      const models = new Map(
        published.models.map((model) => [model.endpoint, JSON.stringify(model)]),
      );
      const b = await bench({ models, account: 'enterprise-shared' });
      const wrong: string[] = [];
      const types = { image: 'png', video: 'mp4', audio: 'wav', '3d': 'glb', string: 'txt' };
      for (const { endpoint, output_type, params } of published.models) {
        const { taskId, errorCode } = (await b.bearer(`/openapi/v2/${endpoint}`, bodyOf(params)))
          .json;
        b.emulator.finish(taskId);
        const { results } = (await b.bearer('/openapi/v2/query', { taskId })).json;
        const type = (results as readonly { outputType: string }[] | null)?.[0]?.outputType;
        if (type !== types[output_type as keyof typeof types])
          wrong.push(`${endpoint}: ${String(type)}, ${errorCode}`);
      }
      expect(wrong).toEqual([]);
    },
  );
});

interface Parameter {
  readonly fieldKey: string;
  readonly type: string;
  readonly required: boolean;
  readonly defaultValue?: unknown;
  readonly min?: number;
  readonly options?: readonly { readonly value: string }[];
}

/** What is required, as official nodes send it. */
const bodyOf = (params: readonly Parameter[]): object =>
  Object.fromEntries(
    params
      .filter(({ required, fieldKey }) => required || fieldKey === 'prompt')
      .map((param) => [param.fieldKey, valueOf(param)]),
  );

const valueOf = ({ fieldKey, type, min, options, defaultValue }: Parameter): unknown => {
  const link = 'https://example.com/file';
  switch (type) {
    case 'LIST':
      return options?.[0]?.value;
    case 'INT':
    case 'FLOAT':
      return defaultValue ?? min ?? 1;
    case 'BOOLEAN':
      return true;
    case 'STRING':
      return 'a fox';
    default:
      return /Urls$/.test(fieldKey) || fieldKey === 'videos' ? [link] : link;
  }
};
