import { expect, test } from 'vitest';
import { steadyPolicy } from '../../src/engine/watch/steady.js';
import { ModelService, fault } from '../support/model-service.js';
import { projects } from '../support/opened.js';
import { indexOf, virtualBatch } from '../support/virtual-batch.js';
import { VirtualClock } from '../support/virtual-clock.js';

const start = projects();
const rows = (count: number): string =>
  `matrix: { "Positive Prompt.text": [${Array.from({ length: count }, (_, n) => `row ${n}`).join(', ')}] }`;

test.each([400, 401, 403, 404, 405, 413])(
  'a page with HTTP %d in place of every submit ends the batch without one unknown run',
  async (code) => {
    const p = await start({
      manifest: rows(12),
      emulator: { faults: [{ endpoint: 'create', kind: 'firewall', code }] },
    });
    const ended = await p.apply();
    // What is too large for the service says so of this one run.
    expect(ended.exit).toBe(code === 413 ? 1 : 4);
    expect(p.service.bill()).toHaveLength(0);
    const statuses = p.results().map(({ status }) => status);
    expect(statuses).not.toContain('unknown');
    if (code === 413) return;
    expect(new Set(statuses)).toEqual(new Set(['pending']));
    expect(p.service.stats().requests['create']).toBeLessThan(24);
    // As soon as the page is gone, the same command goes on.
    p.service.setFaults([]);
    expect((await p.apply()).exit).toBe(0);
    expect(p.service.bill()).toHaveLength(12);
  },
);

test('a page now and then costs a pause and nothing else', async () => {
  const p = await start({
    manifest: rows(12),
    emulator: { faults: [{ endpoint: 'create', kind: 'firewall', after: 2, next: 2 }] },
  });
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.bill()).toHaveLength(12);
});

test('one false 401 on a submit is not believed', async () => {
  const p = await start({
    manifest: rows(6),
    emulator: { faults: [{ endpoint: 'create', kind: 'unauthorized', after: 1, next: 1 }] },
  });
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.bill()).toHaveLength(6);
});

test('a run that is turned away each time fails, and the others go on', async () => {
  const clock = new VirtualClock();
  const service = new ModelService({
    clock,
    slots: () => 3,
    queue: 0,
    runMs: () => 20_000,
    roundTripMs: 50,
  });
  const create = service.create.bind(service);
  service.create = (request) =>
    request.body.get('index') === '4'
      ? Promise.resolve({ is: 'refused', fault: fault('http-403', 'transient', 'a page') })
      : create(request);
  const ended: string[] = [];
  const { stop } = await clock.drive(
    virtualBatch({
      runs: 12,
      policy: steadyPolicy(),
      service,
      clock,
      random: () => 0.5,
      on: (event) => {
        if (event.type === 'refused' && event.then === 'final') ended.push(event.run);
      },
    }),
  );
  expect(stop).toBeNull();
  expect(service.tasks).toHaveLength(11);
  expect(ended).toEqual(['0000000000000004']);
});

/** A service that takes two tasks and says 804 for want of room. */
const full804 = async (
  makesTask: boolean,
): Promise<{ unknown: number; paid: number; ids: readonly number[] }> => {
  const clock = new VirtualClock();
  const service: ModelService = new ModelService({
    clock,
    slots: () => 100,
    queue: 0,
    runMs: () => 30_000,
    roundTripMs: 50,
    onCreate: (_n, accept) => {
      if (service.inFlight() < 2) return accept();
      if (makesTask && made < 1) {
        made += 1;
        accept();
      }
      return { is: 'lost', fault: fault('804', 'transient', 'The task is running') };
    },
  });
  let made = 0;
  let unknown = 0;
  const { stop } = await clock.drive(
    virtualBatch({
      runs: 8,
      policy: steadyPolicy(),
      service,
      clock,
      random: () => 0.5,
      on: (event) => {
        if (event.type === 'lost') unknown += 1;
      },
    }),
  );
  expect(stop).toBeNull();
  const ids = service.tasks.map(({ request }) => indexOf(request));
  return { unknown, paid: service.tasks.length, ids };
};

test('804 on a submit is a refusal for room where the account counts no task more', async () => {
  expect(await full804(false)).toMatchObject({ unknown: 0, paid: 8 });
});

test('804 on a submit that made a task is never paid for again', async () => {
  const { unknown, ids } = await full804(true);
  expect(unknown).toBe(1);
  expect(new Set(ids).size).toBe(ids.length);
});
