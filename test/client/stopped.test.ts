import { fork } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/edges/clock.js';
import { createClient } from '../../src/runninghub/client.js';
import { key } from '../support/project.js';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** In a process of its own: it answers while this one is stopped. */
const server = `
const answer = { code: 0, msg: '', data: { taskId: '1980471280073846785', taskStatus: 'RUNNING' } };
require('node:http').createServer((request, response) => {
  request.resume().on('end', () => { response.end(JSON.stringify(answer)); process.send('answered'); });
}).listen(0, '127.0.0.1', function () { process.send(this.address().port); });
`;

test('an answer that came while this process was stopped is read, not given up for lost', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'rh-batch-')), 'server.cjs');
  writeFileSync(file, server);
  const child = fork(file);
  const [port] = (await once(child, 'message')) as [number];
  const timeouts = { readMs: 1_500, createMs: 1_500, uploadMs: 1_500 };
  const baseUrl = `http://127.0.0.1:${port}`;
  const client = createClient({ baseUrl, key, clock: systemClock, env: {}, timeouts });
  try {
    // The connection is made first: the request goes out, then everything stands still.
    await client.account();
    const created = client.create({ path: '/task/openapi/create', body: new Map() });
    // Stopped as soon as the request is on its way, for longer than any limit.
    child.once('message', () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_000);
    });
    await expect(created).resolves.toMatchObject({ is: 'accepted' });
  } finally {
    child.kill();
    await client.close();
  }
});
