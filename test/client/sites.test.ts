import { afterEach, expect, test } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/options.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key } from '../support/project.js';
import type { Proxy } from '../support/proxy.js';
import { startProxy } from '../support/proxy.js';

const start = projects();
const proxies: Proxy[] = [];
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.close();
});

/** The names of the real sites, leading to the emulator: a proxy that sends everything there. */
const behindProxy = async (emulator: Partial<EmulatorOptions>): Promise<Project> => {
  const proxy = await startProxy();
  proxies.push(proxy);
  const p = await start({
    emulator,
    env: {
      HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
      RUNNINGHUB_BASE_URL: 'http://www.runninghub.cn/openapi/v2/',
    },
  });
  proxy.leadTo(Number(new URL(p.service.url).port));
  return p;
};

test.each(['user not exist', 'APIKEY_USER_NOT_FOUND'] as const)(
  'a key of the other site, told as "%s", is told with the --base-url to use',
  async (otherSite) => {
    const account = { coins: 5, money: null, apiType: 'NORMAL', otherSite } as const;
    const p = await behindProxy({ keys: new Map([[key, account]]) });
    p.manifest('set: { Positive Prompt.text: a fox }');
    const ended = await p.apply();
    expect(ended.exit).toBe(4);
    expect(ended.err).toMatch(/The service knows no user for this key .*--base-url https:\/\/www/);
    expect(ended.err).toContain('--base-url https://www.runninghub.ai');
    expect(p.results()[0]?.status).toBe('pending');
    const asked = await p.run('account');
    expect(asked.exit).toBe(4);
    expect(asked.err).toContain('--base-url https://www.runninghub.ai');
    expect((await p.run('pull', '5')).err).toContain('--base-url https://www.runninghub.ai');
  },
);

test('a base URL that is none is told without a key in it', async () => {
  const p = await start();
  const ended = await p.run('account', '--base-url', `www.runninghub.cn/proxy/${key}`);
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain('"www.runninghub.cn" is not of the form https://host');
  expect(ended.err).not.toContain('[key]');
});

test.each(['account', 'plan', 'apply'])(
  '%s refuses a base URL with a name and a password in it, and shows none of them',
  async (command) => {
    const p = await start();
    p.manifest('matrix: { KSampler.seed: [1] }');
    for (const url of [
      'https://me:hunter2@www.runninghub.cn',
      'https://me@hunter2@host/openapi/v2',
    ]) {
      const typed = await p.run(command, '--base-url', url);
      expect(typed.out + typed.err).not.toContain('hunter2');
      if (command === 'plan') continue;
      expect(typed.exit).toBe(2);
      expect(typed.err).toContain('is not of the form https://host');
    }
    expect(p.service.stats().accepted).toBe(0);
  },
);
