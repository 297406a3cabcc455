import { expect, test } from 'vitest';
import { errorFacts } from '../../../src/report/page/run-text.js';
import { batchWith } from './batch-of.js';

test.each([
  ['given-up', ''],
  ['refused-connection', ''],
  ['UND_ERR_SOCKET', ''],
  ['805', 'code 805'],
  ['-1', 'code -1'],
  ['http-502', 'HTTP 502'],
  [null, ''],
])('the code %s of a failed run is shown as %j', (code, shown) => {
  const error = { class: 'task', code, node: null, field: null, message: 'no', traceback: null };
  expect(errorFacts(batchWith([{ prompt: 'a fox' }]), error)).toBe(shown);
});
