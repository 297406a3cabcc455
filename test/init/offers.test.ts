import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { Folder, keys } from './session.js';

const id = '1980237776367083521';
let folder: Folder;
afterEach(() => folder.close());
const open = (api: unknown, files: Readonly<Record<string, string>> = {}): Folder => {
  folder = new Folder({ 'api.json': JSON.stringify(api), ...files });
  return folder;
};
const header = (p: Folder): string => p.read('rows.csv').replace('\ufeff', '').split('\n')[0] ?? '';
const init = (p: Folder, ...more: string[]) => p.run(['init', 'api.json', '--id', id, ...more]);
/** Overrides of the only run, by node. */
const planned = async (p: Folder): Promise<Record<string, unknown>> => {
  const { out } = await p.run(['plan', '--json']);
  const { runs } = JSON.parse(out) as {
    runs: { overrides: { node: string; field: string; value: unknown }[] }[];
  };
  return Object.fromEntries(
    (runs[0]?.overrides ?? []).map(({ node, field, value }) => [`${node}.${field}`, value]),
  );
};

const node = (kind: string, inputs: object, title?: string): object => ({
  class_type: kind,
  inputs,
  ...(title === undefined ? {} : { _meta: { title } }),
});
const stockTitle = 'CLIP Text Encode (Prompt)';
/** As ComfyUI exports its first graph: both texts have one title. */
const stock = {
  '3': node(
    'KSampler',
    { seed: 42, steps: 20, positive: ['6', 0], negative: ['7', 0], latent_image: ['5', 0] },
    'KSampler',
  ),
  '5': node('EmptyLatentImage', { width: 512, height: 512, batch_size: 1 }, 'Empty Latent Image'),
  '6': node('CLIPTextEncode', { text: 'a fox' }, stockTitle),
  '7': node('CLIPTextEncode', { text: 'blurry' }, stockTitle),
};
/** Texts come from boxes, through a switch and a node that shows them. */
const boxes = {
  '1': node('Textbox', { text: 'a fox' }, 'Textbox'),
  '2': node('Textbox', { text: 'blurry' }, 'Textbox'),
  '3': node('Captioner', { prompt: 'describe the picture', ref_image: ['4', 0] }),
  '4': node('LoadImage', { image: 'a.png' }, 'Load Image'),
  '5': node('ImpactSwitch', { select: 1, input1: ['1', 0] }),
  '6': node('easy showAnything', { text: 'a fox', anything: ['5', 0] }, 'Show Any'),
  '7': node('CLIPTextEncode', { text: ['6', 0], clip: ['12', 0] }, stockTitle),
  '8': node('CLIPTextEncode', { text: ['2', 0], clip: ['12', 0] }, stockTitle),
  '9': node('ControlNetApplyAdvanced', { positive: ['7', 0], negative: ['8', 0], image: ['4', 0] }),
  '10': node('KSampler', { seed: 7, positive: ['9', 0], negative: ['9', 1] }),
  '11': node('ShowText|pysssss', { text: ['3', 0], text_0: 'a picture of a fox' }),
  '12': node('CLIPLoader', { clip_name: 'x' }),
};

test('prompts are found through boxes, switches and controls, and their columns are called by what they do', async () => {
  const p = open(boxes);
  const { exit, out } = await init(p);
  expect([exit, out.includes('1 run: 1 to run')]).toEqual([0, true]);
  expect(header(p)).toBe('positive prompt,Load Image.image');
  expect(p.read('manifest.yaml')).toContain(
    "ImpactSwitch/input1.text: ${{ matrix['positive prompt'] }}",
  );
  p.write('rows.csv', 'positive prompt,Load Image.image\na heron,https://a.b/c.png\n');
  expect(await planned(p)).toMatchObject({ '1.text': 'a heron' });
  p.write('rows.csv', 'positive prompt,Load Image.image\n,https://a.b/c.png\n');
  expect(await planned(p)).not.toHaveProperty('1.text');
});

test('an address that tells what the text does stays a column that binds itself', async () => {
  const p = open(stock);
  expect((await init(p)).exit).toBe(0);
  expect(header(p)).toBe('KSampler/positive.text');
  expect(p.read('manifest.yaml')).not.toContain('set:');
});

test('--vary takes the words "positive prompt" and "negative prompt"', async () => {
  const p = open(stock);
  const done = await init(p, '--vary', 'Positive prompt=a = b', '--vary', 'negative prompt');
  expect(done).toMatchObject({ exit: 0, err: '' });
  expect(p.read('rows.csv')).toBe('positive prompt,negative prompt\na = b,blurry\n');
  expect(await planned(p)).toMatchObject({ '6.text': 'a = b', '7.text': 'blurry' });
});

test('with several positive prompts each has a number, and the bare word is refused with them', async () => {
  const twice = {
    ...stock,
    '13': node('KSampler', { seed: 1, positive: ['16', 0], negative: ['7', 0] }, 'KSampler'),
    '16': node('CLIPTextEncode', { text: 'a hen' }, stockTitle),
  };
  const p = open(twice);
  const refused = await init(p, '--vary', 'positive prompt=x');
  expect(refused.exit).toBe(2);
  expect(refused.err).toMatch(/can be 2 fields[^]*positive prompt 1 [^]*positive prompt 2 /);
  expect((await init(p, '--vary', 'positive prompt 2=x')).exit).toBe(0);
  expect(await planned(p)).toEqual(expect.objectContaining({ '16.text': 'x' }));
});

test.each([
  ['init', ['init', 'api.json', '--id', id, '--vary', 'Positive Prompt.text=x']],
  ['init', ['init', 'api.json', '--id', id, '--vary', 'prompt=x']],
  ['run', ['run', 'api.json', '--id', id, '--emulator', '--set', 'Positive Prompt.text=x']],
  ['fields', ['fields', 'api.json', 'Positive Prompt.text']],
])('%s: in a stock graph the hint is the address that works: %j', async (_, argv) => {
  const p = open(stock);
  const { exit, err } = await p.run(argv);
  expect(exit).toBe(2);
  const hint = /the positive prompt of this graph is (\S+)/.exec(err)?.[1] ?? '';
  expect(hint).toBe('KSampler/positive.text');
  expect((await init(p, '--vary', `${hint}=x`)).exit).toBe(0);
  expect(await planned(p)).toMatchObject({ '6.text': 'x' });
});

test('a text that reaches both sides is the positive prompt: the other is made of nothing', async () => {
  const p = open({
    '1': node('CLIPTextEncode', { text: 'a fox', clip: ['9', 0] }, 'Text'),
    '2': node('ConditioningZeroOut', { conditioning: ['1', 0] }),
    '3': node('KSampler', { seed: 1, positive: ['1', 0], negative: ['2', 0] }),
    '9': node('CLIPLoader', { clip_name: 'x' }),
  });
  expect((await init(p)).exit).toBe(0);
  expect(header(p)).toBe('positive prompt');
});

test("a guider's conditioning is the positive prompt", async () => {
  const p = open({
    '1': node('CLIPTextEncode', { text: 'a fox', clip: ['9', 0] }, 'Text'),
    '2': node('FluxGuidance', { guidance: 3.5, conditioning: ['1', 0] }),
    '3': node('BasicGuider', { conditioning: ['2', 0] }),
    '4': node('SamplerCustomAdvanced', { guider: ['3', 0], noise: ['5', 0] }),
    '5': node('RandomNoise', { noise_seed: 3 }),
    '7': node('Captioner', { prompt: 'unused' }),
    '9': node('CLIPLoader', { clip_name: 'x' }),
  });
  expect((await init(p)).exit).toBe(0);
  expect(header(p)).toBe('positive prompt');
});

test('wires that go in a ring end', async () => {
  const p = open({
    '1': node('A', { text: 'x', positive: ['2', 0] }),
    '2': node('B', { text: 'y', any: ['1', 0] }),
  });
  expect((await init(p)).exit).toBe(0);
});

test('loaders that got no column are told, with the flag that makes one', async () => {
  const loaders = Object.fromEntries(
    Array.from({ length: 8 }, (_, at) => [
      String(at + 1),
      node('LoadImage', { image: `${at + 1}.png` }, `View ${at + 1}`),
    ]),
  );
  const p = open(loaders);
  const { exit, err } = await init(p);
  expect(exit).toBe(0);
  expect(err).toContain(
    '2 loaders have no column and keep their files: View 7.image (7.png), View 8.image (8.png)',
  );
  expect(err).toContain("--vary 'View 7.image'");
  const all = Object.values(loaders).flatMap((_, at) => ['--vary', `View ${at + 1}.image`]);
  expect(await init(p, '--force', ...all)).toMatchObject({ exit: 0, err: '' });
});

test('what a node only shows is not offered, and can still be named', async () => {
  const p = open(boxes);
  const session = p.sit(['init', 'api.json', '--id', id]);
  await session.sees('Which fields vary');
  session.types(keys.ctrlC);
  const { err } = await session.ended;
  expect(err).not.toMatch(/Show Any|ShowText/);
  expect((await init(p, '--vary', 'Show Any.text=x')).exit).toBe(0);
  expect(header(p)).toBe('Show Any.text');
});

test.each([
  ['few', {}],
  [
    'many',
    Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`5${at}`, node('X', { number: at }, `X ${at}`)]),
    ),
  ],
])('seeds come first, and the cursor stands on the first choice, of %s fields', async (_, more) => {
  const p = open({ ...stock, ...more });
  const session = p.sit(['init', 'api.json', '--id', id]);
  await session.sees('Which fields vary');
  await session.sees('KSampler.seed');
  await session.sees('KSampler/positive.text');
  // Down and up again: a list with a search takes the first blank for a search.
  session.types(keys.down, '\u001b[A', keys.space, keys.enter);
  const { exit } = await session.ended;
  expect(exit).toBe(0);
  expect(p.read('rows.csv')).toBe('KSampler.seed,KSampler/positive.text\n42,a fox\n');
});

test.each([
  [{}, 'rh-batch'],
  [{ npm_command: 'exec', npm_execpath: '/usr/lib/npm-cli.js' }, 'npx rh-batch'],
  [{ npm_execpath: '/usr/lib/pnpm.cjs' }, 'npx rh-batch'],
])('the next steps begin as this one was begun: %j', async (env, command) => {
  const p = open(stock);
  const { out } = await p.run(['init', 'api.json', '--id', id], { env });
  const steps = [...out.matchAll(/^ {2}(.*?rh-batch) (\w+)/gm)].map(([, by, what]) => [by, what]);
  expect(steps).toEqual([
    [command, 'plan'],
    [command, 'apply'],
    [command, 'apply'],
  ]);
});

const shared = fileURLToPath(new URL('../../../shared/workflows', import.meta.url));

describe.skipIf(!existsSync(shared))('real workflows', () => {
  test.each([
    [
      'ITELMN__runninghub_server__lmage_api.json',
      'positive prompt,Load Image.image',
      ['3.text', '32.image'],
    ],
    [
      'LLsetnow__RH_CLI__Qwen+单图编辑_api.json',
      'Load Image.image,TextEncodeQwenImageEditPlus (Positive).prompt',
      ['41.image', '68.prompt'],
    ],
    [
      'bobvinch__comfy-server__test.json',
      'positive prompt 1,positive prompt 2',
      ['19.text', '55.text'],
    ],
    ['fofr__cog-comfyui__sd15_txt2img.json', 'KSampler/positive.text', ['6.text']],
    [
      'fofr__cog-comfyui__controlnet_scribble.json',
      'positive prompt,Load Image.image',
      ['6.text', '11.image'],
    ],
    [
      'SaladTechnologies__comfyui-api__sd1.5-parallel-3.json',
      'positive prompt 1,positive prompt 2,positive prompt 3',
      ['22.text', '30.text', '37.text'],
    ],
    [
      'arten331__runpod-comfy-longcat-avatar-1-5__workflow_api.json',
      'LongCat_Video_SM_Encode.prompt,LoadImage.image,LoadAudio.audio',
      [],
    ],
  ])('%s: %s', async (name, columns, fields) => {
    const p = open({});
    p.write('api.json', readFileSync(join(shared, name)));
    const { exit, err } = await init(p);
    expect([exit, err.includes('error:')]).toEqual([0, false]);
    expect(header(p)).toBe(columns);
    if (fields.length > 0) expect(Object.keys(await planned(p)).sort()).toEqual(fields.sort());
  });
});
