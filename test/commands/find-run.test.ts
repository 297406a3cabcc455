import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FoundRun, Named } from '../../src/commands/find-run.js';
import { RunFinder } from '../../src/commands/find-run.js';
import { isRunId } from '../../src/values/ids.js';
import { projects } from '../support/opened.js';
import type { Ended, Project } from '../support/project.js';

const start = projects();

const named = {
  manifest:
    'matrix: { who: [fox, foal, heron], KSampler.seed: { from: 1, to: 4 } }\n' +
    'set: { Positive Prompt.text: "${{ who }}" }\nrun: { name: "${{ who }} ${{ run.index }}" }',
};

/** Every command that takes a run, asked about it; what it does to it is nothing. */
const asked = (p: Project, run: string): Promise<readonly Ended[]> =>
  Promise.all([
    p.run('explain', run),
    p.run('resolve', run, '--give-up'),
    p.run('task', run),
    p.run('webhook', 'details', run),
  ]);

const idOf = async (p: Project, name: string): Promise<string> =>
  (await p.plan()).runs.find((run) => run.name === name)?.id ?? '';

describe('explain, resolve, task and webhook find a run', () => {
  test('by its id, its name, its number, a start that no other run has, and a pattern', async () => {
    const p = await start(named);
    expect(await p.apply()).toMatchObject({ exit: 0 });
    const id = await idOf(p, 'heron 9');
    for (const typed of [id, id.toUpperCase(), id.slice(0, 7), 'heron 9', 'HERON 9', '9', '*n 9']) {
      const [explain, resolve, task, webhook] = await asked(p, typed);
      expect(explain?.out, typed).toContain(`heron 9  ${id}`);
      expect(resolve?.err).toContain(`run ${id} (heron 9) is not unknown: it is succeeded`);
      expect(task).toMatchObject({ exit: 0 });
      expect(task?.out).toContain('heron 9  succeeded');
      expect(webhook?.err).toContain('of heron 9 has no webhook event');
    }
  });

  test('and list the candidates where it may be several', async () => {
    const p = await start(named);
    expect(await p.apply()).toMatchObject({ exit: 0 });
    for (const typed of ['fo', 'fo*', 'f??? *'])
      for (const ended of await asked(p, typed)) {
        expect(ended.exit).toBe(2);
        expect(ended.err).toMatch(/error: "f.*" fits [48] runs/);
        expect(ended.err).toMatch(/^ {2}[0-9a-f]{8} {2}number 4 {2}foal 4/m);
        expect(ended.err).toMatch(/hint: write its id: [0-9a-f]{8}/);
      }
  });

  test('and name the nearest where there is none', async () => {
    const p = await start(named);
    expect(await p.apply()).toMatchObject({ exit: 0 });
    for (const ended of await asked(p, 'herno 9')) {
      expect(ended.exit).toBe(2);
      expect(ended.err).toContain('the journal knows no run "herno 9"');
      expect(ended.err).toContain('did you mean "heron 9"');
    }
  });

  test('and say where the run stands when the manifest stands in its place', async () => {
    const p = await start(named);
    const { err } = await p.run('explain', 'manifest.yaml');
    expect(err).toContain('the run stands before the manifest');
  });
});

test('explain tells of the run that the manifest has now, also where its name had other inputs', async () => {
  const p = await start({ manifest: 'set: { Positive Prompt.text: a }\nrun: { name: one }' });
  expect(await p.apply()).toMatchObject({ exit: 0 });
  p.manifest('set: { Positive Prompt.text: b }\nrun: { name: one }');
  const id = await idOf(p, 'one');
  const { out } = await p.run('explain', 'one');
  expect(out).toContain(`one  ${id}\nnow: changed: `);
});

test('explain says that there are mistakes, not that the manifest has no such run', async () => {
  const p = await start({ manifest: 'set: { Positive Prompt.text: a }\nrun: { name: one }' });
  expect(await p.apply()).toMatchObject({ exit: 0 });
  p.manifest('set: { Positive Pormpt.text: b }\nrun: { name: one }');
  const { exit, out } = await p.run('explain', 'one');
  expect(exit).toBe(0);
  expect(out).not.toContain('has no such run');
  expect(out).toContain('rh-batch validate');
  expect((await p.run('validate')).exit).toBe(2);
});

test('a code of the service is explained, with the run that the word fits, too', async () => {
  const p = await start({
    manifest: 'set: { Positive Prompt.text: a }\nrun: { name: "803-fox" }',
  });
  expect(await p.apply()).toMatchObject({ exit: 0 });
  const { out } = await p.run('explain', '803');
  const [, id = ''] = /a run, too: rh-batch explain ([0-9a-f]{8})$/m.exec(out) ?? [];
  expect((await p.run('explain', id)).out).toContain('803-fox');
  expect((await p.run('explain', '803-fox')).out).toContain('state: succeeded');
  expect((await p.run('explain', '0')).out).toContain('803-fox');
});

test('resolve wants the id of a task for --task', async () => {
  const p = await start(named);
  const { exit, err } = await p.run('resolve', '0', '--task', 'seed-1');
  expect(exit).toBe(2);
  expect(err).toContain('--task wants the id of a task, not "seed-1"');
});

const runs = fc.uniqueArray(
  fc.record({
    id: fc.stringMatching(/^[0-9a-f]{16}$/),
    name: fc.oneof(fc.stringMatching(/^[a-c0-2]{1,4}$/), fc.string({ minLength: 1 })),
  }),
  { minLength: 1, maxLength: 12, selector: ({ id }) => id },
);

const asNamed = (all: readonly { id: string; name: string }[]): Named[] =>
  all.flatMap(({ id, name }, index) => (isRunId(id) ? [{ id, name, index }] : []));

const find = (all: readonly Named[], typed: string): FoundRun<Named> => {
  const finder = new RunFinder<Named>(typed);
  for (const run of all) finder.see(run);
  return finder.found;
};

test('one run is found only where no other fits as well, and a whole id finds its run', () => {
  fc.assert(
    fc.property(runs, fc.nat(), fc.nat({ max: 16 }), (given, at, length) => {
      const all = asNamed(given);
      const run = all[at % all.length]!;
      const named = all.filter(({ name }) => name.normalize('NFC') === run.id);
      if (named.length === 0) expect(find(all, run.id)).toEqual({ is: 'one', run });
      const typed = run.id.slice(0, length);
      const found = find(all, typed);
      if (found.is !== 'one' || /^\d{1,3}$/.test(typed)) return;
      const whole = all.filter(({ id, name }) => id === typed || name.normalize('NFC') === typed);
      if (whole.length === 0) expect(all.filter(({ id }) => id.startsWith(typed))).toHaveLength(1);
    }),
  );
});

test('a number finds the run of that number, whatever ids and names begin so', () => {
  fc.assert(
    fc.property(runs, fc.nat(), (given, at) => {
      const all = asNamed(given);
      const index = at % all.length;
      const typed = String(index);
      if (all.some(({ name }) => name.normalize('NFC') === typed)) return;
      expect(find(all, typed)).toEqual({ is: 'one', run: all[index] });
    }),
  );
});
