import { expect, test } from 'vitest';
import { balanceWarning } from '../../src/batch/plan/balance.js';
import type { AccountOptions } from '../../src/emulator/options.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key } from '../support/project.js';

const start = projects();
const keys = (account: Partial<AccountOptions>): ReadonlyMap<string, AccountOptions> =>
  new Map([[key, { coins: 100, money: null, apiType: 'NORMAL', ...account }]]);
const runTime = { kind: 'constant', ms: 20_000 } as const;

test('account tells balance, currency, type, tasks in flight and the limit', async () => {
  const p = await start({ emulator: { keys: keys({ coins: 77.9 }), slots: 2, queue: 1 } });
  p.service.addForeignTask(key, 1);
  const { exit, out } = await p.run('account');
  expect(exit).toBe(0);
  expect(out).toBe(`${p.service.url}  NORMAL\ncoins 77\ntasks in flight 1 of 3\n`);
  expect(JSON.parse((await p.run('account', '--json')).out)).toEqual({
    version: 1,
    site: p.service.url,
    coins: '77',
    money: null,
    currency: null,
    tasksInFlight: 1,
    running: 1,
    queued: 0,
    limit: 3,
    type: 'NORMAL',
  });
});

test('account of an enterprise key, and of one whose limit is not told', async () => {
  const p = await start({
    emulator: { keys: keys({ coins: 0, money: 12.5, apiType: 'SHARED' }), queueStatus: false },
  });
  const { out } = await p.run('account');
  expect(out).toBe(`${p.service.url}  SHARED\ncoins 0 · money 12.500 CNY\ntasks in flight 0\n`);
});

/** One run is done, so that what a run costs is known; then so many coins are left. */
const withPast = async (coins: number, more = ''): Promise<Project> => {
  const p = await start({
    manifest: 'matrix: { KSampler.seed: [1] }',
    emulator: { keys: keys({}), runTime },
  });
  expect((await p.apply()).exit).toBe(0);
  p.service.setBalance(key, { coins });
  p.manifest(`matrix: { KSampler.seed: { from: 1, to: 6 } }\n${more}`);
  return p;
};

test('apply warns where the coins will not suffice, and goes on until they do not', async () => {
  const p = await withPast(9);
  const ended = await p.apply();
  expect(ended.err).toMatch(/warning: this needs about 20 coins, and the account has 9/);
  expect(ended.err).toContain('estimated from 1 past task');
  expect(ended.exit).toBe(4);
  expect(ended.out).toContain('There are not enough RH coins on the account');
  const statuses = p.results().map(({ status }) => status);
  expect(statuses).toContain('pending');
  expect(statuses).not.toContain('failed');
  p.service.setBalance(key, { coins: 1000 });
  const again = await p.apply();
  expect(again.exit).toBe(0);
  expect(again.err).not.toContain('the account has');
  expect(p.service.stats()).toMatchObject({ duplicates: 0, accepted: 6 });
});

test('plan asks for the balance when it is told to, and sends nothing otherwise', async () => {
  const p = await withPast(9);
  const asked = p.service.requests().length;
  expect((await p.run('plan')).err).not.toContain('coins');
  expect(p.service.requests()).toHaveLength(asked);
  const told = await p.run('plan', '--balance');
  expect(told.exit).toBe(0);
  expect(told.err).toContain('this needs about 20 coins, and the account has 9');
  expect(p.service.requests().slice(asked)).toMatchObject([{ endpoint: 'account' }]);
  p.service.setBalance(key, { coins: 20 });
  expect((await p.run('plan', '--balance')).err).toBe('');
});

test('a balance that cannot be asked for is a warning, a missing key a mistake', async () => {
  const p = await withPast(9);
  p.service.setFaults([{ endpoint: 'account', kind: 'http500' }]);
  const refused = await p.run('plan', '--balance');
  expect(refused.exit).toBe(0);
  expect(refused.err).toContain('warning: the balance is not known: The service');
  const bare = await start({ env: { RUNNINGHUB_API_KEY: '' } });
  expect((await bare.run('plan')).exit).toBe(0);
  const missing = await bare.run('plan', '--balance');
  expect(missing.exit).toBe(2);
  expect(missing.err).toContain('RUNNINGHUB_API_KEY is not set');
});

test.each([
  ['more than there is', '20.01', '20', 'NORMAL', true],
  ['just enough', '20', '20.0', 'NORMAL', false],
  ['digits that no double holds', '9007199254740993', '9007199254740992', null, true],
  ['coins of a key that pays with money', '20', '0', 'SHARED', false],
  ['a balance that is not told', '20', null, 'NORMAL', false],
  ['an estimate that is not known', null, '0', 'NORMAL', false],
])('%s', (_name, needed, coins, type, warned) => {
  const account = {
    is: 'known',
    coins,
    money: null,
    currency: null,
    tasksInFlight: 0,
    type,
  } as const;
  expect(balanceWarning({ coins: needed, observations: 3 }, account) !== null).toBe(warned);
});

test('budget.money stops a batch of an enterprise key, which goes on with more', async () => {
  const p = await start({
    manifest: 'matrix: { KSampler.seed: { from: 1, to: 6 } }\nbudget: { money: 0.1 }',
    emulator: { keys: keys({ coins: 0, money: 50, apiType: 'SHARED' }), runTime },
  });
  const ended = await p.apply();
  expect(ended.exit).toBe(3);
  expect(ended.out).toContain('budget.money');
  // 0.04 each: two fit.
  expect(p.service.bill()).toHaveLength(2);
  expect(p.summary()).toMatchObject({ cost: { coins: null, money: 0.08 } });
  p.manifest('matrix: { KSampler.seed: { from: 1, to: 6 } }\nbudget: { money: "1.00" }');
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.bill()).toHaveLength(6);
});
