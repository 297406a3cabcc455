import { expect, test } from 'vitest';
import { listAnswer } from '../../src/runninghub/endpoints/list.js';
import { priceAnswer } from '../../src/runninghub/endpoints/price.js';
import type { Reply } from '../../src/runninghub/http/http.js';
import { jsonText, parseJson } from '../../src/values/json-text.js';
import { projects } from '../support/opened.js';
import { key } from '../support/project.js';

const start = projects();
const webappId = '1877265245566922753';
const app = JSON.stringify({
  webappName: 'portrait',
  nodeInfoList: [{ nodeId: '52', fieldName: 'prompt', fieldValue: 'x', fieldType: 'STRING' }],
});

test('list prints names as a manifest takes them, page by page', async () => {
  const p = await start({ emulator: { apps: new Map([[webappId, app]]) } });
  const loras = await p.run('list', 'loras');
  expect(loras.exit).toBe(0);
  expect(loras.out.trim().split('\n')).toHaveLength(60);
  expect(loras.out).toMatch(/^emulated-lora-0\.safetensors\n/);
  expect(p.service.stats().requests).toMatchObject({ resourceList: 2 });
  expect((await p.run('list', 'ggufs', '--first', '2')).out).toBe(
    'emulated-gguf-0.gguf\nemulated-gguf-1.gguf\n',
  );
  expect((await p.run('list', 'checkpoints')).out).toContain('emulated-checkpoint-59');
  expect((await p.run('list', 'unets')).out).toContain('emulated-unet-0');
  // 19 digits, whole, for pull --app.
  expect((await p.run('list', 'apps', 'newest')).out).toBe(
    `${webappId}  portrait  an emulated app\n`,
  );
  expect((await p.run('list', 'quick', webappId)).out).toBe('002  emulated model\n');
  const keys = await p.run('list', 'keys');
  expect(keys.out).toContain('emulated key');
  const { out } = await p.run('list', 'keys', '--json');
  expect(JSON.parse(out)).toMatchObject({
    version: 1,
    kind: 'keys',
    items: [{ apiKeyName: 'emulated key', status: 1 }],
  });
  // Bearer alone below /openapi/v2; in the body of the old one.
  expect(p.service.requests().find(({ endpoint }) => endpoint === 'appList')?.body).toEqual({
    current: 1,
    size: 50,
    sort: 'NEWEST',
  });
});

test.each([
  [['list', 'pictures'], 2, 'there is no list "pictures"'],
  [['list', 'quick'], 2, 'rh-batch list quick WEBAPPID'],
  [['list', 'loras', '--first', 'many'], 2, '--first wants a whole number'],
])('%j', async (argv, exit, words) => {
  const p = await start();
  const ended = await p.run(...argv);
  expect(ended.exit).toBe(exit);
  expect(ended.err).toContain(words);
  expect(p.service.requests()).toEqual([]);
});

test('a list that the service refuses is told', async () => {
  const account = { coins: 1, money: null, apiType: 'NORMAL', free: true } as const;
  const p = await start({ emulator: { keys: new Map([[key, account]]) } });
  const ended = await p.run('list', 'loras');
  expect(ended.exit).toBe(4);
  expect(ended.err).toContain('Free accounts have no API access');
});

const reply = (body: unknown): Reply => {
  const read = parseJson(JSON.stringify(body));
  if (!read.ok) throw new Error('test body');
  return { is: 'json', status: 200, body: read.value, retryAfterMs: null };
};

test.each<[string, unknown, string]>([
  ['bare', { code: 0, data: [{ a: 1 }] }, '1 false'],
  ['pages', { code: 0, data: { records: [{ a: 1 }, 7], pages: 3 } }, '1 true'],
  ['the last page', { code: 0, data: { records: [{ a: 1 }], pages: 2 } }, '1 false'],
  ['hasNext', { code: 0, data: { records: [{ a: 1 }], hasNext: true } }, '1 true'],
  [
    'an empty page that promises more',
    { code: 0, data: { records: [], hasNext: true } },
    '0 false',
  ],
  ['beside the code', { code: 0, records: [{ a: 1 }] }, '1 false'],
  ['no list', { code: 0, data: { records: 7 } }, 'failed'],
  ['a refusal', { code: 802, msg: 'x' }, 'failed'],
])('a list that comes as %s', (_name, body, expected) => {
  const answer = listAnswer(reply(body), 2);
  expect(answer.is === 'known' ? `${answer.items.length} ${answer.more}` : 'failed').toBe(expected);
  if (answer.is === 'known') expect(jsonText([...answer.items])).not.toContain('7');
});

test.each<[string, unknown, string | null]>([
  ['in data', { code: 0, data: { estimatedPrice: '0.40', currency: 'CNY' } }, '0.40'],
  ['as a number', { code: 0, data: { estimatedPrice: 0.4 } }, '0.4'],
  ['bare', { estimatedPrice: '1', currency: 'USD', freeLimit: 0 }, '1'],
  ['as words', { code: 0, data: { priceText: 'cheap' } }, null],
  ['refused', { code: 1014, msg: 'Access Denied' }, null],
])('a price %s', (_name, body, price) => {
  const answer = priceAnswer(reply(body));
  expect(answer.is === 'known' ? answer.price : null).toBe(price);
});

const path = 'rhart-video/ltx-2.3/text-to-video';
const described = JSON.stringify({
  endpoint: path,
  params: [
    { fieldKey: 'prompt', type: 'STRING', required: true },
    { fieldKey: 'duration', type: 'INT', required: true, defaultValue: 3 },
    { fieldKey: 'imageUrl', type: 'IMAGE', required: false },
  ],
});

test("plan --balance tells the service's own price of a model, and runs nothing", async () => {
  const account = { coins: 0, money: 5, apiType: 'SHARED' } as const;
  const p = await start({
    emulator: { keys: new Map([[key, account]]), models: new Map([[path, described]]) },
    files: { 'model.json': described, 'a.png': Buffer.from('89504e470d0a1a0a', 'hex') },
  });
  const manifest = (keys: string): void =>
    p.write('manifest.yaml', `version: 1\nmodel: ${path}\nparameters: model.json\n${keys}\n`);
  manifest('matrix: { model.prompt: [a, b], model.duration: [3, 5], repeat: 2 }');
  const told = await p.run('plan', '--balance');
  expect(told.exit, told.err).toBe(0);
  expect(told.err).toContain("8 runs for about 3.2 CNY by the service's own price");
  expect(p.service.stats().requests).toMatchObject({ pricePreview: 4, account: 1 });
  expect(p.service.bill()).toEqual([]);
  manifest('matrix: { model.imageUrl: [a.png, "https://x/b.png"] }\nset: { model.prompt: x }');
  const local = await p.run('plan', '--balance');
  expect(local.err).toContain("1 run for about 0.3 CNY by the service's own price; 1 run with");
  // A local path is not told to the service for the sake of a price.
  expect(JSON.stringify(p.service.requests())).not.toContain('a.png');
});

test('a key that has no models tells no price, and plan goes on', async () => {
  const account = { coins: 9, money: null, apiType: 'NORMAL' } as const;
  const p = await start({
    emulator: { keys: new Map([[key, account]]), models: new Map([[path, described]]) },
    files: { 'model.json': described },
  });
  p.write(
    'manifest.yaml',
    `version: 1\nmodel: ${path}\nparameters: model.json\nset: { model.prompt: x }\n`,
  );
  const told = await p.run('plan', '--balance');
  expect(told.exit).toBe(0);
  expect(told.err).toContain('the service tells no price: Standard models are for enterprise-');
});
