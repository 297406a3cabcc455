import { describe, expect, test } from 'vitest';
import { Bench, G, turns, withInputs } from './bench.js';
import { comfyGraph } from '../support/comfy-server.js';

const slow = {
  runTime: { kind: 'constant', ms: 20_000 } as const,
  times: new Map([['EmptyImage', { kind: 'constant', ms: 60_000 } as const]]),
};

const seeded = (seed: number) => ({
  ...comfyGraph,
  3: { ...comfyGraph['3'], inputs: { ...comfyGraph['3'].inputs, seed } },
});

/** Submits and waits until the sampler is at work. */
const sampling = async (b: Bench, seed = 1): Promise<string> => {
  const id = await b.submit(seeded(seed), { client_id: 'me' });
  await b.until(() => b.emulator.queued().at(-1)?.fate === 'running');
  for (let step = 0; step < 12; step += 1) {
    await turns();
    b.clock.jump();
  }
  return id;
};

const lastMessage = async (b: Bench, id: string) => (await b.ended(id)).status.messages.at(-1);

describe('an interrupt', () => {
  test('15: of another prompt does nothing to the one that runs; mid-2024 stops what runs', async () => {
    const b = await Bench.start(slow);
    const id = await sampling(b);
    expect((await b.post('/interrupt', { prompt_id: 'another' })).status).toBe(200);
    expect((await b.ended(id)).status.status_str).toBe('success');
    const before = await Bench.start({ ...slow, version: 'mid-2024' });
    const stopped = await sampling(before);
    await before.post('/interrupt', { prompt_id: 'another' });
    expect((await lastMessage(before, stopped))?.[0]).toBe('execution_interrupted');
  });

  test.each([
    ['with the id', (id: string) => JSON.stringify({ prompt_id: id })],
    ['without one', () => '{}'],
    ['with an empty body', () => undefined],
    ['with a broken body', () => '{'],
  ])(
    '16: %s ends what runs as an error that tells of it, and the next one runs',
    async (_how, body) => {
      const b = await Bench.start(slow);
      const id = await sampling(b);
      const next = await b.submit(seeded(2));
      const { status, text } = await b.post('/interrupt', body(id));
      expect([status, text]).toEqual([200, '']);
      const entry = await b.ended(id);
      expect(entry.status).toMatchObject({ status_str: 'error', completed: false });
      expect(entry.status.messages.at(-1)).toEqual([
        'execution_interrupted',
        {
          prompt_id: id,
          node_id: '3',
          node_type: 'KSampler',
          executed: expect.arrayContaining(['4', '5']),
          timestamp: expect.any(Number),
        },
      ]);
      expect((await b.ended(next)).status.status_str).toBe('success');
      expect(b.emulator.queued()[0]?.fate).toBe('interrupted');
    },
  );

  test('of a list or null is 500; when nothing runs it does not hit the next prompt', async () => {
    const b = await Bench.start();
    expect((await b.post('/interrupt', [])).status).toBe(500);
    expect((await b.post('/interrupt', 'null')).status).toBe(500);
    await b.post('/interrupt', {});
    expect((await b.run(G)).status.status_str).toBe('success');
  });

  test('right behind the submit it gets lost', async () => {
    const b = await Bench.start(slow);
    const id = await b.submit(seeded(1));
    await turns();
    await b.post('/interrupt', { prompt_id: id });
    expect((await b.ended(id)).status.status_str).toBe('success');
  });

  test('a node without steps runs out, and the next node is stopped', async () => {
    const b = await Bench.start(slow);
    const id = await b.submit(G);
    await b.until(() => b.emulator.queued()[0]?.fate === 'running');
    for (let step = 0; step < 1; step += 1) {
      await turns();
      b.clock.jump();
    }
    await turns();
    await b.post('/interrupt', { prompt_id: id });
    expect((await lastMessage(b, id))?.[1]).toMatchObject({ node_id: '2', executed: ['1'] });
  });
});

describe('what fails', () => {
  test('17: a file that is no picture is uploaded, and loading it fails', async () => {
    const graph = {
      1: { class_type: 'LoadImage', inputs: { image: 'bad.png' } },
      2: G['2'],
    };
    const b = await Bench.start();
    expect((await b.upload('bad.png', 'no picture')).json).toEqual({
      name: 'bad.png',
      subfolder: '',
      type: 'input',
    });
    const id = await b.submit(graph);
    const [type, data] = (await lastMessage(b, id)) ?? [];
    expect(type).toBe('execution_error');
    expect(data).toMatchObject({
      node_id: '1',
      node_type: 'LoadImage',
      executed: [],
      exception_type: 'PIL.UnidentifiedImageError',
      exception_message: expect.stringMatching(/^cannot identify image file '.*bad\.png'\n$/),
      current_inputs: { image: ['bad.png'] },
      traceback: [expect.stringMatching(/^ {2}File ".*\n$/), expect.anything(), expect.anything()],
    });
    expect(Object.keys(data ?? {})).toEqual([
      ...['prompt_id', 'node_id', 'node_type', 'executed', 'exception_message', 'exception_type'],
      ...['traceback', 'current_inputs', 'current_outputs', 'timestamp'],
    ]);
    const before = await Bench.start({ version: 'mid-2024' });
    await before.upload('bad.png', 'no picture');
    expect((await lastMessage(before, await before.submit(graph)))?.[1]).toMatchObject({
      exception_type: 'UnboundLocalError',
      current_outputs: {},
    });
  });

  test('what finished before keeps its files, and memory that ran out is told with advice', async () => {
    const b = await Bench.start();
    const marked = (text: string) => ({
      ...comfyGraph,
      6: { ...comfyGraph['6'], inputs: { ...comfyGraph['6'].inputs, text } },
      20: G['1'],
      21: { ...G['2'], inputs: { ...G['2'].inputs, images: ['20', 0] } },
    });
    const entry = await b.run(marked('a cat [emulate:oom]'));
    expect(entry.status.messages.at(-1)?.[1]).toMatchObject({
      exception_type: 'torch.OutOfMemoryError',
      exception_message: expect.stringContaining(
        'This error means you ran out of memory on your GPU.\n\nTIPS:',
      ),
    });
    expect(Object.keys(entry.outputs)).toEqual(['21']);
    const tries = [];
    for (let attempt = 0; attempt < 3; attempt += 1)
      tries.push((await b.run(marked('a dog [emulate:fail-2]'))).status.status_str);
    expect(tries).toEqual(['error', 'error', 'success']);
  });

  test('a prefix that leads out of the folder, or is too long, fails at run time', async () => {
    const b = await Bench.start();
    for (const prefix of ['../x', '/etc/x', 'x'.repeat(300)]) {
      const entry = await b.run({
        ...G,
        2: { ...G['2'], inputs: { ...G['2'].inputs, filename_prefix: prefix } },
      });
      expect(entry.status.status_str).toBe('error');
    }
  });
});

describe('files of prompts', () => {
  test('a batch counts on, a slash in the prefix makes a folder, numbers go on from the highest', async () => {
    const b = await Bench.start();
    const save = (prefix: string, color: number, batch_size = 1) => ({
      1: withInputs({ color, batch_size })['1'],
      2: { ...G['2'], inputs: { ...G['2'].inputs, filename_prefix: prefix } },
    });
    const names = async (prefix: string, color: number, batch = 1) =>
      (await b.run(save(prefix, color, batch))).outputs['2']?.images;
    expect(await names('a/b/c', 1, 2)).toEqual([
      { filename: 'c_00001_.png', subfolder: 'a/b', type: 'output' },
      { filename: 'c_00002_.png', subfolder: 'a/b', type: 'output' },
    ]);
    expect(await names('a/b/c', 2)).toMatchObject([{ filename: 'c_00003_.png' }]);
    expect(await names('%width%x%height%', 3)).toMatchObject([{ filename: '16x16_00001_.png' }]);
    expect(await names('%date:yyyy%', 4)).toMatchObject([{ filename: '%date:yyyy%_00001_.png' }]);
  });

  test('a preview goes to temp, and a restart empties it', async () => {
    const b = await Bench.start();
    const entry = await b.run({
      ...G,
      2: { class_type: 'PreviewImage', inputs: { images: ['1', 0] } },
    });
    const file = entry.outputs['2']?.images[0];
    expect(file?.type).toBe('temp');
    expect(file?.filename).toMatch(/^ComfyUI_temp_[a-z]{5}_00001_\.png$/);
    expect((await b.get(`/view?filename=${file?.filename}&type=temp`)).status).toBe(200);
    await b.emulator.restart();
    expect((await b.get(`/view?filename=${file?.filename}&type=temp`)).status).toBe(404);
  });

  test('the graph and what the client gave stand in the picture', async () => {
    const b = await Bench.start();
    const entry = await b.run(G, { extra_data: { extra_pnginfo: { workflow: { name: '猫' } } } });
    const name = entry.outputs['2']?.images[0].filename;
    const { bytes } = await b.get(`/view?filename=${name}`);
    const text = bytes.toString('latin1');
    expect(text).toContain('tEXtprompt\0{"1": {"class_type": "EmptyImage", "inputs": {"width": 16');
    expect(text).toContain('tEXtworkflow\0{"name": "\\u732b"}');
  });

  test('/free empties the cache, and a changed input file is noticed', async () => {
    const b = await Bench.start();
    await b.run(G);
    await b.post('/free', { free_memory: true, unload_models: true });
    await turns();
    expect((await b.run(G)).outputs['2']?.images[0].filename).toBe('t_00002_.png');
    expect((await b.post('/free', [])).status).toBe(500);
  });

  test('only the results of the prompt before are kept', async () => {
    const b = await Bench.start();
    await b.run(withInputs({ color: 1 }));
    await b.run(withInputs({ color: 2 }));
    expect((await b.run(withInputs({ color: 1 }))).outputs['2']?.images[0].filename).toBe(
      't_00003_.png',
    );
  });
});

describe('history', () => {
  test('max_items gives the newest, oldest first; offset counts from the oldest', async () => {
    const b = await Bench.start();
    const ids: string[] = [];
    for (const color of [1, 2, 3, 4]) ids.push((await b.run(withInputs({ color }))).prompt[1]);
    expect(Object.keys(await b.history('?max_items=2'))).toEqual(ids.slice(2));
    expect(Object.keys(await b.history('?max_items=2&offset=1'))).toEqual(ids.slice(1, 3));
    expect((await b.get('/history?max_items=x')).status).toBe(500);
    await b.post('/history', { delete: [ids[0], 'nobody'] });
    expect(Object.keys(await b.history())).toEqual(ids.slice(1));
    expect((await b.post('/history', { clear: true })).text).toBe('');
    expect((await b.get('/history')).text).toBe('{}');
  });

  test('22: a restart forgets queue, history and counter, and keeps the files', async () => {
    const b = await Bench.start(slow);
    const entry = await b.run(G);
    await b.submit(withInputs({ color: 2 }));
    await b.submit(withInputs({ color: 3 }));
    await b.emulator.restart();
    expect((await b.get('/queue')).text).toBe('{"queue_running": [], "queue_pending": []}');
    expect((await b.get('/history')).text).toBe('{}');
    expect((await b.post('/prompt', { prompt: withInputs({ color: 4 }) })).json.number).toBe(0);
    const name = entry.outputs['2']?.images[0].filename;
    expect((await b.get(`/view?filename=${name}`)).status).toBe(200);
    expect(b.emulator.queued().map(({ life }) => life)).toEqual([1, 1, 1, 2]);
    expect(
      b.emulator
        .queued()
        .slice(0, 3)
        .map(({ fate }) => fate),
    ).toEqual(['success', 'lost', 'lost']);
  });

  test('keys to other services are in the queue and not in the history', async () => {
    const b = await Bench.start(slow);
    const extra_data = { api_key_comfy_org: 'secret', mine: 1 };
    const id = await b.submit(G, { extra_data });
    await turns();
    expect((await b.get('/queue')).json.queue_running[0][3]).toEqual(extra_data);
    expect((await b.ended(id)).prompt[3]).toEqual({ mine: 1 });
  });
});
