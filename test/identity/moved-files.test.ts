import { copyFileSync, existsSync, linkSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { until } from '../support/until.js';

const project = projects();
const three = 'matrix: { KSampler.seed: [1, 2, 3] }';
const byIndex = 'outputs: { name: "${{ run.index | pad(4) }}.${{ output.ext }}" }';

const done = async (keys = three): Promise<Project> => {
  const p = await project({ manifest: keys });
  expect((await p.apply()).exit).toBe(0);
  return p;
};

const shas = (p: Project, dir: string): Map<string, string> =>
  new Map(p.results(dir).map(({ id, outputs }) => [id, outputs[0]?.sha256 ?? '']));

const nothingNew = async (p: Project, ...args: string[]): Promise<void> => {
  expect((await p.plan(...args)).summary).toMatchObject({ upToDate: 3 });
  const ended = await p.apply(...args);
  expect(ended.exit).toBe(0);
  expect(p.service.stats().accepted).toBe(3);
};

test('another outputs.dir, --out-dir and a folder moved by hand: nothing is paid for, files are linked', async () => {
  const p = await done();
  const before = shas(p, 'out/manifest');
  p.manifest(`${three}\noutputs: { dir: pictures }`);
  expect((await p.run('plan')).out).toContain('3 files to link from where they are');
  await nothingNew(p);
  expect(shas(p, 'pictures')).toEqual(before);
  for (const { outputs } of p.results('pictures'))
    expect(p.exists(`pictures/${outputs[0]?.path ?? ''}`)).toBe(true);
  await nothingNew(p, '--out-dir', 'third');
  p.remove('out');
  p.remove('third');
  renameSync(join(p.dir, 'pictures'), join(p.dir, 'kept-by-hand'));
  await nothingNew(p);
  expect(shas(p, 'pictures')).toEqual(before);
  expect((await p.run('plan')).out).not.toContain('link');
});

test('a copied manifest takes the results over and asks the service for nothing', async () => {
  const p = await done();
  copyFileSync(join(p.dir, 'manifest.yaml'), join(p.dir, 'copy.yaml'));
  const requests = p.service.stats().requests;
  await nothingNew(p, 'copy.yaml');
  expect(p.service.stats().requests).toEqual(requests);
  expect(shas(p, 'out/copy')).toEqual(shas(p, 'out/manifest'));
  expect(p.results('out/copy').every(({ reused }) => reused)).toBe(true);
  await nothingNew(p);
});

test('a task under way for another manifest is neither bought nor followed by its copy', async () => {
  const p = await project({ manifest: three, emulator: {} });
  const running = p.start(['apply', '-q']);
  await until(() => p.service.stats().accepted >= 3);
  running.signal('SIGINT');
  await running.ended;
  copyFileSync(join(p.dir, 'manifest.yaml'), join(p.dir, 'copy.yaml'));
  expect((await p.run('plan', 'copy.yaml')).out).toContain('under way for manifest.yaml');
  expect((await p.apply('copy.yaml')).exit).toBe(1);
  expect((await p.run('cancel', 'copy.yaml')).out).toContain('nothing of this batch is in flight');
  expect((await p.apply()).exit).toBe(0);
  expect((await p.apply('copy.yaml')).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 3, duplicates: 0 });
});

test('a manifest renamed and edited at once: what is in flight is followed, what is done is taken', async () => {
  const p = await project({ manifest: three, emulator: { slots: 2 } });
  const running = p.start(['apply', '-q']);
  await until(() => p.service.stats().accepted >= 3);
  running.signal('SIGINT');
  await running.ended;
  p.manifest('matrix: { KSampler.seed: [1, 2, 3, 4] }');
  renameSync(join(p.dir, 'manifest.yaml'), join(p.dir, 'next.yaml'));
  expect((await p.apply('next.yaml')).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 4, duplicates: 0 });
});

test('a row inserted at the top: kept files get the names of the plan, in the reports too', async () => {
  const p = await done(`matrix: { KSampler.seed: [1, 2, 3] }\n${byIndex}`);
  const before = shas(p, 'out/manifest');
  p.manifest(`matrix: { KSampler.seed: [9, 1, 2, 3] }\n${byIndex}`);
  const planned = await p.run('plan');
  expect(planned.out).toContain('3 files to rename');
  expect(planned.out).toContain('→ 0001.png  is 0000.png now');
  expect((await p.apply()).exit).toBe(0);
  expect(p.list('out/manifest').filter((name) => name.endsWith('.png'))).toEqual([
    '0000.png',
    '0001.png',
    '0002.png',
    '0003.png',
  ]);
  for (const { id, index, outputs } of p.results()) {
    expect(outputs[0]?.path).toBe(`000${index}.png`);
    if (index > 0) expect(outputs[0]?.sha256).toBe(before.get(id));
  }
  expect((await p.run('plan')).out).not.toContain('rename');
  expect(p.service.stats().accepted).toBe(4);
});

test('rows that change places: names go round in a circle, over no other file', async () => {
  const p = await done(`matrix: { KSampler.seed: [1, 2, 3] }\n${byIndex}`);
  const before = shas(p, 'out/manifest');
  p.manifest(`matrix: { KSampler.seed: [3, 1, 2] }\n${byIndex}`);
  await nothingNew(p);
  expect(shas(p, 'out/manifest')).toEqual(before);
  expect(
    p
      .list('out/manifest')
      .filter((name) => !name.includes('re') && name !== 'summary.json' && name !== 'junit.xml'),
  ).toEqual(['0000.png', '0001.png', '0002.png']);
  p.manifest(`matrix: { KSampler.seed: [3, 1, 2] }\noutputs: { name: "k-\${{ run.index }}.png" }`);
  p.write('out/manifest/k-1.png', 'mine');
  await nothingNew(p);
  expect(p.read('out/manifest/k-1.png')).toBe('mine');
  expect(p.results()[1]?.outputs[0]?.path).toBe('k-1-2.png');
  expect((await p.run('plan')).out).not.toContain('rename');
});

test('killed between two names: what is left is found by its content, nothing is paid for', async () => {
  const p = await done(`matrix: { KSampler.seed: [1, 2, 3] }\n${byIndex}`);
  const before = shas(p, 'out/manifest');
  const at = (name: string): string => join(p.dir, 'out/manifest', name);
  // As in the middle of a circle: one by a passing name, one under its new name already, one under both.
  renameSync(at('0002.png'), at('0002.png.0123abcd.moving'));
  renameSync(at('0001.png'), at('0002.png'));
  linkSync(at('0000.png'), at('0001.png'));
  p.manifest(`matrix: { KSampler.seed: [3, 1, 2] }\n${byIndex}`);
  await nothingNew(p);
  expect(shas(p, 'out/manifest')).toEqual(before);
  for (const { outputs } of p.results()) {
    const [output] = outputs;
    expect(existsSync(at(output?.path ?? ''))).toBe(true);
    expect(readFileSync(at(output?.path ?? '')).length).toBe(output?.bytes);
  }
});
