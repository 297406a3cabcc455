import { createServer } from 'node:http';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/edges/clock.js';
import type { Clock } from '../../src/edges/clock.js';
import { NodeOutputFiles } from '../../src/edges/files/output-files.js';
import { createClient } from '../../src/runninghub/client.js';
import { ending, transferLimits } from '../../src/runninghub/http/transfer.js';
import { isTaskId } from '../../src/values/ids.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rh-transfer-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const limits = transferLimits(30_000);

// eslint-disable-next-line @typescript-eslint/require-await -- an async iterable of what is at hand
async function* pieces(count: number, bytes: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield new Uint8Array(bytes);
}

/** How many bytes come through, and why no more do; `stepMs` pass with each piece. */
const through = async (
  body: AsyncIterable<Uint8Array>,
  expected: { offset: number; totalBytes: number | null },
  stepMs: number,
  most = limits,
): Promise<{ bytes: number; why: string | null }> => {
  let [bytes, time] = [0, 0];
  try {
    for await (const chunk of ending(body, expected, most, () => (time += stepMs)))
      bytes += chunk.length;
    return { bytes, why: null };
  } catch (cause) {
    return { bytes, why: cause instanceof Error ? cause.message : '' };
  }
};

test('a slow download that goes on is let through', async () => {
  const slow = await through(pieces(100, 20_000), { offset: 0, totalBytes: 2_000_000 }, 10_000);
  expect(slow).toEqual({ bytes: 2_000_000, why: null });
});

test('a download in drops is broken off after a minute', async () => {
  const dripping = await through(pieces(1e9, 1), { offset: 0, totalBytes: null }, 20_000);
  expect(dripping).toEqual({ bytes: 2, why: '3 bytes in 60 s' });
});

test('a download that goes beyond what was announced is broken off there', async () => {
  const long = await through(pieces(1e9, 1000), { offset: 500, totalBytes: 5_000 }, 1);
  expect(long).toEqual({ bytes: 4_000, why: 'more than the 5000 bytes that were announced' });
});

test('a download without end is broken off by its size or its time', async () => {
  const small = { ...limits, bytes: 1024 ** 3 };
  const endless = await through(pieces(1e9, 2 ** 28), { offset: 0, totalBytes: null }, 1, small);
  expect(endless).toEqual({ bytes: 2 ** 30, why: 'more than 1 GiB' });
  const lasting = await through(pieces(1e9, 60_000), { offset: 0, totalBytes: null }, 30_000);
  expect(lasting.why).toBe('not through after 60 min');
});

test('a download ends before the disk is full, and one without a length leaves nothing there', async () => {
  let free = 1024 ** 3;
  const files = new NodeOutputFiles({
    dir,
    onExist: 'rename',
    refuse: () => null,
    free: () => Promise.resolve((free -= 200 * 1024 ** 2)),
  });
  const unknown = { offset: 0, totalBytes: null, type: 'png' };
  const received = await files.receive('a.png', 'http://x/a.png', pieces(1e6, 1 << 20), unknown);
  expect(received).toEqual({
    is: 'disk',
    message: 'The disk is nearly full: 224 MB are free, and 256 MB stay free',
  });
  expect(readdirSync(dir).map((name) => statSync(join(dir, name)).size)).toEqual([0]);
});

test('a download that says it is larger than the disk is not begun', async () => {
  const files = new NodeOutputFiles({
    dir,
    onExist: 'rename',
    refuse: () => null,
    free: () => Promise.resolve(1024 ** 3),
  });
  const large = { offset: 0, totalBytes: 1024 ** 3, type: 'mp4' };
  const received = await files.receive('a.mp4', 'http://x/a.mp4', pieces(1, 1), large);
  expect(received.is).toBe('disk');
  expect(readdirSync(dir)).toEqual([]);
});

/** A client of a service that answers everything with `data`. */
const answeredBy = async (
  data: unknown,
  work: (client: ReturnType<typeof createClient>) => Promise<void>,
  network: Clock = systemClock,
): Promise<void> => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.end(JSON.stringify({ code: 0, msg: 'success', data }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const client = createClient({
    baseUrl: `http://127.0.0.1:${address.port}`,
    key: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
    clock: systemClock,
    network,
    env: {},
  });
  try {
    await work(client);
  } finally {
    await client.close();
    server.close();
  }
};

test('a task whose texts make an answer of 20 MB is read: it was paid for', async () => {
  const text = 'x'.repeat(20e6);
  await answeredBy([{ nodeId: '9', text }], async (client) => {
    const taskId = '1980471280073846785';
    if (!isTaskId(taskId)) throw new Error('no id');
    const answer = await client.outputs(taskId);
    expect(answer.is === 'succeeded' && answer.outputs[0]?.text?.length).toBe(20e6);
  });
});

test.each([
  ['five minutes and little more', 64_000, 301_000],
  ['as long as half a megabit a second takes', 6_400_000, 400_000],
])('an upload may take %s', async (_, bytes, ms) => {
  const waits: number[] = [];
  const sleep: Clock['sleep'] = (wait, signal) => {
    waits.push(wait);
    return systemClock.sleep(wait, signal);
  };
  const path = join(dir, 'a.png');
  writeFileSync(path, Buffer.alloc(bytes));
  const file = { path, name: 'a.png', bytes, mediaType: 'image/png' };
  const stored = { fileName: 'api/0123456789abcdef.png', fileType: 'input' };
  const network = { now: () => 0, sleep };
  await answeredBy(
    stored,
    async (client) => expect((await client.upload(file)).is).toBe('stored'),
    network,
  );
  expect(waits).toEqual([ms]);
});
