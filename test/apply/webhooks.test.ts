import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer, request as httpRequest } from 'node:http';
import { Agent, request } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import type { FaultRule } from '../../src/emulator/http/faults.js';
import { apply as applyApi } from '../../src/index.js';
import { projects } from '../support/opened.js';
import { freePort, postEvent } from '../support/port.js';
import type { Project } from '../support/project.js';
import { key } from '../support/project.js';
import { until } from '../support/until.js';

const project = projects();
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const seeds = (count: number): string => `matrix: { KSampler.seed: { from: 1, to: ${count} } }\n`;

/** Slow enough that an event is quicker than a poll. */
const service = { runTime: { kind: 'constant', ms: 20_000 } } as const;

const webhookOf = (p: Project, index = 0): string => {
  const sent = JSON.parse(p.service.bill()[index]!.request) as { webhookUrl?: string };
  return sent.webhookUrl ?? '';
};

const everything = (p: Project): string =>
  [...p.list('.rh-batch'), ...p.list('out')]
    .flatMap((path) =>
      ['.rh-batch/', 'out/'].flatMap((dir) =>
        /\.(?:jsonl|json|csv|html|xml)$/.test(path) && p.exists(dir + path)
          ? [p.read(dir + path)]
          : [],
      ),
    )
    .join('\n');

const reads = (p: Project): number => {
  const { outputs = 0, account = 0, queue = 0 } = p.service.stats().requests;
  return outputs + account + queue;
};

test('each create names a webhook of this apply alone, whose secret is kept nowhere', async () => {
  const p = await project({ manifest: seeds(6), emulator: service });
  const port = await freePort();
  const first = await p.apply('--listen', String(port), '-vv');
  expect(first).toMatchObject({ exit: 0 });
  expect(first.err).not.toContain('no webhook event arrived');
  // Each submit is named behind the URL, so that an event tells whose task it is.
  const named = p.service.bill().map((_, index) => webhookOf(p, index).split('?'));
  expect(new Set(named.map(([, of]) => of)).size).toBe(6);
  for (const [, of] of named) expect(of).toMatch(/^of=[0-9a-f]{16}\.1$/);
  const urls = named.map(([url = '']) => url);
  expect(new Set(urls).size).toBe(1);
  const [, secret = ''] =
    new RegExp(`^http://127\\.0\\.0\\.1:${port}/([\\w-]{24})$`).exec(urls[0]!) ?? [];
  expect(secret).toHaveLength(24);
  expect(p.service.stats().webhooks).toBe(6);
  expect(everything(p) + first.out + first.err).not.toContain(secret);

  // Where a run's end is told is no part of what it is.
  expect(await p.plan()).toMatchObject({ summary: { upToDate: 6 } });
  p.manifest(`${seeds(6)}webhookUrl: https://example.com/hook`);
  expect(await p.plan()).toMatchObject({ summary: { upToDate: 6 } });
  p.manifest(seeds(7));
  const public_ = `http://127.0.0.1:${port}/rh/`;
  expect(await p.apply('--listen', `127.0.0.1:${port}`, '--public-url', public_)).toMatchObject({
    exit: 0,
  });
  expect(webhookOf(p, 6)).toMatch(
    new RegExp(`^http://127\\.0\\.0\\.1:${port}/rh/[\\w-]{24}\\?of=`),
  );
  expect(webhookOf(p, 6)).not.toContain(secret);
  expect(p.service.stats()).toMatchObject({ accepted: 7, duplicates: 0, webhooks: 7 });
});

test('nor is it kept where the service repeats it', async () => {
  const p = await project({ manifest: seeds(40), emulator: service });
  const running = p.start(['apply', '--listen', String(await freePort())]);
  while (p.service.bill().length === 0) await new Promise((done) => setImmediate(done));
  const msg = `webhookUrl ${webhookOf(p)} is not valid`;
  p.service.setFaults([{ endpoint: 'create', kind: 'code', code: 301, msg }]);
  expect((await running.ended).exit).toBe(1);
  expect(everything(p)).toContain('webhookUrl http');
  const [url = ''] = webhookOf(p).split('?');
  expect(everything(p)).not.toContain(url.split('/').at(-1));
});

test('an event finds the task of a submit whose answer was lost, and nothing is left unknown', async () => {
  const p = await project({
    manifest: seeds(8),
    emulator: {
      ...service,
      faults: [{ endpoint: 'create', kind: 'resetAfter', probability: 0.4 }],
    },
  });
  const ended = await p.apply('--listen', String(await freePort()));
  const lost = p.service.bill().filter(({ answerDelivered }) => !answerDelivered);
  expect(lost.length).toBeGreaterThan(0);
  expect(ended, ended.err).toMatchObject({ exit: 0 });
  expect(p.service.stats()).toMatchObject({ accepted: 8, duplicates: 0 });
  expect(p.summary()['possibleDuplicates']).toEqual([]);
  expect(p.results().map(({ taskId }) => taskId)).toEqual(
    expect.arrayContaining(lost.map(({ taskId }) => taskId)),
  );
});

test('an event that names another task than one of this account settles nothing', async () => {
  const p = await project({
    manifest: `${seeds(3)}execution: { onUnknown: hold }`,
    emulator: {
      ...service,
      faults: [
        { endpoint: 'create', kind: 'resetAfter', next: 1 },
        { endpoint: 'webhook', kind: 'lost' },
      ],
    },
  });
  const applying = p.start(['apply', '--listen', String(await freePort())]);
  await until(() => p.service.bill().length > 1);
  const [first, second] = p.service.bill();
  // One that the service does not know, and one that is another run's.
  for (const taskId of ['1999999999999999999', second!.taskId])
    await postEvent(webhookOf(p), taskId);
  expect((await applying.ended).exit).toBe(1);
  expect(first!.answerDelivered).toBe(false);
  const statuses = p.results().map(({ status }) => status);
  expect(statuses.sort()).toEqual(['succeeded', 'succeeded', 'unknown']);
});

const faults: readonly (readonly [string, readonly FaultRule[]])[] = [
  ['lost, all of them', [{ endpoint: 'webhook', kind: 'lost' }]],
  ['lost, every second one', [{ endpoint: 'webhook', kind: 'lost', probability: 0.5 }]],
  ['late', [{ endpoint: 'webhook', kind: 'delay', ms: 200 }]],
  ['repeated', [{ endpoint: 'webhook', kind: 'repeated' }]],
  ['quicker than the create is answered', [{ endpoint: 'create', kind: 'delay', ms: 600 }]],
  ['earlier than the outputs are known', [{ endpoint: 'outputs', kind: 'flapping', polls: 3 }]],
  [
    'told of tasks whose outputs cannot be read',
    [{ endpoint: 'outputs', kind: 'http502', probability: 0.4 }],
  ],
];

test.each(faults)('events that are %s change no result', async (_what, rules) => {
  const p = await project({
    manifest: `${seeds(10)}execution: { requestsPerSecond: 10 }`,
    emulator: { ...service, faults: rules },
  });
  const ended = await p.apply('--listen', String(await freePort()));
  expect(ended).toMatchObject({ exit: 0 });
  expect(p.service.stats()).toMatchObject({ accepted: 10, duplicates: 0, tasks: { SUCCESS: 10 } });
  expect(p.results().map(({ status }) => status)).toEqual(Array(10).fill('succeeded'));
  if (_what.startsWith('lost, all')) expect(ended.err).toContain('no webhook event arrived');
});

test('forged, foreign and broken events without end cost a bounded number of reads', async () => {
  const p = await project({ manifest: seeds(10), emulator: service });
  const dispatcher = new Agent();
  ends.push(() => dispatcher.destroy());
  const forged = { sent: 0, over: false };
  const post = async (body: string): Promise<void> => {
    const answer = await request(webhookOf(p), { method: 'POST', body, dispatcher }).catch(
      () => null,
    );
    await answer?.body.dump().catch(() => undefined);
    forged.sent += 1;
  };
  const forge = async (): Promise<void> => {
    while (!forged.over) {
      const known = p.service.bill().map(({ taskId }) => taskId);
      if (known.length === 0) await new Promise((resolve) => setImmediate(resolve));
      for (const taskId of known.slice(-6)) {
        await post(JSON.stringify({ event: 'TASK_END', taskId, eventData: '{"code":805}' }));
        await post(JSON.stringify({ event: 'TASK_END', taskId: `9${taskId.slice(1)}` }));
      }
      if (known.length > 0) await post('{"event":');
    }
  };
  const forging = forge();
  const ended = await p.apply('--listen', String(await freePort())).finally(() => {
    forged.over = true;
  });
  await forging;
  expect(ended).toMatchObject({ exit: 0 });
  expect(forged.sent).toBeGreaterThan(100);
  expect(p.service.stats()).toMatchObject({ accepted: 10, duplicates: 0, tasks: { SUCCESS: 10 } });
  // What polls alone may cost, and four for each task.
  expect(reads(p)).toBeLessThanOrEqual(10 * (10 + 4));
  expect(p.results().every(({ attempts }) => attempts === 1)).toBe(true);
});

/** A reverse proxy as people have them, which a test can pull the plug of. */
const proxy = async (
  to: number,
): Promise<{ readonly url: string; readonly passed: () => number; cut: () => void }> => {
  let passed = 0;
  const server: Server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const onward = httpRequest(
      { port: to, host: '127.0.0.1', method, path: url, headers },
      (answer) => {
        passed += 1;
        outgoing.writeHead(answer.statusCode ?? 502);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const cut = (): void => {
    server.close();
    server.closeAllConnections();
  };
  ends.push(() => {
    cut();
    return Promise.resolve();
  });
  return { url: `http://127.0.0.1:${port}`, passed: () => passed, cut };
};

test('events come through a reverse proxy; when it dies, polls take over', async () => {
  const p = await project({ manifest: seeds(16), emulator: service });
  const port = await freePort();
  const tunnel = await proxy(port);
  const running = p.start(['apply', '--listen', String(port), '--public-url', tunnel.url]);
  await until(() => tunnel.passed() > 4);
  tunnel.cut();
  expect(await running.ended).toMatchObject({ exit: 0 });
  expect(p.service.stats()).toMatchObject({ accepted: 16, duplicates: 0, tasks: { SUCCESS: 16 } });
});

test.skipIf(!existsSync('/usr/sbin/nginx'))(
  'events come through nginx with the location of manifests/listen',
  async () => {
    const p = await project({ manifest: seeds(6), emulator: service });
    const [port, front] = [await freePort(), await freePort()];
    const example = new URL('../../manifests/listen/nginx.conf', import.meta.url);
    const location = readFileSync(example, 'utf8').replaceAll('8787', String(port));
    p.write(
      'nginx.conf',
      `daemon off; pid ${p.dir}/nginx.pid; error_log stderr crit; events {}
       http { access_log off; server { listen 127.0.0.1:${front}; ${location} } }`,
    );
    const nginx = spawn('/usr/sbin/nginx', ['-p', p.dir, '-c', `${p.dir}/nginx.conf`]);
    const over = new Promise((resolve) => nginx.once('exit', resolve));
    ends.push(async () => {
      nginx.kill();
      await over;
    });
    const url = `http://127.0.0.1:${front}`;
    const dispatcher = new Agent();
    ends.push(() => dispatcher.destroy());
    const status = async (method: 'GET' | 'POST'): Promise<number> =>
      request(`${url}/rh/x`, { method, dispatcher }).then(
        (answer) => answer.body.dump().then(() => answer.statusCode),
        () => 0,
      );
    await expect.poll(() => status('GET')).toBe(403);
    // Nobody listens behind it yet.
    expect(await status('POST')).toBe(502);
    const ended = await p.apply('--listen', String(port), '--public-url', `${url}/rh`);
    expect(ended).toMatchObject({ exit: 0 });
    expect(ended.err).not.toContain('no webhook event arrived');
    const { webhook } = JSON.parse(
      (await p.run('webhook', 'details', p.service.bill()[0]!.taskId, '--json')).out,
    ) as { webhook: { status: string } };
    expect(webhook.status).toBe('SUCCESS');
  },
);

test('where what stands behind the URL is dropped on the way, a person is told of the task', async () => {
  const p = await project({
    manifest: `${seeds(3)}run: { name: "run-\${{ run.index }}" }`,
    emulator: {
      ...service,
      faults: [
        { endpoint: 'create', kind: 'resetAfter', next: 1 },
        { endpoint: 'webhook', kind: 'lost' },
      ],
    },
  });
  const applying = p.start(['apply', '--listen', String(await freePort())]);
  await until(() => p.service.bill().length > 1);
  await postEvent(webhookOf(p).split('?')[0] ?? '', p.service.bill()[0]!.taskId);
  const lost = await applying.ended;
  expect(lost).toMatchObject({ exit: 1 });
  const unheard = p.service.bill().filter(({ answerDelivered }) => !answerDelivered);
  expect(unheard).toHaveLength(1);
  const { taskId } = unheard[0]!;
  expect(lost.err).toContain(`no run is known to have: ${taskId}; an unknown run may be it`);
  const unknown = p.results().find(({ status }) => status === 'unknown');
  expect(await p.run('resolve', unknown!.name, '--task', taskId)).toMatchObject({ exit: 0 });
  expect(await p.apply()).toMatchObject({ exit: 0 });
  expect(p.service.stats()).toMatchObject({ accepted: 3, duplicates: 0 });
});

test('tasks of an earlier apply, told to another path, are polled by the next one', async () => {
  const p = await project({ manifest: seeds(6), emulator: service });
  const port = String(await freePort());
  const running = p.start(['apply', '--listen', port]);
  await until(() => p.service.stats().accepted > 1);
  running.signal('SIGINT');
  expect(await running.ended).toMatchObject({ exit: 130 });
  expect(await p.apply('--listen', port)).toMatchObject({ exit: 0 });
  expect(p.service.stats()).toMatchObject({ accepted: 6, duplicates: 0 });
  expect(p.results().every(({ status }) => status === 'succeeded')).toBe(true);
});

describe('what cannot be meant is said before anything is submitted', () => {
  const mistakes: readonly (readonly [string, readonly string[], string])[] = [
    [
      'no port',
      ['--listen', 'x', '--public-url', 'https://a.b'],
      'wants a port or HOST:PORT, not "x"',
    ],
    ['port 0', ['--listen', '0'], 'wants a port or HOST:PORT, not "0"'],
    ['a port too high', ['--listen', '70000'], 'not "70000"'],
    ['a URL alone', ['--public-url', 'https://a.b'], '--public-url says where events come from'],
    ['no URL', ['--listen', '8787', '--public-url', 'a.b'], 'not "a.b"'],
    ['another scheme', ['--listen', '8787', '--public-url', 'ftp://a.b'], 'not "ftp://a.b"'],
    ['a query', ['--listen', '8787', '--public-url', 'https://a.b/?k=1'], 'without key, query'],
    ['a key in the URL', ['--listen', '8787', '--public-url', 'https://u:p@a.b'], 'without key'],
    ['another word for --live', ['--live', 'yes'], '--live wants auto, on or off, not "yes"'],
  ];

  test.each(mistakes)('%s', async (_what, options, words) => {
    const p = await project({ manifest: seeds(1) });
    const ended = await p.apply(...options);
    expect(ended).toMatchObject({ exit: 2 });
    expect(ended.err).toContain(words);
    expect(p.service.stats().requests).toEqual({});
  });

  test('a port in use', async () => {
    const p = await project({ manifest: seeds(1) });
    const server = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    ends.push(() => new Promise((resolve) => void server.close(() => resolve())));
    const ended = await p.apply('--listen', String(port), '--json');
    expect(ended).toMatchObject({ exit: 2 });
    expect(ended.err).toMatch(/error: --listen \d+: listen EADDRINUSE/);
    expect(JSON.parse(ended.out)).toMatchObject({ diagnostics: [{ code: 'E0006' }] });
    expect(p.service.stats().requests).toEqual({});
    // The state is free again.
    expect(await p.apply()).toMatchObject({ exit: 0 });
  });

  test('no public URL for a service elsewhere; one that is this machine alone is a warning', async () => {
    const p = await project({ manifest: seeds(1) });
    const site = ['--base-url', 'https://rh.invalid'];
    expect((await p.apply(...site, '--listen', '8787')).err).toContain(
      '--listen needs --public-url URL',
    );
    const { err } = await p.apply('--listen', '0', '--public-url', 'http://localhost:1', ...site);
    expect(err).not.toContain('warning');
    const near = await p.apply(
      '--listen',
      '8787',
      '--public-url',
      'http://localhost:1',
      ...site,
      '--only',
      'no-such',
    );
    expect(near.err).toContain('"http://localhost:1" is this machine alone');
  });

  test('a manifest with a webhook of its own, and targets that have none', async () => {
    const p = await project({ manifest: `${seeds(1)}webhookUrl: https://example.com/hook` });
    expect((await p.apply('--listen', '8787')).err).toContain('a task has one webhook');
    p.write(
      'fields.json',
      '{"nodeInfoList":[{"nodeId":"1","nodeName":"T","fieldName":"prompt","fieldValue":"x","fieldType":"STRING"}]}',
    );
    p.write(
      'q.yaml',
      'version: 1\nquick: { webappId: "1877265245566922753", code: "002" }\napp: fields.json\n',
    );
    const quick = await p.run('apply', 'q.yaml', '--listen', '8787');
    expect(quick).toMatchObject({ exit: 2 });
    expect(quick.err).toContain('--listen means nothing for "quick"');
    p.write('q.yaml', `${p.read('q.yaml')}webhookUrl: https://example.com/hook\n`);
    expect((await p.run('apply', 'q.yaml')).err).toContain(
      '"webhookUrl" means nothing for "quick"',
    );
    expect(p.service.stats().accepted).toBe(0);
  });
});

test("the manifest's own webhookUrl goes out with every submit that takes one", async () => {
  const url = 'https://example.com/hook?a=1';
  const p = await project({
    manifest: `${seeds(2)}webhookUrl: ${url}`,
    emulator: {
      apps: new Map([
        [
          '1877265245566922753',
          '{"webappName":"a","nodeInfoList":[{"nodeId":"1","nodeName":"T","fieldName":"prompt","fieldValue":"x","fieldType":"STRING"}]}',
        ],
      ]),
    },
  });
  expect(await p.apply()).toMatchObject({ exit: 0 });
  p.manifest(`${seeds(3)}webhookUrl: ${url}\nsubmit: workflow`);
  expect(await p.apply()).toMatchObject({ exit: 0 });
  await p.run('pull', '--app', '1877265245566922753');
  p.write(
    'a.yaml',
    `version: 1\nwebappId: "1877265245566922753"\napp: app.json\nwebhookUrl: ${url}\nset: { T.prompt: y }\n`,
  );
  expect(await p.run('apply', 'a.yaml')).toMatchObject({ exit: 0 });
  expect(p.service.bill().map((_, index) => webhookOf(p, index))).toEqual(Array(4).fill(url));
});

test('the API listens too', async () => {
  const p = await project({ manifest: seeds(3), emulator: service });
  const port = await freePort();
  const env = {
    RUNNINGHUB_API_KEY: key,
    RUNNINGHUB_BASE_URL: p.service.url,
  };
  const result = await applyApi('manifest.yaml', { cwd: p.dir, clock: p.clock, env, listen: port })
    .result;
  expect(result).toMatchObject({ is: 'ended', exitCode: 0 });
  expect(webhookOf(p)).toContain(`:${port}/`);
  const wrong = await applyApi('manifest.yaml', {
    cwd: p.dir,
    clock: p.clock,
    env,
    publicUrl: 'https://a.b',
  }).result;
  expect(wrong).toMatchObject({ is: 'refused', exitCode: 2, diagnostics: [{ code: 'E0001' }] });
});
