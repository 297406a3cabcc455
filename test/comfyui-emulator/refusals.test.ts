import { describe, expect, test } from 'vitest';
import { Bench, G, withInputs } from './bench.js';

const old = { version: 'mid-2024' } as const;
const widthConfig = ['INT', { default: 512, min: 1, max: 16384, step: 1 }];

/** The answer to one graph on a server of its own. */
const said = async (prompt: unknown, options = {}) =>
  (await Bench.start(options)).post('/prompt', { prompt });

describe('a refusal', () => {
  test('5: a number that is none, in the words of Python; it took a number all the same', async () => {
    const b = await Bench.start();
    const { status, json } = await b.post('/prompt', { prompt: withInputs({ width: 'abc' }) });
    expect(status).toBe(400);
    expect(json).toEqual({
      error: {
        type: 'prompt_outputs_failed_validation',
        message: 'Prompt outputs failed validation',
        details: '',
        extra_info: {},
      },
      node_errors: {
        1: {
          errors: [
            {
              type: 'invalid_input_type',
              message: 'Failed to convert an input value to a INT value',
              details: "width, abc, invalid literal for int() with base 10: 'abc'",
              extra_info: {
                input_name: 'width',
                input_config: widthConfig,
                received_value: 'abc',
                exception_message: "invalid literal for int() with base 10: 'abc'",
              },
            },
          ],
          dependent_outputs: ['2'],
          class_type: 'EmptyImage',
        },
      },
    });
    expect((await b.post('/prompt', { prompt: G })).json.number).toBe(1);
  });

  test('6: out of range', async () => {
    const { json, text } = await said(withInputs({ width: 0 }));
    expect(json.node_errors['1']?.errors).toEqual([
      {
        type: 'value_smaller_than_min',
        message: 'Value 0 smaller than min of 1',
        details: 'width',
        extra_info: { input_name: 'width', input_config: widthConfig, received_value: 0 },
      },
    ]);
    expect(text).toContain(
      '"extra_info": {"input_name": "width", "input_config": ["INT", {"default"',
    );
    const big = await said(withInputs({ width: 99999 }));
    expect(big.json.node_errors['1']?.errors[0]).toMatchObject({
      type: 'value_bigger_than_max',
      message: 'Value 99999 bigger than max of 16384',
    });
  });

  test('7: an unknown class, and one that is missing, in three versions', async () => {
    const unknown = { 1: { class_type: 'Nope', inputs: {} } };
    const error = {
      type: 'invalid_prompt',
      message: 'Cannot execute because node Nope does not exist.',
      details: "Node ID '#1'",
      extra_info: {},
    };
    expect((await said(unknown)).json).toEqual({ error, node_errors: {} });
    expect((await said(unknown, old)).json).toEqual({ error, node_errors: [] });
    expect((await said({ 1: { inputs: {} } })).json.error.message).toBe(
      'Cannot execute because a node is missing the class_type property.',
    );
    const titled = { 1: { ...unknown[1], _meta: { title: 'Mine' } } };
    expect((await said(titled, { version: '2026' })).json.error).toEqual({
      type: 'missing_node_type',
      message: "Node 'Mine' not found. The custom node may not be installed.",
      details: "Node ID '#1'",
      extra_info: { node_id: '1', class_type: 'Nope', node_title: 'Mine' },
    });
  });

  test('8: no prompt, and a body that is no JSON, which takes no number', async () => {
    const b = await Bench.start();
    const error = {
      type: 'no_prompt',
      message: 'No prompt provided',
      details: 'No prompt provided',
      extra_info: {},
    };
    for (const body of ['{}', '[]', '"x"', JSON.stringify(G)])
      expect((await b.post('/prompt', body)).json).toEqual({ error, node_errors: {} });
    const broken = await b.post('/prompt', '{');
    expect([broken.status, broken.text]).toEqual([
      500,
      '500 Internal Server Error\n\nServer got itself in trouble',
    ]);
    expect(broken.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect((await b.post('/prompt', { prompt: G })).json.number).toBe(4);
    const before = await Bench.start(old);
    expect((await before.post('/prompt', '{}')).text).toBe(
      '{"error": "no prompt", "node_errors": []}',
    );
  });

  test.each([
    ['null', null],
    ['a list', [1]],
    ['a text', 'x'],
    ['a node that is null', { 1: null }],
    ['a graph of the editor', { last_node_id: 9, nodes: [], links: [], version: 0.4 }],
  ])('a prompt that is %s is 500', async (_what, prompt) => {
    expect((await said(prompt)).status).toBe(500);
  });

  test('a byte order mark and what is no UTF-8 are 500', async () => {
    const b = await Bench.start();
    const body = Buffer.from(JSON.stringify({ prompt: G }));
    expect((await b.post('/prompt', Buffer.concat([Buffer.from('\ufeff'), body]))).status).toBe(
      500,
    );
    expect((await b.post('/prompt', Buffer.concat([body, Buffer.from([0xff])]))).status).toBe(500);
  });

  test('no outputs, also of an empty graph', async () => {
    for (const prompt of [{}, { 1: G['1'] }])
      expect((await said(prompt)).json).toEqual({
        error: {
          type: 'prompt_no_outputs',
          message: 'Prompt has no outputs',
          details: '',
          extra_info: {},
        },
        node_errors: {},
      });
  });

  test('9: links that lead nowhere raise while they are checked', async () => {
    const link = async (images: unknown) =>
      (await said({ ...G, 2: { ...G['2'], inputs: { images, filename_prefix: 't' } } })).json;
    const raised = async (images: unknown) => (await link(images)).node_errors['2']?.errors[0];
    expect(await raised([1, 0])).toMatchObject({
      type: 'exception_during_validation',
      message: 'Exception when validating node',
      details: '1',
      extra_info: { exception_type: 'KeyError' },
    });
    expect(await raised(['99', 0])).toMatchObject({ details: "'99'" });
    expect(await raised(['1', 5])).toMatchObject({
      details: 'tuple index out of range',
      extra_info: { exception_type: 'IndexError' },
    });
    expect(await raised(['1'])).toEqual({
      type: 'bad_linked_input',
      message: 'Bad linked input, must be a length-2 list of [node_id, slot_index]',
      details: 'images',
      extra_info: { input_name: 'images', input_config: ['IMAGE', {}], received_value: ['1'] },
    });
    expect((await link(['1', 5])).error.details).toBe(
      'Exception when validating node: tuple index out of range',
    );
  });

  test('a node without inputs: an output raises, and so does one that feeds it', async () => {
    const bare = { class_type: 'SaveImage' };
    expect((await said({ ...G, 2: bare })).json.node_errors['2']?.errors[0]).toMatchObject({
      type: 'exception_during_validation',
      details: "'inputs'",
    });
    const { json } = await said({ ...G, 1: { class_type: 'EmptyImage' } });
    expect(json.node_errors['1']?.errors[0]).toMatchObject({
      type: 'exception_during_inner_validation',
      message: 'Exception when validating inner node',
      details: "'inputs'",
      extra_info: { input_name: 'images', linked_node: ['1', 0] },
    });
  });

  test('a cycle says nothing before 2026', async () => {
    const inputs = (from: string) => ({ image: [from, 0] });
    const cycle = {
      1: { class_type: 'ImageInvert', inputs: inputs('3') },
      3: { class_type: 'ImageInvert', inputs: inputs('1') },
      2: G['2'],
    };
    const { status, json } = await said(cycle);
    expect([status, json.error.details, json.node_errors]).toEqual([400, '', {}]);
    const newer = await said(cycle, { version: '2026' });
    expect(newer.json.node_errors['1']?.errors[0].type).toBe('dependency_cycle');
  });

  test('types that do not fit, in the words of both versions', async () => {
    const prompt = {
      1: {
        class_type: 'CheckpointLoaderSimple',
        inputs: { ckpt_name: 'v1-5-pruned-emaonly.safetensors' },
      },
      2: G['2'],
    };
    const { json } = await said(prompt);
    expect(json.node_errors['2']?.errors[0]).toEqual({
      type: 'return_type_mismatch',
      message: 'Return type mismatch between linked nodes',
      details: 'images, received_type(MODEL) mismatch input_type(IMAGE)',
      extra_info: {
        input_name: 'images',
        input_config: ['IMAGE', {}],
        received_type: 'MODEL',
        linked_node: ['1', 0],
      },
    });
    const before = (await said(prompt, old)).json.node_errors['2']?.errors[0];
    expect(before?.details).toBe('images, MODEL != IMAGE');
    expect(before?.extra_info['input_config']).toEqual(['IMAGE']);
  });

  test('choices: the whole list while it is short, its length where it is long; a model that is missing', async () => {
    const scaled = {
      ...G,
      3: {
        class_type: 'ImageScale',
        inputs: { image: ['1', 0], upscale_method: 'zzz', width: 8, height: 8, crop: 'disabled' },
      },
      2: { ...G['2'], inputs: { images: ['3', 0], filename_prefix: 't' } },
    };
    expect((await said(scaled)).json.node_errors['3']?.errors[0].details).toBe(
      "upscale_method: 'zzz' not in ['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos']",
    );
    const missing = {
      1: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'gone.safetensors' } },
      5: { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 1 } },
      6: { class_type: 'CLIPTextEncode', inputs: { text: 'x', clip: ['1', 1] } },
      3: {
        class_type: 'KSampler',
        inputs: {
          seed: 1,
          steps: 2,
          cfg: 8,
          sampler_name: 'zzz',
          scheduler: 'normal',
          denoise: 1,
          model: ['1', 0],
          positive: ['6', 0],
          negative: ['6', 0],
          latent_image: ['5', 0],
        },
      },
      8: { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['1', 2] } },
      9: { class_type: 'SaveImage', inputs: { images: ['8', 0], filename_prefix: 't' } },
    };
    const { node_errors } = (
      await said(missing, { models: new Map([['checkpoints', ['here.safetensors']]]) })
    ).json;
    expect(node_errors['1']?.errors[0]).toMatchObject({
      type: 'value_not_in_list',
      message: 'Value not in list',
      details: "ckpt_name: 'gone.safetensors' not in ['here.safetensors']",
    });
    expect(node_errors['3']?.errors[0]).toMatchObject({
      details: "sampler_name: 'zzz' not in (list of length 42)",
      extra_info: { input_config: null, received_value: 'zzz' },
    });
  });

  test('what is missing is told with nothing but its name', async () => {
    const { json } = await said({ ...G, 1: { class_type: 'EmptyImage', inputs: { width: 16 } } });
    expect(json.node_errors['1']?.errors).toContainEqual({
      type: 'required_input_missing',
      message: 'Required input is missing',
      details: 'height',
      extra_info: { input_name: 'height' },
    });
  });

  test('10: the good outputs run, the bad ones are told and dropped', async () => {
    const b = await Bench.start();
    const mixed = {
      ...G,
      3: { class_type: 'EmptyImage', inputs: { ...G['1'].inputs, width: 0 } },
      4: { class_type: 'SaveImage', inputs: { images: ['3', 0], filename_prefix: 'bad' } },
    };
    const { status, json } = await b.post('/prompt', { prompt: mixed });
    expect([status, Object.keys(json.node_errors)]).toEqual([200, ['3']]);
    const entry = await b.ended(json.prompt_id);
    expect(Object.keys(entry.outputs)).toEqual(['2']);
    expect(entry.prompt[4]).toEqual(['2']);
    expect(entry.status.status_str).toBe('success');
  });
});
