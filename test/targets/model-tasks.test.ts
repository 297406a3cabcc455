import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import { key } from '../support/project.js';
import { until } from '../support/until.js';

const start = projects();
const path = 'kling-elements';
const description = JSON.stringify({
  endpoint: path,
  params: [{ fieldKey: 'prompt', type: 'STRING', required: true }],
});
const shared = new Map([[key, { coins: 0, money: 50, apiType: 'SHARED' as const }]]);
/** The old endpoints know nothing of the tasks of models. */
const unknownThere = [
  { endpoint: 'status', kind: 'missing' as const },
  { endpoint: 'outputs', kind: 'missing' as const },
];

test("task asks for a model's task where models' tasks are", async () => {
  const p = await start({
    emulator: { keys: shared, models: new Map([[path, description]]), faults: unknownThere },
    files: { 'model.json': description },
  });
  p.write(
    'manifest.yaml',
    `version: 1\nmodel: ${path}\nparameters: model.json\nset: { model.prompt: a fox }\n`,
  );
  expect((await p.apply()).exit).toBe(0);
  const [paid] = p.service.bill();
  const told = await p.run('task', paid?.taskId ?? '');
  expect(told.exit, told.err).toBe(0);
  expect(told.out).toContain('succeeded');
  expect((await p.run('task', '123')).exit).toBe(4);
});

test("cancel follows a model's task by the query of models", async () => {
  const p = await start({
    emulator: {
      keys: shared,
      models: new Map([[path, description]]),
      faults: unknownThere,
      runTime: { kind: 'constant', ms: 36_000_000 },
    },
    files: { 'model.json': description },
  });
  p.write(
    'manifest.yaml',
    `version: 1\nmodel: ${path}\nparameters: model.json\nset: { model.prompt: a fox }\n`,
  );
  const applying = p.start(['apply', '-q']);
  const journal = '.rh-batch/manifest/journal.jsonl';
  await until(() => p.exists(journal) && p.read(journal).includes('"type":"accepted"'));
  applying.signal('SIGINT');
  await applying.ended;
  const ended = await p.run('cancel');
  expect(ended.exit, ended.err).toBe(0);
  expect(ended.out).toContain('cancelled');
  const { requests } = p.service.stats();
  expect(requests['outputs']).toBeUndefined();
  expect(requests['queryV2']).toBeGreaterThan(0);
});
