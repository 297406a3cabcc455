import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dumps } from '../../src/emulator/comfyui/python/dumps.js';
import { loads } from '../../src/emulator/comfyui/python/loads.js';
import type { Py } from '../../src/emulator/comfyui/python/value.js';
import { pyEqual } from '../../src/emulator/comfyui/python/value.js';
import { Bench, turns } from './bench.js';

/** A sampler whose picture is saved: it has a seed, a float, a choice and a text. */
const sampler = (inputs: string) => `{"prompt": {
  "3": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 2, "cfg": 8, "sampler_name": "euler",
    "scheduler": "normal", "denoise": 1, "model": ["4", 0], "positive": ["6", 0],
    "negative": ["6", 0], "latent_image": ["5", 0], ${inputs}}},
  "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "v1-5-pruned-emaonly.safetensors"}},
  "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
  "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "猫 é", "clip": ["4", 1]}},
  "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
  "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "t"}}}}`;

/** What the queue shows of these inputs, as text. */
const shown = async (
  inputs: string,
  version: '0.3.64' | 'mid-2024' = '0.3.64',
): Promise<string> => {
  const b = await Bench.start({ version });
  const { text, status } = await b.post('/prompt', sampler(inputs));
  if (status !== 200) return text;
  await turns();
  return (await b.get('/queue')).text;
};

describe('values', () => {
  test('11: seeds are exact to 2^64-1, as number or as text; one more is too big', async () => {
    for (const seed of [
      '18446744073709551615',
      '"18446744073709551615"',
      '"1_8446744073709551615"',
    ])
      expect(await shown(`"seed": ${seed}`)).toContain('"seed": 18446744073709551615,');
    expect(await shown('"seed": 18446744073709551616')).toContain(
      'Value 18446744073709551616 bigger than max of 18446744073709551615',
    );
    expect(await shown('"seed": 1e19')).toContain('"seed": 10000000000000000000,');
  });

  test.each([
    ['a whole number is cut silently', '"steps": 3.7', '"steps": 3,'],
    ['a text with blanks is a number', '"steps": " 42 "', '"steps": 42,'],
    ['true is one', '"steps": true', '"steps": 1,'],
    [
      'a text with a point is no whole number',
      '"steps": "3.7"',
      "invalid literal for int() with base 10: '3.7'",
    ],
    ['null is none', '"steps": null', 'int() argument must be a string'],
    ['a float stays one', '"cfg": 2', '"cfg": 2.0,'],
    ['a text is a float', '"cfg": "2.5"', '"cfg": 2.5,'],
    ['a comma is none', '"cfg": "2,5"', "could not convert string to float: '2,5'"],
    ['not a number passes', '"cfg": "nan"', '"cfg": NaN,'],
    ['the last of equal keys counts', '"steps": 5, "steps": 6', '"steps": 6,'],
    ['unknown inputs are kept', '"what": 1', '"what": 1'],
    ['a choice matches by type', '"scheduler": 1', "scheduler: '1' not in ['simple'"],
    ['text that is not ASCII is escaped', '"what": 1', '"text": "\\u732b \\u00e9"'],
  ])('%s', async (_what, inputs, found) => {
    expect(await shown(inputs)).toContain(found);
  });

  test('12: the text "false" is true, and mid-2024 leaves it', async () => {
    const b = await Bench.start();
    const graph = (value: unknown) => ({
      1: { class_type: 'PrimitiveBoolean', inputs: { value } },
      2: { class_type: 'PreviewAny', inputs: { source: ['1', 0] } },
    });
    const said = async (value: unknown) =>
      (await b.run(graph(value))).prompt[2]['1']?.inputs['value'];
    expect([await said('false'), await said(''), await said(0)]).toEqual([true, false, false]);
    const before = await Bench.start({ version: 'mid-2024' });
    const discrete = {
      4: {
        class_type: 'CheckpointLoaderSimple',
        inputs: { ckpt_name: 'v1-5-pruned-emaonly.safetensors' },
      },
      5: {
        class_type: 'ModelSamplingDiscrete',
        inputs: { model: ['4', 0], sampling: 'eps', zsnr: 'false' },
      },
      6: { class_type: 'EmptyLatentImage', inputs: { width: 16, height: 16, batch_size: 1 } },
      7: { class_type: 'CLIPTextEncode', inputs: { text: 'x', clip: ['4', 1] } },
      8: {
        class_type: 'KSampler',
        inputs: {
          seed: 1,
          steps: 1,
          cfg: 1,
          sampler_name: 'euler',
          scheduler: 'normal',
          denoise: 1,
          model: ['5', 0],
          positive: ['7', 0],
          negative: ['7', 0],
          latent_image: ['6', 0],
        },
      },
      9: { class_type: 'SaveLatent', inputs: { samples: ['8', 0], filename_prefix: 'l' } },
    };
    expect((await before.run(discrete)).prompt[2]['5']?.inputs['zsnr']).toBe('false');
  });

  test('a text takes numbers, truth and null as Python prints them', async () => {
    const b = await Bench.start();
    const said = async (value: string): Promise<unknown> => {
      const { json } = await b.post(
        '/prompt',
        `{"prompt": {"1": {"class_type": "PrimitiveString", "inputs": {"value": ${value}}}, "2": {"class_type": "PreviewAny", "inputs": {"source": ["1", 0]}}}}`,
      );
      return (await b.ended(json.prompt_id)).outputs['2'];
    };
    expect(await said('12')).toEqual({ text: ['12'] });
    expect(await said('1.0')).toEqual({ text: ['1.0'] });
    expect(await said('true')).toEqual({ text: ['True'] });
    expect(await said('null')).toEqual({ text: ['None'] });
    expect(await said('{"__value__": ["a", 1]}')).toEqual({ text: ["['a', 1]"] });
  });

  test('a literal where a picture is wanted passes, and fails at run time', async () => {
    const b = await Bench.start();
    const entry = await b.run({
      2: { class_type: 'SaveImage', inputs: { images: 'no picture', filename_prefix: 't' } },
    });
    expect(entry.status.status_str).toBe('error');
    expect(entry.status.messages.at(-1)?.[1]).toMatchObject({
      exception_type: 'AttributeError',
      node_id: '2',
    });
  });

  test('JSON goes in and out as Python writes it, exact in every digit', () => {
    const values = fc.letrec<{ all: Py }>((tie) => ({
      all: fc.oneof(
        { maxDepth: 3 },
        fc.constant(null),
        fc.boolean(),
        fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }),
        fc.double({ noNaN: true }),
        fc.string({ unit: 'binary' }),
        fc.array(tie('all'), { maxLength: 4 }),
        fc
          .array(fc.tuple(fc.string({ unit: 'binary' }), tie('all')), { maxLength: 4 })
          .map((entries): Py => new Map(entries)),
      ),
    })).all;
    fc.assert(
      fc.property(values, (value) => {
        const text = dumps(value);
        expect(text).toMatch(/^[\x20-\x7e]*$/);
        expect(pyEqual(loads(text), value)).toBe(true);
        expect(dumps(loads(text))).toBe(text);
      }),
    );
    expect([1e16, 1e15, 1e-5, 0.0001, 1e22, 1.5e300, -0, NaN, Infinity].map(dumps)).toEqual([
      '1e+16',
      '1000000000000000.0',
      '1e-05',
      '0.0001',
      '1e+22',
      '1.5e+300',
      '-0.0',
      'NaN',
      'Infinity',
    ]);
  });
});
