import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key } from '../support/project.js';

const start = projects();
const path = 'rhart-image/edit-1/image-to-image';
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const other = Buffer.concat([png, Buffer.from('b')]);

const params = [
  { fieldKey: 'prompt', type: 'STRING', required: true },
  { fieldKey: 'imageUrl', type: 'IMAGE', required: false },
  {
    fieldKey: 'referenceUrls',
    type: 'IMAGE',
    required: false,
    multipleInputs: true,
    maxInputNum: 4,
  },
  {
    fieldKey: 'ratio',
    type: 'LIST',
    required: true,
    defaultValue: '1:1',
    options: [{ value: '1:1' }, { value: '16:9', description: 'wide' }],
  },
  { fieldKey: 'steps', type: 'INT', required: true, defaultValue: 8, min: 1, max: 30 },
  { fieldKey: 'strength', type: 'FLOAT', required: false, min: 0, max: 1 },
  { fieldKey: 'enhance', type: 'BOOLEAN', required: false, defaultValue: true },
];
const description = JSON.stringify({ endpoint: path, output_type: 'image', params }, null, 1);
const shared = new Map([[key, { coins: 0, money: 50, apiType: 'SHARED' as const }]]);

interface Setup {
  readonly keys: string;
  readonly emulator?: NonNullable<Parameters<typeof start>[0]>['emulator'];
}

const withModel = async ({ keys, emulator }: Setup): Promise<Project> => {
  const p = await start({
    emulator: { keys: shared, models: new Map([[path, description]]), ...emulator },
    files: { 'a.png': png, 'b.png': other, 'model.json': description },
  });
  p.write('manifest.yaml', `version: 1\nmodel: ${path}\nparameters: model.json\n${keys}\n`);
  return p;
};

/** The bodies of accepted submits, without the key. */
const bodies = (p: Project): Record<string, unknown>[] =>
  p.service.bill().map(({ request }) => JSON.parse(request) as Record<string, unknown>);

test('a model runs with typed parameters, uploads as links, and is paid in money', async () => {
  const p = await withModel({
    keys: 'matrix: { model.ratio: ["16:9"] }\nset: { model.prompt: a fox, model.imageUrl: a.png, model.strength: "0.50", model.enhance: "false" }',
  });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(bodies(p)).toEqual([
    {
      prompt: 'a fox',
      imageUrl: expect.stringMatching(/^http.*\/input\/openapi\/[0-9a-f]{64}\.png\?q-sign/),
      ratio: '16:9',
      steps: 8,
      strength: 0.5,
      enhance: false,
    },
  ]);
  const { requests } = p.service.stats();
  expect(requests).toMatchObject({ model: 1, uploadV2: 1 });
  expect(requests['queryV2']).toBeGreaterThan(0);
  expect([requests['create'], requests['outputs'], requests['upload']]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  const [line] = p.results();
  expect(line).toMatchObject({ status: 'succeeded', coins: null, money: expect.any(Number) });
  expect(line?.outputs).toHaveLength(1);
  // The key goes as Bearer and stands in no body.
  expect(JSON.stringify(bodies(p))).not.toContain(key);
});

test('a list of files takes paths and links, uploads each content once, and is a no-op again', async () => {
  const p = await withModel({
    keys: 'set: { model.prompt: x, model.referenceUrls: [a.png, "https://example.com/c.png", b.png, a.png] }',
  });
  expect((await p.apply()).exit).toBe(0);
  const [first] = bodies(p);
  const urls = first?.['referenceUrls'] as string[];
  expect(urls).toHaveLength(4);
  expect(urls[1]).toBe('https://example.com/c.png');
  expect(urls[0]).toBe(urls[3]);
  expect(p.service.stats().requests['uploadV2']).toBe(2);
  expect((await p.apply()).exit).toBe(0);
  expect(bodies(p)).toHaveLength(1);
  p.write('b.png', Buffer.concat([other, Buffer.from('c')]));
  const { runs } = await p.plan();
  expect(runs[0]).toMatchObject({
    action: 'changed',
    reasons: [expect.stringContaining('b.png')],
  });
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().requests['uploadV2']).toBe(3);
});

test('a new optional parameter is no reason to pay again, another default that is sent is', async () => {
  const p = await withModel({ keys: 'set: { model.prompt: x }' });
  expect((await p.apply()).exit).toBe(0);
  const more = [...params, { fieldKey: 'style', type: 'STRING', defaultValue: 'a sample' }];
  p.write('model.json', JSON.stringify({ endpoint: path, params: more }));
  expect((await p.plan()).summary).toMatchObject({ upToDate: 1 });
  p.write('model.json', description.replace('"defaultValue": 8', '"defaultValue": 9'));
  const { runs } = await p.plan();
  expect(runs[0]?.reasons.join()).toContain('model.steps 8 → 9 in model.json');
});

test('what does not fit a parameter is told before anything is sent', async () => {
  const p = await withModel({
    keys: 'set:\n  model.ratio: "16:8"\n  model.steps: 31\n  model.strength: strong\n  model.enhance: perhaps\n  model.promt: x',
  });
  const ended = await p.run('validate');
  expect(ended.exit).toBe(2);
  for (const words of [
    'model.ratio has no choice "16:8"',
    'it takes 1:1, 16:9 (wide)',
    'did you mean 16:9?',
    'model.steps takes numbers from 1 to 30, not 31',
    'model.strength takes a number, not "strong"',
    'model.enhance takes true or false',
    'has no field "promt"',
    'write model.prompt',
    'nothing gives "model.prompt" a value, and it needs one',
  ])
    expect(ended.err).toContain(words);
});

test('a required parameter needs a value in every row', async () => {
  const p = await withModel({ keys: 'matrix: { rows: rows.csv }' });
  p.write('rows.csv', 'model.prompt,model.steps\na fox,4\n,5\n');
  const ended = await p.run('validate');
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain('"model.prompt" needs a value in every run');
  expect(ended.err).toContain('rows.csv:3');
});

test('errorCode 1014 stops the batch: the account has no access to models', async () => {
  const normal = new Map([[key, { coins: 50, money: null, apiType: 'NORMAL' as const }]]);
  const p = await withModel({ keys: 'set: { model.prompt: x }', emulator: { keys: normal } });
  const ended = await p.apply();
  expect(ended.exit).toBe(4);
  expect(ended.out).toContain('enterprise-shared keys only');
  expect(p.results()[0]?.status).toBe('pending');
});

test('a refused prompt is not tried again, a failed generation is', async () => {
  const p = await withModel({
    keys: 'matrix: { model.prompt: ["[emulate:sensitive]", "[emulate:fail-once]"] }\nexecution: { retries: 2 }',
  });
  expect((await p.apply()).exit).toBe(1);
  const [refused, again] = p.results();
  expect(refused).toMatchObject({
    status: 'failed',
    attempts: 1,
    error: { class: 'input', code: '1501' },
  });
  expect(again).toMatchObject({ status: 'succeeded', attempts: 2 });
});

test('no room is no failure: every run gets its turn', async () => {
  const p = await withModel({
    keys: 'matrix: { model.prompt: [a, b, c, d, e] }',
    emulator: { slots: 2 },
  });
  expect((await p.apply()).exit).toBe(0);
  expect(p.results().map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1]);
});

test('a lost answer is held as unknown and never paid for again', async () => {
  const p = await withModel({
    keys: 'matrix: { model.prompt: [a, b] }',
    emulator: { faults: [{ endpoint: 'model', kind: 'resetAfter', next: 1 }] },
  });
  expect((await p.apply()).exit).toBe(1);
  expect(p.results().filter(({ status }) => status === 'unknown')).toHaveLength(1);
  await p.apply();
  expect(p.service.bill()).toHaveLength(2);
});

test('pull --model picks one of what is published; nothing needs a key', async () => {
  const p = await withModel({ keys: 'set: { model.prompt: x }' });
  const list = { models: [{ endpoint: 'a/b', params: [] }, JSON.parse(description) as object] };
  p.write('registry.json', JSON.stringify(list));
  p.remove('model.json');
  expect((await p.run('validate')).err).toContain(`rh-batch pull --model ${path}`);
  const pulled = await p.run('pull', '--model', path, '--from', 'registry.json');
  expect(pulled).toMatchObject({ exit: 0, out: 'model.json\n' });
  expect(JSON.parse(p.read('model.json'))).toEqual(JSON.parse(description));
  expect((await p.apply()).exit).toBe(0);
  const wrong = await p.run('pull', '--model', 'a/c', '--from', 'registry.json');
  expect(wrong.exit).toBe(2);
  expect(wrong.err).toContain('did you mean "a/b"?');
  const own = await p.run('pull', '--model', 'ltx-2.3/text-to-video', '--from', 'registry.json');
  expect(own.exit).toBe(2);
  expect(own.err).toContain('it is rhart-video/ltx-2.3/text-to-video, which');
  // The whole list serves as well as one entry.
  p.write(
    'manifest.yaml',
    `version: 1\nmodel: ${path}\nparameters: registry.json\nset: { model.prompt: y }\n`,
  );
  expect((await p.apply()).exit).toBe(0);
  expect((await p.run('fields', 'model.json')).out).toMatch(/model\.referenceUrls +model +file/);
});

test('pull --model reads a page without telling it the key', async () => {
  const p = await withModel({ keys: '' });
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    asked.push([request.url, request.headers.authorization]);
    response.writeHead(request.url === '/list.json' ? 200 : 404).end(`{"models":[${description}]}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const site = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  const pull = (page: string): ReturnType<typeof p.run> =>
    p.run('pull', '--model', path, '--from', `${site}${page}`, '--out', 'pulled.json');
  expect(await pull('/list.json')).toMatchObject({ exit: 0, out: 'pulled.json\n' });
  expect(JSON.parse(p.read('pulled.json'))).toEqual(JSON.parse(description));
  const gone = await pull('/other.json');
  expect(gone.exit).toBe(4);
  expect(gone.err).toContain('HTTP 404');
  expect(asked).toEqual([
    ['/list.json', undefined],
    ['/other.json', undefined],
  ]);
  await new Promise((resolve) => server.close(resolve));
});

test.each<[string, string, RegExp]>([
  ['of another model', `{"endpoint":"x/y","params":[]}`, /describes "x\/y", not "rhart-image/],
  ['without parameters', `{"endpoint":"x/y"}`, /error: this describes no model/],
  [
    'with an unknown type',
    `{"params":[{"fieldKey":"a","type":"STRNG"}]}`,
    /model\.json:1:12 error: parameter "a" is of no known type: "STRNG"; did you mean "STRING"\?/,
  ],
])('a description %s is told at its place', async (_name, content, message) => {
  const p = await withModel({ keys: '' });
  p.write('model.json', content);
  const ended = await p.run('validate');
  expect(ended.exit).toBe(2);
  expect(ended.err).toMatch(message);
});

test('the path of a model may be pasted as a page shows it, and is checked', async () => {
  const p = await withModel({ keys: '' });
  const write = (model: string): void =>
    p.write(
      'manifest.yaml',
      `version: 1\nmodel: ${model}\nparameters: model.json\nset: { model.prompt: x }\n`,
    );
  write(`https://www.runninghub.cn/openapi/v2/${path}`);
  expect((await p.apply()).exit).toBe(0);
  // A path may have one part, so this may be one: it is not the one that is described.
  write('sora');
  expect((await p.run('validate')).err).toContain(`this describes "${path}", not "sora"`);
  write('"sora 2"');
  const ended = await p.run('validate');
  expect(ended.err).toMatch(
    /manifest\.yaml:2:8 error: "model" must be the path of a standard model/,
  );
});
