import { describe, expect, test } from 'vitest';
import { defaults } from '../../src/emulator/options.js';
import { accountKinds } from '../../src/emulator/tasks/account-kinds.js';
import { bench, key, workflowId } from './client.js';

const model = '/openapi/v2/rhart-image/text-to-image';

describe('a kind of account', () => {
  test.each([
    ['consumer', 'NORMAL', 2, null, '1000000'],
    ['enterprise-shared', 'SHARED', 50, '1000.000', '0'],
    ['enterprise-dedicated', 'EXCLUSIVE', 1, null, '0'],
  ] as const)('%s says what it is, and what it has', async (account, type, limit, money, coins) => {
    const { post, get } = await bench({ account });
    const status = await post('/uc/openapi/accountStatus', { apikey: key });
    expect(status.json.data).toMatchObject({
      apiType: type,
      remainMoney: money,
      currency: money === null ? null : 'CNY',
      remainCoins: coins,
    });
    const queue = await get('/openapi/v2/queue/status', { authorization: `Bearer ${key}` });
    expect(queue.json.data).toMatchObject({ apiKeyType: type, concurrentLimit: limit });
  });

  test.each([
    ['consumer', 2, 421],
    ['enterprise-shared', 50, 421],
    ['enterprise-dedicated', 1, 415],
  ] as const)('%s runs so many at once, and refuses the next', async (account, limit, code) => {
    const { create } = await bench({ account });
    for (let run = 0; run < limit; run += 1) expect((await create()).json.code).toBe(0);
    expect((await create()).json.code).toBe(code);
  });

  test('slots that are given stand above those of the kind', async () => {
    const { create } = await bench({ account: 'enterprise-dedicated', slots: 2 });
    const codes = [await create(), await create(), await create()].map(({ json }) => json.code);
    expect(codes).toEqual([0, 0, 415]);
  });

  test.each([
    ['consumer', '1014'],
    ['enterprise-dedicated', '1014'],
    ['enterprise-shared', ''],
  ] as const)('%s and standard models', async (account, errorCode) => {
    const { bearer, emulator } = await bench({ account });
    const { json } = await bearer(model, { prompt: 'a fox' });
    expect(json.errorCode).toBe(errorCode);
    expect(emulator.bill()).toHaveLength(errorCode === '' ? 1 : 0);
    const path = model.replace('v2/', 'v2/price-preview/');
    const price = (await bearer(path, { prompt: 'a fox' })).json;
    expect(price.code).toBe(Number(errorCode));
    if (errorCode !== '')
      expect(price.msg).toBe(
        'Access Denied: Standard Model API is restricted to Enterprise-Shared API Keys only.',
      );
  });

  test.each([
    ['consumer', { consumeCoins: '6', consumeMoney: null }, { coins: 6, money: null }],
    ['enterprise-shared', { consumeCoins: null, consumeMoney: '0.060' }, { money: '0.060' }],
    ['enterprise-dedicated', { consumeCoins: null, consumeMoney: null }, { coins: 0, money: null }],
  ] as const)('%s pays with what it has', async (account, told, billed) => {
    const { taskId, outputs, bearer, emulator } = await bench({ account });
    const id = await taskId();
    emulator.advance(30_000);
    expect((await outputs(id)).json.data[0]).toMatchObject(told);
    const { json } = await bearer('/openapi/v2/query', { taskId: id });
    expect(json).toMatchObject({ usage: { ...told, taskCostTime: '30' } });
    expect(emulator.bill()[0]).toMatchObject(billed);
  });

  test('none is chosen: coins, and everything is allowed', async () => {
    expect(defaults.account).toBeNull();
    expect(accountKinds).toHaveLength(3);
    const { bearer } = await bench();
    expect((await bearer(model, { prompt: 'a fox' })).json.errorCode).toBe('');
  });
});

describe('costs', () => {
  test('a task that fails is free, and one that is cancelled pays for what it ran', async () => {
    const { taskId, bearer, post, emulator } = await bench();
    const [failed, cancelled] = [await taskId(), await taskId()];
    emulator.advance(20_000);
    emulator.finish(failed, 'FAILED');
    await post('/task/openapi/cancel', { apiKey: key, taskId: cancelled });
    const usage = async (id: string): Promise<unknown> =>
      (await bearer('/openapi/v2/query', { taskId: id })).json;
    expect(await usage(failed)).toMatchObject({
      usage: { consumeCoins: null, consumeMoney: null, taskCostTime: '0' },
    });
    expect(await usage(cancelled)).toMatchObject({
      usage: { consumeCoins: '4', taskCostTime: '20' },
    });
    expect(emulator.stats().coins).toBe(4);
  });

  test('or failed tasks cost, as one author has it', async () => {
    const { taskId, emulator } = await bench({ failedTasksCost: true });
    const id = await taskId();
    emulator.advance(20_000);
    emulator.finish(id, 'FAILED');
    expect(emulator.bill()[0]).toMatchObject({ coins: 4 });
  });

  test('a dedicated membership that has run out is 436', async () => {
    const expired = { coins: 0, money: null, apiType: 'EXCLUSIVE', expired: true } as const;
    const { create, bearer } = await bench({ keys: new Map([[key, expired]]) });
    expect((await create()).json).toMatchObject({ code: 436, msg: 'TASK_USER_EXCLAPI_REQUIRED' });
    const { json } = await bearer(`/openapi/v2/run/workflow/${workflowId}`, {});
    expect(json).toMatchObject({ taskId: '', errorCode: '436' });
  });
});
