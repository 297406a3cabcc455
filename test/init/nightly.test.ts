import { spawn } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { crontabLine, nightHour, taskCommand } from '../../src/init/nightly/schedule.js';
import type { ComfyEmulator } from '../../src/emulator/comfyui/emulator.js';
import { posixWords } from '../../src/values/shell-words.js';
import { startComfy } from '../support/comfy-server.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key, workflowId } from '../support/project.js';
import type { Workflow } from '../support/workflow-runner.js';
import { WorkflowRunner } from '../support/workflow-runner.js';

const project = projects();
const folders: string[] = [];
const servers: ComfyEmulator[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true, force: true });
});

const begin = async (p: Project, ...more: string[]): Promise<string> => {
  p.remove('manifest.yaml');
  const { exit, err, out } = await p.run(
    'init',
    'api.json',
    '--id',
    workflowId,
    '--nightly',
    ...more,
  );
  expect(exit, err).toBe(0);
  return out;
};
/** From now on it is that day. */
const dawn = (p: Project, date: string): void => {
  const before = p.now;
  const start = before();
  p.now = () => Date.parse(`${date}T00:00:01.000Z`) + before() - start;
};
const pictures = (p: Project, dir: string): string[] =>
  p.list(dir).filter((path) => path.endsWith('.png'));
const seedsSent = (p: Project): string[] =>
  p
    .received()
    .flat()
    .filter(({ fieldName }) => fieldName === 'seed')
    .map(({ fieldValue }) => String(fieldValue));

/** For processes of their own: the hours of the budget are many minutes of any machine. */
const unhurried = { speed: 20, runTime: { kind: 'constant', ms: 2_000 } } as const;

describe('the manifest', () => {
  test('makes new pictures of every row each day, in a folder of that day, and nothing twice on one', async () => {
    const p = await project();
    await begin(p, '--vary', 'Positive Prompt.text=a fox', '--vary', 'Positive Prompt.text=a hen');
    dawn(p, '2026-11-28');
    expect(await p.apply()).toMatchObject({ exit: 0 });
    expect(await p.apply()).toMatchObject({ exit: 0 });
    expect(p.service.stats().accepted).toBe(2);
    dawn(p, '2026-11-29');
    expect(await p.apply()).toMatchObject({ exit: 0 });
    expect(p.service.stats()).toMatchObject({ accepted: 4, duplicates: 0 });
    const days = ['out/manifest/2026-11-28', 'out/manifest/2026-11-29'];
    expect(days.map((day) => pictures(p, day).length)).toEqual([2, 2]);
    // One seed a day, for both rows.
    const seeds = seedsSent(p);
    expect(new Set(seeds).size).toBe(2);
    expect(seeds[0]).toBe(seeds[1]);
  });

  test('ends a night at its budget', async () => {
    const p = await project();
    await begin(p, '--vary', 'Positive Prompt.text=a fox');
    const written = p.read('manifest.yaml');
    expect(parse(written)).toMatchObject({ budget: { coins: 200, wallTime: '3h' } });
    p.write('manifest.yaml', written.replace('coins: 200', 'coins: 1'));
    p.write('rows.csv', `Positive Prompt.text\n${'abcdefghij'.split('').join('\n')}\n`);
    expect((await p.apply()).exit).toBe(3);
    expect(p.service.stats().accepted).toBeLessThan(10);
  });

  test('a seed that is a column is left to the table', async () => {
    const p = await project();
    await begin(p, '--vary', 'KSampler.seed=7');
    expect(p.read('manifest.yaml')).not.toContain('random');
    expect(await p.run('plan')).toMatchObject({ exit: 0 });
  });

  test('without a seed, what is older than a day is made again', async () => {
    const api = JSON.stringify({
      '1': { class_type: 'CLIPTextEncode', inputs: { text: 'a fox' } },
      '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'x' } },
    });
    const p = await project({
      files: { 'api.json': api },
      emulator: { workflows: new Map([[workflowId, api]]) },
    });
    await begin(p);
    expect(parse(p.read('manifest.yaml'))).toMatchObject({ reuse: { maxAge: '20h' } });
    for (const [at, day] of ['2026-11-28', '2026-11-29'].entries()) {
      dawn(p, day);
      expect(await p.apply()).toMatchObject({ exit: 0 });
      expect(await p.apply()).toMatchObject({ exit: 0 });
      expect(p.service.stats().accepted).toBe(at + 1);
      expect(pictures(p, `out/manifest/${day}`)).toHaveLength(1);
    }
  });

  test('on a server of the own network it has no budget of coins, and no workflow is written', async () => {
    const p = await project();
    p.remove('manifest.yaml');
    if (p.virtual === null) throw new Error('the clock is virtual');
    const comfy = await startComfy(p.virtual);
    servers.push(comfy);
    const done = await p.withoutKey('init', 'api.json', '--server', comfy.url, '--nightly');
    expect(done).toMatchObject({ exit: 0 });
    expect(parse(p.read('manifest.yaml'))).toMatchObject({ budget: { wallTime: '3h' } });
    expect(p.exists('.github')).toBe(false);
    expect(p.read('manifest-nightly.txt')).not.toContain('--env');
  });

  test('no file that is there is replaced', async () => {
    const p = await project({ files: { 'manifest-nightly.txt': 'mine' } });
    p.remove('manifest.yaml');
    const { exit, err } = await p.run('init', 'api.json', '--id', workflowId, '--nightly');
    expect(exit).toBe(2);
    expect(err).toContain('manifest-nightly.txt is there already');
    expect([p.read('manifest-nightly.txt'), p.exists('.github')]).toEqual(['mine', false]);
  });
});

/** The line below that begins so. */
const lineOf = (p: Project, begin: RegExp): string =>
  p
    .read('manifest-nightly.txt')
    .split('\n')
    .find((line) => begin.test(line)) ?? '';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** As cron does it: five fields, then a command for sh, in which only \% is a percent sign. */
const cron = (
  line: string,
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; log: string }> => {
  const [, times = '', command = ''] = /^(\S+ \S+ \S+ \S+ \S+) (.*)$/.exec(line) ?? [];
  expect(times).toMatch(/^17 [1-5] \* \* \*$/);
  expect(command.replaceAll('\\%', '')).not.toContain('%');
  const child = spawn('/bin/sh', ['-c', command.replaceAll('\\%', '%')], { cwd: '/', env });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, log })));
};

test('the line for cron runs the batch from anywhere, with the key from its file', async () => {
  const p = await project({ emulator: unhurried });
  p.write('.home/.rh-batch.env', `RUNNINGHUB_API_KEY=${key}\n`);
  // As npm installs it.
  const program = `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`;
  p.write('node_modules/.bin/rh-batch', program);
  chmodSync(join(p.dir, 'node_modules/.bin/rh-batch'), 0o755);
  p.write('package.json', '{"private":true}');
  await begin(p, '--vary', 'Positive Prompt.text=a fox');
  const home = join(p.dir, '.home');
  const env = {
    HOME: home,
    PATH: '/usr/bin:/bin',
    RUNNINGHUB_EMULATOR_SPEED: String(p.speed),
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
  const ended = await cron(lineOf(p, /^17 /), env);
  expect(ended, p.exists('nightly.log') ? p.read('nightly.log') : '').toMatchObject({ code: 0 });
  expect(p.service.stats().accepted).toBe(1);
  expect(p.read('nightly.log')).toContain('1 of 1 run succeeded');
  expect(p.read('nightly.log') + p.read('manifest-nightly.txt')).not.toContain(key);
});

/** Words of a command line as programs on Windows read them; `%NAME%` is put in before. */
const windowsWords = (line: string, env: Readonly<Record<string, string>>): string[] => {
  const filled = line.replace(/%(\w+)%/g, (_, name: string) => env[name] ?? '');
  return [...filled.matchAll(/(?:[^\s"]|"(?:\\"|[^"])*")+/g)].map(([word]) =>
    word.replace(/(?<!\\)"/g, '').replaceAll('\\"', '"'),
  );
};

test('the command for Task Scheduler runs the batch in the folder where it was typed', async () => {
  const p = await project();
  await begin(p, '--vary', 'Positive Prompt.text=a fox');
  const env = { CD: 'C:\\my batches', USERPROFILE: join(p.dir, '.home') };
  const words = windowsWords(lineOf(p, /^schtasks /), env);
  const task = words.at(-1) ?? '';
  expect(words.slice(0, -1)).toEqual([
    ...['schtasks', '/Create', '/SC', 'DAILY', '/ST', expect.stringMatching(/^0[1-5]:17$/)],
    ...['/TN', 'rh-batch manifest', '/TR'],
  ]);
  const [, inner = ''] =
    /^cmd \/c cd \/d "C:\\my batches" && npx --yes rh-batch (.*) >> nightly\.log 2>&1$/.exec(
      task,
    ) ?? [];
  const argv = windowsWords(inner, {}).map((word) => word.replaceAll('\\.rh', '/.rh'));
  p.write('.home/.rh-batch.env', `RUNNINGHUB_API_KEY=${key}\n`);
  expect(await p.withoutKey(...argv)).toMatchObject({ exit: 0 });
  expect(p.service.stats().accepted).toBe(1);
});

test.each([
  ['the rh-batch of the repository', { 'repo/package-lock.json': '{}' }, '[ "$1" = ci ]'],
  ['an rh-batch of its own', {}, '[ "$1 $2" = "install --no-save" ]'],
])(
  'the workflow for GitHub, with %s, keeps its state from night to night',
  async (_, lock, npm) => {
    const p = await project({
      emulator: unhurried,
      files: { 'repo/.git/HEAD': 'x', ...lock },
    });
    p.write('repo/a b/api.json', p.read('api.json'));
    const done = await p.runIn(
      'repo/a b',
      ...[
        'init',
        'api.json',
        '--id',
        workflowId,
        '--nightly',
        '--vary',
        'Positive Prompt.text=a fox',
      ],
    );
    expect(done).toMatchObject({ exit: 0 });
    const text = readFileSync(join(p.dir, 'repo/.github/workflows/rh-batch-manifest.yml'), 'utf8');
    const r = new WorkflowRunner(join(p.dir, 'repo'), {
      RUNNINGHUB_API_KEY: key,
      RUNNINGHUB_EMULATOR_SPEED: String(p.speed),
    });
    folders.push(r.dir);
    r.script('npm', npm);
    const workflow = parse(text) as Workflow & { on: { schedule: { cron: string }[] } };
    expect(workflow.on.schedule).toEqual([{ cron: '17 2 * * *' }]);
    for (const _night of [1, 2]) {
      const [end] = await r.run(workflow);
      expect(end, end?.log).toMatchObject({ code: 0 });
      // One picture for each day, however often it was run: the state of before is there.
      const days = readdirSync(join(end?.dir ?? '', 'a b/out/manifest'));
      expect(p.service.stats().accepted).toBe(days.length);
      expect(end?.log).not.toContain(key);
    }
  },
);

describe('properties', () => {
  const schedule = {
    folder: '/home/ann/batches',
    manifest: 'manifest.yaml',
    name: 'hero',
    bin: '/usr/bin',
    envFile: null,
    needsKey: true,
    baseUrl: null,
    behindUtc: 0,
  };

  test('a shell reads from the line for cron the folder and the manifest, whatever they are called', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !/[\0\r\n]/.test(text));
    fc.assert(
      fc.property(name, name, (folder, manifest) => {
        const line = crontabLine({ ...schedule, folder: `/x/${folder}`, manifest });
        expect(line).not.toContain('\n');
        const command = line.split(' ').slice(5).join(' ').replaceAll('\\%', '%');
        const words = posixWords(command, true).words.map(({ text }) => text);
        expect(words[1]).toBe(`/x/${folder}`);
        expect(words).toContain(manifest);
      }),
    );
  });

  test('at the hour of the night no day of UTC ends, in summer or winter, in any zone', () => {
    fc.assert(
      fc.property(fc.integer({ min: -14 * 4, max: 12 * 4 }), (quarters) => {
        const behindUtc = quarters * 15;
        const day = (more: number): number =>
          Math.floor((nightHour(behindUtc) * 60 + 17 + behindUtc + more) / 1440);
        expect(day(-60)).toBe(day(0));
        expect(day(60)).toBe(day(0));
      }),
    );
  });

  test('what Windows takes behind /TR is short enough', () => {
    const line = taskCommand(schedule).replace('%CD%', `C:\\Users\\ann\\${'x'.repeat(40)}`);
    const task = line.slice(line.indexOf('/TR "') + 5, -1);
    expect(task.replace('%USERPROFILE%', 'C:\\Users\\ann').length).toBeLessThan(261);
  });
});
