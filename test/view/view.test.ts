import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { script, servedScript } from '../../src/report/html/page.generated.js';
import { Project } from '../support/project.js';
import type { Viewing } from './pages.js';
import { ask, dataOf, view } from './pages.js';

const prompts = { 'rows.csv': 'Positive Prompt.text\na fox\na heron\n"ä ""wolf"""\n' };
const manifest = 'matrix: { rows: rows.csv }';

describe('rh-batch view of a finished batch', () => {
  let p: Project;
  let viewing: Viewing | null = null;

  const finished = async (): Promise<string> => {
    p = await Project.start({ manifest, files: prompts });
    await p.apply();
    viewing = await view(p);
    return viewing.address;
  };
  afterEach(async () => {
    await viewing?.stop();
    viewing = null;
    await p.close();
  });

  test('serves the page of report.html, with its policy and its own server alone beside it', async () => {
    const address = await finished();
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
    const page = await ask(address, '');
    expect(page.status).toBe(200);
    const html = page.body.toString();
    await p.run('report');
    const file = p.read('out/manifest/report.html');
    const scriptOf = (text: string): string | undefined =>
      /<script>(.*)<\/script>/s.exec(text)?.[1];
    expect(scriptOf(html)).toBe(servedScript);
    expect(scriptOf(file)).toBe(script);
    const policyIn = (text: string): string =>
      /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? '';
    const digest = createHash('sha256').update(servedScript).digest('base64');
    expect(policyIn(html)).toBe(
      `${policyIn(file).replace(/script-src '[^']*'/, `script-src 'sha256-${digest}'`)}; connect-src 'self'`,
    );
    expect(page.headers['content-security-policy']).toBe(
      `${policyIn(html)}; frame-ancestors 'none'`,
    );
    expect(page.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(Object.keys(page.headers).filter((name) => name.startsWith('access-control'))).toEqual(
      [],
    );
    const { live, ...data } = dataOf(page);
    expect(live?.since).toMatch(/^[0-9a-f]{12}\.\d+$/);
    expect(data).toEqual(dataOf({ ...page, body: Buffer.from(file) }));
  });

  test('gives outputs whole, in ranges as players ask for them, and not again', async () => {
    const address = await finished();
    const { path } = p.results()[2]!.outputs[0]!;
    const bytes = Buffer.from(p.bytes(`out/manifest/${path}`));
    const at = encodeURIComponent(path);
    const whole = await ask(address, at);
    expect(whole).toMatchObject({ status: 200, body: bytes });
    expect(whole.headers).toMatchObject({
      'content-type': 'image/png',
      'accept-ranges': 'bytes',
      'content-length': String(bytes.length),
    });
    const tag = whole.headers.etag!;
    const cases: readonly (readonly [Record<string, string>, number, Buffer, string?])[] = [
      [{ range: 'bytes=0-3' }, 206, bytes.subarray(0, 4), `bytes 0-3/${bytes.length}`],
      [
        { range: 'bytes=10-' },
        206,
        bytes.subarray(10),
        `bytes 10-${bytes.length - 1}/${bytes.length}`,
      ],
      [{ range: 'bytes=-5' }, 206, bytes.subarray(-5)],
      [{ range: `bytes=2-${bytes.length + 99}` }, 206, bytes.subarray(2)],
      [{ range: `bytes=${bytes.length}-` }, 416, Buffer.of(), `bytes */${bytes.length}`],
      [{ range: 'bytes=-0' }, 416, Buffer.of()],
      [{ range: 'bytes=0-1,4-5' }, 200, bytes],
      [{ range: 'bytes=9-3' }, 200, bytes],
      [{ range: 'lines=0-3' }, 200, bytes],
      [{ range: 'bytes=0-3', 'if-range': tag }, 206, bytes.subarray(0, 4)],
      [{ range: 'bytes=0-3', 'if-range': '"another"' }, 200, bytes],
      [{ 'if-none-match': tag }, 304, Buffer.of()],
    ];
    for (const [headers, status, body, range] of cases) {
      const answer = await ask(address, at, headers);
      expect([headers, answer.status, answer.body]).toEqual([headers, status, body]);
      if (range !== undefined) expect(answer.headers['content-range']).toBe(range);
    }
    const head = await ask(address, at, {}, 'HEAD');
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([
      200,
      String(bytes.length),
      0,
    ]);
  });

  test('reads nothing but the outputs of this batch, however it is asked', async () => {
    const address = await finished();
    const { path } = p.results()[0]!.outputs[0]!;
    p.write('secret.txt', 'secret');
    p.write('out/manifest/other.png', 'not of this batch');
    // What was an output is a link to a file elsewhere now.
    p.remove(`out/manifest/${path}`);
    symlinkSync(join(p.dir, 'secret.txt'), join(p.dir, 'out/manifest', path));
    // Another one is a link that stays inside, and one is a folder.
    const [, second, third] = p.results().map(({ outputs }) => outputs[0]!.path);
    p.remove(`out/manifest/${second!}`);
    writeFileSync(join(p.dir, 'out/manifest/kept.png'), 'kept');
    symlinkSync('kept.png', join(p.dir, 'out/manifest', second!));
    p.remove(`out/manifest/${third!}`);
    mkdirSync(join(p.dir, 'out/manifest', third!));
    const { pathname } = new URL(address);
    const token = pathname.slice(1, -1);
    for (const asked of [
      encodeURIComponent(path),
      encodeURIComponent(third!),
      'other.png',
      'report.html',
      'results.jsonl',
      'picks.jsonl',
      '../../secret.txt',
      '..%2f..%2fsecret.txt',
      '%2e%2e/%2e%2e/secret.txt',
      `/${token}/../secret.txt`,
      `/${token}//etc/passwd`,
      '..%5c..%5csecret.txt',
      `${encodeURIComponent(path)}%00.png`,
      '%',
      '%c0%ae%c0%ae/secret.txt',
      encodeURIComponent(join(p.dir, 'secret.txt')),
    ]) {
      const answer = await ask(address, asked);
      expect([asked, answer.status]).toEqual([asked, 404]);
      expect(answer.body.toString()).not.toContain('secret\n');
    }
    expect((await ask(address, encodeURIComponent(second!))).body.toString()).toBe('kept');
  });

  test('is closed to a wrong token, another host, another site, and says so in words', async () => {
    const address = await finished();
    const { pathname, host, port } = new URL(address);
    const wrong = pathname.replace(/^\/./, pathname.startsWith('/A') ? '/B' : '/A');
    for (const path of ['/', wrong, `${wrong}?since=x`, '/favicon.ico', '/%', `${wrong}x.png`]) {
      const answer = await ask(address, path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.body.toString()).toContain('was printed where the page was opened');
      expect(answer.body.toString()).not.toContain('fox');
    }
    for (const evil of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1.:${port}`,
    ]) {
      const answer = await ask(address, '', { host: evil });
      expect([evil, answer.status]).toEqual([evil, 421]);
    }
    expect((await ask(address, '', { host: `localhost:${port}` })).status).toBe(200);
    const foreign = { origin: 'https://evil.example' };
    expect((await ask(address, '', foreign)).status).toBe(403);
    const json = { 'content-type': 'application/json' };
    expect((await ask(address, '', { ...json, ...foreign }, 'POST', '[]')).status).toBe(403);
    const crossSite = { ...json, 'sec-fetch-site': 'cross-site' };
    expect((await ask(address, '', crossSite, 'POST', '[]')).status).toBe(403);
    const form = { 'content-type': 'text/plain', origin: `http://${host}` };
    expect((await ask(address, '', form, 'POST', '[]')).status).toBe(415);
    for (const method of ['PUT', 'DELETE', 'OPTIONS'])
      expect((await ask(address, '', {}, method)).status).toBe(405);
    const moved = await ask(address, pathname.slice(0, -1));
    expect([moved.status, moved.headers.location]).toEqual([308, pathname]);
    // Nobody else on the machine can read the token.
    const state = join(p.dir, '.rh-batch/manifest');
    for (const name of readdirSync(state).filter((one) => one.startsWith('view')))
      expect([name, statSync(join(state, name)).mode & 0o77]).toEqual([name, 0]);
  });

  test('a second one says where the first is; after Ctrl-C the address stays the same', async () => {
    const address = await finished();
    const second = await p.run('view');
    expect([second.exit, second.out]).toEqual([0, `${address}\n`]);
    expect(second.err).toContain(`process ${process.pid} shows this batch already`);
    const json = await p.run('view', '--json');
    expect(JSON.parse(json.out)).toEqual({ version: 1, address });
    const ended = await viewing!.stop();
    expect(ended).toMatchObject({ exit: 0, out: `${address}\n` });
    viewing = await view(p);
    expect(viewing.address).toBe(address);
    expect((await ask(address, '')).status).toBe(200);
  });

  test('a port in use is told, and another one is taken where none was asked for', async () => {
    const address = await finished();
    await viewing!.stop();
    viewing = null;
    const { port } = new URL(address);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(Number(port), '127.0.0.1', resolve));
    try {
      const refused = await p.run('view', '--port', port);
      expect(refused.exit).toBe(2);
      expect(refused.err).toContain(`--port ${port}: another program listens there`);
      expect(refused.err).toContain('without --port any free port is taken');
      viewing = await view(p);
      expect(new URL(viewing.address).port).not.toBe(port);
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
    for (const typed of ['99999', '-1', 'x']) {
      const wrong = await p.run('view', `--port=${typed}`);
      expect([typed, wrong.exit]).toEqual([typed, 2]);
      expect(wrong.err).toContain('--port');
    }
  });
});

test('a batch that cannot be read is told as everywhere, and nothing is left behind', async () => {
  const p = await Project.start({ manifest: 'matrix: { rows: nowhere.csv }' });
  const ended = await p.run('view');
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain('nowhere.csv');
  expect(p.exists('.rh-batch')).toBe(false);
  await p.close();
});
