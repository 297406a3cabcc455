import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { graph, pixel } from '../support/graph.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { workflowId } from '../support/project.js';

const start = projects();
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

const section = (title: string): string =>
  readme.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? '';
const blocks = (title: string, language: string): string[] =>
  [...section(title).matchAll(/^( *)```(\w*)\n([^]*?)^ *```$/gm)].flatMap(
    ([, indent = '', found, body = '']) =>
      found === language ? [body.replaceAll(new RegExp(`^${indent}`, 'gm'), '')] : [],
  );
/** The command lines of the blocks, without `rh-batch` and comments. */
const commandLines = (title: string): string[][] =>
  blocks(title, 'sh').flatMap((text) =>
    [...text.matchAll(/^rh-batch ([^#\n]+)/gm)].map(([, words = '']) => words.trim().split(/\s+/)),
  );

/** What ComfyUI opens with, and a loader: both text nodes have the same title. */
const text = (words: string): object => ({
  class_type: 'CLIPTextEncode',
  _meta: { title: 'CLIP Text Encode (Prompt)' },
  inputs: { text: words, clip: ['4', 1] },
});
const stock = JSON.stringify({
  ...graph,
  '6': text('a photo of'),
  '7': text('blurry'),
  '10': { ...graph['10'], _meta: { title: 'Load Image' } },
});

const opened = (): Promise<Project> =>
  start({
    emulator: { workflows: new Map([[workflowId, stock]]) },
    files: { 'api.json': stock, 'photos/a.png': pixel(1), 'photos/b.png': pixel(2) },
  });

test('the five steps of the README lead from the workflow to its outputs', async () => {
  const p = await opened();
  p.remove('api.json');
  const [manifest = ''] = blocks('Your workflow, in five steps', 'yaml');
  const [table = ''] = blocks('Your workflow, in five steps', 'csv');
  p.write('manifest.yaml', manifest);
  p.write('rows.csv', table);
  const lines = commandLines('Your workflow, in five steps');
  expect(lines.map(([name]) => name)).toEqual([
    ...['pull', 'validate', 'plan', 'apply', 'apply', 'apply'],
  ]);
  for (const line of lines) {
    const ended = await p.run(...line);
    expect(ended.exit, `${line.join(' ')}: ${ended.err}`).toBe(0);
  }
  expect(p.results()).toHaveLength(2);
  expect(p.service.bill()).toHaveLength(2);
});

test.each([
  ['every prompt with every seed', 0, 10],
  ['every picture in every style', 1, 4],
  ['new pictures every night', 2, 4],
])('the recipe of the README runs: %s', async (_, at, runs) => {
  const p = await opened();
  p.write('manifest.yaml', blocks('Three recipes', 'yaml')[at] ?? '');
  p.write(
    'rows.csv',
    blocks('Your workflow, in five steps', 'csv')[0]?.replace(',KSampler.seed', ',_note') ?? '',
  );
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(p.results()).toHaveLength(runs);
});

test('the mistake that the README shows is what validate prints', async () => {
  const p = await opened();
  p.manifest('set:\n\n  CLIP Text Encode (Prompt).text: a cat');
  const shown = /```\n(manifest\.yaml:6[^]*?)```/.exec(readme)?.[1];
  const ended = await p.run('validate');
  expect(ended.err).toContain(shown?.trimEnd());
});
