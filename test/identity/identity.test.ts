import { expect, test } from 'vitest';
import { graph, pixel } from '../support/graph.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';

const project = projects();
const rows = (...prompts: string[]): string =>
  `Positive Prompt.text,KSampler.seed\n${prompts.map((prompt, at) => `${prompt},${at + 1}`).join('\n')}\n`;
const fixed = (...prompts: [string, number][]): string =>
  `Positive Prompt.text,KSampler.seed\n${prompts.map(([prompt, seed]) => `${prompt},${seed}`).join('\n')}\n`;

const finished = async (manifest = 'matrix: { rows: p.csv }', files = {}): Promise<Project> => {
  const p = await project({ manifest, files: { 'p.csv': rows('a', 'b', 'c'), ...files } });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  return p;
};

const toRun = async (p: Project): Promise<string[]> =>
  (await p.plan()).runs
    .filter(({ action }) => action !== 'upToDate')
    .map(({ reasons, action }) => `${action}: ${reasons.join('; ')}`);

test('a row inserted on top runs once and nothing else runs again', async () => {
  const p = await finished();
  p.write('p.csv', fixed(['new', 9], ['a', 1], ['b', 2], ['c', 3]));
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 4, duplicates: 0 });
});

type Graph = Record<
  string,
  { class_type: string; _meta?: { title: string }; inputs: Record<string, unknown> }
>;
const copy = (): Graph => JSON.parse(JSON.stringify(graph)) as Graph;

const cosmetic: readonly (readonly [string, (p: Project) => void])[] = [
  ['rows reordered', (p) => p.write('p.csv', fixed(['c', 3], ['a', 1], ['b', 2]))],
  [
    'columns reordered',
    (p) => p.write('p.csv', 'KSampler.seed,Positive Prompt.text\n1,a\n2,b\n3,c\n'),
  ],
  [
    'a column for people',
    (p) => p.write('p.csv', 'Positive Prompt.text,KSampler.seed,_note\na,1,x\nb,2,y\nc,3,z\n'),
  ],
  [
    'a title changed',
    (p) => {
      const api = copy();
      api['4']!._meta = { title: 'Another name' };
      p.write('api.json', JSON.stringify(api));
    },
  ],
  [
    'keys of api.json reordered',
    (p) => {
      const api = copy();
      p.write(
        'api.json',
        JSON.stringify(
          Object.fromEntries(
            Object.entries(api)
              .reverse()
              .map(([id, node]) => [
                id,
                {
                  inputs: Object.fromEntries(Object.entries(node.inputs).reverse()),
                  class_type: node.class_type,
                  ...(node._meta === undefined ? {} : { _meta: node._meta }),
                },
              ]),
          ),
        ),
      );
    },
  ],
  [
    'nodes renumbered',
    (p) => {
      const renumber = (id: string): string => String(Number(id) + 100);
      const api = Object.fromEntries(
        Object.entries(copy()).map(([id, node]) => [
          renumber(id),
          {
            ...node,
            inputs: Object.fromEntries(
              Object.entries(node.inputs).map(([name, value]) => [
                name,
                Array.isArray(value) ? [renumber(String(value[0])), value[1]] : value,
              ]),
            ),
          },
        ]),
      );
      p.write('api.json', JSON.stringify(api));
      p.service.model.saveWorkflow('1980237776367083521', JSON.stringify(api));
    },
  ],
  ['comments', (p) => p.manifest('# a comment\nmatrix: { rows: p.csv } # and another')],
  ['run names', (p) => p.manifest('matrix: { rows: p.csv }\nrun: { name: "n-${{ run.index }}" }')],
  [
    'tags and execution',
    (p) =>
      p.manifest(
        'matrix: { rows: p.csv }\nrun: { tags: [x] }\nexecution: { concurrency: 1, retries: 5 }',
      ),
  ],
  [
    'an override equal to the base value',
    (p) => p.manifest('matrix: { rows: p.csv }\nset: { KSampler.steps: 20 }'),
  ],
  [
    'the table under another name',
    (p) => {
      p.write('other.csv', rows('a', 'b', 'c'));
      p.manifest('matrix: { rows: other.csv }');
    },
  ],
];

test.each(cosmetic)('%s: nothing runs again', async (_, change) => {
  const p = await finished();
  change(p);
  expect(await toRun(p)).toEqual([]);
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(3);
});

test.each<[string, (p: Project) => void, string[]]>([
  [
    'a changed cell',
    (p) => p.write('p.csv', rows('a', 'B!', 'c')),
    ['changed: Positive Prompt.text "b" → "B!"'],
  ],
  [
    'a base literal',
    (p) => {
      const api = copy();
      api['3']!.inputs['steps'] = 30;
      p.write('api.json', JSON.stringify(api));
    },
    Array(3).fill('changed: KSampler.steps 20 → 30 in api.json'),
  ],
  [
    'a base literal that every run overrides',
    (p) => {
      const api = copy();
      api['6']!.inputs['text'] = 'other';
      p.write('api.json', JSON.stringify(api));
    },
    [],
  ],
  [
    'the machine',
    (p) => p.manifest('instance: plus\nmatrix: { rows: p.csv }'),
    Array(3).fill('changed: instance default → plus'),
  ],
  [
    'the wiring',
    (p) => {
      const api = copy();
      api['3']!.inputs['negative'] = ['6', 0];
      p.write('api.json', JSON.stringify(api));
    },
    Array(3).fill('changed: wiring of api.json changed'),
  ],
])('%s: exactly the runs concerned, with the reason', async (_, change, expected) => {
  const p = await finished();
  change(p);
  expect(await toRun(p)).toEqual(expected);
});

test("an asset's bytes are a reason, its name and path are none", async () => {
  const p = await finished('matrix: { LoadImage.image: [a.png, b.png] }', {
    'a.png': pixel(1),
    'b.png': pixel(2),
  });
  p.write('a.png', pixel(3));
  expect((await toRun(p))[0]).toMatch(/^changed: a\.png changed: [0-9a-f]{4}… → [0-9a-f]{4}…$/);
  p.write('a.png', pixel(1));
  p.write('c.png', pixel(2));
  p.manifest('matrix: { LoadImage.image: [a.png, c.png] }');
  expect(await toRun(p)).toEqual([]);
});

test('explain tells the same reason, and what became of the run', async () => {
  const p = await finished();
  p.write('p.csv', rows('a', 'B!', 'c'));
  const { runs } = await p.plan();
  expect((await p.run('explain', runs[1]!.id)).out).toContain(
    'changed: Positive Prompt.text "b" → "B!"',
  );
  expect((await p.run('explain', runs[0]!.id)).out).toMatch(
    /attempt 1: succeeded\n .* task \d{19} .* ran .*\nfile: .*\.png/,
  );
  expect((await p.run('explain', 'E0208')).out).toContain('several nodes');
  expect((await p.run('explain', '803')).out).toContain('An override does not fit');
});

test('reuse.maxAge makes anew what is older', async () => {
  const p = await finished('matrix: { rows: p.csv }\nreuse: { maxAge: 1ms }');
  expect((await toRun(p))[0]).toMatch(/^changed: older than/);
});

test('selection: shards are disjoint and complete, first, where, only', async () => {
  const p = await project({
    manifest:
      'matrix: { KSampler.seed: { from: 1, to: 10 }, style: [x, y] }\nset: { Positive Prompt.text: "${{ style }}" }',
  });
  const shards = await Promise.all(
    ['1/3', '2/3', '3/3'].map(async (shard) =>
      (await p.plan('--shard', shard)).runs.map(({ id }) => id),
    ),
  );
  const all = (await p.plan()).runs.map(({ id }) => id);
  expect(shards.flat().sort()).toEqual([...all].sort());
  expect((await p.plan('--first', '3')).runs).toHaveLength(3);
  expect((await p.plan('--where', 'style=x')).runs).toHaveLength(10);
  expect((await p.plan('--only', all[4]!)).runs).toHaveLength(1);
  expect((await p.apply('--first', '2')).exit).toBe(0);
  expect((await p.plan()).summary).toMatchObject({ upToDate: 2, new: 18 });
  expect((await p.plan('--force')).summary).toMatchObject({ upToDate: 0 });
});

const hostile = [
  '../../etc/passwd',
  'a/b\\c',
  'con',
  'CON.txt',
  'x'.repeat(400),
  '...',
  ' lead ',
  'a:b*c?"<>|',
  '🦊'.repeat(60),
  'a\nb',
  '\u202eevil',
  '-rf',
];

test('hostile names stay below the outputs folder, on the rules of Linux and Windows', async () => {
  const p = await project({
    manifest:
      'matrix: { rows: p.jsonl }\nset: { Positive Prompt.text: "${{ t }}" }\nrun: { name: "${{ t }}" }\noutputs: { name: "${{ t }}/${{ run.name }}.${{ output.ext }}" }',
    files: { 'p.jsonl': hostile.map((t) => JSON.stringify({ t })).join('\n') },
  });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  for (const { outputs } of p.results())
    for (const { path } of outputs) {
      expect(p.exists(`out/manifest/${path}`)).toBe(true);
      for (const part of path.split('/')) {
        expect(part).not.toMatch(
          /^\.+$|[<>:"\\|?*\u0000-\u001f]|[. ]$|^(?:con|nul|prn|aux)(?:\.|$)/i,
        );
        expect(Buffer.byteLength(part)).toBeLessThanOrEqual(124);
      }
    }
  expect(p.list('.').every((path) => !path.includes('passwd') || path.startsWith('out/'))).toBe(
    true,
  );
});

test.each([
  [
    'two runs of one name',
    'matrix: { KSampler.seed: [1, 2] }\nrun: { name: same }',
    /E?runs 0 and 1 have the same name "same"/,
  ],
  [
    'names that differ in case alone',
    'matrix: { a: [x, X] }\nset: { Positive Prompt.text: "${{ a }}" }\nrun: { name: "${{ a }}" }',
    /have the same name/,
  ],
  [
    'outputs of one name',
    'matrix: { KSampler.seed: [1, 2] }\noutputs: { name: "out.${{ output.ext }}" }',
    /same for every run/,
  ],
  ['outputs that leave', 'outputs: { name: "../${{ run.name }}.png" }', /must stay below/],
])('%s are refused', async (_, manifest, words) => {
  const p = await project({ manifest });
  const ended = await p.apply();
  expect(ended.exit).toBe(2);
  expect(ended.err).toMatch(words);
});
