import { expect, test } from 'vitest';
import { batches, statuses } from './servers.js';
import type { ScriptedServer } from './scripted-server.js';

const batch = batches();

const done = ['succeeded', 'succeeded', 'succeeded'];

/** Of the submits from `from` on, `times` meet this fate. */
const submitsMeet = (
  server: ScriptedServer,
  fate: ReturnType<ScriptedServer['fate']>,
  times = 1,
): void => {
  let left = times;
  server.fate = (method, path) => {
    if (method !== 'POST' || path !== '/prompt' || left === 0) return 'answer';
    left -= 1;
    return fate;
  };
};

test.each([
  ['breaks', 'lostAfter'],
  ['is an error of a proxy', { status: 502, body: '<html>Bad Gateway</html>', effect: true }],
  ['is a web page', { status: 200, body: '<html>Hello</html>', effect: true }],
  ['is an error of the server', { status: 500, body: '500 Internal Server Error', effect: true }],
] as const)(
  'a submit that arrived and whose answer %s is found and not sent again',
  async (_, fate) => {
    const { p, server } = await batch();
    submitsMeet(server, fate);
    const { exit } = await p.apply();
    expect(exit).toBe(0);
    expect(statuses(p)).toEqual(done);
    expect(server.queued).toHaveLength(3);
  },
);

test.each([
  ['breaks before it arrived', 'lostBefore'],
  ['is an error of a proxy', { status: 504, body: '<html>Time-out</html>', effect: false }],
] as const)('a submit that %s is sent again under the same id', async (_, fate) => {
  const { p, server } = await batch({ runs: '' });
  submitsMeet(server, fate, 2);
  const { exit } = await p.apply();
  expect(exit).toBe(0);
  expect(server.queued).toHaveLength(1);
  const intents = p
    .read('.rh-batch/manifest/journal.jsonl')
    .split('\n')
    .filter((line) => line.includes('"intent"'))
    .map((line) => (JSON.parse(line) as { taskId: string }).taskId);
  expect(intents).toHaveLength(3);
  expect(new Set(intents)).toEqual(new Set([server.queued[0]?.id]));
});

test('a server that goes away with the answer is asked by the next apply, which follows the prompt', async () => {
  const { p, server } = await batch({ runs: '' });
  server.fate = (method, path) => {
    if (method !== 'POST' || path !== '/prompt') return 'answer';
    void server.down();
    return 'lostAfter';
  };
  const first = await p.apply();
  expect(first.exit).toBe(1);
  expect(statuses(p)).toEqual(['unknown']);
  server.fate = () => 'answer';
  await server.up();
  const { exit } = await p.apply();
  expect(exit).toBe(0);
  expect(statuses(p)).toEqual(['succeeded']);
  expect(server.queued).toHaveLength(1);
});

test('a server that went away with the answer and forgot makes the prompt again, without a person', async () => {
  const { p, server } = await batch({ runs: '' });
  server.fate = (method, path) => {
    if (method !== 'POST' || path !== '/prompt') return 'answer';
    void server.down();
    return 'lostAfter';
  };
  await p.apply();
  server.fate = () => 'answer';
  server.forget();
  await server.up();
  const { exit } = await p.apply();
  expect(exit).toBe(0);
  expect(statuses(p)).toEqual(['succeeded']);
  expect(server.queued).toHaveLength(2);
  expect(server.queued[0]?.id).toBe(server.queued[1]?.id);
});

test('a server that chooses ids is recognised, and what arrived is found by its marker', async () => {
  const { p, server } = await batch({ servers: [{ choosesIds: true, version: null }] });
  submitsMeet(server, 'lostAfter');
  const { exit } = await p.apply();
  expect(exit).toBe(0);
  expect(statuses(p)).toEqual(done);
  expect(server.queued).toHaveLength(3);
});

test('of a server that chooses ids, a submit that left no trace stays unknown', async () => {
  const { p, server } = await batch({ runs: '', servers: [{ choosesIds: true, version: null }] });
  submitsMeet(server, 'lostBefore', 9);
  const { exit } = await p.apply();
  expect(exit).toBe(1);
  expect(statuses(p)).toEqual(['unknown']);
  expect(server.queued).toHaveLength(0);
});
