import { expect, test } from 'vitest';
import { bench, key } from './client.js';

const page = { origin: 'http://localhost:5173' };

test('a browser may send a key and JSON: its question is answered for every path', async () => {
  const { send, emulator } = await bench();
  for (const path of ['/task/openapi/create', '/openapi/v2/query', '/nowhere']) {
    const answer = await send('OPTIONS', path, undefined, {
      ...page,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': page.origin,
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-allow-methods': expect.stringContaining('POST'),
    });
  }
  expect(emulator.stats().requests).toEqual({});
});

test('and read what comes: answers, refusals, faults, and files by ranges', async () => {
  const { post, get, taskId, outputs, emulator } = await bench();
  const allowed = { 'access-control-allow-origin': page.origin };
  const account = await post('/uc/openapi/accountStatus', { apikey: key }, page);
  expect(account.headers).toMatchObject(allowed);
  expect((await post('/nowhere', {}, page)).headers).toMatchObject(allowed);
  const id = await taskId();
  emulator.finish(id);
  const { fileUrl } = (await outputs(id)).json.data[0];
  const file = await get(fileUrl, { ...page, range: 'bytes=0-3' });
  expect(file.status).toBe(206);
  expect(file.headers).toMatchObject({
    ...allowed,
    'access-control-expose-headers': expect.stringContaining('content-range'),
  });
  expect((await get(`${fileUrl}x`, page)).headers).toMatchObject(allowed);
  for (const kind of ['http429', 'http502', 'http503', 'unauthorized', 'emptyBody'] as const) {
    emulator.setFaults([{ endpoint: 'account', kind }]);
    const spoilt = await post('/uc/openapi/accountStatus', { apikey: key }, page);
    expect(spoilt.headers).toMatchObject(allowed);
  }
});
