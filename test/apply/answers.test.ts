import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Ended } from '../support/project.js';
import { until } from '../support/until.js';

const start = projects();
const json = ({ out }: Ended): unknown => JSON.parse(out);

test.each([
  [['aply', '--json'], 'there is no command "aply"'],
  [['apply', '--jsn', '--json'], 'there is no option "--jsn" of apply'],
  [['plan', 'a.yaml', 'b.yaml', '--json'], 'plan takes one manifest; "b.yaml" is one too many'],
  [['explain', '--json'], 'explain wants a run'],
  [['apply', '--first', 'x', '--json'], '--first'],
])('%j: a mistake in the command line is one JSON document', async (argv, words) => {
  const p = await start({ manifest: 'set: { Positive Prompt.text: a }' });
  const ended = await p.run(...argv);
  expect(ended.exit).toBe(2);
  expect(json(ended)).toMatchObject({
    version: 1,
    diagnostics: [{ code: 'E0001', severity: 'error' }],
  });
  expect((json(ended) as { error: string }).error).toContain(words);
  expect(ended.err).toContain(words);
});

test('clean and unlock answer with JSON', async () => {
  const p = await start({ manifest: 'set: { Positive Prompt.text: a }' });
  await p.apply();
  p.write('out/manifest/a.png.0123abcd.part', 'x');
  expect(json(await p.run('clean', '--repair', '--json'))).toMatchObject({
    version: 1,
    exitCode: 0,
    partsRemoved: 1,
    journal: { moved: 0, aside: null },
  });
  expect(json(await p.run('unlock', '--json'))).toMatchObject({ version: 1, removed: false });
});

test('cancel answers with JSON: what became of each task', async () => {
  const p = await start({
    manifest:
      'matrix: { KSampler.seed: [1, 2] }\nset: { Positive Prompt.text: a }\nexecution: { concurrency: 2 }',
    emulator: { runTime: { kind: 'constant', ms: 3_600_000 } },
  });
  const running = p.start(['apply']);
  await until(() => p.service.stats().accepted === 2);
  running.signal('SIGINT');
  expect((await running.ended).exit).toBe(130);
  const cancelled = await p.run('cancel', '--json');
  expect(cancelled.exit).toBe(0);
  const tasks = p.service.bill().map(({ taskId }) => taskId);
  const { tasks: told } = json(cancelled) as { tasks: { taskId: string; is: string }[] };
  expect(told.map(({ taskId }) => taskId).sort()).toEqual([...tasks].sort());
  expect(told.map(({ is }) => is)).toEqual(['cancelled', 'cancelled']);
  const again = await p.run('cancel', '--json');
  expect(json(again)).toMatchObject({ version: 1, exitCode: 0, tasks: [] });
});
