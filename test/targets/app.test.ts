import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key } from '../support/project.js';

const start = projects();
const webappId = '1877265245566922753';
const example = readFileSync(
  fileURLToPath(new URL('../../manifests/apps/portrait.json', import.meta.url)),
  'utf8',
);
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

interface Setup {
  readonly keys: string;
  readonly emulator?: NonNullable<Parameters<typeof start>[0]>['emulator'];
}

/** A project whose manifest runs the app. */
const withApp = async ({ keys, emulator }: Setup): Promise<Project> => {
  const p = await start({
    emulator: { apps: new Map([[webappId, example]]), ...emulator },
    files: { 'a.png': png, 'b.png': Buffer.concat([png, Buffer.from('b')]), 'app.json': example },
  });
  p.write('manifest.yaml', `version: 1\nwebappId: ${webappId}\napp: app.json\n${keys}\n`);
  return p;
};

test('an app runs with the whole call example, changed where the manifest says so', async () => {
  const p = await withApp({
    keys: 'instance: plus\nset: { text.prompt: a fox, photo.image: a.png, count.batch_size: 2, id:60.cfg: 1.50, light.select: 2 }',
  });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  const [sent] = p.received();
  const value = (node: string, field: string): unknown =>
    sent?.find(({ nodeId, fieldName }) => nodeId === node && fieldName === field)?.fieldValue;
  expect(sent).toHaveLength(7);
  expect(value('52', 'prompt')).toBe('a fox');
  expect(value('39', 'image')).toMatch(/^api\/[0-9a-f]{64}\.png$/);
  // As texts, as the call example has them; what nobody set stays what it was.
  expect(value('142', 'batch_size')).toBe('2');
  expect(value('60', 'cfg')).toBe('1.50');
  expect(value('60', 'seed')).toBe('42');
  expect(value('37', 'aspect_ratio')).toBe('match_input_image');
  const [request] = p.service.bill();
  expect(request?.request).toContain('"instanceType":"plus"');
  expect(p.service.stats().requests).toMatchObject({ aiApp: 1, appDemo: 1 });
  expect(p.results()[0]).toMatchObject({ status: 'succeeded', overrides: expect.any(Array) });
});

test('a finished batch is a no-op; another value of one field is one run, with its reason', async () => {
  const p = await withApp({ keys: 'matrix: { text.prompt: [a, b] }' });
  expect((await p.apply()).exit).toBe(0);
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.bill()).toHaveLength(2);
  p.write('app.json', example.replace('"fieldValue": "3.5"', '"fieldValue": "4.5"'));
  const { runs } = await p.plan();
  expect(runs[0]?.reasons.join()).toContain('KSampler.cfg 3.5 → 4.5 in app.json');
  // Other words for the same fields are no reason.
  p.write('app.json', example.replace('"description": "photo"', '"description": "picture"'));
  expect((await p.plan()).summary).toMatchObject({ upToDate: 2 });
});

test('two fields of one class are not the same field', async () => {
  const two = JSON.stringify({
    nodeInfoList: ['1', '2'].map((nodeId) => ({
      nodeId,
      nodeName: 'LoadImage',
      fieldName: 'image',
      fieldValue: 'x.png',
      fieldType: 'IMAGE',
      description: nodeId === '1' ? 'person' : 'coat',
    })),
  });
  const p = await withApp({ keys: '', emulator: { apps: new Map([[webappId, two]]) } });
  p.write('app.json', two);
  p.write('rows.csv', 'person.image,coat.image\na.png,b.png\nb.png,a.png\n');
  p.write(
    'manifest.yaml',
    `version: 1\nwebappId: ${webappId}\napp: app.json\nmatrix: { rows: rows.csv }\n`,
  );
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.bill()).toHaveLength(2);
});

test('a value outside a list or a range is told with what comes nearest, before anything is sent', async () => {
  const p = await withApp({
    keys: 'matrix: { ratio.aspect_ratio: ["16;9"] }\nset:\n  light.select: hard\n  count.batch_size: 9\n  KSampler.seed: 1.5\n  photo.image: song.wav',
  });
  p.write('song.wav', Buffer.from('RIFF0000WAVEfmt ', 'latin1'));
  const ended = await p.run('validate');
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain('ratio.aspect_ratio has no choice "16;9"');
  expect(ended.err).toContain('it takes 1:1 (square), 16:9 (wide)');
  expect(ended.err).toContain('did you mean 16:9?');
  expect(ended.err).toMatch(/manifest\.yaml:6:\d+ error: light\.select has no choice "hard"/);
  expect(ended.err).toContain('hint: write 2');
  expect(ended.err).toContain('count.batch_size takes numbers from 1 to 4, not 9');
  expect(ended.err).toContain('KSampler.seed takes a whole number');
  expect(ended.err).toContain('song.wav is an audio (wav), photo.image takes an image');
});

test('an app that was published anew stops the batch before it costs', async () => {
  const p = await withApp({
    keys: 'set: { text.prompt: x }',
    emulator: {
      apps: new Map([[webappId, example.replaceAll('"nodeId": "52"', '"nodeId": "53"')]]),
    },
  });
  const ended = await p.apply();
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain('text.prompt (node 52, RH_Translator)');
  expect(ended.err).toContain(`rh-batch pull --app ${webappId}`);
  expect(p.service.bill()).toHaveLength(0);
});

test.each([
  [
    801,
    { keys: new Map([[key, { coins: 1, money: null, apiType: 'NORMAL' as const, free: true }]]) },
    'Free accounts',
  ],
  [901, { apps: new Map([['5', example]]) }, 'The AI app does not exist'],
])('%i stops the batch and leaves the runs pending', async (_code, emulator, words) => {
  const p = await withApp({ keys: 'set: { text.prompt: x }', emulator });
  const ended = await p.apply();
  expect(ended.exit).toBe(4);
  expect(ended.err).toContain(words);
  expect(p.results()[0]?.status).toBe('pending');
});

test('pull --app saves the call example without the key that the service puts into it', async () => {
  const p = await withApp({ keys: 'set: { text.prompt: x }' });
  p.remove('app.json');
  expect((await p.apply()).err).toContain(
    `rh-batch pull --app ${webappId} --out app.json saves it`,
  );
  const pulled = await p.run('pull', '--app', webappId);
  expect(pulled).toMatchObject({ exit: 0, out: 'app.json\n' });
  expect(p.read('app.json')).not.toContain(key);
  expect(p.read('app.json')).not.toContain('curl');
  expect((await p.run('fields', 'app.json')).out).toContain('ratio.aspect_ratio');
  expect((await p.apply()).exit).toBe(0);
  expect((await p.run('pull', '--app', '5')).exit).toBe(4);
  expect((await p.run('pull')).exit).toBe(2);
});

test("the service's whole answer is taken too, and a key in it is spoken of", async () => {
  const p = await withApp({ keys: 'set: { text.prompt: x }' });
  const data = JSON.parse(example) as object;
  const answer = (apiKey: string): string => {
    const curl = `curl --data '{"apiKey":"${apiKey}"}'`;
    return JSON.stringify({ code: 0, msg: 'success', data: { ...data, curl } });
  };
  p.write('app.json', answer('f'.repeat(32)));
  const other = await p.apply();
  expect(other.exit, other.err).toBe(0);
  expect(other.err).toContain('warning: "curl" holds an API key');
  // The key in use is an error: what holds it is shared, and would be stored.
  p.write('app.json', answer(key));
  const own = await p.apply();
  expect(own.exit).toBe(2);
  expect(own.err).toContain('the API key stands in this file');
  expect(own.err).not.toContain(key);
});

test.each<[string, string, RegExp]>([
  ['no list', '{"a":1}', /app\.json.* error: this holds no nodeInfoList/],
  ['no JSON', '{"a":', /app\.json:1:\d+ error: not valid JSON/],
  [
    'an entry without a field',
    '[{"nodeId":"1","fieldName":"x"},{"nodeId":"2"}]',
    /app\.json:1:\d+ error: the entry of node 2 has no fieldName/,
  ],
])('an app file with %s is told at its place', async (_name, content, message) => {
  const p = await withApp({ keys: '' });
  p.write('app.json', content);
  const ended = await p.run('validate');
  expect(ended.exit).toBe(2);
  expect(ended.err).toMatch(message);
});

test.each<[string, string, RegExp]>([
  [
    'two targets',
    `workflowId: 1\napi: api.json\nwebappId: 2\napp: app.json`,
    /manifest\.yaml:(2|4):1 error: a manifest runs "workflowId" or "webappId"/,
  ],
  ['no file', `webappId: 2`, /error: the manifest needs the key "app"/],
  [
    "another target's file",
    `webappId: 2\napp: app.json\napi: api.json`,
    /manifest\.yaml:4:1 error: "api" does not belong to "webappId"/,
  ],
  [
    'an option that it does not take',
    `webappId: 2\napp: app.json\nsubmit: workflow\nretainSeconds: 20`,
    /manifest\.yaml:4:1 error: "submit" means nothing for "webappId"[^]*manifest\.yaml:5:1 error: "retainSeconds"/,
  ],
  [
    'an id that is none',
    `webappId: app-2\napp: app.json`,
    /manifest\.yaml:2:11 error: "webappId" must be digits/,
  ],
  ['a file alone', `app: app.json`, /error: the manifest needs the key "webappId"/],
])('%s is a mistake at its place', async (_name, keys, message) => {
  const p = await withApp({ keys: '' });
  p.write('manifest.yaml', `version: 1\n${keys}\n`);
  const ended = await p.run('validate');
  expect(ended.exit).toBe(2);
  expect(ended.err).toMatch(message);
});

test('outputs of an app are chosen by node ids, for it does not show its nodes', async () => {
  const p = await withApp({ keys: 'set: { text.prompt: x }\noutputs: { nodes: [id:9] }' });
  expect((await p.apply()).exit).toBe(0);
  expect(p.results()[0]?.outputs).toHaveLength(1);
  p.write('manifest.yaml', p.read('manifest.yaml').replace('id:9', 'SaveImage'));
  const ended = await p.run('validate');
  expect(ended.exit).toBe(2);
  expect(ended.err).toMatch(
    /manifest\.yaml:5:\d+ error: the nodes that save are not told of "webappId"/,
  );
});

test('a selector of outputs.nodes that selects nothing is found before anything is paid', async () => {
  const p = await start({ manifest: 'outputs: { nodes: [SaveImag] }' });
  const ended = await p.apply();
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain('no node has the id, title or class "SaveImag"');
  expect(p.service.bill()).toHaveLength(0);
});
