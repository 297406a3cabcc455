import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import { key } from '../support/project.js';

const start = projects();

interface Heard {
  readonly url: string;
  readonly type: string;
  readonly body: string;
}

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A receiver that answers with this status; 0: never. */
const receiver = async (status = 200): Promise<{ site: string; heard: Heard[] }> => {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      heard.push({ url: request.url ?? '', type: request.headers['content-type'] ?? '', body });
      if (status > 0) response.writeHead(status, { location: '/elsewhere' }).end('no JSON');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { site: `http://127.0.0.1:${port}`, heard };
};

const fox = 'set: { Positive Prompt.text: a fox }';
const fails = 'set: { Positive Prompt.text: "[emulate:fail]" }\nexecution: { retries: 0 }';
const saves = 'cat > told.json; env > env.txt';

test('the URL gets the summary by POST, from the environment and never shown', async () => {
  const { site, heard } = await receiver();
  const secret = `${site}/services/T0/B0/s3cr3t-path`;
  const p = await start({
    manifest: `${fox}\nnotify: { url: "\${{ env.NOTIFY_URL }}?a=1" }`,
    env: { NOTIFY_URL: secret },
  });
  const ended = await p.run('apply', '-vv');
  expect(ended.exit, ended.err).toBe(0);
  expect(heard).toHaveLength(1);
  expect(heard[0]).toMatchObject({
    url: '/services/T0/B0/s3cr3t-path?a=1',
    type: 'application/json',
  });
  expect(JSON.parse(heard[0]?.body ?? '')).toEqual(p.summary());
  expect(heard[0]?.body).not.toContain(key);
  const files = p.list('.').filter((name) => /\.(?:jsonl?|csv|html|xml|yaml)$/.test(name));
  const all = [ended.out, ended.err, ...files.map((name) => p.read(name))].join('\n');
  expect(all).not.toContain('s3cr3t-path');
});

test('the command gets the summary on its input and a few facts, but no key', async () => {
  const p = await start({ manifest: `${fox}\nnotify: { command: "${saves}" }` });
  expect((await p.apply()).exit).toBe(0);
  expect(JSON.parse(p.read('told.json'))).toEqual(p.summary());
  const env = p.read('env.txt');
  for (const fact of [
    'NAME=manifest',
    'EXIT_CODE=0',
    'TOTAL=1',
    'SUCCEEDED=1',
    'FAILED=0',
    'EMULATED=false',
  ])
    expect(env).toContain(`RH_BATCH_${fact}\n`);
  expect(env).not.toContain(key);
  expect(env).not.toContain('RUNNINGHUB_API_KEY');
});

test.each([
  ['always', fox, true],
  ['success', fox, true],
  ['failure', fox, false],
  ['always', fails, true],
  ['success', fails, false],
  ['failure', fails, true],
])('on: %s, after "%s"', async (on, batch, told) => {
  const p = await start({ manifest: `${batch}\nnotify: { command: "${saves}", on: ${on} }` });
  await p.apply();
  expect(p.exists('told.json')).toBe(told);
});

test('a finished batch tells its no-op too', async () => {
  const p = await start({ manifest: `${fox}\nnotify: { command: "${saves}" }` });
  await p.apply();
  p.remove('told.json');
  expect((await p.apply()).exit).toBe(0);
  expect(JSON.parse(p.read('told.json'))).toMatchObject({ submits: 0, counts: { reused: 1 } });
});

test('a rehearsal starts no command and tells no URL', async () => {
  const p = await start({ manifest: `${fox}\nnotify: { command: "${saves}" }` });
  const rehearsed = await p.run('apply', '--emulator');
  expect(rehearsed.exit).toBe(0);
  expect(rehearsed.err).toContain('notice: notify.command is left out with --emulator');
  expect(p.exists('told.json')).toBe(false);
  const { site, heard } = await receiver(200);
  p.manifest(`${fox}\nnotify: { url: "${site}/x" }`);
  expect((await p.run('apply', '--emulator')).exit).toBe(0);
  expect(heard).toEqual([]);
});

test('the plan shows what is started at the end, and no URL', async () => {
  const p = await start({ manifest: `${fox}\nnotify: { command: "${saves}", on: failure }` });
  const planned = await p.run('plan');
  expect(planned.out).toContain('at the end, where the exit code is not 0, this is run: ');
  expect(planned.out).toContain('told.json');
  expect((await p.run('plan', '--emulator')).out).toContain('(left out with --emulator)');
  expect(JSON.parse((await p.run('plan', '--json')).out)).toMatchObject({
    notify: { is: 'command', on: 'failure' },
  });
  p.manifest(`${fox}\nnotify: { url: "https://example.com/s3cr3t" }`);
  const { out } = await p.run('plan');
  expect(out).toContain('at the end, notify.url is told');
  expect(out).not.toContain('s3cr3t');
  expect((await p.run('plan', '--json')).out).not.toContain('s3cr3t');
});

test.each<[string, number, string]>([
  ['an error', 500, 'notify: the URL answered HTTP 500'],
  ['a redirect, which is not followed', 302, 'notify: the URL answered HTTP 302'],
])('%s is a warning and changes no exit code', async (_name, status, words) => {
  const { site, heard } = await receiver(status);
  const p = await start({ manifest: `${fox}\nnotify: { url: "${site}/hidden" }` });
  const ended = await p.apply();
  expect(ended.exit).toBe(0);
  expect(ended.err).toContain(`warning: ${words}`);
  expect(ended.err).not.toContain('hidden');
  expect(heard).toHaveLength(1);
  expect(p.summary()).toMatchObject({ exitCode: 0 });
});

test('nobody there, and a command that fails, are warnings', async () => {
  const p = await start({ manifest: `${fox}\nnotify: { url: "http://127.0.0.1:9/x" }` });
  const ended = await p.apply();
  expect(ended.exit).toBe(0);
  expect(ended.err).toContain('warning: notify: the URL could not be reached (ECONNREFUSED)');
  p.manifest(`${fails}\nnotify: { command: "echo no mail >&2; exit 3" }`);
  const failed = await p.apply();
  expect(failed.exit).toBe(1);
  expect(failed.err).toContain('warning: notify: the command ended with 3: no mail');
});

test('a command that the system cannot even start is a warning', async () => {
  const p = await start({ manifest: `${fox}\nnotify: { command: "true ${'#'.repeat(200_000)}" }` });
  const ended = await p.apply();
  expect(ended).toMatchObject({ exit: 0 });
  expect(ended.err).toContain('warning: notify: the command could not be started (');
});

test('a command that does not read its input is no trouble', async () => {
  const p = await start({ manifest: `${fox}\nnotify: { command: "exec 0<&-; true" }` });
  const ended = await p.apply();
  expect(ended).toMatchObject({ exit: 0 });
  expect(ended.err).not.toContain('notify');
});

test('a signal ends the wait for a command that hangs, and what it started', async () => {
  const p = await start({
    manifest: `${fox}\nnotify: { command: "echo $$ > pid; sleep 300 & wait" }`,
  });
  const run = p.start(['apply']);
  while (!p.exists('pid')) await new Promise((resolve) => setImmediate(resolve));
  run.signal('SIGINT');
  const ended = await run.ended;
  expect(ended.err).toContain('warning: notify: the command did not end in time');
  const pid = Number(p.read('pid'));
  const alive = (): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  while (alive()) await new Promise((resolve) => setImmediate(resolve));
});

test('a name that the environment does not have is a warning, told before the batch', async () => {
  const p = await start({ manifest: `${fox}\nnotify: { url: "\${{ env.NO_SUCH }}" }` });
  const ended = await p.apply();
  expect(ended.exit).toBe(0);
  expect(ended.err).toMatch(/manifest\.yaml:5:\d+ warning: notify\.url: NO_SUCH is not set/);
  // Nor is the key to be had that way.
  p.manifest(`${fox}\nnotify: { url: "https://x/\${{ env.RUNNINGHUB_API_KEY }}" }`);
  expect((await p.apply()).err).toContain('RUNNINGHUB_API_KEY is not set');
});

test.each([
  ['{ url: "https://a", command: "b" }', '"notify" takes one of url and command'],
  ['{ on: failure }', '"notify" takes one of url and command, and has none'],
  ['{ url: "ftp://s3cr3t" }', '"notify.url" must be an http or https URL'],
  ['{ url: "${{ vars.x }}s3cr3t" }', 'may hold ${{ env.NAME }} and no other template'],
  ['{ url: "https://a", on: never }', '"notify.on" must be'],
  ['{ hook: "https://a" }', 'unknown key "hook" in "notify"'],
])('notify: %s is a mistake with its place', async (notify, words) => {
  const p = await start({ manifest: `${fox}\nnotify: ${notify}` });
  const ended = await p.run('validate');
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain(words);
  expect(ended.err).toMatch(/manifest\.yaml:5/);
  expect(ended.err).not.toContain('s3cr3t');
});
