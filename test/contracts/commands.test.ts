import { expect, test } from 'vitest';
import { commands } from '../../src/commands/table.js';
import { markOf, write } from '../pictures/marks.js';
import { projects } from '../support/opened.js';
import type { Ended, Project } from '../support/project.js';
import { until } from '../support/until.js';
import { view } from '../view/pages.js';
import { pixel } from '../support/graph.js';
import { contracts, mistakesIn } from './schemas.js';

const project = projects();
const constant = { runTime: { kind: 'constant', ms: 30_000 } as const };
const batch = {
  manifest: [
    'matrix: { rows: rows.csv }',
    'set: { Positive Prompt.text: "${{ prompt }}" }',
    'run: { name: "${{ prompt | slug }}", tags: [a] }',
  ].join('\n'),
  files: {
    'rows.csv': 'prompt,LoadImage.image\na fox,a.png\n[emulate:oom],a.png\nan owl,b.png\n',
    'a.png': pixel(1),
    'b.png': pixel(2),
  },
};

const withJson = commands
  .filter(({ options }) => options.some(({ flags }) => flags === '--json'))
  .map(({ name }) => name);
const seen = new Set<string>();

/** Runs a command with `--json`, and holds what it printed against the schemas. */
const check = async (p: Project, ...argv: string[]): Promise<Ended> => {
  const [name = ''] = argv;
  const ended = await p.run(...argv, '--json');
  const text = ended.out.trim();
  const document = JSON.parse(text) as Record<string, unknown>;
  const failed = 'diagnostics' in document;
  expect(mistakesIn(document, 'output', failed ? 'problems' : name), text).toEqual([]);
  expect(mistakesIn(document, 'output'), text).toEqual([]);
  expect(mistakesIn(ended.exit, 'exit-codes')).toEqual([]);
  if (!failed) seen.add(name);
  return ended;
};

const checkFiles = (p: Project, dir = 'out/manifest'): void => {
  for (const line of p.results(dir)) expect(mistakesIn(line, 'results')).toEqual([]);
  const summary = p.summary(dir);
  expect(mistakesIn(summary, 'summary')).toEqual([]);
  if (summary['exitCode'] !== null)
    expect(mistakesIn(summary['exitCode'], 'exit-codes')).toEqual([]);
};

const checkProgress = ({ err }: Ended): string[] => {
  const events = err
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { type: string });
  for (const event of events)
    expect(mistakesIn(event, 'progress'), JSON.stringify(event)).toEqual([]);
  const { $defs } = contracts.get('progress') as { $defs: object };
  expect(events.filter(({ type }) => !Object.hasOwn($defs, type))).toEqual([]);
  return [...new Set(events.map(({ type }) => type))];
};

test('a batch with a failure: every command about it, its files and its events', async () => {
  const p = await project(batch);
  await check(p, 'validate');
  await check(p, 'plan', '--out', 'plan.json');
  expect(mistakesIn(JSON.parse(p.read('plan.json')), 'plan')).toEqual([]);
  const ended = await check(p, 'apply', '--progress', 'json', '--live', 'on');
  expect(ended.exit).toBe(1);
  expect(checkProgress(ended)).toEqual(
    expect.arrayContaining(['phase', 'uploaded', 'intent', 'accepted', 'settled', 'saved']),
  );
  checkFiles(p);
  await check(p, 'status');
  await check(p, 'explain', 'a-fox');
  await check(p, 'explain', '803');
  await check(p, 'explain', 'E0208');
  write(p, [
    markOf(p, 0, { pick: 'picked' }),
    markOf(p, 0, { stars: 4 }),
    { ...markOf(p, 2, { stars: 1 }), run: '0123456789abcdef' },
  ]);
  for (const line of p.read('out/manifest/picks.jsonl').trim().split('\n'))
    expect(mistakesIn(JSON.parse(line), 'picks')).toEqual([]);
  await check(p, 'picks', '--copy', 'chosen', '--zip', 'chosen.zip');
  p.write('more.jsonl', p.read('out/manifest/picks.jsonl'));
  await check(p, 'picks', '--import', 'more.jsonl');
  await check(p, 'clean');
  await check(p, 'clean', '--repair');
  p.write('rows.csv', 'prompt,LoadImage.image\na fox,b.png\n');
  await check(p, 'plan');
  await check(p, 'clean', '--orphans');
  await check(p, 'clean', '--orphans', '--yes');
  await check(p, 'apply', '--out-dir', 'second');
  checkFiles(p, 'second');
  await check(p, 'report', '--out-dir', 'second', '--compare', 'out/manifest');
  await check(p, 'unlock');
  // Of a page that is served already a second one tells the address, and ends.
  const viewing = await view(p);
  await check(p, 'view');
  await viewing.stop();
});

test('what is unknown, in flight, cancelled and resolved', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2, 3] }', emulator: constant });
  p.service.setFaults([{ endpoint: 'create', kind: 'resetAfter', next: 2 }]);
  const ended = await check(p, 'apply', '--progress', 'json');
  expect(checkProgress(ended)).toEqual(expect.arrayContaining(['lost', 'judged']));
  checkFiles(p);
  await check(p, 'status');
  await check(p, 'resolve', '--unknown');
  const [first] = p.results().filter(({ status }) => status === 'unknown');
  await check(p, 'explain', first?.id ?? '');
  await check(p, 'resolve', first?.id ?? '', '--give-up');
  await check(p, 'resolve', '--unknown', '--give-up', '--yes');

  const long = await project({
    manifest: 'matrix: { KSampler.seed: [1, 2] }',
    emulator: { runTime: { kind: 'constant', ms: 36_000_000 }, slots: 2 },
  });
  const running = long.start(['apply', '-q', '-j', '2']);
  const journal = '.rh-batch/manifest/journal.jsonl';
  await until(
    () => long.exists(journal) && long.read(journal).split('"type":"accepted"').length > 2,
  );
  running.signal('SIGINT');
  const interrupted = await running.ended;
  expect(mistakesIn(interrupted.exit, 'exit-codes')).toEqual([]);
  checkFiles(long);
  await check(long, 'task', long.service.bill()[0]?.taskId ?? '');
  await check(long, 'cancel');
  await check(long, 'cancel');
});

test('shards, one run without a manifest, and what the service is asked for', async () => {
  const p = await project({ ...batch, files: { ...batch.files } });
  for (const index of [1, 2]) {
    const machine = ['--state-dir', `m/${index}/.rh-batch`, '--out-dir', `m/${index}/out`];
    const ended = await check(
      p,
      'apply',
      '--shard',
      `${index}/2`,
      ...machine,
      '--progress',
      'json',
    );
    checkProgress(ended);
    checkFiles(p, `m/${index}/out`);
  }
  await check(p, 'merge', 'm', '--out-dir', 'all');
  checkFiles(p, 'all');
  const one = ['run', 'api.json', '--id', '1980237776367083521', '--set', 'KSampler.seed=5'];
  await check(p, ...one);
  await check(p, ...one);
  await check(p, 'fields', 'api.json');
  await check(p, 'init', 'api.json', '--id', '1980237776367083521', '--out', 'new/manifest.yaml');
  await check(p, 'upload', 'a.png');
  await check(p, 'upload', 'a.png');
  await check(p, 'list', 'loras', '--first', '2');
  await check(p, 'list', 'keys');
  await check(p, 'account');
  for (const { taskId } of p.service.bill()) await check(p, 'task', taskId);
});

test("a webhook's event", async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: [1] }\nwebhookUrl: http://127.0.0.1:1/hook',
  });
  expect((await p.apply()).exit).toBe(0);
  const taskId = p.service.bill()[0]?.taskId ?? '';
  await expect
    .poll(async () => (await p.run('webhook', 'details', taskId)).out)
    .toContain('FAILED');
  await check(p, 'webhook', 'details', taskId);
  await check(p, 'webhook', 'resend', taskId);
});

test.each(withJson)('%s tells a mistake as the same document', async (name) => {
  const p = await project(batch);
  const args: Readonly<Record<string, readonly string[]>> = {
    explain: ['no-such-run'],
    merge: ['nowhere'],
    run: ['nowhere.json'],
    fields: ['nowhere.json'],
    init: ['nowhere.json'],
    upload: ['nowhere.png'],
    list: ['nothing'],
    task: ['x'],
    webhook: ['details', 'nobody'],
    resolve: ['nobody'],
    account: ['--env', 'nowhere.env'],
  };
  const ended = await check(p, name, ...(args[name] ?? ['nowhere.yaml']));
  expect(ended.exit).not.toBe(0);
  expect(JSON.parse(ended.out)).toHaveProperty('diagnostics');
});

test('every command with --json has its definition', () => {
  const { $defs } = contracts.get('output') as { $defs: object };
  expect(withJson.filter((name) => !Object.hasOwn($defs, name))).toEqual([]);
});

// Last: the tests above are what it counts.
test('every command with --json was held against its definition', () => {
  expect(withJson.filter((name) => !seen.has(name))).toEqual([]);
});
