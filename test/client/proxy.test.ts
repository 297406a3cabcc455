import { afterEach, expect, test } from 'vitest';
import { readProxies } from '../../src/runninghub/http/proxy-settings.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import type { Proxy } from '../support/proxy.js';
import { startProxy } from '../support/proxy.js';

const start = projects();
const proxies: Proxy[] = [];
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.close();
});

interface Behind {
  readonly p: Project;
  readonly proxy: Proxy;
}

/** A project whose environment names a proxy, which leads to its emulator. */
const behind = async (env: (port: number) => Record<string, string>): Promise<Behind> => {
  const proxy = await startProxy();
  proxies.push(proxy);
  const p = await start({ env: env(proxy.port) });
  proxy.leadTo(Number(new URL(p.service.url).port));
  return { p, proxy };
};

const site = { RUNNINGHUB_BASE_URL: 'http://www.runninghub.cn' };

test.each([
  ['HTTP_PROXY', (port: number) => `127.0.0.1:${port}`],
  ['http_proxy', (port: number) => `localhost:${port}`],
  ['http_proxy', (port: number) => `  http://127.0.0.1:${port}/ `],
])('%s is taken with and without http://', async (name, value) => {
  const { p, proxy } = await behind((port) => ({ ...site, [name]: value(port) }));
  const asked = await p.run('account', '--json');
  expect(asked.exit).toBe(0);
  expect(proxy.asked[0]).toBe('www.runninghub.cn:80');
});

test('a blank proxy is none, in either spelling', async () => {
  const { p, proxy } = await behind(() => ({ HTTP_PROXY: ' ', HTTPS_PROXY: '\t', http_proxy: '' }));
  expect((await p.run('account')).exit).toBe(0);
  expect(proxy.asked).toEqual([]);
});

test('this machine is never reached by a proxy', async () => {
  const { p, proxy } = await behind((port) => ({
    HTTP_PROXY: `127.0.0.1:${port}`,
    HTTPS_PROXY: `127.0.0.1:${port}`,
  }));
  p.manifest('set: { Positive Prompt.text: a fox }');
  expect((await p.apply()).exit).toBe(0);
  const { port } = new URL(p.service.url);
  expect((await p.run('account', '--base-url', `http://localhost:${port}`)).exit).toBe(0);
  expect(proxy.asked).toEqual([]);
});

test.each(['www.runninghub.cn', '.runninghub.cn', 'a.test, *', 'runninghub.cn:80'])(
  'NO_PROXY %s goes past the proxy',
  async (entry) => {
    const { p, proxy } = await behind((port) => ({
      // A name that no resolver knows: whether it was asked of the proxy is what counts.
      RUNNINGHUB_BASE_URL: 'http://www.runninghub.cn.invalid',
      HTTP_PROXY: `127.0.0.1:${port}`,
      no_proxy: entry.replaceAll('runninghub.cn', 'runninghub.cn.invalid'),
    }));
    expect((await p.run('account')).exit).toBe(4);
    expect(proxy.asked).toEqual([]);
  },
);

test.each([
  ['HTTPS_PROXY', 'http://', 'is not the address of a proxy'],
  ['https_proxy', 'http://u:secret@:99999', 'is not the address of a proxy'],
  ['HTTP_PROXY', 'ftp://u:secret@127.0.0.1', 'of a kind that is not known here (ftp://)'],
  ['HTTP_PROXY', 'http://u:100%secret@127.0.0.1:1', 'has a % in its user name or password'],
])('%s=%s is an error that names the variable, and shows no password', async (name, value, why) => {
  const p = await start({ env: { [name]: value } });
  p.manifest('set: { Positive Prompt.text: a fox }');
  for (const command of [['apply'], ['account'], ['cancel']]) {
    const ended = await p.run(...command);
    expect(ended.exit).toBe(2);
    expect(ended.err).toContain(`${name} `);
    expect(ended.err).toContain(why);
    expect(ended.err).not.toContain('secret');
  }
  expect(p.service.bill()).toEqual([]);
});

test('the lower-case variable goes first; a proxy by SOCKS is looked up there', () => {
  const read = readProxies({ HTTPS_PROXY: 'a:1', https_proxy: 'b:2', http_proxy: 'socks5h://c:3' });
  expect(read).toEqual({
    ok: true,
    proxies: { httpProxy: 'socks5://c:3', httpsProxy: 'http://b:2/', noProxy: '' },
  });
});

test('a proxy in --env-file is used', async () => {
  const { p, proxy } = await behind(() => site);
  p.write('.env', `HTTP_PROXY=127.0.0.1:${proxy.port}\n`);
  expect((await p.run('account', '--env-file', '.env')).exit).toBe(0);
  expect(proxy.asked.length).toBeGreaterThan(0);
});
