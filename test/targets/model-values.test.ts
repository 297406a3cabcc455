import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key } from '../support/project.js';

const start = projects();
const path = 'rhart-image/edit-1/image-to-image';
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const gif = Buffer.from('474946383961', 'hex');
const mp3 = Buffer.from('49443304000000000000', 'hex');
const shared = new Map([[key, { coins: 0, money: 50, apiType: 'SHARED' as const }]]);

type Param = Readonly<Record<string, unknown>>;

const withParams = async (
  params: readonly Param[],
  set: string,
  files: Readonly<Record<string, Buffer | string>> = {},
): Promise<Project> => {
  const description = JSON.stringify({ endpoint: path, params });
  const p = await start({
    emulator: { keys: shared, models: new Map([[path, description]]) },
    files: { 'a.png': png, 'model.json': description, ...files },
  });
  p.write(
    'manifest.yaml',
    `version: 1\nmodel: ${path}\nparameters: model.json\n${set === '' ? '' : `set: ${set}\n`}`,
  );
  return p;
};

const bodies = (p: Project): Record<string, unknown>[] =>
  p.service.bill().map(({ request }) => JSON.parse(request) as Record<string, unknown>);

const sample = { type: 'STRING', required: true, defaultValue: 'a sample that costs money' };

test.each<[string, Param, string]>([
  ['a prompt', { fieldKey: 'prompt', ...sample }, 'prompt'],
  ['any other text', { fieldKey: 'voice_id', ...sample }, 'voice_id'],
  [
    'a picture',
    { fieldKey: 'imageUrl', ...sample, type: 'IMAGE', defaultValue: 'https://example.com/a.png' },
    'imageUrl',
  ],
  [
    'a list of pictures',
    {
      fieldKey: 'imageUrls',
      ...sample,
      type: 'IMAGE',
      multipleInputs: true,
      defaultValue: 'https://example.com/a.png',
    },
    'imageUrls',
  ],
  ["a text in the documentation's own words", { key: 'text', ...sample, default: 'x' }, 'text'],
])('%s that nobody gave is an error, whatever its sample says', async (_name, param, name) => {
  const steps = { fieldKey: 'steps', type: 'INT', required: true, defaultValue: 8 };
  const p = await withParams([param, steps], '{ model.steps: 4 }');
  for (const command of ['validate', 'plan', 'apply'] as const) {
    const ended = await (command === 'apply' ? p.apply() : p.run(command));
    expect(ended.exit).toBe(2);
    expect(ended.err).toContain(`nothing gives "model.${name}" a value, and it needs one`);
  }
  expect(bodies(p)).toEqual([]);
});

test('a prompt that is blank in one row is forgotten there', async () => {
  const p = await withParams([{ fieldKey: 'prompt', ...sample }], '');
  p.write('rows.csv', 'model.prompt\na fox\n"  "\n');
  p.write(
    'manifest.yaml',
    `version: 1\nmodel: ${path}\nparameters: model.json\nmatrix: { rows: rows.csv }\n`,
  );
  const ended = await p.apply();
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain('"model.prompt" needs a value in every run');
  expect(bodies(p)).toEqual([]);
});

test('numbers, switches and lists keep their default; empty texts and "empty" are not sent', async () => {
  const p = await withParams(
    [
      { fieldKey: 'prompt', ...sample },
      { fieldKey: 'steps', type: 'INT', required: true, defaultValue: 8 },
      { fieldKey: 'strength', type: 'FLOAT', required: true, defaultValue: '0.5' },
      { fieldKey: 'enhance', type: 'BOOLEAN', required: true, defaultValue: true },
      {
        fieldKey: 'ratio',
        type: 'LIST',
        required: true,
        defaultValue: '1:1',
        options: [{ value: '1:1' }, { value: '16:9' }],
      },
      {
        fieldKey: 'size',
        type: 'LIST',
        defaultValue: 'empty',
        options: [{ value: 'empty' }, { value: '1k' }],
      },
      {
        fieldKey: 'style',
        type: 'LIST',
        options: [{ value: 'empty' }, { value: 'flat' }],
      },
      { fieldKey: 'negative', type: 'STRING', defaultValue: 'a sample' },
      { fieldKey: 'imageUrl', type: 'IMAGE' },
      { fieldKey: 'imageUrls', type: 'IMAGE', multipleInputs: false },
    ],
    '{ model.prompt: a fox, model.negative: "", model.style: empty, model.imageUrl: "", model.imageUrls: [""] }',
  );
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(bodies(p)).toEqual([
    { prompt: 'a fox', steps: 8, strength: 0.5, enhance: true, ratio: '1:1' },
  ]);
});

test('a field that takes several goes out as a list, however many were given', async () => {
  const p = await withParams(
    [
      { fieldKey: 'imageUrls', type: 'IMAGE', required: true, multipleInputs: false },
      { fieldKey: 'elementReferList', type: 'IMAGE', multipleInputs: true, maxInputNum: 3 },
      { fieldKey: 'pronunciation', type: 'STRING', multipleInputs: true, maxInputNum: 2 },
      { fieldKey: 'videos', type: 'VIDEO' },
    ],
    '{ model.imageUrls: a.png, model.elementReferList: "https://example.com/b.png", model.pronunciation: ASAP/as soon as possible, model.videos: "asset://asset-1" }',
  );
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(bodies(p)).toEqual([
    {
      imageUrls: [expect.stringMatching(/^http.*\.png\?/)],
      elementReferList: ['https://example.com/b.png'],
      pronunciation: ['ASAP/as soon as possible'],
      videos: ['asset://asset-1'],
    },
  ]);
});

test('asset:// and data: go out as they were written', async () => {
  const data = `data:image/png;base64,${png.toString('base64')}`;
  const p = await withParams(
    [
      { fieldKey: 'firstUrl', type: 'IMAGE', required: true },
      { fieldKey: 'lastUrl', type: 'IMAGE', required: true },
    ],
    `{ model.firstUrl: "asset://asset-20260928", model.lastUrl: "${data}" }`,
  );
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(bodies(p)).toEqual([{ firstUrl: 'asset://asset-20260928', lastUrl: data }]);
  expect(p.service.stats().requests['uploadV2']).toBeUndefined();
});

const film = Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex');
const large = Buffer.alloc(40 * 1024 * 1024);
png.copy(large);

test('the size of a file is held against its own field, and against 30 MB where none is told', async () => {
  const p = await withParams(
    [
      { fieldKey: 'smallUrl', type: 'IMAGE', maxSize: 5 },
      { fieldKey: 'largeUrl', type: 'IMAGE', maxSize: 50 },
      { fieldKey: 'plainUrl', type: 'IMAGE' },
    ],
    '{ model.smallUrl: b.png, model.largeUrl: c.png, model.plainUrl: c.png }',
    { 'b.png': large.subarray(0, 6 * 1024 * 1024), 'c.png': large },
  );
  const ended = await p.run('validate');
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain('b.png has 6.0 MB, the service takes at most 5.0 MB');
  expect(ended.err).toContain('c.png has 40.0 MB, the service takes at most 30.0 MB');
  expect(ended.err.match(/takes at most/g)).toHaveLength(2);
});

test('a file above 30 MB goes out where its field takes as much', async () => {
  const p = await withParams(
    [{ fieldKey: 'videoUrl', type: 'VIDEO', required: true, maxSize: 500 }],
    '{ model.videoUrl: c.mp4 }',
    { 'c.mp4': Buffer.concat([film, Buffer.alloc(31 * 1024 * 1024)]) },
  );
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(bodies(p)).toEqual([{ videoUrl: expect.stringMatching(/^http.*\.mp4\?/) as string }]);
});

test('what the private list calls payload_as_list goes out as a list, too', async () => {
  const p = await withParams(
    [{ fieldKey: 'conversionSlots', type: 'STRING', required: true, payload_as_list: true }],
    '{ model.conversionSlots: image }',
  );
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(bodies(p)).toEqual([{ conversionSlots: ['image'] }]);
});

test('files of another type, too many of them, and texts too long are told before anything is sent', async () => {
  const p = await withParams(
    [
      { fieldKey: 'prompt', type: 'STRING', required: true, maxLength: 5 },
      { fieldKey: 'note', type: 'STRING', minLength: 4 },
      { fieldKey: 'imageUrl', type: 'IMAGE', accept: '["JPG","PNG"]' },
      { fieldKey: 'otherUrl', type: 'IMAGE', accept: '["JPEG","GIF"]' },
      { fieldKey: 'imageUrls', type: 'IMAGE', multipleInputs: true, maxInputNum: 2 },
      { fieldKey: 'audioUrl', type: 'AUDIO', accept: '["WAV"]' },
    ],
    '{ model.prompt: "👩‍🚀 and a fox", model.note: abc, model.imageUrl: b.gif, model.otherUrl: b.gif, model.imageUrls: [a.png, a.png, a.png], model.audioUrl: c.mp3 }',
    { 'b.gif': gif, 'c.mp3': mp3 },
  );
  const ended = await p.run('validate');
  expect(ended.exit).toBe(2);
  for (const words of [
    'model.prompt takes at most 5 characters, not 13',
    'model.note takes at least 4 characters, not 3',
    'b.gif is an image (gif), model.imageUrl takes an image (jpg, png)',
    'model.imageUrls takes at most 2 values, not 3',
    'c.mp3 is an audio (mp3), model.audioUrl takes an audio (wav)',
  ])
    expect(ended.err).toContain(words);
  expect(ended.err).not.toContain('model.otherUrl takes');
});

test("a description in the documentation's own words serves as well", async () => {
  const docs = {
    endpoints: [
      {
        endpoint: path,
        title: '图生图',
        params: [
          { key: 'prompt', type: 'STRING', maxLength: 300, required: true },
          {
            key: 'imageUrls',
            type: 'ARRAY',
            itemType: 'string',
            description: 'imageUrls\n\n支持的文件格式：JPG, PNG.',
            required: true,
          },
          {
            key: 'resolution',
            type: 'LIST',
            options: ['1k', '2k'],
            default: '1k',
            required: true,
          },
          { key: 'seconds', type: 'NUMBER', default: 5, required: true },
          { key: 'hd', type: 'BOOL', default: false, required: true },
        ],
      },
    ],
  };
  const p = await withParams([], '{ model.prompt: a fox, model.imageUrls: a.png }', {
    'model.json': JSON.stringify(docs),
  });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(bodies(p)).toEqual([
    {
      prompt: 'a fox',
      imageUrls: [expect.stringMatching(/^http.*\.png\?/)],
      resolution: '1k',
      seconds: 5,
      hd: false,
    },
  ]);
  p.write('b.gif', gif);
  p.write(
    'manifest.yaml',
    `version: 1\nmodel: ${path}\nparameters: model.json\nset: { model.prompt: x, model.imageUrls: b.gif }\n`,
  );
  expect((await p.run('validate')).err).toContain('b.gif is an image (gif)');
});
