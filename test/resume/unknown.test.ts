import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';

const project = projects();
// Slow enough that evidence, which must come sooner than a task can end, does so on a busy machine.
const constant = { runTime: { kind: 'constant', ms: 30_000 } as const };
const two = 'matrix: { KSampler.seed: [1, 2] }';

/** One finished run first, so that the shortest run time is known. */
const warmed = async (execution = ''): Promise<Project> => {
  const p = await project({ manifest: two + execution, emulator: constant });
  expect((await p.apply('--first', '1')).exit).toBe(0);
  return p;
};

test('lost before the effect, alone on the account: evidence lets auto submit again', async () => {
  const p = await warmed();
  p.service.setFaults([{ endpoint: 'create', kind: 'resetBefore', next: 1 }]);
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 2, duplicates: 0 });
  expect(p.summary()['possibleDuplicates']).toEqual([]);
});

test('lost after the effect: held, named as a possible duplicate, never submitted again', async () => {
  const p = await warmed();
  p.service.setFaults([{ endpoint: 'create', kind: 'resetAfter', next: 1 }]);
  expect((await p.apply()).exit).toBe(1);
  expect((await p.apply()).exit).toBe(1);
  expect(p.service.stats()).toMatchObject({ accepted: 2, duplicates: 0 });
  expect(p.summary()['possibleDuplicates']).toHaveLength(1);
  expect((await p.plan()).summary).toMatchObject({ unknown: 1, upToDate: 1 });
});

test('lost before the effect with a foreign task on the account: no proof, held', async () => {
  const p = await warmed();
  p.service.setFaults([{ endpoint: 'create', kind: 'resetBefore', next: 1 }]);
  p.service.model.adjust(null, (account) => (account.foreign = 1));
  expect((await p.apply()).exit).toBe(1);
  expect(p.service.stats().accepted).toBe(1);
});

test('hold never submits again; resubmit does once', async () => {
  const held = await warmed('\nexecution: { onUnknown: hold }');
  held.service.setFaults([{ endpoint: 'create', kind: 'resetBefore', next: 1 }]);
  expect((await held.apply()).exit).toBe(1);
  expect(held.service.stats().accepted).toBe(1);
  const again = await warmed('\nexecution: { onUnknown: resubmit }');
  again.service.setFaults([{ endpoint: 'create', kind: 'resetAfter', next: 1 }]);
  expect((await again.apply()).exit).toBe(0);
  expect(again.service.stats()).toMatchObject({ accepted: 3, duplicates: 1 });
  expect(again.summary()['possibleDuplicates']).toHaveLength(1);
});

test('resolve --task adopts the task that was paid for', async () => {
  const p = await warmed();
  p.service.setFaults([{ endpoint: 'create', kind: 'resetAfter', next: 1 }]);
  await p.apply();
  const [run] = p.results().filter(({ status }) => status === 'unknown');
  const task = p.service.bill().find(({ answerDelivered }) => !answerDelivered);
  expect((await p.run('resolve', run!.id, '--task', task!.taskId)).exit).toBe(0);
  expect((await p.apply()).exit).toBe(0);
  expect(p.results().map(({ taskId }) => taskId)).toContain(task!.taskId);
  expect(p.service.stats()).toMatchObject({ accepted: 2, duplicates: 0 });
});

test('resolve --resubmit and --give-up do what they say; a settled run is refused', async () => {
  const p = await warmed('\nexecution: { onUnknown: hold }');
  p.service.setFaults([{ endpoint: 'create', kind: 'resetBefore', next: 1 }]);
  await p.apply();
  const [run] = p.results().filter(({ status }) => status === 'unknown');
  expect((await p.run('resolve', run!.id, '--give-up')).exit).toBe(0);
  expect((await p.run('resolve', run!.id, '--resubmit')).exit).toBe(2);
  expect((await p.plan()).summary).toMatchObject({ retry: 1 });
  expect((await p.run('explain', run!.id)).out).toContain('giveUp');
});

test('a lost attempt keeps its slot until the account says otherwise', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: [1, 2, 3, 4] }\nexecution: { onUnknown: hold }',
    emulator: {
      ...constant,
      slots: 1,
      faults: [{ endpoint: 'create', kind: 'resetAfter', next: 1 }],
    },
  });
  expect((await p.apply()).exit).toBe(1);
  expect(
    p
      .results()
      .map(({ status }) => status)
      .sort(),
  ).toEqual(['succeeded', 'succeeded', 'succeeded', 'unknown']);
  expect(p.service.stats().capacityRefusals).toBeLessThanOrEqual(2);
});
