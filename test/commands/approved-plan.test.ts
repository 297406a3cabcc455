import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { pixel } from '../support/graph.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key } from '../support/project.js';

const project = projects();
const options = {
  manifest:
    'matrix: { rows: rows.csv }\nset: { Positive Prompt.text: "${{ prompt }} ${{ batch.date }}" }\nrun: { name: "${{ n }}" }',
  files: {
    'rows.csv':
      'n,prompt,LoadImage.image\na,fox,cats/a.png\nb,heron,cats/a.png\nc,hare,cats/a.png\n',
    'cats/a.png': pixel(1),
  },
};

const bill = (p: Project): number => p.service.bill().length;
const approve = async (p: Project, ...flags: string[]): Promise<void> => {
  const planned = await p.run('plan', '--out', 'plan.json', ...flags);
  expect(planned, planned.err).toMatchObject({ exit: 0 });
};
const schema = JSON.parse(
  readFileSync(new URL('../../schemas/plan.schema.json', import.meta.url), 'utf8'),
) as object;

describe('a plan that was approved', () => {
  test('is what apply carries out: the selection and the folders of the plan', async () => {
    const p = await project(options);
    await approve(p, '--only', 'a', '--only', 'b', '--out-dir', 'o', '--state-dir', 's');
    const isPlan = new Ajv2020({ allowUnionTypes: true }).compile(schema);
    const saved = JSON.parse(p.read('plan.json')) as { madeAt: string; runs: unknown[] };
    expect(isPlan(saved), JSON.stringify(isPlan.errors)).toBe(true);
    expect(saved.runs).toHaveLength(2);
    expect(p.read('plan.json')).not.toContain(key);
    const applied = await p.apply('plan.json', '--progress', 'none');
    expect(applied, applied.err).toMatchObject({ exit: 0 });
    expect(bill(p)).toBe(2);
    expect(p.results('o').map(({ thisApply }) => thisApply)).toEqual([true, true, false]);
    expect(p.exists('s/manifest/journal.jsonl')).toBe(true);
  });

  test('runs in another checkout, whatever stands at the line ends', async () => {
    const p = await project(options);
    await approve(p, '--out-dir', join(p.dir, 'o'));
    mkdirSync(join(p.dir, 'other'));
    for (const path of ['manifest.yaml', 'api.json', 'rows.csv', 'cats', 'plan.json'])
      cpSync(join(p.dir, path), join(p.dir, 'other', path), { recursive: true });
    p.write('other/manifest.yaml', p.read('manifest.yaml').replaceAll('\n', '\r\n'));
    const applied = await p.runIn('other', 'apply', 'plan.json');
    expect(applied, applied.err).toMatchObject({ exit: 0 });
    expect(bill(p)).toBe(3);
    expect(p.exists('other/o/results.jsonl')).toBe(true);
  });

  test.each<readonly [string, RegExp, (p: Project) => unknown]>([
    [
      'the manifest',
      /manifest.yaml changed/,
      (p) => p.write('manifest.yaml', `${p.read('manifest.yaml')}# x\n`),
    ],
    [
      'a cell',
      /run 1 \(b\): Positive Prompt.text is stork/,
      (p) => p.write('rows.csv', p.read('rows.csv').replace('heron', 'stork')),
    ],
    [
      'a new row',
      /run 3 \(d\) was not planned/,
      (p) => p.write('rows.csv', `${p.read('rows.csv')}d,owl,cats/a.png\n`),
    ],
    [
      'a row less',
      /run 2 \(c\) is gone/,
      (p) => p.write('rows.csv', p.read('rows.csv').replace(/c,.*\n/, '')),
    ],
    [
      'an asset',
      /run 0 \(a\): cats\/a.png has another content/,
      (p) => p.write('cats/a.png', pixel(2)),
    ],
    [
      'api.json',
      /the base file \(api.json\)/,
      (p) => p.write('api.json', p.read('api.json').replace('"steps": 20', '"steps": 21')),
    ],
    ['history', /the history went on: record \d+, then 0/, (p) => p.apply('--only', 'a')],
    [
      'the account',
      /another account/,
      (p) => p.write('k.env', 'RUNNINGHUB_API_KEY=ffffffffffffffffffffffffffffffff\n'),
    ],
  ])('is refused as stale when %s changed, with what changed', async (what, message, change) => {
    const p = await project(options);
    await approve(p);
    await change(p);
    const before = bill(p);
    const applied = await p.apply(
      'plan.json',
      ...(what === 'the account' ? ['--env-file', 'k.env'] : []),
    );
    expect(applied).toMatchObject({ exit: 2 });
    expect(applied.err).toMatch(/the plan in plan.json is stale/);
    expect(applied.err).toMatch(message);
    expect(bill(p)).toBe(before);
    // One command about the manifest that was approved, to be typed as it stands.
    const [, command = ''] = /approve that: rh-batch (.+)$/m.exec(applied.err) ?? [];
    expect(command.match(/manifest\.yaml/g)).toHaveLength(1);
    const again = await p.run(...command.split(' '));
    expect(again.exit, again.err).toBe(0);
  });

  test('is of its own day, as the dates in its templates are', async () => {
    const p = await project(options);
    await approve(p);
    const { madeAt } = JSON.parse(p.read('plan.json')) as { madeAt: string };
    const dayBefore = new Date(Date.parse(madeAt) - 86_400_000).toISOString();
    p.write('plan.json', p.read('plan.json').replace(madeAt, dayBefore));
    const { err } = await p.apply('plan.json');
    expect(err).toContain(`is fox ${dayBefore.slice(0, 10)}, it was fox ${madeAt.slice(0, 10)}`);
  });

  test('a row that it does not select may not change either', async () => {
    const p = await project(options);
    await approve(p, '--only', 'a');
    p.write('rows.csv', p.read('rows.csv').replace('hare', 'owl'));
    const applied = await p.apply('plan.json');
    expect(applied.exit).toBe(2);
    expect(applied.err).toContain('runs of the batch that the plan does not select changed');
  });

  test.each([[['--first', '1']], [['--force']], [['--var', 'x=1']], [['--emulator']]])(
    'is not changed by flags beside it: %j',
    async (flags) => {
      const p = await project(options);
      await approve(p);
      const applied = await p.apply('plan.json', ...flags);
      expect(applied.exit).toBe(2);
      expect(applied.err).toContain(`${flags[0]} would change the plan in plan.json`);
      expect(bill(p)).toBe(0);
    },
  );

  test('once is enough: carried out, it is stale', async () => {
    const p = await project(options);
    await approve(p);
    expect((await p.apply('plan.json')).exit).toBe(0);
    expect((await p.apply('plan.json')).exit).toBe(2);
    expect(bill(p)).toBe(3);
  });

  test('a file that only looks like one is an error, and a JSON manifest is a manifest', async () => {
    const p = await project(options);
    p.write('plan.json', '{"rhBatchPlan":2,"runs":[]}');
    const applied = await p.apply('plan.json');
    expect(applied.exit).toBe(2);
    expect(applied.err).toContain('plan.json is no plan that this rh-batch can carry out');
    p.write(
      'm.json',
      JSON.stringify({ version: 1, workflowId: '1980237776367083521', api: 'api.json' }),
    );
    expect((await p.plan('m.json')).runs).toHaveLength(1);
  });
});
