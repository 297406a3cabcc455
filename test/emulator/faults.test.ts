import { describe, expect, test } from 'vitest';
import type { FaultKind, FaultRule } from '../../src/emulator/http/faults.js';
import { faultKinds } from '../../src/emulator/http/faults.js';
import type { Answer, Bench } from './client.js';
import { bench, key } from './client.js';

/** What a client sees of one request: an answer, or how it was cut off. */
const seen = async (asked: Promise<Answer>): Promise<Answer | string> =>
  asked.catch((cause: unknown) =>
    cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause),
  );

const withFault = async (
  rule: Omit<FaultRule, 'endpoint'>,
  endpoint = 'create',
): Promise<Bench> => {
  const made = await bench();
  made.emulator.setFaults([{ endpoint, ...rule }]);
  return made;
};

describe('faults in front of the effect', () => {
  test.each([
    ['http500', 500, 'UNKNOWN_ERROR'],
    ['http502', 502, '<html>'],
    ['http503', 503, ''],
    ['http429', 429, 'slow down'],
    ['html200', 200, '<html>'],
    ['emptyBody', 200, ''],
    ['unauthorized', 401, '"code":-1'],
    ['capacity', 200, '421'],
    ['code', 200, '"code":500'],
  ] as const)('%s answers so, and no task exists', async (kind, status, text) => {
    const { create, emulator } = await withFault({ kind, next: 1 });
    const answer = await create();
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect(emulator.stats()).toMatchObject({ accepted: 0, faults: { [`create:${kind}`]: 1 } });
    expect((await create()).json.code).toBe(0);
  });

  test('resetBefore cuts the connection', async () => {
    const { create, emulator } = await withFault({ kind: 'resetBefore', next: 1 });
    expect(await seen(create())).toBe('ECONNRESET');
    expect(emulator.stats().accepted).toBe(0);
  });

  test('http429 tells when to come back', async () => {
    const { create } = await withFault({ kind: 'http429', next: 1, retryAfter: 7 });
    expect((await create()).headers['retry-after']).toBe('7');
  });

  test('a code of choice, in the shape of the endpoint', async () => {
    const { upload, bearer, emulator } = await bench();
    emulator.setFaults([
      { endpoint: 'upload', kind: 'code', code: 808, msg: 'APIKEY_UPLOAD_FAILED' },
      { endpoint: 'queryV2', kind: 'code', code: 1005 },
    ]);
    expect((await upload(Buffer.from('x'), 'a.png')).json).toEqual({
      code: 808,
      msg: 'APIKEY_UPLOAD_FAILED',
      data: null,
    });
    const { json } = await bearer('/openapi/v2/query', { taskId: '5' });
    expect(json).toMatchObject({ taskId: '', errorCode: '1005' });
  });
});

describe('faults behind the effect', () => {
  test.each([
    ['resetAfter', 'ECONNRESET'],
    ['http502After', '<html>'],
    ['codeAfter', '"code":500'],
    ['truncatedJson', '{"code":0'],
    ['wrongTypes', '"msg":[]'],
    ['nullData', '"data":null'],
  ] as const)(
    '%s: the task exists, and the bill says that nobody heard of it',
    async (kind, text) => {
      const { create, emulator } = await withFault({ kind, next: 1 });
      const answer = await seen(create());
      expect(typeof answer === 'string' ? answer : answer.text).toContain(text);
      expect(emulator.bill()).toMatchObject([{ status: 'RUNNING', answerDelivered: false }]);
    },
  );

  test.each([
    ['codeAsString', { code: '0' }],
    ['nullMsg', { code: 0, msg: null }],
    ['slowDrip', { code: 0 }],
    ['delay', { code: 0 }],
    ['tipsNull', { data: { promptTips: null } }],
    ['tipsEmpty', { data: { promptTips: '' } }],
    ['taskIdWithError', { code: 1, msg: 'unknown' }],
  ] as const)('%s: odd, and yet the task is told', async (kind, shape) => {
    const { create, emulator } = await withFault({ kind, next: 1, ms: 8 });
    const { json } = await create();
    expect(json).toMatchObject(shape);
    expect(emulator.bill()).toMatchObject([{ taskId: json.data.taskId, answerDelivered: true }]);
  });

  test('numericIds: the id is a JSON number that a double loses', async () => {
    const { create, emulator } = await withFault({ kind: 'numericIds', next: 1 });
    const { text } = await create();
    expect(text).toContain(`"taskId":${emulator.bill()[0]!.taskId},`);
  });

  test('tipsErrors: true, and node_errors of an output that was dropped', async () => {
    const { create } = await withFault({ kind: 'tipsErrors', next: 1 });
    const tips = JSON.parse((await create()).json.data.promptTips);
    expect(tips.result).toBe(true);
    expect(tips.node_errors).toMatchObject({ 3: { class_type: 'KSampler', errors: [{}] } });
  });

  test('a client that gives up on a hanging answer has not heard of its task', async () => {
    const { emulator } = await withFault({ kind: 'hangAfter', next: 1 });
    const { create } = await clientOf(emulator.url);
    const gone = create(AbortSignal.timeout(50));
    await expect(gone).rejects.toThrow();
    expect(emulator.bill()).toMatchObject([{ answerDelivered: false }]);
  });
});

/** Both forms of an empty answer occur. */
const empty = ({ code, data }: { code: number; data: unknown }): boolean =>
  code === 0 && (data === null || (Array.isArray(data) && data.length === 0));

describe('faults of following', () => {
  const finished = async (rule: Omit<FaultRule, 'endpoint'>, done = true) => {
    const made = await withFault(rule, 'outputs');
    const id = await made.taskId();
    if (done) made.emulator.finish(id);
    return { ...made, ask: async () => (await made.outputs(id)).json };
  };

  test('emptyOutputs: the first polls of a finished task, null or [], then files', async () => {
    const { ask, emulator, taskId, outputs } = await finished({ kind: 'emptyOutputs', polls: 2 });
    const second = await taskId();
    expect((await outputs(second)).json.code).toBe(804);
    emulator.finish(second);
    for (let poll = 0; poll < 2; poll += 1) expect(empty(await ask())).toBe(true);
    expect((await ask()).data).toHaveLength(1);
    expect(empty((await outputs(second)).json)).toBe(true);
    expect(emulator.stats().faults).toEqual({ 'outputs:emptyOutputs': 3 });
  });

  test('flapping: running is told as queued, and the end is honest', async () => {
    const { ask, emulator } = await finished({ kind: 'flapping' }, false);
    expect((await ask()).code).toBe(813);
    emulator.finishAll();
    expect((await ask()).code).toBe(0);
  });

  test.each([
    ['unknownStatus', 899],
    ['falseFailure', 805],
    ['missing', 807],
  ] as const)('%s once, then the truth', async (kind, code) => {
    const { ask } = await finished({ kind, next: 1 });
    expect((await ask()).code).toBe(code);
    expect((await ask()).code).toBe(0);
  });

  test('falseFailure is never told twice in a row of one task', async () => {
    const { ask } = await finished({ kind: 'falseFailure', probability: 1 });
    const codes = [await ask(), await ask(), await ask(), await ask()].map(({ code }) => code);
    expect(codes).toEqual([805, 0, 805, 0]);
  });

  test('bareItems and relativeLinks', async () => {
    const { ask, emulator, get } = await finished({ kind: 'bareItems', next: 1 });
    expect(Object.keys((await ask()).data[0])).toEqual(['fileUrl', 'fileType']);
    emulator.setFaults([{ endpoint: 'outputs', kind: 'relativeLinks' }]);
    const { fileUrl } = (await ask()).data[0];
    expect(fileUrl).toMatch(/^\/output\//);
    expect((await get(fileUrl)).status).toBe(200);
  });

  test('lateCancel is accepted and the task runs on; cancelRefused is not', async () => {
    const { taskId, post, outputs, emulator } = await withFault(
      { kind: 'lateCancel', next: 1 },
      'cancel',
    );
    const id = await taskId();
    const cancel = async (): Promise<unknown> =>
      (await post('/task/openapi/cancel', { apiKey: key, taskId: id })).json;
    expect(await cancel()).toMatchObject({ code: 0 });
    emulator.setFaults([{ endpoint: 'cancel', kind: 'cancelRefused' }]);
    expect(await cancel()).toMatchObject({ msg: 'APIKEY_TASK_CANCEL_NOT_ALLOWED' });
    emulator.advance(30_000);
    expect((await outputs(id)).json.data).toHaveLength(1);
  });
});

describe('faults of downloads', () => {
  const link = async (kind: FaultKind) => {
    const made = await bench();
    const id = await made.taskId([['3', 'seed', '1']]);
    made.emulator.finish(id);
    const url: string = (await made.outputs(id)).json.data[0].fileUrl;
    const whole = await made.get(url);
    made.emulator.setFaults([{ endpoint: 'download', kind, next: 1, ms: 6 }]);
    return { ...made, url, whole };
  };

  test('wrongLength breaks off behind half of what was promised', async () => {
    const { get, url, whole } = await link('wrongLength');
    expect(await seen(get(url))).toMatch(/UND_ERR_SOCKET|ECONNRESET|UND_ERR/);
    expect((await get(url)).bytes).toEqual(whole.bytes);
  });

  test('halfFile is whole to HTTP and half a picture', async () => {
    const { get, url, whole } = await link('halfFile');
    expect((await get(url)).bytes).toEqual(whole.bytes.subarray(0, whole.bytes.length >> 1));
  });

  test('expiredLink is a 403, html200 a page, slowDrip the file', async () => {
    const { get, url, emulator, whole } = await link('expiredLink');
    expect((await get(url)).status).toBe(403);
    emulator.setFaults([{ endpoint: 'download', kind: 'html200', next: 1 }]);
    expect((await get(url)).text).toContain('<html>');
    emulator.setFaults([{ endpoint: 'download', kind: 'slowDrip', next: 1, ms: 6 }]);
    expect((await get(url)).bytes).toEqual(whole.bytes);
  });
});

describe('rules', () => {
  test('the same seed plays the same faults, another one others', async () => {
    const play = async (seed: number): Promise<string> => {
      const { create, emulator } = await bench({ seed, slots: 100 });
      emulator.setFaults([{ endpoint: 'create', kind: 'http500', probability: 0.5 }]);
      let told = '';
      for (let call = 0; call < 24; call += 1) told += (await create()).status === 500 ? 'x' : '.';
      return told;
    };
    const first = await play(7);
    expect(first).toMatch(/x/);
    expect(first).toMatch(/\./);
    expect(await play(7)).toBe(first);
    expect(await play(8)).not.toBe(first);
  });

  test('after, next, and a rule for every endpoint', async () => {
    const { create, emulator, post } = await bench({
      slots: 10,
      faults: [{ endpoint: '*', kind: 'http503', after: 1, next: 2 }],
    });
    expect((await create()).status).toBe(200);
    expect((await create()).status).toBe(503);
    expect((await post('/uc/openapi/accountStatus', { apikey: key })).status).toBe(503);
    expect((await create()).status).toBe(200);
    expect(emulator.stats().faults).toEqual({ 'create:http503': 1, 'account:http503': 1 });
  });

  test('every kind can be set over HTTP, and nothing else', async () => {
    const { post } = await bench();
    const set = (rule: object): Promise<Answer> => post('/emulator/faults', { rules: [rule] });
    for (const kind of faultKinds)
      expect((await set({ endpoint: 'create', kind, next: 1 })).json).toEqual({ ok: true });
    expect((await set({ endpoint: 'create', kind: 'hiccup' })).status).toBe(400);
    expect((await set({ endpoint: 'creat', kind: 'http500' })).json.error).toContain('createV2');
    expect((await post('/emulator/faults', { rule: [] })).status).toBe(400);
  });
});

test('close lets go of what hangs, at once', async () => {
  const { create, emulator } = await bench();
  emulator.setFaults([{ endpoint: 'create', kind: 'hangBefore' }]);
  const hanging = seen(create());
  await expect.poll(() => emulator.stats().faults).toEqual({ 'create:hangBefore': 1 });
  await emulator.close();
  expect(await hanging).toMatch(/ECONNRESET|UND_ERR/);
});

/** A client that can give up. */
const clientOf = async (url: string) => {
  const { Agent, request } = await import('undici');
  const { onEnd, workflowId } = await import('./client.js');
  const dispatcher = new Agent();
  onEnd(() => dispatcher.destroy());
  return {
    create: (signal: AbortSignal) =>
      request(`${url}/task/openapi/create`, {
        method: 'POST',
        body: JSON.stringify({ apiKey: key, workflowId }),
        signal,
        dispatcher,
      }),
  };
};
