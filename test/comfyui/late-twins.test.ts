import { expect, test } from 'vitest';
import { batches, statuses } from './servers.js';
import type { ScriptedServer } from './scripted-server.js';

const batch = batches();

/** The first submit goes astray, and arrives when `when` says so of a later request. */
const firstIsLate = (
  server: ScriptedServer,
  when: (method: string, path: string) => boolean,
): { arrived: boolean } => {
  const seen = { submits: 0, arrived: false };
  server.fate = (method, path) => {
    if (method === 'POST' && path === '/prompt') {
      seen.submits += 1;
      return seen.submits === 1 ? 'late' : 'answer';
    }
    if (!seen.arrived && seen.submits > 1 && when(method, path)) {
      seen.arrived = true;
      server.arrive();
    }
    return 'answer';
  };
  return seen;
};

test('a submit whose first copy arrives while the second runs is made once', async () => {
  const { p, server } = await batch({ runs: '' });
  const seen = firstIsLate(server, (_, path) => path.startsWith('/history/'));
  const { exit, err } = await p.apply();
  expect(exit).toBe(0);
  expect(seen.arrived).toBe(true);
  expect(server.queued).toHaveLength(2);
  expect(server.ran).toHaveLength(1);
  expect(err).toContain('came late; it was taken out of the queue');
  expect(statuses(p)).toEqual(['succeeded']);
});

test('a submit whose two copies wait behind somebody else is made once', async () => {
  const { p, server } = await batch({ runs: '' });
  server.foreign(120);
  const seen = firstIsLate(server, (_, path) => path.startsWith('/history/'));
  expect((await p.apply()).exit).toBe(0);
  expect(seen.arrived).toBe(true);
  expect(server.ran).toHaveLength(2);
  expect(new Set(server.ran).size).toBe(2);
});

test('a first copy that arrives after the end of the second is taken out, and the result kept', async () => {
  const { p, server } = await batch();
  const seen = firstIsLate(
    server,
    (_, path) => path.startsWith('/view') && server.running !== null,
  );
  const { exit } = await p.apply();
  expect(exit).toBe(0);
  expect(seen.arrived).toBe(true);
  expect(server.queued).toHaveLength(4);
  expect(server.ran).toHaveLength(3);
  expect(statuses(p)).toEqual(['succeeded', 'succeeded', 'succeeded']);
});

test('a first copy that arrives at another server than the second is taken out there', async () => {
  const { p, servers } = await batch({ runs: '', servers: [{}, {}] });
  const [first, second] = servers;
  if (first === undefined || second === undefined) throw new Error('two servers');
  // Both have something of somebody else, so that what comes late waits.
  for (const server of servers) server.foreign(60);
  let submits = 0;
  let late: ScriptedServer | null = null;
  for (const server of servers)
    server.fate = (method, path) => {
      if (method === 'POST' && path === '/prompt') {
        submits += 1;
        if (submits > 1) return 'answer';
        late = server;
        // Longer from now on, so that the second copy goes to the other one.
        server.foreign(60, 'ffffffff-0000-4000-8000-000000000001');
        return 'late';
      }
      if (late !== null && late !== server && submits === 2 && path.startsWith('/history/'))
        late.arrive();
      return 'answer';
    };
  const { exit } = await p.apply();
  expect(exit).toBe(0);
  const ours = servers.flatMap(({ queued }) => queued.map(({ id }) => id));
  expect(ours).toHaveLength(2);
  expect(servers.flatMap(({ ran }) => ran.filter((id) => id === ours[0]))).toHaveLength(1);
});

test('an apply that sends again what an earlier one lost looks for the late copy, too', async () => {
  const { p, server } = await batch({ runs: '' });
  server.fate = (method, path) => {
    if (method !== 'POST' || path !== '/prompt') return 'answer';
    void server.down();
    return 'late';
  };
  expect((await p.apply()).exit).toBe(1);
  expect(statuses(p)).toEqual(['unknown']);
  await server.up();
  let arrived = false;
  server.fate = (_, path) => {
    if (!arrived && server.queued.length === 1 && path.startsWith('/history/')) {
      arrived = true;
      server.arrive();
    }
    return 'answer';
  };
  expect((await p.apply()).exit).toBe(0);
  expect(server.queued).toHaveLength(2);
  expect(server.ran).toHaveLength(1);
});
