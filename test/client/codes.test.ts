import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/edges/clock.js';
import type { Client } from '../../src/runninghub/client.js';
import { createClient } from '../../src/runninghub/client.js';
import { errorTable } from '../../src/runninghub/error-table.js';
import { chineseWords } from '../../src/runninghub/error-words-zh.js';
import { otherSiteHint } from '../../src/runninghub/errors.js';
import { isTaskId } from '../../src/values/ids.js';
import { projects } from '../support/opened.js';
import { key } from '../support/project.js';

const start = projects();

/**
 * Every code of runninghub-api 10.1 and 10.2, written down from the page and not from our table:
 * class, and whether a task may exist when a create is answered so (10.3).
 */
const documented: readonly (readonly [string, string, 'refused' | 'lost'])[] = [
  ['-1', 'account', 'lost'],
  ['1', 'unknown', 'lost'],
  ['301', 'input', 'refused'],
  ['380', 'account', 'refused'],
  ['401', 'account', 'refused'],
  ['412', 'account', 'refused'],
  ['414', 'account', 'refused'],
  ['415', 'capacity', 'refused'],
  ['416', 'account', 'refused'],
  ['421', 'capacity', 'refused'],
  ['423', 'task', 'refused'],
  ['433', 'input', 'refused'],
  ['435', 'account', 'refused'],
  ['436', 'account', 'refused'],
  ['500', 'transient', 'lost'],
  ['605', 'account', 'refused'],
  ['801', 'account', 'refused'],
  ['802', 'account', 'refused'],
  ['803', 'input', 'refused'],
  ['804', 'transient', 'lost'],
  ['805', 'task', 'lost'],
  ['806', 'account', 'refused'],
  ['807', 'task', 'lost'],
  ['808', 'transient', 'lost'],
  ['809', 'input', 'refused'],
  ['810', 'account', 'refused'],
  ['811', 'account', 'refused'],
  ['812', 'account', 'refused'],
  ['813', 'transient', 'lost'],
  ['814', 'capacity', 'refused'],
  ['817', 'task', 'refused'],
  ['901', 'account', 'refused'],
  ['1000', 'transient', 'lost'],
  ['1001', 'input', 'refused'],
  ['1002', 'account', 'refused'],
  ['1003', 'capacity', 'refused'],
  ['1004', 'task', 'lost'],
  ['1005', 'transient', 'lost'],
  ['1006', 'task', 'lost'],
  ['1007', 'input', 'refused'],
  ['1008', 'input', 'refused'],
  ['1009', 'input', 'refused'],
  ['1010', 'transient', 'lost'],
  ['1011', 'capacity', 'refused'],
  ['1012', 'transient', 'lost'],
  ['1013', 'task', 'lost'],
  ['1014', 'account', 'refused'],
  ['1015', 'task', 'lost'],
  ['1101', 'input', 'refused'],
  ['1501', 'input', 'refused'],
  ['1504', 'task', 'lost'],
  ['1505', 'input', 'refused'],
  ['1516', 'unknown', 'lost'],
  ['1517', 'unknown', 'lost'],
  ['1519', 'unknown', 'lost'],
  ['1520', 'capacity', 'refused'],
  ['1601', 'account', 'refused'],
];

const taskText = '1980471280073846785';
if (!isTaskId(taskText)) throw new Error('test id');
const taskId = taskText;
const request = { path: '/task/openapi/create', body: new Map([['workflowId', '1']]) };

let server: Server;
let client: Client;
let answer = '';

beforeAll(async () => {
  server = createServer((asked, response) => {
    asked.resume().on('end', () => response.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const clock = { ...systemClock, sleep: () => Promise.resolve() };
  client = createClient({ baseUrl: `http://127.0.0.1:${port}`, key, clock, env: {} });
});
afterAll(async () => {
  await client.close();
  await new Promise((resolve) => server.close(resolve));
});

test('our table has every documented code, and no other', () => {
  const codes = Object.keys(errorTable).filter((code) => /^-?\d+$/.test(code));
  expect(codes.sort()).toEqual(documented.map(([code]) => code).sort());
});

describe.each(documented)('code %s', (code, kind, create) => {
  test(`is of class ${kind}, and a create answered so is ${create}`, async () => {
    answer = JSON.stringify({ code: Number(code), msg: 'WORDS OF THE SERVICE', data: null });
    const created = await client.create(request);
    expect(created).toMatchObject({ is: create, fault: { class: kind, code } });
    if (created.is === 'accepted') return;
    expect(created.fault.message).toMatch(/^[A-Z][^]* \(-?\d+ WORDS OF THE SERVICE\)/);
  });

  test('ends no task that is followed, unless it says that the task ended', async () => {
    answer = JSON.stringify({ code: Number(code), msg: 'WORDS', data: null });
    const read = await client.outputs(taskId);
    const states: Readonly<Record<string, string>> = {
      804: 'running',
      813: 'queued',
      805: 'failed',
      807: 'missing',
      423: 'missing',
      1004: 'missing',
    };
    expect(read.is).toBe(states[code] ?? 'unread');
    if (read.is === 'unread')
      expect(['account', 'capacity', 'transient']).toContain(read.fault.class);
  });

  test('is explained', async () => {
    const p = await start();
    const { exit, out } = await p.run('explain', code);
    expect(exit).toBe(0);
    // What it is called, and three sentences; those that are no errors say so.
    expect(out).toMatch(new RegExp(`^${code} \\S[^:]*: [A-Z][^]*\\.\\n`));
    if (code === '804' || code === '813') expect(out).toContain('no error');
    else expect(out).toContain('As the answer to a submit');
  });
});

test.each(['4711', '99999', '-7'])(
  'code %s, which nobody knows, is transient on reads and lost on a create',
  async (code) => {
    answer = JSON.stringify({ code: Number(code), msg: 'NEW', data: null });
    expect(await client.create(request)).toMatchObject({ is: 'lost', fault: { class: 'unknown' } });
    expect(await client.outputs(taskId)).toMatchObject({
      is: 'unread',
      fault: { class: 'transient' },
    });
  },
);

test.each([
  ['0', /^0 success: The service did what was asked\./],
  ['1', /^1 failure: The service answered with a general failure\./],
  ['200', /^200 success: /],
  ['SUCCESS', /^0 success: /],
])('explain %s tells what it means, without any manifest', async (code, words) => {
  const p = await start();
  p.remove('manifest.yaml');
  expect(await p.run('explain', code)).toMatchObject({
    exit: 0,
    out: expect.stringMatching(words) as string,
  });
});

test.each([
  ['817', /It answers a cancel: [^\n]*its result is kept/],
  ['1003', /pauses and submits less often; [^\n]*nothing about how many tasks fit/],
  ['1011', /pauses and submits less often; [^\n]*nothing about how many tasks fit/],
  ['421', /waits for room/],
  ['1520', /waits for room/],
  ['804', /As the answer to a submit [^\n]*only where the account counts no task more/],
])(
  'explain %s tells what follows from this code, and not from its class alone',
  async (code, words) => {
    const p = await start();
    expect((await p.run('explain', code)).out).toMatch(words);
  },
);

test.each([
  ['http-400', 'http-400 HTTP 400', 'certain that no task was made'],
  ['http-401', 'http-401 HTTP 401', 'the key was not accepted'],
  ['HTTP 403', 'http-403 HTTP 403', 'certain that no task was made'],
  ['404', 'http-404 HTTP 404', 'certain that no task was made'],
  ['405', 'http-405 HTTP 405', 'certain that no task was made'],
  ['413', 'http-413 HTTP 413', 'larger than the service takes'],
  ['429', 'http-429 HTTP 429', 'submits less often'],
  ['http-302', 'http-302 HTTP 302', 'check the base URL'],
  ['http-502', 'http-502 HTTP 502', 'leaves open whether a task was made'],
])('explain %s tells what a page with this HTTP status means', async (typed, title, words) => {
  const p = await start();
  const { exit, out } = await p.run('explain', typed);
  expect(exit).toBe(0);
  expect(out.startsWith(`${title}: `)).toBe(true);
  expect(out).toContain(words);
});

test('explain knows a code of the service by its name, too', async () => {
  const p = await start();
  const { exit, out } = await p.run('explain', 'APIKEY_TASK_CANCEL_NOT_ALLOWED');
  expect(exit).toBe(0);
  expect(out).toMatch(/^817 APIKEY_TASK_CANCEL_NOT_ALLOWED: The task cannot be cancelled any more/);
});

test('explain tells codes of rh-batch too, in JSON as well, and knows when it knows none', async () => {
  const p = await start();
  expect((await p.run('explain', 'E0208')).out).toBe('E0208: An address selects several nodes.\n');
  const { out } = await p.run('explain', '421', '--json');
  expect(JSON.parse(out)).toMatchObject({ version: 1, code: '421', class: 'capacity' });
  expect((await p.run('explain', 'E9999')).exit).toBe(2);
  expect((await p.run('explain', '4711')).err).toContain('the journal knows no run "4711"');
});

test('a run whose id or name is the code goes first', async () => {
  const p = await start({
    manifest: 'run: { name: "1001" }\nset: { Positive Prompt.text: a fox }',
  });
  expect((await p.apply()).exit).toBe(0);
  expect((await p.run('explain', '1001')).out).toContain('state: succeeded');
  expect((await p.run('explain', '1002')).out).toContain('1002 Invalid API Key');
});

test.each([
  ['301', 'user not exist'],
  ['806', 'APIKEY_USER_NOT_FOUND'],
  ['-1', 'ApiKey verification failed'],
  ['401', 'ApiKey verification failed: no such key'],
  ['1002', 'Invalid API Key, please check your credentials'],
])('%s "%s" tells how a key of the other site is used', async (code, msg) => {
  answer = JSON.stringify({ code: Number(code), msg, data: null });
  const known = await client.account();
  expect(known).toMatchObject({ is: 'failed', fault: { class: 'account' } });
  expect(JSON.stringify(known)).toContain('--base-url https://www.runninghub');
});

test('the hint names the other site, not this one', () => {
  expect(otherSiteHint('806', 'https://www.runninghub.cn')).toBe(
    'a key of the other site needs --base-url https://www.runninghub.ai',
  );
  expect(otherSiteHint('806', 'https://www.runninghub.ai')).toContain(
    '--base-url https://www.runninghub.cn',
  );
  expect(otherSiteHint('421', 'https://www.runninghub.cn')).toBeNull();
});

test.each([
  ['301', 'accessPassword is wrong', 'access-password', 'account'],
  // In a refused value the words may be the user's own.
  ['433', 'Value not in list: my access password', '433', 'input'],
])('%s "%s" is %s', async (code, msg, named, kind) => {
  answer = JSON.stringify({ code: Number(code), msg, data: null });
  expect(await client.create(request)).toMatchObject({
    is: 'refused',
    fault: { code: named, class: kind },
  });
});

describe('in Chinese', () => {
  test('every code has words', () => {
    const silent = Object.keys(errorTable).filter((code) => !Object.hasOwn(chineseWords, code));
    expect(silent).toEqual([]);
    expect(Object.keys(chineseWords).filter((code) => !Object.hasOwn(errorTable, code))).toEqual(
      [],
    );
    for (const [code, { todo }] of Object.entries(errorTable))
      expect(chineseWords[code]?.length, code).toBe(todo === null ? 1 : 2);
  });

  test.each([
    ['zh_CN.UTF-8', '工作流或其中的值不合法'],
    ['en_US.UTF-8', 'The workflow or its values are not valid'],
  ])('explain speaks the language of the shell: %s', async (LANG, words) => {
    const p = await start({ env: { LANG } });
    expect((await p.run('explain', '433')).out).toContain(words);
  });
});
