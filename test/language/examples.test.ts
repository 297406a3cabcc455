import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';

const project = projects();
const folder = fileURLToPath(new URL('../../manifests', import.meta.url));
const examples = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const api = readFileSync(`${folder}/quickstart/api.json`, 'utf8');

const emulator = {
  workflows: new Map([
    ['1980237776367083521', api],
    ['1980237776367083522', readFileSync(`${folder}/lora/api.json`, 'utf8')],
    ['1980237776367083523', readFileSync(`${folder}/bundle/api.json`, 'utf8')],
  ]),
  apps: new Map([['1877265245566922753', readFileSync(`${folder}/apps/portrait.json`, 'utf8')]]),
  models: new Map([
    [
      'rhart-video/ltx-2.3/text-to-video',
      readFileSync(`${folder}/models/text-to-video.json`, 'utf8'),
    ],
  ]),
};

/** How many runs each example makes. */
const runs: Readonly<Record<string, number>> = {
  'app.yaml': 4,
  'axes.yaml': 12,
  'big.yaml': 10,
  'budget.yaml': 14,
  'bundle.yaml': 2,
  'checkpoints.yaml': 8,
  'drafts-at-home.yaml': 4,
  'enterprise.yaml': 14,
  'excel-gbk.yaml': 3,
  'folder-of-images.yaml': 9,
  'include-exclude.yaml': 6,
  'jsonl.yaml': 2,
  'lora.yaml': 2,
  'model.yaml': 4,
  'new-every-night.yaml': 4,
  'nightly.yaml': 14,
  'pick-and-finish.yaml': 6,
  'profiles.yaml': 6,
  'quick.yaml': 2,
  'quickstart.yaml': 14,
  'records.yaml': 4,
  'repeat.yaml': 3,
  'sample.yaml': 6,
  'seeds.yaml': 10,
  'tables.yaml': 6,
  'values.yaml': 1,
  'whole-graph.yaml': 2,
  'zip.yaml': 4,
};

/** How they are applied, where all of their runs would be too many for a test. */
const flags: Readonly<Record<string, readonly string[]>> = { 'big.yaml': ['--first', '10'] };

test('every example is in the list', () => {
  expect(examples.sort()).toEqual(Object.keys(runs).sort());
});

test.each(examples)('%s runs to the end and says nothing odd', async (name) => {
  const p = await project({ emulator });
  cpSync(folder, p.dir, { recursive: true });
  const began = p.now();
  const before = p.now;
  p.now = () => Date.parse('2026-11-28T12:00:00Z') + before() - began;
  const ended = await p.run('apply', name, ...(flags[name] ?? []));
  expect(ended.exit, ended.err).toBe(0);
  expect(ended.err).not.toMatch(/warning:|error:/);
  const dated = name === 'new-every-night.yaml' ? '/2026-11-28' : '';
  const results = p.results(`out/${name.replace('.yaml', '')}${dated}`);
  expect(results.filter(({ thisApply }) => thisApply)).toHaveLength(runs[name] ?? -1);
  expect(readFileSync(`${folder}/${name}`, 'utf8')).toMatch(/^# yaml-language-server: \$schema=/);
});

test('a profile is laid over the base', async () => {
  const p = await project({ emulator: { workflows: new Map([['1980237776367083521', api]]) } });
  cpSync(folder, p.dir, { recursive: true });
  expect((await p.run('apply', 'profiles.yaml', '--profile', 'draft')).exit).toBe(0);
  expect(p.received()).toHaveLength(2);
  expect(p.received()[0]).toContainEqual({ nodeId: '3', fieldName: 'steps', fieldValue: 8 });
});

test('a table in GBK and JSON lines arrive as they were written', async () => {
  const p = await project({ emulator });
  cpSync(folder, p.dir, { recursive: true });
  expect((await p.run('apply', 'excel-gbk.yaml')).exit).toBe(0);
  expect((await p.run('apply', 'jsonl.yaml')).exit).toBe(0);
  const sent = p.received().map((list) => list.map(({ fieldValue }) => fieldValue));
  expect(sent).toContainEqual(expect.arrayContaining(['竹编灯笼, 暖光，写实', 12]));
  expect(sent).toContainEqual(
    expect.arrayContaining(['dawn over a harbour\nwide shot, 24 mm', '18446744073709551615', 7]),
  );
});

test('more seeds of the same number add runs and repeat none', async () => {
  const p = await project({ emulator });
  cpSync(folder, p.dir, { recursive: true });
  expect((await p.run('apply', 'seeds.yaml')).exit).toBe(0);
  p.write('seeds.yaml', p.read('seeds.yaml').replace('random: 5', 'random: 8'));
  expect((await p.run('apply', 'seeds.yaml')).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 16, duplicates: 0 });
});

test('a variable that nothing reads is told, such as a slip in --var', async () => {
  const p = await project({ emulator });
  cpSync(folder, p.dir, { recursive: true });
  const { err } = await p.run('validate', 'profiles.yaml', '--var', 'sufix=8k');
  expect(err).toContain('the variable "sufix" is used nowhere');
  expect(err).toContain('did you mean "suffix"?');
});
