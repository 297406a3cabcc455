import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/edges/clock.js';
import { Http } from '../../src/runninghub/http/http.js';

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

// A name has to be looked up first, which takes longer than to open a file: nothing may be read, and
// lost, before there is a connection to send it on.
test.each([40, 3_000_000])('all %d bytes of a file arrive, each time', async (bytes) => {
  const dir = mkdtempSync(join(tmpdir(), 'rh-batch-put-'));
  const path = join(dir, 'ink.safetensors');
  const content = randomBytes(bytes);
  writeFileSync(path, content);
  const arrived: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.on('end', () => {
      arrived.push(digestOf(Buffer.concat(chunks)));
      response.end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, 'localhost', resolve);
  });
  const limits = { readMs: 60_000, createMs: 60_000, uploadMs: 60_000 };
  const http = new Http({ env: {}, clock: systemClock, ...limits });
  onTestFinished(async () => {
    await http.close();
    server.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const { port } = server.address() as AddressInfo;
  for (let time = 0; time < 20; time += 1)
    expect(await http.put(`http://localhost:${port}/signed`, { path, bytes }, undefined)).toEqual({
      is: 'status',
      status: 200,
    });
  expect(arrived).toEqual(new Array<string>(20).fill(digestOf(content)));
});
