import { cpSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import { markOf, write } from './marks.js';

const project = projects();
const folder = fileURLToPath(new URL('../../manifests', import.meta.url));
const api = readFileSync(`${folder}/quickstart/api.json`, 'utf8');

test('drafts are picked, and only the picked ones are drawn in full: the recipe of the cook-book', async () => {
  const p = await project({ emulator: { workflows: new Map([['1980237776367083521', api]]) } });
  cpSync(folder, p.dir, { recursive: true });
  const [manifest, dir] = ['pick-and-finish.yaml', 'out/pick-and-finish'];
  const sent = (from: number): unknown[][] =>
    p
      .received()
      .slice(from)
      .map((list) =>
        ['seed', 'steps'].map(
          (name) => list.find(({ fieldName }) => fieldName === name)?.fieldValue,
        ),
      );

  expect(await p.run('apply', manifest)).toMatchObject({ exit: 0 });
  expect(sent(0).map(([, steps]) => steps)).toEqual(Array.from({ length: 6 }, () => 8));
  const names = p.results(dir).map(({ name }) => name);
  const [fox, heron] = ['fox-2', 'heron-3'].map((name) => names.indexOf(name));
  const about = { batch: 'pick-and-finish' };
  write(
    p,
    [
      markOf(p, fox!, { ...about, pick: 'picked' }, dir),
      markOf(p, 0, { ...about, pick: 'rejected' }, dir),
      markOf(p, heron!, { ...about, stars: 5, pick: 'picked' }, dir),
    ],
    'picks.jsonl',
  );
  const taken = await p.run('picks', manifest, '--import', 'picks.jsonl');
  expect(taken.err).toContain('3 marks taken over');

  const final = ['apply', manifest, '--picked', '--profile', 'final'] as const;
  const done = await p.run(...final);
  expect(done, done.err).toMatchObject({ exit: 0 });
  expect(sent(6)).toEqual([
    [2, 40],
    [3, 40],
  ]);
  const finals = p.results('out/finals').filter(({ status }) => status === 'succeeded');
  expect(finals.map(({ name }) => name)).toEqual(['fox-2', 'heron-3']);
  for (const { outputs } of finals)
    for (const { path } of outputs) expect(p.exists(`out/finals/${path}`)).toBe(true);
  // The drafts are still there, and nothing is paid for twice.
  for (const { outputs } of p.results(dir))
    for (const { path } of outputs) expect(p.exists(`${dir}/${path}`)).toBe(true);
  expect(await p.run(...final)).toMatchObject({ exit: 0 });
  expect(await p.run('apply', manifest)).toMatchObject({ exit: 0 });
  expect(p.received()).toHaveLength(8);
});
