import { expect, test } from 'vitest';
import type { Reply } from '../../src/runninghub/http/http.js';
import { statusAnswer } from '../../src/runninghub/endpoints/status.js';
import { parseJson } from '../../src/values/json-text.js';

const reply = (body: unknown, status = 200): Reply => {
  const read = parseJson(JSON.stringify(body));
  if (!read.ok) throw new Error('test body');
  return { is: 'json', status, body: read.value, retryAfterMs: null };
};

test.each<[unknown, object]>([
  [
    { code: 0, msg: '', data: 'RUNNING' },
    { is: 'known', state: 'running' },
  ],
  [
    { code: 0, msg: '', data: 'QUEUED' },
    { is: 'known', state: 'queued' },
  ],
  [
    { code: 0, msg: '', data: 'CREATE' },
    { is: 'known', state: 'queued' },
  ],
  [
    { code: '0', data: 'SUCCESS' },
    { is: 'known', state: 'succeeded' },
  ],
  [
    { code: 0, data: 'FAILED' },
    { is: 'known', state: 'failed' },
  ],
  [
    { code: 0, data: 'CANCEL' },
    { is: 'known', state: 'cancelled' },
  ],
  [
    { code: 0, data: 'CANCELED' },
    { is: 'known', state: 'cancelled' },
  ],
  [
    { code: 0, data: 'CANCELLED' },
    { is: 'known', state: 'cancelled' },
  ],
  [
    { code: 804, msg: 'APIKEY_TASK_IS_RUNNING' },
    { is: 'known', state: 'running' },
  ],
  [
    { code: 813, msg: 'APIKEY_TASK_IS_QUEUED' },
    { is: 'known', state: 'queued' },
  ],
  [{ code: 807, msg: 'APIKEY_TASK_NOT_FOUND' }, { is: 'missing' }],
  [
    { code: 301, msg: 'taskId must be positive' },
    { is: 'unread', fault: { class: 'input' } },
  ],
  [
    { code: 0, data: { status: 'RUNNING' } },
    { is: 'known', state: 'running' },
  ],
  [
    { code: 0, data: { state: 7 } },
    { is: 'unread', fault: { class: 'transient' } },
  ],
  [
    { code: 0, data: 'DREAMING' },
    { is: 'unread', fault: { class: 'transient' } },
  ],
  [{ code: 0, data: null }, { is: 'unread' }],
  [[], { is: 'unread' }],
])('%j', (body, expected) => {
  expect(statusAnswer(reply(body))).toMatchObject(expected);
});
