import { expect, test } from 'vitest';
import { batches, statuses } from './servers.js';

const batch = batches();

const done = ['succeeded', 'succeeded', 'succeeded'];

test('a batch on a server of one’s own comes from the manifest to files and reports', async () => {
  const { p, server } = await batch();
  const { exit, err } = await p.apply();
  expect(err).not.toContain('error');
  expect(exit).toBe(0);
  expect(server.queued).toHaveLength(3);
  expect(statuses(p)).toEqual(done);
  expect(new Set(p.results().map(({ outputs }) => outputs[0]?.sha256)).size).toBe(3);
  const again = await p.apply();
  expect(again.exit).toBe(0);
  expect(server.queued).toHaveLength(3);
});

test('several servers share a batch, and one that is away holds nobody up', async () => {
  const { p, servers } = await batch({
    servers: [{}, {}, {}],
    runs: 'matrix: { colour: { from: 1, count: 12 } }\nset: { EmptyImage.color: "${{ colour }}" }',
  });
  await servers[2]?.down();
  const { exit, err } = await p.apply();
  expect(exit).toBe(0);
  expect(err).toContain('the others go on without it');
  expect(servers.map(({ queued }) => queued.length)).toEqual([6, 6, 0]);
});

test('a server that was started again and forgot makes its prompts again, told as such', async () => {
  const { p, server } = await batch();
  let restarted = false;
  server.fate = (method, path) => {
    if (
      !restarted &&
      method === 'GET' &&
      path.startsWith('/history/') &&
      server.queued.length > 1
    ) {
      restarted = true;
      server.forget();
    }
    return 'answer';
  };
  const { exit, err } = await p.apply();
  expect(exit).toBe(0);
  expect(err).toContain('it is made again');
  expect(statuses(p)).toEqual(done);
  expect(p.results().reduce((sum, { outputs }) => sum + outputs.length, 0)).toBe(3);
});

test('a prompt that somebody takes out of the queue counts as cancelled, and not as forgotten', async () => {
  const { p, server } = await batch();
  let shown = 0;
  server.fate = (_, path) => {
    if (path === '/queue' && server.history.size > 0 && server.pending.length > 0) shown += 1;
    // It was seen there beside what is in the history still.
    if (shown === 3) server.pending = [];
    return 'answer';
  };
  const { exit } = await p.apply();
  expect(shown).toBeGreaterThan(2);
  expect(exit).toBe(1);
  expect(statuses(p).sort()).toEqual(['cancelled', 'succeeded', 'succeeded']);
});

test('a part of the graph that a server drops fails the run, and what was accepted is taken back', async () => {
  const { p, server } = await batch({ runs: '' });
  const errors = {
    '7': {
      errors: [
        {
          type: 'value_smaller_than_min',
          message: 'Value 0 smaller than min of 1',
          details: 'width',
          extra_info: { input_name: 'width' },
        },
      ],
      dependent_outputs: ['8'],
      class_type: 'EmptyImage',
    },
  };
  server.refusal = ({ id }) => ({
    status: 200,
    queue: true,
    body: { prompt_id: id, number: 0, node_errors: errors },
  });
  const { exit } = await p.apply();
  expect(exit).toBe(1);
  expect(server.pending).toEqual([]);
  expect(server.running).toBeNull();
  const [result] = p.results();
  expect(result?.status).toBe('failed');
  expect(result?.error).toMatchObject({ node: '7', class: 'input' });
  expect(result?.error?.message).toContain('Value 0 smaller than min of 1');
});

test('a node that fails is told with its message, and memory that runs out with advice', async () => {
  const { p, server } = await batch({ runs: '', keys: 'execution: { retries: 0 }' });
  server.failure = () => ({
    node_id: '1',
    node_type: 'EmptyImage',
    exception_type: 'torch.OutOfMemoryError',
    exception_message: 'Allocation on device \n',
    traceback: ['  File "nodes.py", line 7\n'],
  });
  const { exit } = await p.apply();
  expect(exit).toBe(1);
  const [result] = p.results();
  expect(result?.error).toMatchObject({ node: '1', code: 'out-of-memory', class: 'task' });
  expect(result?.error?.message).toContain('smaller size');
  expect(server.queued).toHaveLength(1);
});

test('a cancel stops our own prompt and never one of somebody else', async () => {
  const { p, server } = await batch({
    runs: '',
    keys: 'execution: { timeout: { queue: 60s }, retries: 0 }',
  });
  server.foreign(100_000);
  const { exit, err } = await p.apply();
  expect(exit).toBe(1);
  expect(err).toContain('of others');
  expect(server.interrupts).toEqual([]);
  expect(server.running?.prompt.extra).toEqual({});
  expect(server.pending).toEqual([]);
  expect(p.results()[0]?.error?.code).toBe('timeout-queue');
});

test('a prompt that runs too long is stopped where it runs', async () => {
  const { p, server } = await batch({
    runs: '',
    keys: 'execution: { timeout: { run: 60s }, retries: 0 }',
    servers: [{ runMs: 900_000 }],
  });
  const { exit } = await p.apply();
  expect(exit).toBe(1);
  expect(server.interrupts).toEqual([server.queued[0]?.id]);
  expect(p.results()[0]?.error?.code).toBe('timeout-run');
});

test('files go up by content, once, into a folder of their own', async () => {
  const { p, server } = await batch({
    api: {
      '1': { class_type: 'LoadImage', inputs: { image: 'example.png' } },
      '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 't' } },
    },
    runs: 'matrix: { n: [1, 2] }\nset: { LoadImage.image: a.png, SaveImage.filename_prefix: "t${{ n }}" }',
    files: {
      'a.png': Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
        'base64',
      ),
    },
  });
  expect((await p.apply()).exit).toBe(0);
  expect(server.uploads).toEqual([expect.stringMatching(/^rh-batch\/[0-9a-f]{12}\.png$/)]);
  expect(server.queued.map(({ graph: sent }) => sent['1']?.inputs['image'])).toEqual([
    server.uploads[0],
    server.uploads[0],
  ]);
  await p.apply('--force');
  expect(server.uploads).toHaveLength(1);
});
