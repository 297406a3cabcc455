import type { Duplex } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import type { ComfyEmulator } from '../../src/emulator/comfyui/emulator.js';
import type { ComfyOptions } from '../../src/emulator/comfyui/options.js';
import { frame, opcodes } from '../../src/emulator/http/frames.js';
import type { BatchEvent } from '../../src/index.js';
import { apply } from '../../src/index.js';
import { comfyGraph, startComfy } from '../support/comfy-server.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { batches, statuses } from './servers.js';

const project = projects();
const batch = batches();
const open: ComfyEmulator[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((comfy) => comfy.close()));
});

const emulated = async (
  options: Partial<ComfyOptions>,
  count = 4,
): Promise<{ p: Project; comfy: ComfyEmulator }> => {
  const p = await project({ files: { 'api.json': JSON.stringify(comfyGraph) } });
  if (p.virtual === null) throw new Error('the clock is virtual');
  const runTime = { kind: 'constant', ms: 20_000 } as const;
  const comfy = await startComfy(p.virtual, { runTime, ...options });
  open.push(comfy);
  p.write(
    'manifest.yaml',
    `version: 1\nserver: ${comfy.url}\napi: api.json\nmatrix: { KSampler.seed: { from: 1, count: ${count} } }\n`,
  );
  return { p, comfy };
};

type Step = BatchEvent & { readonly type: 'progress' };

/** With somebody who looks, unless `live` is false. */
const run = async (
  p: Project,
  {
    live = true,
    env = {},
    on,
  }: {
    readonly live?: boolean;
    readonly env?: Record<string, string>;
    readonly on?: (step: Step) => Promise<void>;
  } = {},
): Promise<{ steps: Step[]; exit: number }> => {
  const started = apply('manifest.yaml', { cwd: p.dir, clock: p.clock, env, live });
  const steps: Step[] = [];
  for await (const event of started.events)
    if (event.type === 'progress') {
      steps.push(event);
      await on?.(event);
    }
  return { steps, exit: (await started.result).exitCode };
};

const sockets = (comfy: ComfyEmulator): number =>
  comfy.requests().filter(({ endpoint }) => endpoint === 'socket').length;

test.each(['0.3.64', 'mid-2024', '2026'] as const)(
  'nodes and percent of prompts on a server of %s are events, from one socket, and nothing of it is kept',
  async (version) => {
    const { p, comfy } = await emulated({ version, previews: true });
    const { steps, exit } = await run(p);
    expect(exit).toBe(0);
    const prompts = new Set(comfy.queued().map(({ id }) => id));
    expect(steps.every(({ taskId }) => prompts.has(taskId))).toBe(true);
    expect(new Set(steps.map(({ taskId }) => taskId)).size).toBe(4);
    expect(steps.map(({ title }) => title)).not.toContain(null);
    const percents = steps.flatMap(({ percent }) => (percent === null ? [] : [percent]));
    expect(percents.some((percent) => percent > 0 && percent < 100)).toBe(true);
    expect(percents.every((percent) => percent >= 0 && percent <= 100)).toBe(true);
    expect(sockets(comfy)).toBe(1);
    expect(p.read('.rh-batch/manifest/journal.jsonl')).not.toMatch(/progress|clientId/);
  },
);

test('where nobody looks there is no socket, and --progress json shows its steps', async () => {
  const { p, comfy } = await emulated({ basePath: '/comfy' });
  expect(await run(p, { live: false })).toEqual({ steps: [], exit: 0 });
  expect(sockets(comfy)).toBe(0);
  const { exit, out, err } = await p.apply('--force', '--live', 'on', '--progress', 'json');
  expect(exit).toBe(0);
  expect(`${out}${err}`).toMatch(/"type":"progress".*"percent":\d/);
  expect(sockets(comfy)).toBe(1);
});

test('a socket behind a login is let in by it', async () => {
  const { p } = await emulated({ door: { kind: 'bearer', token: 'tok-7f3e91b2' } });
  const { steps, exit } = await run(p, { env: { COMFYUI_TOKEN: 'tok-7f3e91b2' } });
  expect(exit).toBe(0);
  expect(steps.length).toBeGreaterThan(0);
});

test('a server that is started again is listened to again', async () => {
  const { p, comfy } = await emulated({}, 6);
  let restarted = false;
  const { steps, exit } = await run(p, {
    on: async () => {
      if (restarted) return;
      restarted = true;
      await comfy.restart();
    },
  });
  expect(exit).toBe(0);
  expect(sockets(comfy)).toBeGreaterThan(1);
  expect(new Set(steps.map(({ taskId }) => taskId)).size).toBeGreaterThan(2);
});

const text = (message: unknown): Buffer =>
  frame(opcodes.text, Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)));
const everyId = '00000000-0000-4000-8000-000000000000';

const hostile: readonly (readonly [string, ((socket: Duplex) => void) | undefined])[] = [
  ['is not there', undefined],
  ['is closed at once', (socket) => socket.destroy()],
  ['stays silent', () => undefined],
  ['sends what is no frame', (socket) => socket.write(Buffer.alloc(500, 0xff))],
  [
    'announces a frame of 4 GB',
    (socket) => socket.write(Buffer.from([0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0])),
  ],
  [
    'sends previews, texts without sense and what is no JSON',
    (socket) => {
      socket.write(frame(opcodes.binary, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 0xff, 0xd8])));
      socket.write(frame(opcodes.binary, Buffer.alloc(3)));
      for (const odd of ['', '{', '[]', 'null', '"x"', '{"type":7,"data":[]}'])
        socket.write(text(odd));
      socket.write(text({ type: 'progress', data: { prompt_id: everyId, node: {}, max: 'x' } }));
      socket.write(text({ type: 'progress_state', data: { prompt_id: everyId, nodes: [1] } }));
    },
  ],
  [
    'tells ends of prompts that nobody sent, and none of ours',
    (socket) => {
      for (const node of [null, '1', 7, ['x']])
        socket.write(text({ type: 'executing', data: { node, prompt_id: everyId } }));
    },
  ],
];

test.each(hostile)('a socket that %s changes nothing', async (_, socket) => {
  const { p, server } = await batch({ servers: [socket === undefined ? {} : { socket }] });
  const { exit } = await run(p);
  expect(exit).toBe(0);
  expect(statuses(p)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(server.queued).toHaveLength(3);
});

test('ends that a socket tells too soon are read, not believed', async () => {
  const all: Duplex[] = [];
  const { p, server } = await batch({ servers: [{ socket: (socket) => void all.push(socket) }] });
  server.fate = () => {
    for (const { id } of server.queued)
      for (const socket of all)
        if (socket.writable)
          socket.write(text({ type: 'executing', data: { node: null, prompt_id: id } }));
    return 'answer';
  };
  const { exit } = await run(p);
  expect(exit).toBe(0);
  expect(statuses(p)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(server.ran).toHaveLength(3);
  expect(server.requests.length).toBeLessThan(150);
});
