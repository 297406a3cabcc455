import { hostname } from 'node:os';
import { fetch } from 'undici';
import { describe, expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Ended, Project } from '../support/project.js';
import { key } from '../support/project.js';
import { one, proposed, shellWords } from '../support/proposed.js';
import { until } from '../support/until.js';

const project = projects();
const other = 'fedcba98765432100123456789abcdef';
const place = ['--state-dir', 'my state', '--out-dir', 'my out', '--var', "x=it's"];
const state = 'my state/nightly';
const three = 'matrix: { KSampler.seed: [1, 2, 3] }';
const calm = { runTime: { kind: 'constant', ms: 40_000 } } as const;

/** A batch whose manifest, state and outputs are where only the flags say. */
const nightly = (p: Project, keys: string): void => {
  p.manifest(`${keys}\nvars: { x: a }`);
  p.write('nightly.yaml', p.read('manifest.yaml'));
  p.remove('manifest.yaml');
};

const started = async (
  keys: string,
  options: Parameters<typeof project>[0] = {},
): Promise<Project> => {
  const p = await project({ emulator: calm, ...options });
  nightly(p, keys);
  return p;
};

/** The command that stands in the line with these words. */
const inLine = ({ out, err }: Ended, words: string): string[] => {
  const line = `${out}\n${err}`.split('\n').find((each) => each.includes(words)) ?? '';
  const [found = []] = proposed({ out: line, err: '' });
  expect(found, `${words}: ${out}${err}`).not.toEqual([]);
  return found;
};

const statuses = (p: Project): string[] =>
  p
    .read('my out/results.jsonl')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { status: string }).status);

describe('about a lock', () => {
  const lockOf = (host: string): string =>
    `${JSON.stringify({ pid: 99_999_999, started: '1', host, command: 'rh-batch apply', since: '2026-11-28T00:00:00.000Z', token: 't' })}\n`;

  test.each([['apply'], ['resolve'], ['clean']])(
    'of another host, unlock lets %s go on',
    async (command) => {
      const p = await started(three);
      expect(await p.apply('nightly.yaml', ...place)).toMatchObject({ exit: 0 });
      p.write(`${state}/lock`, lockOf('elsewhere'));
      const words = { apply: [], resolve: ['0123abcd'], clean: [] }[command] ?? [];
      const more = command === 'resolve' ? ['--give-up'] : [];
      const ended = await p.run(command, ...words, 'nightly.yaml', ...place, ...more);
      expect(ended.exit, ended.err).toBe(5);
      const unlocked = await p.run(...one(ended, 'unlock'));
      expect(unlocked, unlocked.err).toMatchObject({ exit: 0 });
      expect(p.exists(`${state}/lock`)).toBe(false);
      expect((await p.run(command, ...words, 'nightly.yaml', ...place, ...more)).exit).not.toBe(5);
    },
  );

  test('of another host, found while a saved plan is applied, unlock is about its batch', async () => {
    const p = await started(three);
    expect((await p.run('plan', 'nightly.yaml', ...place, '--out', 'p.json')).exit).toBe(0);
    p.write(`${state}/lock`, lockOf('elsewhere'));
    const ended = await p.apply('p.json');
    expect(ended.exit, ended.err).toBe(5);
    const unlocked = await p.run(...one(ended, 'unlock'));
    expect(unlocked, unlocked.err).toMatchObject({ exit: 0 });
    expect(await p.apply('p.json')).toMatchObject({ exit: 0 });
  });

  test('of a live process here, what is named ends it in an orderly way, and unlock is not proposed', async () => {
    const p = await started(three, { emulator: { ...calm, slots: 1 } });
    const running = p.start(['apply', 'nightly.yaml', ...place]);
    await until(() => p.service.stats().accepted === 1);
    const ended = await p.apply('nightly.yaml', ...place);
    expect(ended.exit).toBe(5);
    expect(proposed(ended)).toEqual([]);
    expect(ended.err).toContain(`wait for it, or end it (kill ${process.pid})`);
    // What `kill` sends; the process is the one of this test.
    running.signal('SIGTERM');
    expect((await running.ended).exit).toBe(143);
    expect(await p.apply('nightly.yaml', ...place)).toMatchObject({ exit: 0 });
    expect(p.service.bill()).toHaveLength(3);
  });

  test('of a dead process here nothing needs to be typed', async () => {
    const p = await started(three);
    p.write(`${state}/lock`, lockOf(hostname()));
    expect(await p.apply('nightly.yaml', ...place)).toMatchObject({ exit: 0 });
  });
});

describe('after a stop', () => {
  const ten = 'matrix: { KSampler.seed: { from: 1, to: 10 } }\n';

  test.each([
    ['budget.runs', 'budget: { runs: 2 }'],
    ['budget.taskTime', 'budget: { taskTime: 100s }'],
    ['execution.deadline', 'execution: { deadline: 90s, concurrency: 1 }'],
  ])('by %s the command goes on with the same runs until all are done', async (_, keys) => {
    const p = await started(ten + keys);
    let ended = await p.apply('nightly.yaml', '--first', '6', ...place);
    expect(ended.exit, ended.err).toBe(3);
    for (let applies = 0; ended.exit === 3 && applies < 6; applies += 1) {
      const done = p.service.bill().length;
      expect(ended.out).toMatch(/ {2}goes on with the \d pending runs?$/m);
      ended = await p.run(...one(ended, 'apply'));
      expect(p.service.bill().length, ended.out).toBeGreaterThan(done);
    }
    expect(ended.exit, ended.out).toBe(0);
    expect(p.service.bill()).toHaveLength(6);
  });

  test.each([
    ['maxFailures', 'execution: { maxFailures: 0, retries: 0, concurrency: 1 }'],
    ['failFast', 'execution: { failFast: true, retries: 0, concurrency: 1 }'],
  ])('by %s it says that what failed is tried again, too', async (_, keys) => {
    const p = await started(ten + keys, {
      emulator: { ...calm, faults: [{ endpoint: 'create', kind: 'code', code: 803, next: 1 }] },
    });
    const ended = await p.apply('nightly.yaml', '--first', '4', ...place);
    expect(ended.exit, ended.err).toBe(3);
    expect(ended.out).toContain(
      'goes on with the 3 pending runs and tries the run that did not succeed again',
    );
    const again = await p.run(...one(ended, 'apply'));
    expect(again, again.out).toMatchObject({ exit: 0 });
    expect(p.service.bill()).toHaveLength(4);
  });

  test('by cancel it tries those runs again, and no others', async () => {
    const p = await started(`${ten}execution: { retries: 0 }`);
    const running = p.start(['apply', 'nightly.yaml', '--first', '2', ...place]);
    await until(() => p.service.stats().accepted === 2);
    for (const { taskId } of p.service.bill()) await cancelled(p, taskId);
    const ended = await running.ended;
    expect(ended.exit, ended.out).toBe(1);
    expect(ended.out).toContain('tries the 2 runs again');
    expect(await p.run(...one(ended, 'apply'))).toMatchObject({ exit: 0 });
    expect(statuses(p).filter((status) => status === 'succeeded')).toHaveLength(2);
    expect(p.service.bill()).toHaveLength(4);
  });

  test('with --failed it goes on with those that failed', async () => {
    const p = await started(`${three}\nexecution: { retries: 0, concurrency: 1 }`, {
      emulator: { ...calm, faults: [{ endpoint: 'create', kind: 'code', code: 803, next: 2 }] },
    });
    expect((await p.apply('nightly.yaml', '--first', '2', ...place)).exit).toBe(1);
    const running = p.start(['apply', 'nightly.yaml', '--failed', ...place]);
    await until(() => p.service.stats().accepted === 1);
    running.signal('SIGINT');
    const ended = await running.ended;
    expect(await p.run(...one(ended, 'apply'))).toMatchObject({ exit: 0 });
    expect(statuses(p)).toEqual(['succeeded', 'succeeded', 'pending']);
    expect(p.service.bill()).toHaveLength(2);
  });

  /** As a person does on the site, with the account's key. */
  const cancelled = async (p: Project, taskId: string): Promise<void> => {
    const response = await fetch(`${p.service.url}/task/openapi/cancel`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ apiKey: key, taskId }),
    });
    expect(response.ok).toBe(true);
  };
});

test('about outputs that run.expect refused: explain tells why, and apply tries those again', async () => {
  const p = await started(
    `${three}\nrun: { expect: { minBytes: 50000000 } }\nexecution: { retries: 0 }`,
  );
  const ended = await p.apply('nightly.yaml', '--first', '1', ...place);
  expect(ended.exit).toBe(1);
  expect(ended.out).toContain('tries the run again');
  const told = await p.run('status', 'nightly.yaml', ...place);
  expect((await p.run(...one(told, 'explain'))).out).toMatch(/expect/);
  await p.run(...one(ended, 'apply'));
  expect(p.service.bill()).toHaveLength(2);
});

test('about a report that cannot be written: report writes it, once it can be', async () => {
  const p = await started(three);
  const running = p.start(['apply', 'nightly.yaml', '--first', '1', ...place]);
  await until(() => p.service.stats().accepted === 1);
  p.write('my out/junit.xml/foreign', '');
  const ended = await running.ended;
  expect(ended.exit, ended.err).toBe(6);
  p.remove('my out/junit.xml');
  const written = await p.run(...one(ended, 'report'));
  expect(written, written.err).toMatchObject({ exit: 0 });
  expect(p.read('my out/junit.xml')).toContain('<testsuite');
  expect(p.service.bill()).toHaveLength(1);
});

test('about a merged report that cannot be written: merge writes it, once it can be', async () => {
  const p = await started(three);
  for (const shard of ['1/2', '2/2'])
    await p.apply('nightly.yaml', '--shard', shard, '--state-dir', `s ${shard[0]}`);
  p.write('all of it/report.html/foreign', '');
  const dirs = ['s 1', 's 2'];
  const ended = await p.run('merge', ...dirs, '--out-dir', 'all of it', '--copy');
  expect(ended.exit, ended.err).toBe(6);
  p.remove('all of it/report.html');
  const merged = await p.run(...one(ended, 'merge'));
  expect(merged, merged.err).toMatchObject({ exit: 0 });
  expect(p.exists('all of it/report.html')).toBe(true);
});

test('about a state that is lost: task tells of each task in flight', async () => {
  const p = await project({ emulator: { ...calm, slots: 1 }, env: { RUNNINGHUB_API_KEY: other } });
  nightly(p, three);
  p.write('my env', `RUNNINGHUB_API_KEY=${key}\n`);
  const flags = ['--state-dir', 'gone/s', '--env-file', 'my env', '--base-url', p.service.url];
  const running = p.start(['apply', 'nightly.yaml', ...flags]);
  await until(() => p.service.stats().accepted === 1);
  p.remove('gone');
  const ended = await running.ended;
  expect(ended.err).toContain('the state of this batch is lost');
  // What goes on would pay for all of it again.
  expect(proposed(ended).map(([name]) => name)).toEqual(['task']);
  const [{ taskId } = { taskId: '' }] = p.service.bill();
  const words = one(ended, 'task').map((word) => (word === 'ID' ? taskId : word));
  const told = await p.run(...words);
  expect(told, told.err).toMatchObject({ exit: 0 });
});

describe('about tasks of another account', () => {
  /** Two tasks of the first key; the second key, from a file, leaves them. */
  const left = async (): Promise<readonly [Project, Ended]> => {
    const p = await started('matrix: { KSampler.seed: { from: 1, to: 9 } }', {
      files: { 'other.env': `RUNNINGHUB_API_KEY=${other}\n` },
    });
    const running = p.start(['apply', 'nightly.yaml', '--first', '2', ...place]);
    await until(() => p.service.stats().accepted === 2);
    await until(() => p.read(`${state}/journal.jsonl`).split('"type":"accepted"').length === 3);
    running.signal('SIGINT');
    expect((await running.ended).exit).toBe(130);
    const ended = await p.apply(
      ...['nightly.yaml', '--first', '2', ...place, '--env-file', 'other.env'],
    );
    expect(ended.exit, ended.err).toBe(4);
    return [p, ended];
  };

  test('the same command, which would leave them again, is not what is proposed', async () => {
    const [, ended] = await left();
    expect(ended.out).not.toContain('next:');
  });

  test('with the key that submitted them the command follows them, and runs no others', async () => {
    const [p, ended] = await left();
    const again = await p.run(...inLine(ended, 'with the key that submitted them'));
    expect(again, again.err).toMatchObject({ exit: 0 });
    expect(p.service.bill()).toHaveLength(2);
  });

  test('with a new key of the same account --adopt asks for them, and pays for nothing', async () => {
    const [p, ended] = await left();
    const words = inLine(ended, 'if the same account has a new key');
    expect(words).toEqual(expect.arrayContaining(['--adopt', '--env-file', 'other.env']));
    const before = p.service.stats().requests['outputs'] ?? 0;
    // The emulator's second key is of another account, so it is told that there are no such tasks.
    expect((await p.run(...words)).exit).toBe(4);
    expect(p.service.stats().requests['outputs'] ?? 0).toBeGreaterThan(before);
    expect(p.service.bill()).toHaveLength(2);
  });

  test('where that key is lost, resolve settles one, and the next apply pays for it', async () => {
    const [p, ended] = await left();
    const resolved = await p.run(...inLine(ended, 'if that key is lost'));
    expect(resolved, resolved.err).toMatchObject({ exit: 0 });
    await p.apply('nightly.yaml', '--first', '2', ...place, '--env-file', 'other.env');
    expect(p.service.bill()).toHaveLength(3);
  });

  test('resolve --task names the apply that adopts that one', async () => {
    const [p, ended] = await left();
    const [, run = ''] = inLine(ended, 'if that key is lost');
    const refused = await p.run(
      ...['resolve', run, 'nightly.yaml', '--task', p.service.bill()[0]!.taskId],
      ...[...place, '--env-file', 'other.env'],
    );
    expect(refused.exit).toBe(2);
    const words = one(refused, 'apply');
    expect(words).toEqual(expect.arrayContaining(['--adopt', '--only', run]));
    expect((await p.run(...words)).exit, refused.err).not.toBe(2);
    expect(p.service.bill()).toHaveLength(2);
  });
});

describe('by resolve --unknown', () => {
  const unknown = async (): Promise<Project> => {
    const p = await started(
      'matrix: { KSampler.seed: [1, 2] }\nexecution: { onUnknown: hold, concurrency: 1 }',
      { emulator: { ...calm, faults: [{ endpoint: 'create', kind: 'resetAfter', next: 2 }] } },
    );
    await p.apply('nightly.yaml', ...place);
    return p;
  };

  test.each([['--resubmit'], ['--give-up']])(
    'all that were listed are settled by %s',
    async (way) => {
      const p = await unknown();
      const listed = await p.run(
        ...['resolve', '--unknown', 'nightly.yaml', '--where', 'KSampler.seed=1', ...place],
      );
      const words = inLine(listed, 'all of them');
      expect(words).toEqual(expect.arrayContaining([way, '|']));
      const decide = [...words.slice(0, words.indexOf('--resubmit')), way];
      // At a terminal it asks; where nobody can be asked it says what to add.
      expect((await p.run(...decide)).err).toContain('then add --yes');
      expect((await p.run(...decide, '--yes')).out).toContain('1 run settled');
      expect((await p.run('resolve', '--unknown', 'nightly.yaml', ...place)).out).toContain(
        '1 unknown run:',
      );
    },
  );

  test('one whose task was found is followed', async () => {
    const p = await unknown();
    const listed = await p.run('resolve', '--unknown', 'nightly.yaml', ...place);
    const [, id = ''] = /^\? ([0-9a-f]{8}) /m.exec(listed.out) ?? [];
    const { taskId } = p.service.bill()[0]!;
    const words = inLine(listed, 'one whose task you found').map(
      (word) => ({ RUN: id, ID: taskId })[word] ?? word,
    );
    expect(await p.run(...words)).toMatchObject({ exit: 0 });
  });

  test('a call without a run, or with a lock in the way, is told of the same batch', async () => {
    const p = await unknown();
    const ended = await p.run('resolve', ...place);
    const listing = await p.run(...one(ended, 'resolve'), 'nightly.yaml');
    expect(listing.out).toContain('2 unknown runs:');
    p.write(
      `${state}/lock`,
      `${JSON.stringify({ pid: 1, started: '1', host: 'elsewhere', command: 'c', since: 's', token: 't' })}\n`,
    );
    const locked = await p.run('resolve', '--unknown', 'nightly.yaml', ...place);
    expect(locked.exit).toBe(5);
    expect(await p.run(...one(locked, 'unlock'))).toMatchObject({ exit: 0 });
    expect(
      shellWords(listedLine(await p.run('resolve', '--unknown', 'nightly.yaml', ...place))),
    ).toContain('nightly.yaml');
  });

  const listedLine = ({ out }: Ended): string =>
    out.split('\n').find((line) => line.startsWith('all of them')) ?? '';
});

test('a missing --env file is named, and once it is there the same command is right', async () => {
  const p = await project({ env: { RUNNINGHUB_API_KEY: '' } });
  nightly(p, three);
  const argv = ['apply', 'nightly.yaml', '--first', '1', ...place, '--env', 'my.env'];
  const ended = await p.run(...argv);
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain('my.env does not exist');
  p.write('my.env', `RUNNINGHUB_API_KEY=${key}\n`);
  expect(await p.run(...argv)).toMatchObject({ exit: 0 });
  expect(p.service.bill()).toHaveLength(1);
});

test('about an address that is none: fields lists those of the file that the manifest names', async () => {
  const p = await started(three);
  p.write('my graphs/base.json', p.read('api.json'));
  p.remove('api.json');
  p.write(
    'nightly.yaml',
    p
      .read('nightly.yaml')
      .replace('api: api.json', 'api: my graphs/base.json')
      .replace('KSampler.seed', 'zzzzzzzz.qqqqq'),
  );
  const ended = await p.run('validate', 'nightly.yaml');
  expect(ended.exit).toBe(2);
  expect((await p.run(...one(ended, 'fields'))).out).toContain('seed');
});
