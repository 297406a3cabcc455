import { afterEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ComfyEmulator } from '../../src/emulator/comfyui/emulator.js';
import type { ComfyOptions } from '../../src/emulator/comfyui/options.js';
import { comfyGraph, startComfy } from '../support/comfy-server.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key } from '../support/project.js';
import { queuePrompt } from '../support/queue-prompt.js';
import { Folder, keys } from './session.js';

const project = projects();
const open: ComfyEmulator[] = [];
const folders: Folder[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) folder.close();
  await Promise.all(open.splice(0).map((one) => one.close()));
});

/** A server, and a folder with a graph and nothing else. */
const given = async (
  options: Partial<ComfyOptions> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<{ p: Project; comfy: ComfyEmulator }> => {
  const p = await project({ env, files: { 'api.json': JSON.stringify(comfyGraph) } });
  p.remove('manifest.yaml');
  if (p.virtual === null) throw new Error('the clock is virtual');
  const comfy = await startComfy(p.virtual, options);
  open.push(comfy);
  return { p, comfy };
};

test('--server writes it in place of workflowId, and the batch runs there without a key', async () => {
  const { p, comfy } = await given();
  const done = await p.withoutKey('init', 'api.json', '--server', `${comfy.url}/`);
  expect(done).toMatchObject({ exit: 0, err: '' });
  const manifest = parse(p.read('manifest.yaml')) as Record<string, unknown>;
  expect(manifest).toMatchObject({ server: comfy.url, api: './api.json' });
  expect(manifest).not.toHaveProperty('workflowId');
  expect(done.out).not.toContain('RUNNINGHUB_API_KEY');
  expect(await p.withoutKey('apply')).toMatchObject({ exit: 0 });
  expect(comfy.queued()).toHaveLength(1);
});

test('without a file the graph that the server ran last is the beginning', async () => {
  const { p, comfy } = await given();
  p.remove('api.json');
  const empty = await p.withoutKey('init', '--server', comfy.url);
  expect(empty.exit).toBe(2);
  expect(empty.err).toMatch(/no api\.json is here, and the history of \S+ is empty/);
  expect(p.exists('manifest.yaml')).toBe(false);
  await queuePrompt(p, comfy, JSON.stringify({ prompt: comfyGraph }));
  const done = await p.withoutKey('init', '--server', comfy.url);
  expect(done.exit).toBe(0);
  expect(done.err).toContain('api.json is the newest prompt in the history of');
  expect(JSON.parse(p.read('api.json'))).toEqual(comfyGraph);
  expect(await p.withoutKey('apply', '--force')).toMatchObject({ exit: 0 });
});

test('below a path, with a token of the environment that no file holds', async () => {
  const token = 'tok-geheim-4242';
  const { p, comfy } = await given(
    { basePath: '/comfy', door: { kind: 'bearer', token } },
    { COMFYUI_TOKEN: token },
  );
  expect(await p.withoutKey('init', '--server', comfy.url)).toMatchObject({ exit: 0 });
  expect(parse(p.read('manifest.yaml'))).toMatchObject({ server: comfy.url });
  expect(p.read('manifest.yaml') + p.read('rows.csv')).not.toContain(token);
  comfy.setDoor({ kind: 'bearer', token: 'another' });
  const refused = await p.withoutKey('init', '--server', comfy.url, '--force');
  expect(refused.exit).toBe(4);
  expect(refused.err).toContain('COMFYUI_TOKEN');
});

test.each([['--server'], ['--id']])(
  '%s: where no server answers, that is told, and nothing is written',
  async (flag) => {
    const { p, comfy } = await given();
    await comfy.stop();
    const { exit, err } = await p.withoutKey('init', 'api.json', flag, comfy.url);
    expect(exit).toBe(4);
    expect(err).toContain(`${comfy.url} cannot be reached`);
    expect(p.exists('manifest.yaml')).toBe(false);
  },
);

test.each([
  [['--server', 'localhost:8188'], '--server http://localhost:8188'],
  [['--server', 'http://a:8188', '--id', '7'], '--server does not go with --id'],
  [['--server', 'http://a:8188', '--from-curl', 'x'], '--from-curl'],
])('%j is a mistake of who typed it', async (words, told) => {
  const { p } = await given();
  const { exit, err } = await p.withoutKey('init', 'api.json', ...words);
  expect(exit).toBe(2);
  expect(err).toContain(told);
  expect(p.exists('manifest.yaml')).toBe(false);
});

test('on a terminal a server is offered, and a wrong address is asked for again', async () => {
  const { comfy } = await given();
  const { comfy: away } = await given();
  await away.stop();
  const folder = new Folder({ 'api.json': JSON.stringify(comfyGraph) });
  folders.push(folder);
  const session = folder.sit(['init', 'api.json']);
  await session.sees("the server's address");
  session.types(away.url, keys.enter);
  await session.sees(`${away.url} cannot be reached`);
  await session.sees("the server's address");
  session.types(comfy.url, keys.enter);
  await session.sees('Which fields vary');
  session.types(keys.enter);
  const { exit, out } = await session.ended;
  expect(exit).toBe(0);
  expect(parse(folder.read('manifest.yaml'))).toMatchObject({ server: comfy.url });
  expect(out).not.toContain('RUNNINGHUB_API_KEY');
});

test("RunningHub's native API begins in the same way, and its nights have the key", async () => {
  const p = await project({ files: { 'api.json': JSON.stringify(comfyGraph) } });
  p.remove('manifest.yaml');
  await p.service.native(key, false);
  const done = await p.run('init', 'api.json', '--server', 'runninghub', '--nightly');
  expect(done).toMatchObject({ exit: 0, err: '' });
  expect(parse(p.read('manifest.yaml'))).toMatchObject({
    server: 'runninghub',
    budget: { wallTime: '3h' },
  });
  expect(p.read('manifest-nightly.txt')).toContain('--env "$HOME/.rh-batch.env"');
  expect(p.exists('.github/workflows/rh-batch-manifest.yml')).toBe(true);
  expect(await p.apply()).toMatchObject({ exit: 0 });
  expect((await p.run('pull', '--server', 'runninghub', '--last', '--out', 'b.json')).exit).toBe(0);
  const written = [p.read('manifest.yaml'), p.read('manifest-nightly.txt'), p.read('b.json')];
  expect(written.filter((text) => text.includes(key))).toEqual([]);
});
