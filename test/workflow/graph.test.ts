import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problems } from '../../src/diagnostics/problems.js';
import { renderProblems } from '../../src/diagnostics/render.js';
import { findAddress, resolveAddress } from '../../src/workflow/address.js';
import { describeFields } from '../../src/workflow/describe.js';
import { compareGraphs } from '../../src/workflow/drift.js';
import { graphIdentity } from '../../src/workflow/identity.js';
import { parseWorkflow } from '../../src/workflow/parse.js';
import type { Workflow } from '../../src/workflow/workflow.js';
import { graph } from '../support/graph.js';

const parse = (text: string | Uint8Array, problems = new Problems()): Workflow | null =>
  parseWorkflow('api.json', text, { loaders: new Map() }, problems);
const parsed = (value: unknown): Workflow => {
  const problems = new Problems();
  const workflow = parse(JSON.stringify(value), problems);
  if (workflow === null) throw new Error(renderProblems(problems));
  return workflow;
};
const said = (text: string): string => {
  const problems = new Problems();
  parse(text, problems);
  return renderProblems(problems);
};

test.each<[string, string, RegExp]>([
  ['an empty file', '', /is empty/],
  ['broken JSON', '{"3": {', /api\.json:1:8 error: not valid JSON/],
  [
    'a duplicate key',
    '{"3":{"class_type":"A","inputs":{}},\n"3":{"class_type":"B","inputs":{}}}',
    /api\.json:2:1 error: .*twice/,
  ],
  ["the editor's format", '{"nodes":[{"id":1}],"links":[]}', /editor's format/],
  ['a pointer', '{"source":"runninghub","workflow_id":"1"}', /names a workflow/],
  ['a list', '[1]', /no ComfyUI graph/],
  [
    'a node without a class',
    '{"3":{"inputs":{}},"4":{"class_type":"A","inputs":{}}}',
    /node "3" has no class_type/,
  ],
  [
    'inputs that are a list',
    '{"3":{"class_type":"A","inputs":[]}}',
    /inputs of node "3" must be a map/,
  ],
  [
    'a dangling link',
    '{"3":{"class_type":"A","inputs":{"x":["9",0]}}}',
    /1:38 error: .*not in the graph/,
  ],
  ['deep nesting', `{"3":{"class_type":"A","inputs":{"x":${'['.repeat(600)}`, /nested deeper/],
])('%s is told with its place', (_, text, words) => {
  expect(said(text)).toMatch(words);
});

test.each([
  ['prompt', { prompt: graph }],
  ['workflow', { workflow: graph }],
  ['input.workflow', { input: { workflow: graph } }],
  ['prompt as a JSON text', { data: { prompt: JSON.stringify(graph) } }],
])('a graph wrapped as %s is unwrapped with a notice', (_, wrapped) => {
  const problems = new Problems();
  const workflow = parse(JSON.stringify(wrapped), problems);
  expect(workflow?.nodes.size).toBe(Object.keys(graph).length);
  expect(problems.kept[0]).toMatchObject({ severity: 'notice', code: 'E0204' });
});

test('odd but good graphs: sub-graph ids, null and object inputs, CJK, digits', () => {
  const workflow = parse(
    '{"57:30":{"class_type":"节点","inputs":{"文本":"x","n":null,"o":{"__value__":[false,true]},"seed":18446744073709551615}},"__proto__":{"class_type":"P","inputs":{}}}',
  );
  expect(describeFields(workflow!).map(({ address, value }) => [address, value])).toEqual([
    ['节点.文本', 'x'],
    ['节点.n', null],
    ['节点.o', { __value__: [false, true] }],
    ['节点.seed', '18446744073709551615'],
  ]);
  expect(workflow?.nodes.has('__proto__')).toBe(true);
});

const twins = parsed({
  ...graph,
  '6': { ...graph['6'], _meta: { title: 'CLIP Text Encode (Prompt)' } },
  '7': { ...graph['7'], _meta: { title: 'CLIP Text Encode (Prompt)' } },
});

test.each<[string, string[] | null]>([
  ['Size.width', ['5.width']],
  ['class:KSampler.seed', ['3.seed']],
  ['id:6.text', ['6.text']],
  ['KSampler/positive.text', ['6.text']],
  ['KSampler/negative.text', ['7.text']],
  ['class:CLIPTextEncode[*].text', ['6.text', '7.text']],
  ['CLIP Text Encode (Prompt).text', null],
  ['KSampler.model', null],
  ['KSampler.stepps', null],
  ['Nobody.text', null],
  ['nodot', null],
])('the address %s', (address, expected) => {
  const fields = findAddress(twins, address);
  expect(fields?.map(({ node, name }) => `${node}.${name}`) ?? null).toEqual(expected);
});

test('an ambiguous address lists its candidates and the shortest one that would do', () => {
  const problems = new Problems();
  resolveAddress(twins, 'CLIP Text Encode (Prompt).text', null, problems);
  const text = renderProblems(problems);
  expect(text).toContain('matches 2 nodes');
  expect(text).toMatch(/id:6 {2}CLIPTextEncode .*feeds KSampler\.positive {2}text = "a photo"/);
  expect(text).toContain('hint: write KSampler/positive.text');
});

test('titles with dots and slashes resolve, and a double reading is refused', () => {
  const dotted = parsed({
    '1': { class_type: 'A', _meta: { title: 'v1.5 a/b' }, inputs: { text: 'x' } },
    '2': { class_type: 'B', _meta: { title: 'x' }, inputs: { 'y.z': 1 } },
    '3': { class_type: 'C', _meta: { title: 'x.y' }, inputs: { z: 1 } },
  });
  expect(findAddress(dotted, 'v1.5 a/b.text')?.[0]?.node).toBe('1');
  expect(findAddress(dotted, 'x.y.z')).toBeNull();
});

const shared = fileURLToPath(new URL('../../../shared/workflows', import.meta.url));
const samples = existsSync(shared)
  ? readdirSync(shared).filter((name) => name.endsWith('.json'))
  : [];

describe.skipIf(samples.length === 0)('real workflows', () => {
  test.each(samples)('%s: refused in words, or every address leads back to its field', (name) => {
    const problems = new Problems();
    const workflow = parse(readFileSync(join(shared, name)), problems);
    if (workflow === null) {
      expect(problems.errors).toBeGreaterThan(0);
      return;
    }
    const described = describeFields(workflow);
    expect(new Set(described.map(({ address }) => address)).size).toBe(described.length);
    for (const { address, node, field } of described)
      expect(findAddress(workflow, address)?.map((found) => [found.node, found.name])).toEqual([
        [node, field],
      ]);
  });
});

type Node = { class_type: string; _meta?: { title: string }; inputs: Record<string, unknown> };

const renumbered = (
  source: Readonly<Record<string, Node>>,
  order: readonly number[],
): Record<string, Node> => {
  const ids = Object.keys(source);
  const names = new Map(ids.map((id, at) => [id, `n${order[at] ?? at}`]));
  const entries = ids.map((id): [string, Node] => {
    const node = source[id]!;
    const inputs = Object.entries(node.inputs)
      .map(([name, value]): [string, unknown] => [
        name,
        Array.isArray(value) ? [names.get(String(value[0])), value[1]] : value,
      ])
      .reverse();
    return [
      names.get(id)!,
      {
        class_type: node.class_type,
        _meta: { title: `t${order[at(ids, id)]}` },
        inputs: Object.fromEntries(inputs),
      },
    ];
  });
  return Object.fromEntries(entries.reverse());
};
const at = (ids: readonly string[], id: string): number => ids.indexOf(id);

test('identity: ids, titles and key order never matter; literals, classes and wires do', () => {
  const base = graphIdentity(parsed(graph));
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...Object.keys(graph).keys()], { minLength: Object.keys(graph).length }),
      (order) => {
        const other = graphIdentity(parsed(renumbered(graph, order)));
        expect(other.digest).toBe(base.digest);
        expect(other.wiring).toBe(base.wiring);
      },
    ),
  );
  const changed = (change: (copy: Record<string, Node>) => void): string => {
    const copy = JSON.parse(JSON.stringify(graph)) as Record<string, Node>;
    change(copy);
    return graphIdentity(parsed(copy)).digest;
  };
  expect(changed((copy) => (copy['3']!.inputs['steps'] = 21))).not.toBe(base.digest);
  expect(changed((copy) => (copy['3']!.class_type = 'KSamplerAdvanced'))).not.toBe(base.digest);
  expect(changed((copy) => (copy['3']!.inputs['positive'] = ['7', 0]))).not.toBe(base.digest);
  expect(changed((copy) => (copy['3']!.inputs['positive'] = ['6', 1]))).not.toBe(base.digest);
});

test('identity: an override is the literal that it becomes', () => {
  const identity = graphIdentity(parsed(graph));
  const same = identity.digestWith(new Map([['3', new Map([['steps', '20']])]]));
  expect(same).toBe(identity.digest);
  const thirty = identity.digestWith(new Map([['3', new Map([['steps', '30']])]]));
  const written = JSON.parse(JSON.stringify(graph)) as Record<string, Node>;
  written['3']!.inputs['steps'] = 30;
  expect(thirty).toBe(graphIdentity(parsed(written)).digest);
});

test('drift: values, structure, nothing', () => {
  const local = parsed(graph);
  const copy = (): Record<string, Node> =>
    JSON.parse(JSON.stringify(graph)) as Record<string, Node>;
  expect(compareGraphs(local, parsed(copy()))).toEqual({ is: 'same' });
  const values = copy();
  values['3']!.inputs['steps'] = 21;
  expect(compareGraphs(local, parsed(values))).toMatchObject({
    is: 'values',
    differing: [{ node: '3', name: 'steps' }],
  });
  const other = copy();
  delete other['10'];
  expect(compareGraphs(local, parsed(other))).toMatchObject({ is: 'structure' });
});
