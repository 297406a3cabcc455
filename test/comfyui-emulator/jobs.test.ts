import { expect, test } from 'vitest';
import { comfyGraph } from '../support/comfy-server.js';
import { Bench, G, turns } from './bench.js';

const slow = { version: '2026', runTime: { kind: 'constant', ms: 60_000 } } as const;

test('2026: a job is found wherever it is, below /api alone', async () => {
  const b = await Bench.start(slow);
  const running = await b.submit(comfyGraph);
  const pending = await b.submit(G);
  await turns();
  const status = async (id: string) => (await b.get(`/api/jobs/${id}`)).text;
  expect(await status(running)).toContain('"status": "in_progress"');
  expect(await status(pending)).toContain('"status": "pending"');
  const unknown = await b.get('/api/jobs/nobody');
  expect([unknown.status, unknown.text]).toEqual([404, '{"error": "Job not found"}']);
  expect((await b.get(`/jobs/${running}`)).status).toBe(404);
  await b.done();
  expect(await status(pending)).toContain('"status": "completed"');
  expect((await b.history())[pending]?.prompt[3]).toEqual({
    create_time: expect.any(Number),
  });
  const before = await Bench.start();
  expect((await before.get('/api/jobs')).status).toBe(404);
});

test('2026: a cancel takes out what waits, stops what runs, and leaves others alone', async () => {
  const b = await Bench.start(slow);
  const running = await b.submit(comfyGraph);
  const pending = await b.submit(G);
  for (let step = 0; step < 14; step += 1) {
    await turns();
    b.clock.jump();
  }
  const cancel = async (id: string) => (await b.post(`/api/jobs/${id}/cancel`)).text;
  expect(await cancel('nobody')).toBe('{"cancelled": false}');
  expect(await cancel(pending)).toBe('{"cancelled": true}');
  expect(await cancel(running)).toBe('{"cancelled": true}');
  await b.done();
  expect(b.emulator.queued().map(({ fate }) => fate)).toEqual(['interrupted', 'deleted']);
  expect((await b.get(`/api/jobs/${running}`)).text).toContain('"status": "cancelled"');
  expect((await b.post('/api/jobs/cancel', { job_ids: ['nobody'] })).status).toBe(200);
});

test('what a web page asks as it starts is answered, and output files are listed', async () => {
  const b = await Bench.start();
  expect((await b.get('/api/users')).text).toBe('{"storage": "server", "migrated": true}');
  expect((await b.get('/extensions')).text).toBe('[]');
  expect((await b.get('/')).headers['content-type']).toBe('text/html');
  await b.run(G);
  expect((await b.get('/internal/files/output')).text).toBe('["t_00001_.png"]');
  expect((await b.get('/internal/files/models')).status).toBe(400);
});
