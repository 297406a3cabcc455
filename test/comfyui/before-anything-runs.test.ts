import { expect, test } from 'vitest';
import { batches, graph } from './servers.js';

const batch = batches();

const scaled = {
  ...graph,
  '3': {
    class_type: 'ImageScale',
    inputs: { image: ['1', 0], upscale_method: 'area', width: 8, height: 8, crop: 'disabled' },
  },
  '4': { class_type: 'SaveImage', inputs: { images: ['3', 0], filename_prefix: 'u' } },
};

test('unknown nodes, values that are not in a list and numbers out of range are told before anything runs', async () => {
  const { p, server } = await batch({
    api: {
      ...scaled,
      '9': { class_type: 'ImageScail', inputs: {} },
    },
    runs: 'matrix: { rows: rows.csv }',
    files: {
      'rows.csv': 'ImageScale.upscale_method,EmptyImage.width\nbilinnear,16\nbilinear,0\n',
    },
  });
  const { exit, err } = await p.apply();
  expect(exit).toBe(2);
  expect(server.queued).toEqual([]);
  expect(err).toContain('has no node "ImageScail"');
  expect(err).toContain('did you mean "ImageScale"');
  expect(err).toContain('rows.csv:2');
  expect(err).toContain('did you mean "bilinear"');
  expect(err).toContain('rows.csv:3');
  expect(err).toContain('0 is smaller than 1');
});

test('a value of the file counts only where some run leaves it as it is', async () => {
  const api = structuredClone(scaled);
  api['3'].inputs.upscale_method = 'gone';
  const all = await batch({
    api,
    runs: 'matrix: { m: [area, bilinear] }\nset: { ImageScale.upscale_method: "${{ m }}" }',
  });
  expect((await all.p.apply()).exit).toBe(0);
  const none = await batch({ api });
  const { exit, err } = await none.p.apply();
  expect(exit).toBe(2);
  expect(err).toContain('"gone" is none of what the server has for it');
  expect(none.server.queued).toEqual([]);
});

test('a missing input and a graph without an output are told before anything runs', async () => {
  const { p, server } = await batch({
    api: { ...graph, '2': { class_type: 'SaveImage', inputs: { images: ['1', 0] } } },
  });
  const { exit, err } = await p.apply();
  expect(exit).toBe(2);
  expect(err).toContain('lacks the input "filename_prefix"');
  p.write('api.json', JSON.stringify({ '1': graph['1'] }));
  const bare = await p.apply();
  expect(bare.exit).toBe(2);
  expect(bare.err).toContain('no output node');
  expect(server.queued).toEqual([]);
});

test('nodes that feed no output, and tables with NaN in them, are no mistakes', async () => {
  const { p } = await batch({
    api: { ...graph, '9': { class_type: 'Odd', inputs: { choice: 'gone' } } },
    servers: [
      {
        nodes: {
          Odd: {
            input: { required: { choice: [['a']], x: ['FLOAT', { default: 'NAN' }] } },
            output: ['*'],
            output_node: false,
          },
        },
      },
    ],
  });
  expect((await p.apply()).exit).toBe(0);
});

test('coins, credentials in an address and a pasted key are refused with what to write instead', async () => {
  const { p, server } = await batch({ keys: 'budget: { coins: 10 }' });
  const coins = await p.run('validate');
  expect(coins.exit).toBe(2);
  expect(coins.err).toContain('"budget.coins" means nothing for "server"');
  const withServer = (address: string): void =>
    p.write('manifest.yaml', `version: 1\nserver: ${address}\napi: api.json\n`);
  withServer('http://ann:geheim-42@127.0.0.1:8188');
  const named = await p.run('validate');
  expect(named.exit).toBe(2);
  expect(named.err).toContain('COMFYUI_PASSWORD');
  expect(named.err).not.toContain('geheim');
  withServer('127.0.0.1:8188');
  const bare = await p.run('validate');
  expect(bare.exit).toBe(2);
  expect(bare.err).toContain('server: http://127.0.0.1:8188');
  withServer(`https://www.runninghub.cn/proxy/${'0123456789abcdef'.repeat(2)}`);
  const pasted = await p.run('validate');
  expect(pasted.exit).toBe(2);
  expect(pasted.err).not.toContain('0123456789abcdef');
  expect(server.requests).toEqual([]);
});
