import { afterEach, expect, test } from 'vitest';
import { newestIn } from '../../src/comfyui/newest-graph.js';
import type { ComfyEmulator } from '../../src/emulator/comfyui/emulator.js';
import type { ComfyOptions } from '../../src/emulator/comfyui/options.js';
import { parseJson } from '../../src/values/json-text.js';
import { comfyGraph, startComfy } from '../support/comfy-server.js';
import { projects } from '../support/opened.js';
import { queuePrompt } from '../support/queue-prompt.js';
import type { Project } from '../support/project.js';
import { ScriptedServer } from './scripted-server.js';

const project = projects();
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const given = async (
  options: Partial<ComfyOptions> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<{ p: Project; comfy: ComfyEmulator }> => {
  const p = await project({ env });
  const clock = p.virtual;
  if (clock === null) throw new Error('the clock is virtual');
  const comfy = await startComfy(clock, options);
  open.push(comfy);
  return { p, comfy };
};

const picture = (text: string): unknown => ({
  '1': {
    class_type: 'EmptyImage',
    _meta: { title: text },
    inputs: { width: 16, height: 16, batch_size: 1, color: 0 },
  },
  '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: text } },
});

const queue = (p: Project, comfy: ComfyEmulator, body: object): Promise<void> =>
  queuePrompt(p, comfy, JSON.stringify(body));

const last = (p: Project, url: string, ...more: string[]) =>
  p.withoutKey('pull', '--server', url, '--last', ...more);

test.each(['0.3.64', 'mid-2024', '2026'] as const)(
  'the graph of the newest prompt of a server of %s is saved, and runs there again',
  async (version) => {
    const { p, comfy } = await given({ version });
    await queue(p, comfy, { prompt: picture('first') });
    await queue(p, comfy, { prompt: comfyGraph });
    p.remove('api.json');
    expect(await last(p, `${comfy.url}/`)).toEqual({ exit: 0, out: 'api.json\n', err: '' });
    expect(JSON.parse(p.read('api.json'))).toEqual(comfyGraph);
    p.write(
      'manifest.yaml',
      `version: 1\nserver: ${comfy.url}\napi: api.json\nmatrix: { KSampler.seed: [7] }\n`,
    );
    expect(await p.withoutKey('apply')).toMatchObject({ exit: 0 });
    const again = await last(p, comfy.url, '--out', 'b.json');
    expect(again).toMatchObject({ exit: 0, out: 'b.json\n' });
    expect(again.err).toContain('was a run of rh-batch');
    expect(p.read('b.json')).toContain('"seed": 7');
  },
);

test('digits of a seed beyond 2^53 stay as they are', async () => {
  const { p, comfy } = await given();
  const text = JSON.stringify({ prompt: comfyGraph }).replace(
    /"seed":\d+/,
    '"seed":18446744073709551615',
  );
  await queuePrompt(p, comfy, text);
  expect((await last(p, comfy.url)).exit).toBe(0);
  expect(p.read('api.json')).toContain('18446744073709551615');
});

test('an empty history is told with what fills it, and no file is touched', async () => {
  const { p, comfy } = await given();
  const before = p.read('api.json');
  await queue(p, comfy, { prompt: picture('gone') });
  await comfy.restart();
  const { exit, err, out } = await last(p, comfy.url);
  expect([exit, out]).toEqual([2, '']);
  expect(err).toMatch(/the history of http:\S+ is empty[^]*run the graph once in ComfyUI/);
  expect(p.read('api.json')).toBe(before);
});

test('a prompt that failed is taken and told', async () => {
  const { p, comfy } = await given();
  const failing = structuredClone<typeof comfyGraph>(comfyGraph);
  Object.assign(failing['6'].inputs, { text: '[emulate:fail]' });
  await queue(p, comfy, { prompt: failing });
  const { exit, err } = await last(p, comfy.url);
  expect(exit).toBe(0);
  expect(err).toMatch(/prompt \S+ failed there/);
  expect(JSON.parse(p.read('api.json'))).toEqual(failing);
});

test('below a path, with a token of the environment that stands nowhere', async () => {
  const token = 'tok-geheim-4242';
  const { p, comfy } = await given(
    { basePath: '/comfy', door: { kind: 'bearer', token } },
    { COMFYUI_TOKEN: token },
  );
  comfy.setDoor(null);
  await queue(p, comfy, { prompt: picture(`of ${token}`) });
  comfy.setDoor({ kind: 'bearer', token });
  const { exit, err, out } = await last(p, comfy.url);
  expect(exit).toBe(0);
  expect(comfy.requests().at(-1)?.authorization).toBe(`Bearer ${token}`);
  expect(err + out + p.read('api.json')).not.toContain(token);
  comfy.setDoor({ kind: 'bearer', token: 'another-one' });
  const refused = await last(p, comfy.url);
  expect(refused.exit).toBe(4);
  expect(refused.err).toContain('COMFYUI_TOKEN');
});

test.each([
  ['a page', 200, '<html>welcome</html>'],
  ['a list', 200, '[]'],
  ['entries without graphs', 200, '{"a":{"outputs":{}},"b":7}'],
  ['a graph that is none', 200, '{"a":{"prompt":[1,"a",{"1":{"inputs":{}}},{},[]]}}'],
  ['a proxy whose server is away', 502, '<html>bad gateway</html>'],
  ['another program', 404, 'not here'],
])('%s in place of a history is an error, and no file is touched', async (_, status, body) => {
  const p = await project();
  const before = p.read('api.json');
  const server = await ScriptedServer.start({ now: p.now });
  open.push({ close: () => server.down() });
  server.fate = () => ({ status, body, effect: false });
  const { exit, err, out } = await last(p, server.url);
  expect([exit, out]).toEqual([4, '']);
  expect(err).toContain(server.url);
  expect(p.read('api.json')).toBe(before);
});

test('nobody at the address is told', async () => {
  const { p, comfy } = await given();
  await comfy.stop();
  const { exit, err } = await last(p, comfy.url);
  expect(exit).toBe(4);
  expect(err).toContain(`${comfy.url} cannot be reached`);
});

test.each([
  [['--server', '127.0.0.1:8188', '--last'], '--server http://127.0.0.1:8188'],
  [['--server', 'http://me:geheim-42@h:8188', '--last'], 'COMFYUI_PASSWORD'],
  [['--server', 'http://127.0.0.1:8188'], '--last takes the newest prompt'],
  [['--last'], 'rh-batch pull --server http://127.0.0.1:8188 --last'],
  [['198', '--server', 'http://127.0.0.1:8188', '--last'], '"198" does not go with --server'],
])('%j is a mistake of who typed it', async (words, told) => {
  const p = await project();
  const { exit, err } = await p.run('pull', ...words);
  expect(exit).toBe(2);
  expect(err).toContain(told);
  expect(err).not.toContain('geheim');
});

const entry = (number: string, text: string): string =>
  `{"prompt":[${number},"x",{"1":{"class_type":"A","inputs":{"text":"${text}"},"is_changed":[NaN]}},{},[]]}`;

test.each([
  ['the highest number, wherever it stands', ['2', '9', '4'], 1],
  ['what was put in front is as new as its count', ['-4', '1', '2', '3'], 0],
  ['a number that a client chose tells no time: its place does', ['1', '9000.0', '2'], 2],
  ['a number that a client chose, at the end', ['1', '2', '0.5'], 2],
])('the newest prompt: %s', (_, numbers, wanted) => {
  const entries = numbers.map((number, at) => `"${at}":${entry(number, `t${at}`)}`);
  const read = parseJson(`{${entries.join(',').replaceAll('NaN', 'null')}}`);
  if (!read.ok) throw new Error(read.message);
  const found = newestIn(read.value);
  expect(found.is === 'found' && found.prompt.id).toBe(String(wanted));
  if (found.is === 'found') expect(JSON.stringify([...found.prompt.graph])).not.toContain('is_ch');
});
