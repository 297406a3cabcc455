import { expect, test } from 'vitest';
import type { AccountOptions } from '../../src/emulator/options.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key, workflowId } from '../support/project.js';

const start = projects();
const password = 'open sesame 77';

/** Bodies of accepted submits, without the key. */
const bodies = (p: Project): Record<string, unknown>[] =>
  p.service.bill().map(({ request }) => JSON.parse(request) as Record<string, unknown>);

const textsOf = (p: Project): string =>
  p
    .list('.')
    .filter((name) => /\.(?:jsonl?|csv|html|xml|yaml|txt)$/.test(name))
    .map((name) => p.read(name))
    .join('\n');

test('without overrides the basic call goes out: the key, the workflow and the seed', async () => {
  const p = await start();
  expect((await p.apply()).exit).toBe(0);
  // A seed that is not listed is drawn anew, so it is always listed (DESIGN 6).
  expect(bodies(p)).toEqual([
    {
      workflowId,
      nodeInfoList: [{ nodeId: '3', fieldName: 'seed', fieldValue: 156680208700286 }],
    },
  ]);
});

test('every parameter of the advanced call goes out as the manifest has it', async () => {
  const p = await start({
    manifest:
      'instance: ultra\naddMetadata: false\nwebhookUrl: http://127.0.0.1:9/hook\nusePersonalQueue: true\nretainSeconds: 60\nset: { Positive Prompt.text: a fox }',
    env: { RUNNINGHUB_ACCESS_PASSWORD: password },
  });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(ended.err).not.toContain('warning');
  expect(bodies(p)[0]).toMatchObject({
    workflowId,
    instanceType: 'ultra',
    addMetadata: false,
    webhookUrl: 'http://127.0.0.1:9/hook',
    usePersonalQueue: true,
    retainSeconds: 60,
  });
});

test.each([
  ['retainSeconds: 9', '"retainSeconds" must be'],
  ['retainSeconds: 181', '"retainSeconds" must be'],
  ['retainSeconds: 1.5', '"retainSeconds" must be'],
  ['webhookUrl: example.com', '"webhookUrl" has not the form'],
  ['addMetadata: 3', '"addMetadata" must be'],
  ['usePersonalQueue: perhaps', '"usePersonalQueue" must be'],
  ['submit: both', '"submit" must be'],
  ['accessPassword: secret', 'a password does not belong in a manifest'],
])('%s is a mistake', async (manifest, words) => {
  const p = await start({ manifest });
  const ended = await p.run('validate');
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain(words);
  expect(ended.err).toMatch(/manifest\.yaml:4:\d+ error/);
});

test('an instance that is not known is a warning with the nearest; the service has the word', async () => {
  const p = await start({ manifest: 'instance: pluss' });
  const ended = await p.apply();
  expect(ended.exit).toBe(4);
  expect(ended.err).toContain('warning: no machine type "pluss" is known');
  expect(ended.err).toContain('did you mean "plus"?');
  expect(ended.out + ended.err).toContain('435');
  expect(p.results()[0]?.status).toBe('pending');
});

test.each<[string, string, Partial<Parameters<typeof start>[0]>]>([
  ['workflow', '', { emulator: { locked: new Map([[workflowId, password]]) } }],
  ['whole graph', 'submit: workflow', { emulator: { locked: new Map([[workflowId, password]]) } }],
])(
  'a locked %s runs with the password of the environment, which is told to nobody',
  async (_name, manifest, more) => {
    const p = await start({
      ...more,
      manifest: `${manifest}\nset: { Positive Prompt.text: a fox }`,
      env: { RUNNINGHUB_ACCESS_PASSWORD: password },
    });
    const ended = await p.run('apply', '-vv');
    expect(ended.exit, ended.err).toBe(0);
    expect(`${ended.out}${ended.err}${textsOf(p)}`).not.toContain(password);
    expect(JSON.stringify(bodies(p))).not.toContain(password);
  },
);

test('templates cannot read the password, nor can a command of notify', async () => {
  const p = await start({
    manifest:
      'set: { KSampler.seed: 1, Positive Prompt.text: "${{ env.RUNNINGHUB_ACCESS_PASSWORD }}" }',
    env: { RUNNINGHUB_ACCESS_PASSWORD: password },
  });
  // As if it were not set: the base value stays.
  expect((await p.apply()).exit).toBe(0);
  expect(JSON.stringify(bodies(p)) + textsOf(p)).not.toContain(password);
  p.manifest('notify: { command: "env > env.txt" }');
  expect((await p.apply()).exit).toBe(0);
  expect(p.read('env.txt')).toContain('RH_BATCH_NAME');
  expect(p.read('env.txt')).not.toContain(password);
});

test('the password is no part of what a run is', async () => {
  const p = await start({
    manifest: 'set: { Positive Prompt.text: a fox }',
    emulator: { locked: new Map([[workflowId, password]]) },
  });
  p.write('.env', `RUNNINGHUB_ACCESS_PASSWORD="${password}"\n`);
  expect((await p.run('apply', '--env-file', '.env')).exit).toBe(0);
  expect(p.service.bill()).toHaveLength(1);
  expect((await p.plan()).summary).toMatchObject({ upToDate: 1 });
});

test.each([
  ['missing', {}],
  ['wrong', { RUNNINGHUB_ACCESS_PASSWORD: 'another' }],
])('a %s password stops the batch, and says what to set', async (_name, env) => {
  const p = await start({
    manifest: 'matrix: { KSampler.seed: [1, 2, 3] }',
    emulator: { locked: new Map([[workflowId, password]]) },
    env,
  });
  const ended = await p.apply();
  expect(ended.exit).toBe(4);
  expect(ended.out + ended.err).toContain('RUNNINGHUB_ACCESS_PASSWORD');
  expect(p.results().map(({ status }) => status)).toEqual(['pending', 'pending', 'pending']);
  expect(p.service.bill()).toEqual([]);
});

const enterprise = (apiType: AccountOptions['apiType']): ReadonlyMap<string, AccountOptions> =>
  new Map([[key, { coins: 0, money: 50, apiType }]]);
const twelve = 'matrix: { KSampler.seed: { from: 1, to: 12 } }';

test('an enterprise-shared key whose tasks queue is kept fed, and is paid in money', async () => {
  const p = await start({
    manifest: twelve,
    emulator: { keys: enterprise('SHARED'), slots: 2, queue: 20, queueStatus: false },
  });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  const { accepted, capacityRefusals, maxInFlight } = p.service.stats();
  expect([accepted, capacityRefusals]).toEqual([12, 0]);
  expect(maxInFlight).toBeGreaterThan(2);
  expect(p.summary()).toMatchObject({ cost: { coins: null, money: expect.any(Number) } });
});

test('a dedicated key that is full (415) waits: no attempt is counted, nothing is lost', async () => {
  const p = await start({
    manifest: `${twelve}\nexecution: { concurrency: 6 }`,
    emulator: { keys: enterprise('EXCLUSIVE'), slots: 2 },
  });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(p.results().map(({ attempts }) => attempts)).toEqual(Array(12).fill(1));
  expect(p.service.stats()).toMatchObject({ accepted: 12, duplicates: 0 });
  expect(p.service.stats().capacityRefusals).toBeGreaterThan(0);
});

test('a personal queue is fed beyond the machines, although the service tells their number', async () => {
  const p = await start({
    manifest: `usePersonalQueue: true\n${twelve}`,
    emulator: {
      keys: enterprise('EXCLUSIVE'),
      slots: 2,
      runTime: { kind: 'constant', ms: 60_000 },
    },
  });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  const { capacityRefusals, maxInFlight } = p.service.stats();
  expect(capacityRefusals).toBe(0);
  // Two run and others wait, and not all twelve lie there at once.
  expect(maxInFlight).toBeGreaterThan(2);
  expect(maxInFlight).toBeLessThan(12);
});

test('a personal queue that is full (814) is no failure', async () => {
  const p = await start({
    manifest: `usePersonalQueue: true\n${twelve}\nexecution: { concurrency: 10 }`,
    emulator: { keys: enterprise('EXCLUSIVE'), slots: 1, personalQueue: 2 },
  });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(p.service.stats().capacityRefusals).toBeGreaterThan(0);
  expect(p.results().map(({ attempts }) => attempts)).toEqual(Array(12).fill(1));
});

test('task tells state, cost and files of any task of the account', async () => {
  const p = await start({ manifest: 'set: { Positive Prompt.text: a fox }' });
  await p.apply();
  const [line] = p.results();
  const id = line?.taskId ?? '';
  const told = await p.run('task', id);
  expect(told.exit).toBe(0);
  expect(told.out).toMatch(
    new RegExp(`^${id}  succeeded · \\S+ · \\d+ coins\\n  node 9  png  http`),
  );
  expect(JSON.parse((await p.run('task', id, '--json')).out)).toMatchObject({
    version: 1,
    taskId: id,
    is: 'succeeded',
    outputs: [{ node: '9', type: 'png' }],
  });
  expect(p.service.stats().requests).toMatchObject({ status: 2 });
  const unknown = await p.run('task', '1980471280073846785');
  expect(unknown.exit).toBe(4);
  expect(unknown.err).toContain('does not know this task');
  expect((await p.run('task', 'x')).exit).toBe(2);
});

test('task tells a failure with its reason', async () => {
  const p = await start({
    manifest: 'set: { Positive Prompt.text: "[emulate:fail]" }\nexecution: { retries: 0 }',
  });
  await p.apply();
  const failed = await p.run('task', p.results()[0]?.taskId ?? '');
  expect(failed.out).toMatch(/ {2}failed\n {2}KSampler failed: the emulated task failed\n/);
});
