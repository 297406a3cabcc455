import { appendFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pixel } from '../support/graph.js';
import type { Ended } from '../support/project.js';
import { Project } from '../support/project.js';

let project: Project;
beforeEach(async () => {
  project = await Project.start({ emulator: { slots: 2, seed: 3 } });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await project.close();
});

const runs = 12;
const csv = `Positive Prompt.text,KSampler.seed\n${Array.from({ length: runs }, (_, n) => `fox ${n},${n}`).join('\n')}\n`;
const prompts = (): unknown[] =>
  project
    .received()
    .map((list) => list.find(({ fieldName }) => fieldName === 'text')?.fieldValue)
    .sort();
const planned = Array.from({ length: runs }, (_, n) => `fox ${n}`).sort();

/** Applies, and does something as soon as the service has accepted the first run. */
const applyWhile = async (change: () => void, ...argv: string[]): Promise<Ended> => {
  const applying = project.start(['apply', ...argv]);
  await expect.poll(() => project.service.bill().length, { interval: 2 }).toBeGreaterThan(0);
  change();
  return applying.ended;
};

const path = (name: string): string => join(project.dir, name);

describe('the expansion is fixed when the plan is made', () => {
  test.each<[string, () => void]>([
    ['emptied', () => truncateSync(path('p.csv'))],
    ['deleted', () => rmSync(path('p.csv'))],
    [
      'left with its header',
      () => writeFileSync(path('p.csv'), `${csv.split('\n', 1)[0] ?? ''}\n`),
    ],
    ['broken', () => appendFileSync(path('p.csv'), '"never closed\n')],
    ['appended to', () => appendFileSync(path('p.csv'), 'a stranger,99\n')],
    ['edited', () => writeFileSync(path('p.csv'), csv.replaceAll('fox', 'hen'))],
    [
      'replaced by a folder',
      () => {
        rmSync(path('p.csv'));
        project.write('p.csv/x', '');
      },
    ],
  ])('a table %s while an apply works changes nothing of it', async (_, change) => {
    project.write('p.csv', csv);
    project.manifest('matrix: { rows: p.csv }');
    const { exit, err, out } = await applyWhile(change);
    expect([exit, err]).toEqual([0, expect.stringContaining('notice: p.csv changed while')]);
    expect(out).toContain(`${runs} of ${runs} runs succeeded`);
    expect(prompts()).toEqual(planned);
    expect(project.results().map(({ status }) => status)).toEqual(
      new Array<string>(runs).fill('succeeded'),
    );
    expect(project.summary()['counts']).toMatchObject({ total: runs, succeeded: runs });
  });

  test('runs that failed stay failed in report and exit code when the table is emptied', async () => {
    project.write('p.csv', csv);
    project.manifest(
      'matrix: { rows: p.csv }\nrun: { expect: { outputs: ">=5" } }\nexecution: { retries: 0 }',
    );
    const { exit, out } = await applyWhile(() => truncateSync(path('p.csv')));
    expect([exit, out]).toEqual([1, expect.stringContaining(`0 of ${runs} runs succeeded`)]);
    expect(project.summary()['counts']).toMatchObject({ total: runs, failed: runs });
  });

  test.each(['manifest.yaml', 'api.json'])('%s may be deleted', async (name) => {
    project.write('p.csv', csv);
    project.manifest('matrix: { rows: p.csv }');
    const { exit, err } = await applyWhile(() => rmSync(path(name)));
    expect([exit, err]).toEqual([0, expect.stringContaining(`notice: ${name} changed while`)]);
    expect(prompts()).toEqual(planned);
  });

  test('files that a glob would find now, lines and texts are those of the plan', async () => {
    for (const n of [1, 2, 3]) project.write(`in/${n}.png`, pixel(n));
    project.write('l.txt', planned.slice(0, 6).join('\n'));
    project.write('t.txt', 'as it was');
    project.manifest(
      'matrix: { LoadImage.image: { glob: "in/*.png" }, Positive Prompt.text: { lines: l.txt } }\nset: { Negative Prompt.text: { file: t.txt } }',
    );
    const { exit, err } = await applyWhile(() => {
      project.write('in/4.png', pixel(4));
      writeFileSync(path('l.txt'), 'another\n');
      writeFileSync(path('t.txt'), 'as it is');
    });
    expect(exit).toBe(0);
    expect(err).toMatch(/notice: .*l\.txt.* changed while/);
    expect(err).toMatch(/notice: .*t\.txt.* changed while/);
    expect(err).toContain('what in/*.png finds');
    expect(project.received()).toHaveLength(18);
    expect(JSON.stringify(project.received())).not.toMatch(/another|as it is/);
    expect(project.results()).toHaveLength(18);
  });

  test('what was only touched, or saved again as it was, did not change', async () => {
    project.write('p.csv', csv);
    project.manifest('matrix: { rows: p.csv }');
    const { exit, err } = await applyWhile(() => writeFileSync(path('p.csv'), csv));
    expect([exit, err]).toEqual([0, expect.not.stringContaining('changed while')]);
  });

  test('a table too large to be held is read from a copy, of which nothing is left', async () => {
    // A folder of its own: other tests make copies at the same time.
    project.write('temporary/.keep', '');
    vi.stubEnv('TMPDIR', path('temporary'));
    const copies = (): string[] => readdirSync(tmpdir()).filter((name) => name.endsWith('.copy'));
    const note = 'x'.repeat(1_000_000);
    project.write(
      'p.csv',
      `Positive Prompt.text,_note\n${planned
        .slice(0, 12)
        .map((prompt) => `${prompt},${note}`)
        .join('\n')}\n`,
    );
    project.manifest('matrix: { rows: p.csv }');
    const { exit } = await applyWhile(() => {
      expect(copies()).toEqual([]);
      truncateSync(path('p.csv'));
    });
    expect(exit).toBe(0);
    expect(prompts()).toEqual(planned.slice(0, 12));
    expect(project.results()).toHaveLength(12);
    expect(copies()).toEqual([]);
  });
});

test('an asset that changes between plan and upload is refused with a reason, not sent', async () => {
  const shades = Array.from({ length: 12 }, (_, n) => n + 1);
  for (const n of shades) project.write(`in/${n}.png`, pixel(n));
  project.write('p.csv', `LoadImage.image\n${shades.map((n) => `in/${n}.png`).join('\n')}\n`);
  project.manifest('matrix: { rows: p.csv }\nexecution: { concurrency: 1 }');
  const { exit } = await applyWhile(() => {
    project.write('in/11.png', pixel(111));
    rmSync(path('in/12.png'));
  });
  expect(exit).toBe(1);
  expect(project.service.bill()).toHaveLength(10);
  const [changed, gone] = project.results().slice(10);
  for (const run of [changed, gone]) {
    expect(run).toMatchObject({ status: 'pending', attempts: 0, error: { code: 'asset-changed' } });
    expect(run?.error?.message).toContain('changed while rh-batch was running');
  }
  // The next apply plans with what is there now.
  project.write('in/12.png', pixel(12));
  expect((await project.apply()).exit).toBe(0);
  expect(project.service.bill()).toHaveLength(12);
});
