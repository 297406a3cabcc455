import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/server.js';
import { bench, imageToImage, key, onEnd, workflowId } from './client.js';

describe('the bill', () => {
  test('lists every accepted task with what was sent, digit for digit, and without the key', async () => {
    const { post, emulator, taskId, get } = await bench({ slots: 1, queue: 2 });
    const seed = '18446744073709551615';
    await post(
      '/task/openapi/create',
      `{"apiKey":"${key}","workflowId":"${workflowId}","nodeInfoList":[{"nodeId":"3","fieldName":"seed","fieldValue":${seed}},{"nodeId":"6","fieldName":"text","fieldValue":"a \\"fox\\""}]}`,
    );
    await taskId();
    emulator.advance(30_000);
    await taskId([['66', 'text', 'x']]).catch(() => undefined);
    const bill = emulator.bill();
    expect(bill).toMatchObject([
      {
        workflowId,
        status: 'SUCCESS',
        nodeInfoList: [
          { nodeId: '3', fieldName: 'seed', fieldValue: seed },
          { nodeId: '6', fieldName: 'text', fieldValue: 'a "fox"' },
        ],
        values: { '3.seed': seed, '6.text': '"a \\"fox\\""' },
        seconds: 30,
        coins: 6,
        answerDelivered: true,
      },
      { status: 'RUNNING', endedAt: null },
    ]);
    expect(bill[0]!.request).toContain(`"fieldValue":${seed}`);
    expect((await get('/emulator/bill')).json).toEqual(JSON.parse(JSON.stringify(bill)));
    expect(JSON.stringify([bill, emulator.requests()])).not.toContain(key);
  });

  test('duplicates are requests that were paid for twice, not retries of failures', async () => {
    const { taskId, emulator } = await bench();
    const once = async (text: string): Promise<void> => {
      await taskId([['6', 'text', text]]);
      emulator.finishAll();
    };
    await once('a');
    await once('b');
    await once('[emulate:fail-once]');
    await once('[emulate:fail-once]');
    expect(emulator.stats().duplicates).toBe(0);
    await once('a');
    expect(emulator.stats().duplicates).toBe(1);
  });
});

describe('control over HTTP', () => {
  test('does what the methods do', async () => {
    const { post, get, create, outputs, emulator } = await bench({ slots: 2 });
    const control = async (body: object): Promise<unknown> =>
      (await post('/emulator/control', body)).json;
    const stats = async () => (await get('/emulator/stats')).json;
    const first = (await create()).json.data.taskId;
    expect(await control({ finish: first })).toEqual({ ok: true });
    expect((await outputs(first)).json.code).toBe(0);
    await create();
    expect(await control({ finish: { taskId: 'all', outcome: 'FAILED' } })).toEqual({ ok: true });
    expect((await stats()).tasks).toEqual({ SUCCESS: 1, FAILED: 1 });
    await control({ foreign: 2 });
    expect((await create()).json.code).toBe(421);
    await control({ foreign: 0, slots: 1 });
    expect((await create()).json.code).toBe(0);
    await control({ advance: 30_000 });
    expect((await stats()).tasks['SUCCESS']).toBe(2);
    await control({ key, coins: 0 });
    expect((await create()).json.code).toBe(414);
    await control({ key, coins: 5, revoked: true });
    expect((await create()).json.code).toBe(802);
    await control({ key, revoked: false, saveWorkflow: { id: '6', graph: imageToImage } });
    expect((await create([], { workflowId: '6' })).json.code).toBe(0);
    await control({ removeWorkflow: '6', expireLinks: true, expireUploads: true });
    expect((await create([], { workflowId: '6' })).json.code).toBe(380);
    expect(emulator.stats().requests).toMatchObject({ create: 8, outputs: 1 });
  });

  test('refuses what it does not know', async () => {
    const { post, get } = await bench();
    expect((await post('/emulator/control', { finsh: 'all' })).status).toBe(400);
    expect((await post('/emulator/control', { advance: '5' })).status).toBe(400);
    expect(
      (await post('/emulator/control', { saveWorkflow: { id: '6', graph: '{}' } })).status,
    ).toBe(400);
    expect((await get('/emulator/nothing')).status).toBe(400);
  });
});

describe('the life of an emulator', () => {
  test('ids differ between emulators that start one after the other', async () => {
    const ids = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      const { taskId } = await bench({ speed: 1, slots: 9 });
      ids.add(await taskId()).add(await taskId());
    }
    expect(ids.size).toBe(6);
  });

  test('a port that is taken is an error, not a hang', async () => {
    const { emulator } = await bench();
    await expect(startEmulator({ port: Number(new URL(emulator.url).port) })).rejects.toThrow(
      'EADDRINUSE',
    );
  });

  test('with a folder, tasks and uploads outlive the process, and keys are not in it', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'emulator-'));
    onEnd(() => rm(dataDir, { recursive: true }));
    const first = await bench({ dataDir, slots: 1, queue: 2, speed: 1 });
    const { fileName } = (await first.upload(Buffer.from('kept'), 'a.png')).json.data;
    const done = await first.taskId([['3', 'seed', '18446744073709551615']]);
    first.emulator.finish(done);
    // The service's day is ahead of the machine's, and goes on from there.
    first.emulator.advance(500_000);
    const running = await first.taskId([['1', 'image', fileName]], { workflowId: '77' });
    const { fileUrl } = (await first.outputs(done)).json.data[0];
    const before = await first.get(fileUrl);
    await first.emulator.close();

    const second = await bench({ dataDir, slots: 1, queue: 2, speed: 1 });
    expect((await second.outputs(running)).json.code).toBe(804);
    expect((await second.outputs(done)).json.code).toBe(0);
    const after = await second.get(fileUrl.replace(first.emulator.url, second.emulator.url));
    expect(after.bytes).toEqual(before.bytes);
    second.emulator.advance(30_000);
    expect((await second.outputs(running)).json.code).toBe(0);
    const used = await second.taskId([['1', 'image', fileName]], { workflowId: '77' });
    second.emulator.finish(used);
    expect((await second.outputs(used)).json.code).toBe(0);
    expect(second.emulator.bill().map(({ status }) => status)).toEqual(Array(3).fill('SUCCESS'));
    expect(await readFile(join(dataDir, 'emulator.jsonl'), 'utf8')).not.toContain(key);
  });
});
