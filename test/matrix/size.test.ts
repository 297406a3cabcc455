import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expand } from '../support/expand.js';
import { Project } from '../support/project.js';

let project: Project;
beforeEach(async () => {
  project = await Project.start();
});
afterEach(() => project.close());

const axis = 'KSampler.seed: { from: 1, count: 8 }';

describe('maxRuns holds whatever else the matrix has, and counts what would run', () => {
  test.each<[string, string, number]>([
    ['exclude', `${axis}, exclude: [{ KSampler.seed: 1 }]`, 7],
    ['include', `${axis}, include: [{ Positive Prompt.text: a }, { KSampler.seed: 99 }]`, 9],
    ['exclude and repeat', `${axis}, exclude: [{ KSampler.seed: 1 }], repeat: 2`, 14],
    ['include alone', 'include: [{ KSampler.seed: 1 }, { KSampler.seed: 2 }]', 2],
    [
      'a sample of what exclude left',
      `${axis}, exclude: [{ KSampler.seed: 1 }], sample: { count: 5, seed: a }`,
      5,
    ],
    ['_skip', 'rows: p.csv', 4],
    ['_skip and an axis', 'rows: p.csv, KSampler.steps: [1, 2]', 8],
  ])('%s', async (_, matrix, runs) => {
    project.write('p.csv', 'KSampler.seed,_skip\n1,\n2,x\n3,no\n4,1\n5,\n6,0\n');
    project.manifest(`matrix: { ${matrix} }`);
    const held = await project.run('validate', '--max-runs', String(runs - 1));
    expect(held.err).toContain(`= ${runs} runs, more than ${runs - 1}`);
    expect(held.exit).toBe(2);
    const fits = await project.run('validate', '--max-runs', String(runs), '--json');
    expect(fits.exit).toBe(0);
    const { summary } = await project.plan('--max-runs', String(runs));
    expect(summary['total']).toBe(runs);
  });

  test('what is too large to look through is told by its axes, at once', async () => {
    const { problems } = await expand(
      'matrix: { a: { from: 1, count: 1000000 }, b: { from: 1, count: 1000000 }, exclude: [{ a: 1 }] }',
    );
    expect(problems.kept.map(({ message }) => message)).toEqual([
      'a 1000000 × b 1000000 = 1000000000000 runs, more than 1000',
    ]);
  });
});

describe('a sample is drawn from what exclude and include left', () => {
  test('it has as many runs as it says, none of them excluded or skipped', async () => {
    project.write('p.csv', 'KSampler.seed,_skip\n1,\n2,x\n3,\n4,\n5,\n');
    project.manifest(
      'matrix: { rows: p.csv, exclude: [{ KSampler.seed: 5 }], include: [{ KSampler.seed: 77 }], sample: { count: 4, seed: s } }',
    );
    expect((await project.apply()).exit).toBe(0);
    const seeds = project
      .received()
      .map((list) => String(list.find(({ fieldName }) => fieldName === 'seed')?.fieldValue));
    expect(seeds.sort()).toEqual(['1', '3', '4', '77']);
    project.manifest(
      'matrix: { rows: p.csv, exclude: [{ KSampler.seed: 5 }], sample: { count: 4, seed: s } }',
    );
    const { exit, err } = await project.run('validate');
    expect([exit, err]).toEqual([2, expect.stringContaining('a sample of 4 from 3 combinations')]);
  });

  test('it is a part of the whole expansion, with the places of that', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.subarray([1, 2, 3, 4, 5, 6]),
        fc.nat({ max: 3 }),
        fc.nat({ max: 12 }),
        async (a, b, excluded, added, count) => {
          const shape = `exclude: [${excluded.map((n) => `{ a: ${n} }`).join(', ')}], include: [${Array.from({ length: added }, (_, n) => `{ a: ${90 + n}, b: x }`).join(', ')}]`;
          const axes = `a: { from: 1, count: ${a} }, b: { from: 1, count: ${b} }, ${shape}`;
          const all = await expand(`matrix: { ${axes} }`);
          const some = await expand(`matrix: { ${axes}, sample: { count: ${count}, seed: s } }`);
          if (count > all.combinations.length) {
            expect(some.problems.kept.map(({ code }) => code)).toContain('E0315');
            return;
          }
          expect(some.combinations).toHaveLength(count);
          const places = new Map(all.combinations.map(({ index }, at) => [index, all.values[at]]));
          for (const [at, { index }] of some.combinations.entries())
            expect(some.values[at]).toEqual(places.get(index));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a matrix that is empty on purpose is a notice and exit 0', () => {
  test.each([
    ['allowEmpty', 'LoadImage.image: { glob: "in/*.png", allowEmpty: true }', 'allowEmpty allows'],
    ['exclude', 'KSampler.seed: [1], exclude: [{ KSampler.seed: 1 }]', 'exclude leaves none'],
  ])('%s', async (_, matrix, words) => {
    project.manifest(`matrix: { ${matrix} }`);
    for (const command of ['validate', 'plan', 'apply', 'report']) {
      const { exit, err } = await project.run(command);
      expect([command, exit, err]).toEqual([
        command,
        0,
        expect.stringMatching(new RegExp(`notice: the matrix has no runs: .*${words}`)),
      ]);
    }
    expect(project.service.bill()).toEqual([]);
  });

  test('by mistake it is an error', async () => {
    project.manifest('matrix: { KSampler.seed: { from: 1, count: 0 } }');
    expect((await project.run('validate')).exit).toBe(2);
  });
});
