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
  'bundle.yaml': 2,
  'enterprise.yaml': 14,
  'folder-of-images.yaml': 9,
  'include-exclude.yaml': 6,
  'lora.yaml': 2,
  'model.yaml': 4,
  'nightly.yaml': 14,
  'profiles.yaml': 6,
  'quick.yaml': 2,
  'quickstart.yaml': 14,
  'records.yaml': 4,
  'repeat.yaml': 3,
  'sample.yaml': 6,
  'tables.yaml': 6,
  'values.yaml': 1,
  'whole-graph.yaml': 2,
  'zip.yaml': 4,
};

test('every example is in the list', () => {
  expect(examples.sort()).toEqual(Object.keys(runs).sort());
});

test.each(examples)('%s runs to the end and says nothing odd', async (name) => {
  const p = await project({ emulator });
  cpSync(folder, p.dir, { recursive: true });
  const ended = await p.run('apply', name);
  expect(ended.exit, ended.err).toBe(0);
  expect(ended.err).not.toMatch(/warning:|error:/);
  expect(p.results(`out/${name.replace('.yaml', '')}`)).toHaveLength(runs[name] ?? -1);
  expect(readFileSync(`${folder}/${name}`, 'utf8')).toMatch(/^# yaml-language-server: \$schema=/);
});

test('a profile is laid over the base', async () => {
  const p = await project({ emulator: { workflows: new Map([['1980237776367083521', api]]) } });
  cpSync(folder, p.dir, { recursive: true });
  expect((await p.run('apply', 'profiles.yaml', '--profile', 'draft')).exit).toBe(0);
  expect(p.received()).toHaveLength(2);
  expect(p.received()[0]).toContainEqual({ nodeId: '3', fieldName: 'steps', fieldValue: 8 });
});
