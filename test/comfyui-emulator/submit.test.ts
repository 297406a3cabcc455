import { describe, expect, test } from 'vitest';
import { Bench, G, turns, withInputs } from './bench.js';

const U = '3f9c0a1b-2c3d-4e5f-8a6b-7c8d9e0f1a2b';

/** EmptyImage that takes so long that others wait. */
const slow = {
  times: new Map([['EmptyImage', { kind: 'constant', ms: 60_000 } as const]]),
};

const old = { version: 'mid-2024' } as const;

describe('a submit', () => {
  test('1: gets an id, a number and an empty object; the history is empty until it ended', async () => {
    const b = await Bench.start();
    const { status, text, json, headers } = await b.post('/prompt', { prompt: G });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    // As Python writes it, blanks included.
    expect(text).toMatch(/^\{"prompt_id": "[0-9a-f-]{36}", "number": 0, "node_errors": \{\}\}$/);
    expect((await b.get(`/history/${json.prompt_id}`)).text).toBe('{}');
    const entry = await b.ended(json.prompt_id);
    expect(Object.keys(entry)).toEqual(['prompt', 'outputs', 'status', 'meta']);
    expect(entry.outputs).toEqual({
      2: { images: [{ filename: 't_00001_.png', subfolder: '', type: 'output' }] },
    });
    expect(entry.prompt).toEqual([0, json.prompt_id, G, {}, ['2']]);
    expect(entry.status).toMatchObject({ status_str: 'success', completed: true });
    expect(entry.status.messages.map(([type]) => type)).toEqual([
      'execution_start',
      'execution_cached',
      'execution_success',
    ]);
    expect(entry.meta['2']).toEqual({
      node_id: '2',
      display_node: '2',
      parent_node: null,
      real_node_id: '2',
    });
  });

  test('1 in mid-2024: no meta, no times, no success message', async () => {
    const b = await Bench.start(old);
    const entry = await b.run(G);
    expect(Object.keys(entry)).toEqual(['prompt', 'outputs', 'status']);
    expect(entry.status.messages).toEqual([
      ['execution_start', { prompt_id: entry.prompt[1] }],
      ['execution_cached', { nodes: [], prompt_id: entry.prompt[1] }],
    ]);
  });

  test.each(['0.3.64', 'mid-2024'] as const)(
    '2: the same again is another prompt with the same file, all of it cached (%s)',
    async (version) => {
      const b = await Bench.start({ version });
      const first = await b.run(G);
      const { json } = await b.post('/prompt', { prompt: G });
      expect(json.number).toBe(1);
      const second = await b.ended(json.prompt_id);
      expect(second.prompt[1]).not.toBe(first.prompt[1]);
      expect(second.outputs).toEqual(first.outputs);
      const [, cached] = second.status.messages[1]!;
      expect(cached['nodes']).toEqual(expect.arrayContaining(['1', '2']));
      expect(b.emulator.files.names('output', '')).toEqual(['t_00001_.png']);
    },
  );

  test('2: renumbered it is cached by content, under the new id; mid-2024 goes by id', async () => {
    const renumbered = {
      a: G['1'],
      b: { ...G['2'], inputs: { ...G['2'].inputs, images: ['a', 0] } },
    };
    const b = await Bench.start();
    await b.run(G);
    const entry = await b.run(renumbered);
    expect(entry.outputs['b']?.images[0].filename).toBe('t_00001_.png');
    expect(entry.meta['b']?.['node_id']).toBe('2');
    const before = await Bench.start(old);
    await before.run(G);
    expect((await before.run(renumbered)).outputs['b']?.images[0].filename).toBe('t_00002_.png');
  });

  test('two equal save nodes write one file, in mid-2024 two', async () => {
    const twice = { ...G, 3: G['2'] };
    const b = await Bench.start();
    expect((await b.run(twice)).outputs['3']?.images[0].filename).toBe('t_00001_.png');
    const before = await Bench.start(old);
    const { outputs } = await before.run(twice);
    expect(outputs['2']?.images[0].filename).not.toBe(outputs['3']?.images[0].filename);
    expect(before.emulator.files.names('output', '')).toHaveLength(2);
  });

  test('3: the id that the client chose is kept, also odd ones; mid-2024 ignores it', async () => {
    const b = await Bench.start();
    const idOf = async (bench: Bench, prompt_id: unknown) =>
      (await bench.post('/prompt', { prompt: G, prompt_id })).json.prompt_id;
    expect(await idOf(b, U)).toBe(U);
    expect(await idOf(b, null)).toBe('None');
    expect(await idOf(b, 7)).toBe('7');
    expect(await idOf(b, 'anything')).toBe('anything');
    expect(await idOf(await Bench.start(old), U)).not.toBe(U);
  });

  test('3 in 2026: only a canonical UUID is taken, null lets the server choose', async () => {
    const b = await Bench.start({ version: '2026' });
    expect((await b.post('/prompt', { prompt: G, prompt_id: U })).json.prompt_id).toBe(U);
    for (const prompt_id of [U.toUpperCase(), 'x', 7, ''])
      expect((await b.post('/prompt', { prompt: G, prompt_id })).json.error.type).toBe(
        'invalid_prompt_id',
      );
    const { json } = await b.post('/prompt', { prompt: G, prompt_id: null });
    expect(json.prompt_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('4: the same id twice runs twice, and a delete takes out one of them', async () => {
    const b = await Bench.start(slow);
    await b.submit(withInputs({ color: 1 }));
    for (const color of [2, 3, 4]) await b.submit(withInputs({ color }), { prompt_id: U });
    expect(b.emulator.timesQueued(U)).toBe(3);
    await b.post('/queue', { delete: [U] });
    expect((await b.get('/queue')).json.queue_pending).toHaveLength(2);
    await b.done();
    expect(b.emulator.queued().filter(({ fate }) => fate === 'success')).toHaveLength(3);
    expect((await b.history())[U]?.prompt[2]['1']?.inputs['color']).toBe(4);
  });

  test('13: pending ones run by number, one in front before all, and the count has the running one', async () => {
    const b = await Bench.start(slow);
    const ids: string[] = [];
    for (const color of [1, 2, 3, 4]) ids.push(await b.submit(withInputs({ color })));
    const front = await b.submit(withInputs({ color: 5 }), { front: true });
    expect((await b.get('/prompt')).text).toBe('{"exec_info": {"queue_remaining": 5}}');
    const { queue_running, queue_pending } = (await b.get('/queue')).json;
    expect(queue_running).toHaveLength(1);
    expect(queue_pending[0].slice(0, 2)).toEqual([-4, front]);
    await b.done();
    const history = Object.keys(await b.history());
    expect(history).toEqual([ids[0], front, ids[1], ids[2], ids[3]]);
  });

  test('a number of its own is a float and takes none of the server; equal ones go by id', async () => {
    const b = await Bench.start(slow);
    await b.submit(withInputs({ color: 9 }));
    const text = (await b.post('/prompt', { prompt: G, number: 5, prompt_id: 'b' })).text;
    expect(text).toContain('"number": 5.0,');
    await b.post('/prompt', { prompt: G, number: '5', prompt_id: 'a' });
    expect((await b.post('/prompt', { prompt: G })).json.number).toBe(1);
    for (const number of [null, [], 'x'])
      expect((await b.post('/prompt', { prompt: G, number })).status).toBe(500);
    await b.done();
    const order = Object.keys(await b.history()).filter((id) => id.length === 1);
    expect(order).toEqual(['a', 'b']);
  });

  test('the same id and number with another graph is 500, and queued all the same', async () => {
    const b = await Bench.start(slow);
    await b.submit(withInputs({ color: 9 }));
    const same = { number: 5, prompt_id: 'same' };
    expect((await b.post('/prompt', { prompt: withInputs({ color: 1 }), ...same })).status).toBe(
      200,
    );
    expect((await b.post('/prompt', { prompt: withInputs({ color: 2 }), ...same })).status).toBe(
      500,
    );
    expect(b.emulator.remaining()).toBe(3);
  });

  test('14: a pending prompt that is deleted never enters the history; the running one stays', async () => {
    const b = await Bench.start(slow);
    const running = await b.submit(withInputs({ color: 1 }));
    await b.until(() => b.emulator.queued()[0]?.fate === 'running');
    const pending = await b.submit(withInputs({ color: 2 }));
    const { status, text } = await b.post('/queue', { delete: [pending, running, 'nobody'] });
    expect([status, text]).toEqual([200, '']);
    await b.done();
    expect((await b.get(`/history/${pending}`)).text).toBe('{}');
    expect((await b.history())[running]?.status.status_str).toBe('success');
  });

  test('clear takes out everyone; an empty body and a delete of null are 500', async () => {
    const b = await Bench.start(slow);
    for (const color of [1, 2, 3]) await b.submit(withInputs({ color }));
    await turns();
    expect((await b.post('/queue', { clear: true })).status).toBe(200);
    expect(b.emulator.remaining()).toBe(1);
    expect((await b.post('/queue')).status).toBe(500);
    expect((await b.post('/queue', { delete: null })).status).toBe(500);
    expect(b.emulator.queued().map(({ fate }) => fate)).toEqual(['running', 'deleted', 'deleted']);
  });

  test('25: extra data stands in queue and history, with the client id', async () => {
    const b = await Bench.start(slow);
    const id = await b.submit(G, { extra_data: { rh_batch: 'attempt-7' }, client_id: 'rh-1' });
    await turns();
    const extra = { rh_batch: 'attempt-7', client_id: 'rh-1' };
    expect((await b.get('/queue')).json.queue_running[0][3]).toEqual(extra);
    expect((await b.ended(id)).prompt[3]).toEqual(extra);
  });

  test('only the outputs that are named run', async () => {
    const b = await Bench.start();
    const two = { ...G, 3: { ...G['2'], inputs: { ...G['2'].inputs, filename_prefix: 'u' } } };
    const entry = await b.run(two, { partial_execution_targets: ['3'] });
    expect(Object.keys(entry.outputs)).toEqual(['3']);
    for (const targets of [[], ['nobody']])
      expect(
        (await b.post('/prompt', { prompt: two, partial_execution_targets: targets })).json.error
          .type,
      ).toBe('prompt_no_outputs');
  });

  test('extra data that is null is taken, and the worker dies of it while the server goes on', async () => {
    const b = await Bench.start();
    expect((await b.post('/prompt', { prompt: G, extra_data: null })).status).toBe(200);
    await b.submit(G);
    for (let step = 0; step < 50; step += 1) {
      await turns();
      b.clock.jump();
    }
    const { queue_running, queue_pending } = (await b.get('/queue')).json;
    expect([queue_running.length, queue_pending.length]).toEqual([1, 1]);
    const withClient = { prompt: G, extra_data: null, client_id: 'c' };
    expect((await b.post('/prompt', withClient)).status).toBe(500);
  });

  test('a client id that is a list ends the server', async () => {
    const b = await Bench.start();
    await b.submit(G, { client_id: ['x'] });
    await b.until(() => b.emulator.queued()[0]?.fate === 'lost');
    await expect(b.get('/prompt')).rejects.toThrow();
    await b.emulator.start();
    expect((await b.get('/prompt')).json.exec_info.queue_remaining).toBe(0);
  });
});
