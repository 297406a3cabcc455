import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { wayOut } from '../../src/batch/way-out.js';
import { whyNoKey } from '../../src/batch/load/given-key.js';
import { pixel } from '../support/graph.js';
import { freePort } from '../support/port.js';
import { key } from '../support/project.js';
import { projects } from '../support/opened.js';

const project = projects();
const manifest = 'set: { KSampler.steps: 21 }';

describe('what can be no key is refused before anything is asked', () => {
  test.each([
    ['<your-key>', 'holds a placeholder'],
    ['your-api-key', 'holds a placeholder'],
    ['YOUR_API_KEY_HERE', 'holds a placeholder'],
    ['xxxx', 'holds a placeholder'],
    ['sk-xxxxxxxxxxxxxxxx', 'holds a placeholder'],
    ['sk-...', 'holds a placeholder'],
    ['********************************', 'holds a placeholder'],
    ['paste your key here', 'holds a placeholder'],
    ['你的密钥', 'holds a placeholder'],
    ['undefined', 'holds a placeholder'],
    ['$RUNNINGHUB_API_KEY', 'holds the name of a variable'],
    ['${RH_KEY}', 'holds the name of a variable'],
    ['%RUNNINGHUB_API_KEY%', 'holds the name of a variable'],
    [`Bearer ${key}`, 'begins with "Bearer"'],
    [`Authorization: Bearer ${key}`, 'begins with "Bearer"'],
    [`RUNNINGHUB_API_KEY=${key}`, 'holds a name before the key'],
    [`apiKey: ${key}`, 'holds a name before the key'],
    [`"${key}"`, 'holds quotes'],
    ['https://www.runninghub.cn', 'holds an address'],
  ])('%s', async (written, told) => {
    const p = await project({ manifest, env: { RUNNINGHUB_API_KEY: written } });
    for (const command of ['apply', 'account']) {
      const { exit, err } = await p.withoutKey(command);
      expect(exit).toBe(2);
      expect(err).toContain(`error: RUNNINGHUB_API_KEY ${told}`);
      expect(err).toContain('hint: ');
      expect(err).not.toContain(key);
    }
    expect(p.service.requests()).toEqual([]);
  });

  test('its own name in place of it is told without that name', async () => {
    for (const written of ['RUNNINGHUB_API_KEY', 'API_KEY', 'api_key']) {
      const p = await project({ manifest, env: { RUNNINGHUB_API_KEY: written } });
      const { exit, err } = await p.withoutKey('account');
      expect(exit).toBe(2);
      expect(err).toContain(
        'error: the variable of the API key (RUNNINGHUB_…) holds a placeholder',
      );
    }
  });

  test('"Bearer" is to be left out, and a file is named that holds it', async () => {
    const p = await project({ manifest });
    p.write('my.env', `RUNNINGHUB_API_KEY=Bearer ${key}\n`);
    const { err } = await p.run('account', '--env', 'my.env');
    expect(err).toContain('write the key alone, without "Bearer"');
    expect(err).toContain('my.env holds RUNNINGHUB_API_KEY');
    p.write('my.env', `RUNNINGHUB_API_KEY=${key}\n`);
    expect((await p.run('account', '--env', 'my.env')).exit).toBe(0);
  });

  test('a key of any letters and digits is taken', () => {
    const letters = Array.from('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');
    const keys = fc
      .array(fc.constantFrom(...letters), { minLength: 32, maxLength: 32 })
      .map((chars) => chars.join(''))
      .filter((text) => /\d/.test(text));
    fc.assert(fc.property(keys, (text) => whyNoKey(text) === null));
    for (const made of ['test-key', 'k1', 'emulated-key-0000000000000000000', 'f'.repeat(32)])
      expect(whyNoKey(made)).toBeNull();
  });
});

test.each([
  ['www.runninghub.ai', 'https://www.runninghub.ai'],
  ['localhost:8080', 'http://localhost:8080'],
])(
  'the base URL %s is told by the variable that holds it, with its scheme',
  async (typed, whole) => {
    const p = await project({ manifest, env: { RUNNINGHUB_BASE_URL: typed } });
    const { exit, err } = await p.run('account');
    expect(exit).toBe(2);
    expect(err).toContain(`RUNNINGHUB_BASE_URL "${typed}" is not of the form https://host`);
    expect(err).toContain(`hint: write ${whole}`);
    const option = await p.run('account', '--base-url', typed);
    expect(option.err).toContain(`--base-url "${typed}" is not of the form`);
    expect(option.err).toContain(`hint: write ${whole}`);
  },
);

describe('what cannot be reached is told with what names it', () => {
  test('a service, by account and by apply, which waits', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const p = await project({ manifest, env: { RUNNINGHUB_BASE_URL: nobody } });
    const way = `no program answers at this address: start it, or correct the address; RUNNINGHUB_BASE_URL names the address ${nobody}`;
    const asked = await p.run('account');
    expect(asked.exit).toBe(4);
    expect(asked.err).toContain(`hint: ${way}`);
    p.write('a.png', pixel(1));
    p.write('b.png', pixel(2));
    const uploaded = await p.run('upload', 'a.png', 'b.png');
    expect(uploaded.exit).toBe(4);
    expect(uploaded.err.split(`  hint: ${way}\n`)).toHaveLength(2);
    const events = await p.run('webhook', 'details', '2127014820057186305');
    expect(events.exit).toBe(4);
    expect(events.err).toContain(`hint: ${way}`);
    const applied = await p.run('apply');
    expect(applied.exit).toBe(4);
    expect(applied.err).toContain(
      `${way}; Ctrl-C ends the wait, and the same command goes on later`,
    );
    expect(applied.err).toContain(`  hint: ${way}\n`);
    expect(applied.err.split(way).length - 1).toBe(2);
  });

  test('a proxy', async () => {
    const closed = `127.0.0.1:${await freePort()}`;
    const env = { RUNNINGHUB_BASE_URL: 'https://www.runninghub.cn', https_proxy: closed };
    const p = await project({ manifest, env });
    const { exit, err } = await p.run('account');
    expect(exit).toBe(4);
    expect(err).toContain(`the proxy ${closed} makes no way through`);
    expect(err).toContain(
      `hint: start the proxy ${closed}, or correct https_proxy, which names it; without https_proxy no proxy is used`,
    );
  });

  test('a ComfyUI server, by apply and by pull', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const p = await project();
    p.write('manifest.yaml', `version: 1\nserver: ${nobody}\napi: api.json\n${manifest}\n`);
    const { exit, err } = await p.run('apply');
    expect(exit).toBe(4);
    expect(err).toContain(
      'start ComfyUI there; for other computers than its own it is started with --listen; "server" in the manifest names the address; Ctrl-C ends the wait',
    );
    expect(err).toContain('  hint: start ComfyUI there;');
    const pulled = await p.run('pull', '--server', nobody, '--last');
    expect(pulled.err).toContain('hint: start ComfyUI there;');
    expect(pulled.err).toContain('--server names the address');
  });

  const site = 'https://www.runninghub.cn';
  test.each([
    ['getaddrinfo ENOTFOUND www.runninghub.cnn', 'check its spelling'],
    ['self-signed certificate in certificate chain', 'NODE_EXTRA_CA_CERTS=FILE'],
    ['no answer within 30 s', 'HTTPS_PROXY=http://HOST:PORT'],
  ])('%s', (why, told) => {
    const message = `The service cannot be reached: ${why}`;
    const way = wayOut(message, { site, from: null, env: {} });
    expect(way).toContain(told);
    expect(way).toContain(`${site} is the usual address; RUNNINGHUB_BASE_URL or --base-url`);
  });

  test('what the service itself says has no such hint', () => {
    for (const message of ['APIKEY_INVALID', 'Too many requests', 'The service answered HTTP 503'])
      expect(wayOut(message, { site, from: null, env: {} })).toBeNull();
  });
});

describe('what answers and is something else', () => {
  const opened: (() => void)[] = [];
  afterEach(() => opened.splice(0).forEach((close) => close()));

  /** @returns its address */
  const page = async (status: number): Promise<string> => {
    const server = createServer((_, response) => {
      response.writeHead(status, { 'content-type': 'text/html' });
      response.end('<!doctype html><html>welcome</html>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.push(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no address');
    return `http://127.0.0.1:${address.port}`;
  };

  test.each([404, 200])('is no ComfyUI server (HTTP %i)', async (status) => {
    const address = `${await page(status)}/comfy`;
    const p = await project();
    p.write('manifest.yaml', `version: 1\nserver: ${address}\napi: api.json\n${manifest}\n`);
    const { exit, err } = await p.run('apply');
    expect(exit).toBe(4);
    expect(err).toContain(
      `hint: "server" is the address at which the page of ComfyUI opens, such as http://127.0.0.1:8188; ${address}/system_stats has to answer with JSON`,
    );
  });

  test('is not the service', async () => {
    const address = await page(200);
    const p = await project({ manifest, env: { RUNNINGHUB_BASE_URL: address } });
    expect((await p.run('account')).err).toContain(
      `hint: is this the service? RUNNINGHUB_BASE_URL names the address ${address}`,
    );
  });
});
