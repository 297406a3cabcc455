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
  expect((await p.run('task', '1980471280073846785')).exit).toBe(4);
  // Of a run it is known whose endpoints to ask: the old ones are not bothered a second time.
  const before = p.service.stats().requests;
  const ofRun = await p.run('task', '0000');
  expect(ofRun.exit, ofRun.err).toBe(0);
  expect(ofRun.out).toContain(`${paid?.taskId ?? ''}  `);
  const after = p.service.stats().requests;
  expect([after['status'], after['outputs']]).toEqual([before['status'], before['outputs']]);
  expect(after['queryV2']).toBe((before['queryV2'] ?? 0) + 1);
});

/** What V2 was seen to say of a task that was cancelled (runninghub-api 19.1). */
test.each(['CANCEL', 'CANCELLED', 'CANCELED', ''] as const)(
  "cancel follows a model's task by the query of models, until it says %j",
  async (cancelWord) => {
    const p = await start({
      emulator: {
        cancelWord,
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
  },
);
