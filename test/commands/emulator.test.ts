import { request } from 'undici';
import { expect, test } from 'vitest';
import { main } from '../../src/commands/main.js';
import { systemClock } from '../../src/edges/clock.js';
import type { Io, StopSignal } from '../../src/edges/io.js';

interface Started {
  /** Its address, as it prints it. */
  readonly url: Promise<string>;
  readonly ended: Promise<number>;
  readonly errors: () => string;
  stop(): void;
}

/** `rh-batch emulator` in this process. */
const started = (...argv: string[]): Started => {
  const handlers = new Set<(signal: StopSignal) => void>();
  let errors = '';
  let tell: (url: string) => void = () => undefined;
  const url = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const sink = (write: (text: string) => void) => ({ write, isTTY: false, columns: () => null });
  const io: Io = {
    out: sink((text) => tell(text.trim())),
    err: sink((text) => void (errors += text)),
    env: {},
    cwd: '/',
    clock: systemClock,
    protect: () => undefined,
    clean: (text) => text,
    exitNow: () => undefined,
    onStop: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  };
  const ended = main(['emulator', '--port', '0', ...argv], io, '0.0.0');
  return {
    url,
    ended,
    errors: () => errors,
    stop: () => {
      for (const handler of handlers) handler('SIGINT');
    },
  };
};

test.each([
  ['consumer', [], 'NORMAL', 2],
  ['enterprise-shared', [], 'SHARED', 50],
  ['enterprise-dedicated', ['--slots', '4'], 'EXCLUSIVE', 4],
])('emulator --account %s %j serves such an account', async (kind, more, type, limit) => {
  const running = started('--account', kind, '--key', 'some-key', ...more);
  const { body } = await request(`${await running.url}/openapi/v2/queue/status`, {
    headers: { authorization: 'Bearer some-key', connection: 'close' },
  });
  expect(await body.json()).toMatchObject({
    data: { apiKeyType: type, concurrentLimit: limit },
  });
  running.stop();
  expect(await running.ended).toBe(0);
});

test('a kind of account that there is not is told, with those that there are', async () => {
  const refused = started('--account', 'premium');
  expect(await refused.ended).toBe(2);
  expect(refused.errors()).toContain('--account "premium" is no kind of account');
  expect(refused.errors()).toContain('consumer, enterprise-shared, enterprise-dedicated');
});

test('emulator --comfyui serves a ComfyUI of the version that is wanted, with the models it is given', async () => {
  const running = started('--comfyui', '--comfyui-version', '2026', '--checkpoint', 'mine.ckpt');
  const get = async (path: string): Promise<string> => {
    const { body } = await request(`${await running.url}${path}`, {
      headers: { connection: 'close' },
    });
    return body.text();
  };
  expect(await get('/prompt')).toBe('{"exec_info": {"queue_remaining": 0}}');
  expect(await get('/models/checkpoints')).toBe('["mine.ckpt"]');
  expect(await get('/system_stats')).toContain('"comfyui_version": "0.38.0"');
  expect(running.errors()).toContain('every prompt at /emulator/books');
  running.stop();
  expect(await running.ended).toBe(0);
});

test('options of the other service, and versions that are not played, are told', async () => {
  const mixed = started('--comfyui', '--key', 'k', '--comfyui-version', '1.0');
  expect(await mixed.ended).toBe(2);
  expect(mixed.errors()).toContain('--key is for RunningHub');
  expect(mixed.errors()).toContain('mid-2024, 0.3.64, 2026');
  const alone = started('--previews');
  expect(await alone.ended).toBe(2);
  expect(alone.errors()).toContain('--previews is for ComfyUI');
});

test('an emulated ComfyUI that a client kills ends as the real one does', async () => {
  const running = started('--comfyui');
  await request(`${await running.url}/prompt`, {
    method: 'POST',
    headers: { connection: 'close' },
    body: JSON.stringify({
      client_id: {},
      prompt: {
        1: { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 0 } },
        2: { class_type: 'PreviewImage', inputs: { images: ['1', 0] } },
      },
    }),
  });
  expect(await running.ended).toBe(0);
  expect(running.errors()).toContain('died of what it was sent');
});
