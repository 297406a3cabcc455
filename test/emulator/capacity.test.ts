import { describe, expect, test } from 'vitest';
import { bench, key } from './client.js';

const shared = { coins: 0, money: 50, apiType: 'SHARED' } as const;
const exclusive = { coins: 0, money: null, apiType: 'EXCLUSIVE' } as const;

describe('capacity', () => {
  test('slots run, the queue waits, and beyond both it is 421 until one ends', async () => {
    const { create, taskId, emulator } = await bench({ slots: 2, queue: 1 });
    const ids = [await taskId(), await taskId(), await taskId()];
    expect((await create()).json.code).toBe(421);
    expect(emulator.stats()).toMatchObject({
      capacityRefusals: 1,
      maxInFlight: 3,
      tasks: { RUNNING: 2, QUEUED: 1 },
    });
    emulator.finish(ids[0]!);
    expect(emulator.stats().tasks).toEqual({ SUCCESS: 1, RUNNING: 2 });
    expect((await create()).json.code).toBe(0);
  });

  test('a waiting task starts at the very time at which a slot became free', async () => {
    const { taskId, emulator } = await bench({
      slots: 1,
      queue: 2,
      runTime: { kind: 'sequence', ms: [10_000, 20_000, 5_000] },
    });
    for (let run = 0; run < 3; run += 1) await taskId();
    emulator.advance(1_000_000);
    const times = emulator
      .bill()
      .map(({ createdAt, startedAt, endedAt }) => [
        Date.parse(startedAt!) - Date.parse(createdAt),
        Date.parse(endedAt!) - Date.parse(createdAt),
      ]);
    expect(times).toEqual([
      [0, 10_000],
      [10_000, 30_000],
      [30_000, 35_000],
    ]);
  });

  test('the tasks of others take slots, and are told', async () => {
    const { create, post, get, emulator } = await bench({ slots: 2 });
    emulator.addForeignTask();
    expect((await create()).json.code).toBe(0);
    expect((await create()).json.code).toBe(421);
    const account = await post('/uc/openapi/accountStatus', { apikey: key });
    expect(account.json).toEqual({
      code: 0,
      msg: 'success',
      data: {
        remainCoins: '1000000',
        currentTaskCounts: '2',
        remainMoney: null,
        currency: null,
        apiType: 'NORMAL',
      },
    });
    const queue = await get('/openapi/v2/queue/status', { authorization: `Bearer ${key}` });
    expect(queue.json.data).toEqual({
      apiKeyType: 'NORMAL',
      concurrentLimit: 2,
      runningCount: '2',
      queuedCount: '0',
      totalCurrentTasks: '2',
    });
    emulator.endForeignTask();
    expect((await create()).json.code).toBe(0);
  });

  test('a foreign task on the only slot keeps ours waiting', async () => {
    const { taskId, outputs, emulator } = await bench({ slots: 1, queue: 1 });
    emulator.addForeignTask(key);
    const id = await taskId();
    emulator.advance(100_000);
    expect((await outputs(id)).json.code).toBe(813);
    emulator.endForeignTask(key);
    expect((await outputs(id)).json.code).toBe(804);
  });

  test('two keys have slots of their own', async () => {
    const { create } = await bench({ slots: 1 });
    expect((await create()).json.code).toBe(0);
    expect((await create([], { apiKey: 'another' })).json.code).toBe(0);
    expect((await create()).json.code).toBe(421);
  });

  test('dedicated keys: 415, or a personal queue', async () => {
    const { create } = await bench({ slots: 1, keys: new Map([[key, exclusive]]) });
    expect((await create()).json.code).toBe(0);
    expect((await create()).json).toMatchObject({ code: 415, msg: 'TASK_INSTANCE_MAXED' });
    const codes = [];
    for (let run = 0; run < 1001; run += 1)
      codes.push((await create([], { usePersonalQueue: 'true' })).json.code);
    expect(codes.slice(0, 1000)).toEqual(new Array(1000).fill(0));
    expect(codes[1000]).toBe(814);
  });

  test('a cold start is QUEUED and counts', async () => {
    const { taskId, outputs, create, emulator } = await bench({ slots: 1, startDelayMs: 5000 });
    const id = await taskId();
    expect((await outputs(id)).json.code).toBe(813);
    expect((await create()).json.code).toBe(421);
    emulator.advance(5000);
    expect((await outputs(id)).json.code).toBe(804);
    emulator.advance(30_000);
    expect((await outputs(id)).json.data[0].taskCostTime).toBe('30');
  });

  test('setSlots grows the account while it works', async () => {
    const { taskId, create, emulator } = await bench({ slots: 1 });
    await taskId();
    emulator.setSlots(3);
    expect([(await create()).json.code, (await create()).json.code]).toEqual([0, 0]);
    expect((await create()).json.code).toBe(421);
  });
});

describe('accounts', () => {
  test('coins are spent by tasks that end, and then it is 414', async () => {
    const { taskId, create, emulator } = await bench({
      keys: new Map([[key, { coins: 6, money: null, apiType: 'NORMAL' }]]),
    });
    await taskId();
    emulator.advance(30_000);
    expect((await create()).json).toMatchObject({
      code: 414,
      msg: 'TASK_CREATE_FAILED_BY_NOT_ENOUGH_POWER_VALUE',
    });
  });

  test('wallet keys pay with money, as decimal texts, and then it is 416', async () => {
    const { taskId, outputs, create, post, emulator } = await bench({
      keys: new Map([[key, { ...shared, money: 0.06 }]]),
    });
    const id = await taskId();
    emulator.advance(30_000);
    expect((await outputs(id)).json.data[0]).toMatchObject({
      consumeCoins: null,
      consumeMoney: '0.060',
    });
    expect((await create()).json.code).toBe(416);
    emulator.setBalance(key, { money: 1.5 });
    const { json } = await post('/uc/openapi/accountStatus', { apikey: key });
    expect(json.data).toMatchObject({ remainMoney: '1.500', currency: 'CNY', apiType: 'SHARED' });
    expect(emulator.bill()[0]).toMatchObject({ coins: 0, money: '0.060' });
  });

  test.each([
    ['a free user', { ...shared, free: true }, 801],
    ['a key of the other site', { ...shared, otherSite: 'user not exist' as const }, 301],
    ['a key without user', { ...shared, otherSite: 'APIKEY_USER_NOT_FOUND' as const }, 806],
  ])('%s is refused', async (_who, account, code) => {
    const { create } = await bench({ keys: new Map([[key, account]]) });
    expect((await create()).json.code).toBe(code);
  });

  test('an unknown key: 802, and by the account call "user not exist"', async () => {
    const { create, post } = await bench({ keys: new Map([[key, shared]]) });
    expect((await create([], { apiKey: 'wrong' })).json).toMatchObject({ code: 802 });
    const account = await post('/uc/openapi/accountStatus', { apikey: 'wrong' });
    expect(account.json).toMatchObject({ code: 301, msg: 'user not exist' });
    const query = (authorization: string) =>
      post('/openapi/v2/query', { taskId: '5' }, { authorization });
    expect((await query('Bearer wrong')).json.errorCode).toBe('1002');
    expect((await query(`Bearer ${key}`)).json.errorCode).toBe('1004');
  });

  test('a key can be revoked while it works', async () => {
    const { create, emulator } = await bench();
    expect((await create()).json.code).toBe(0);
    emulator.revokeKey(key);
    expect((await create()).json.code).toBe(802);
    emulator.revokeKey(key, false);
    expect((await create()).json.code).toBe(0);
  });

  test('the queue call can be refused, as a path that does not exist', async () => {
    const { get } = await bench({ queueStatus: false });
    const { json } = await get('/openapi/v2/queue/status', { authorization: `Bearer ${key}` });
    expect(json).toMatchObject({ code: 412 });
  });
});
