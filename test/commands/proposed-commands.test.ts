import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/commands/table.js';
import { graph } from '../support/graph.js';
import { projects } from '../support/opened.js';
import { freePort, postEvent } from '../support/port.js';
import type { Ended, Project } from '../support/project.js';
import { one, shellWords } from '../support/proposed.js';
import { key, workflowId } from '../support/project.js';
import { until } from '../support/until.js';

const project = projects();

const sources = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('generated'))
    .map((path) => readFileSync(join(dir, path), 'utf8'));

/** Words that follow our name in a sentence about the program itself. */
const prose =
  /^(?:ask|asks|beside|can|does|ended|goes|has|is|knows|makes|may|pauses|printed|stands|submits|that|waits|was|wrote)\b|^as a library|^manifest$/;

/** What a source's texts, its comments left out, tell people to type and is not there. */
const unknownIn = (text: string): string[] =>
  [
    ...text
      .replace(/^\s*(?:\/\/|\/?\*).*$|\/\*\*.*?\*\//gm, '')
      .matchAll(/\brh-batch ([a-z]+)((?: (?:\$\{[^}]*\}|[^\s`'"|,;:.)]+))*)/g),
  ].flatMap(([, name = '', rest = '']) => {
    const command = commands.find((known) => known.name === name);
    const said = `rh-batch ${name}${rest}`;
    if (command === undefined) return prose.test(`${name}${rest}`) ? [] : [said];
    const flags = command.options.flatMap((option) => option.flags.match(/--[\w-]+/g) ?? []);
    const unknown = (rest.match(/--[a-z][\w-]*/g) ?? []).filter(
      (flag) => ![...flags, '--help'].includes(flag),
    );
    return unknown.map((flag) => `${said}: ${flag}`);
  });

test('every command and flag that a message names exists', () => {
  const texts = sources('src');
  expect(texts.flatMap(unknownIn)).toEqual([]);
  expect(texts.join('\n').match(/\brh-batch [a-z]+ /g)?.length).toBeGreaterThan(30);
});

test('a message that names a command or a flag that is not there is found', () => {
  expect(unknownIn("hint: 'rh-batch statsu --json lists them'")).toEqual([
    'rh-batch statsu --json lists them',
  ]);
  expect(unknownIn('`rh-batch retry ${run}`')).toEqual(['rh-batch retry ${run}']);
  expect(unknownIn("'rh-batch plan --josn'")).toEqual(['rh-batch plan --josn: --josn']);
  expect(unknownIn("'rh-batch plan --json', 'rh-batch waits'")).toEqual([]);
});

const slow = {
  manifest: 'matrix: { KSampler.seed: { from: 1, to: 12 } }\nexecution: { concurrency: 1 }',
  emulator: { runTime: { kind: 'constant', ms: 30_000 } },
} as const;
const account = { coins: 1000, money: null, apiType: 'NORMAL' as const, free: false };
const place = ['--state-dir', 'my state', '--out-dir', 'my out', '--var', "x=it's"];

const interrupted = async (p: Project, ...flags: string[]): Promise<Ended> => {
  const accepted = p.service.stats().accepted;
  const applying = p.start(['apply', 'nightly.yaml', ...flags]);
  await until(() => p.service.stats().accepted > accepted);
  applying.signal('SIGINT');
  return applying.ended;
};

const nightly = (p: Project): void =>
  p.write('nightly.yaml', `${p.read('manifest.yaml')}vars: { x: a }\n`);

describe('what a person is told to type', () => {
  test.each([
    [['--first', '3']],
    [['--where', 'KSampler.seed=2', ...place]],
    [['--only', '000?-*', '--first', '2', ...place]],
    [['--shard', '1/4', '-j', '1', '--progress', 'none']],
  ])('after an interrupt goes on with the same runs: %j', async (flags) => {
    const p = await project(slow);
    nightly(p);
    const wanted = (
      await p.plan(
        'nightly.yaml',
        ...flags.filter((flag) => !['-j', '1', '--progress', 'none'].includes(flag)),
      )
    ).runs.length;
    const ended = await interrupted(p, ...flags);
    expect(ended.exit).toBe(130);
    const [, ...next] = one(ended, 'apply');
    const again = await p.run('apply', ...next);
    expect(again, again.err).toMatchObject({ exit: 0 });
    expect(p.service.bill()).toHaveLength(wanted);
    expect(again.out).toContain(`${wanted} of ${wanted} run`);
  });

  test('after --force does not make again what is made', async () => {
    const p = await project(slow);
    nightly(p);
    await p.apply('nightly.yaml', '--first', '2');
    const ended = await interrupted(p, '--first', '2', '--force', '-j', '1');
    const billed = p.service.bill().length;
    const [, ...next] = one(ended, 'apply');
    expect((await p.run('apply', ...next)).exit).toBe(0);
    expect(p.service.bill()).toHaveLength(billed);
  });

  test('by status after a process that was killed is about the runs that it was about', async () => {
    const p = await project(slow);
    nightly(p);
    await p.apply('nightly.yaml', '--first', '2', '--state-dir', 's');
    const journal = 's/nightly/journal.jsonl';
    p.write(journal, p.read(journal).replace(/^.*"type":"end".*\n/m, ''));
    const [, ...next] = one(await p.run('status', 'nightly.yaml', '--state-dir', 's'), 'apply');
    expect((await p.run('apply', ...next)).exit).toBe(0);
    expect(p.service.bill()).toHaveLength(2);
  });

  test('after a failure tries that run again, and explain tells of it', async () => {
    const p = await project({
      manifest: 'matrix: { KSampler.seed: [1, 2] }\nexecution: { retries: 0 }',
      emulator: { faults: [{ endpoint: 'create', kind: 'code', code: 803, next: 1 }] },
    });
    nightly(p);
    const ended = await p.apply('nightly.yaml', '--first', '1', ...place);
    expect(ended.exit).toBe(1);
    const explained = one(await p.run('status', 'nightly.yaml', ...place), 'explain');
    expect((await p.run(...explained)).out).toContain('state: failed');
    expect((await p.run(...one(ended, 'apply'))).exit).toBe(0);
    expect(p.service.bill()).toHaveLength(1);
  });

  test.each([['--give-up'], ['--resubmit']])(
    'about an unknown run settles it by %s',
    async (way) => {
      const p = await project({
        manifest: 'matrix: { KSampler.seed: [1] }\nexecution: { onUnknown: hold }',
        emulator: { faults: [{ endpoint: 'create', kind: 'resetAfter', next: 1 }] },
      });
      nightly(p);
      const ended = await p.apply('nightly.yaml', ...place);
      for (const told of [ended, await p.run('status', 'nightly.yaml', ...place)]) {
        const next = one(told, 'resolve');
        expect(next).toContain(way);
        const ways = next.indexOf('--task');
        expect(ways).toBeGreaterThan(0);
        if (told === ended) continue;
        const resolved = await p.run(...next.slice(0, ways), way);
        expect(resolved, resolved.err).toMatchObject({ exit: 0 });
      }
    },
  );

  test('about a damaged journal repairs that journal', async () => {
    const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2] }' });
    nightly(p);
    await p.apply('nightly.yaml', ...place);
    const journal = 'my state/nightly/journal.jsonl';
    p.write(journal, p.read(journal).replace('\n', '\ngarbage\n'));
    const ended = await p.apply('nightly.yaml', ...place);
    expect(ended.exit).toBe(2);
    expect((await p.run(...one(ended, 'clean'))).exit).toBe(0);
    expect((await p.apply('nightly.yaml', ...place)).exit).toBe(0);
    expect(p.service.bill()).toHaveLength(2);
  });

  test('about a selection that fits nothing lists names and ids', async () => {
    const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2] }' });
    nightly(p);
    const ended = await p.apply('nightly.yaml', '--only', 'zzzzzz', ...place);
    const listed = await p.run(...one(ended, 'plan'));
    expect((JSON.parse(listed.out) as { runs: unknown[] }).runs).toHaveLength(2);
  });

  /** A manifest and a file of fields that are in other folders than the user, who types whose account it is. */
  const apart = async (target: string, file: string, emulator = {}): Promise<Project> => {
    const p = await project({
      env: { RUNNINGHUB_API_KEY: 'f'.repeat(32), RUNNINGHUB_BASE_URL: 'http://127.0.0.1:9' },
      emulator: { keys: new Map([[key, account]]), ...emulator },
    });
    p.write('secret env', `RUNNINGHUB_API_KEY=${key}\n`);
    p.write('sub/jobs/nightly.yaml', `version: 1\n${target}\n`);
    p.remove('api.json');
    p.write(`sub/${file}`, '');
    p.remove(`sub/${file}`);
    return p;
  };
  const whose = (p: Project): string[] => [
    'jobs/nightly.yaml',
    ...['--env-file', '../secret env', '--base-url', p.service.url],
  ];
  const changed = JSON.stringify(graph).replaceAll('"KSampler"', '"KSamplerAdvanced"');

  test.each([
    ['that is missing', null, 2],
    ['that is empty', '', 2],
    ['that is the editor’s', '{"nodes": []}', 2],
    ['that is another graph than the saved one', changed, 2],
  ])('about a workflow’s file %s saves it where the manifest looks', async (_, content, exit) => {
    const p = await apart(
      `workflowId: "${workflowId}"\napi: "../my graphs/base.json"\nset: { id:3.seed: 7 }`,
      'my graphs/base.json',
    );
    if (content !== null) p.write('sub/my graphs/base.json', content);
    const ended = await p.runIn('sub', 'apply', ...whose(p));
    expect(ended.exit, ended.err).toBe(exit);
    const pulled = await p.runIn('sub', ...one(ended, 'pull'));
    expect(pulled, pulled.err).toMatchObject({ exit: 0, out: 'my graphs/base.json\n' });
    expect(p.exists('sub/api.json')).toBe(false);
    expect(await p.runIn('sub', 'apply', ...whose(p))).toMatchObject({ exit: 0 });
    expect(p.service.bill()).toHaveLength(1);
  });

  const app = JSON.stringify({
    webappName: 'words',
    nodeInfoList: [
      { nodeId: '52', nodeName: 'Text', fieldName: 'prompt', fieldValue: 'a', fieldType: 'STRING' },
    ],
  });

  test.each([
    ['missing', null],
    ['damaged', '{'],
    ['of an earlier publication', app.replace('"52"', '"53"')],
  ])('about an app’s file that is %s saves it where the manifest looks', async (_, content) => {
    const p = await apart(
      'webappId: "1877265245566922753"\napp: "../my graphs/app.json"\nset: { id:53.prompt: x }',
      'my graphs/app.json',
      { apps: new Map([['1877265245566922753', app]]) },
    );
    if (content !== null) p.write('sub/my graphs/app.json', content);
    const ended = await p.runIn('sub', 'apply', ...whose(p));
    expect(ended.exit, ended.err).toBe(2);
    const pulled = await p.runIn('sub', ...one(ended, 'pull'));
    expect(pulled, pulled.err).toMatchObject({ exit: 0, out: 'my graphs/app.json\n' });
    expect(p.read('sub/my graphs/app.json')).toContain('"52"');
  });

  test('about an event of a task of nobody settles the unknown run', async () => {
    const p = await project({
      manifest: 'matrix: { KSampler.seed: [1, 2, 3] }\nexecution: { onUnknown: hold }',
      emulator: {
        ...{ runTime: { kind: 'constant', ms: 20_000 } },
        faults: [
          { endpoint: 'create', kind: 'resetAfter', next: 1 },
          { endpoint: 'webhook', kind: 'lost' },
        ],
      },
    });
    nightly(p);
    const applying = p.start([
      'apply',
      'nightly.yaml',
      ...place,
      '--listen',
      `${await freePort()}`,
    ]);
    await until(() => p.service.bill().length > 1);
    const [first] = p.service.bill();
    const { webhookUrl } = JSON.parse(first!.request) as { webhookUrl: string };
    // What stands behind the URL was dropped on the way: nobody knows whose task it is.
    await postEvent(webhookUrl.split('?')[0] ?? '', first!.taskId);
    const ended = await applying.ended;
    const [, told = ''] = /no run is known to have: .*\(rh-batch (.*)\)$/m.exec(ended.err) ?? [];
    const { taskId } = p.service.bill().find(({ answerDelivered }) => !answerDelivered)!;
    const [, id = ''] = one({ out: ended.out, err: '' }, 'resolve');
    const words = shellWords(told).map((word) => ({ RUN: id, ID: taskId })[word] ?? word);
    expect(await p.run(...words), ended.err).toMatchObject({ exit: 0 });
    expect(await p.apply('nightly.yaml', ...place)).toMatchObject({ exit: 0 });
    expect(p.service.bill()).toHaveLength(3);
  });
});
