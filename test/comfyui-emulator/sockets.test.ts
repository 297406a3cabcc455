import { WebSocket } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { comfyGraph } from '../support/comfy-server.js';
import { Bench, G, raw, turns } from './bench.js';

interface Message {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A socket and all that came on it. */
class Listener {
  readonly texts: Message[] = [];
  readonly binary: Buffer[] = [];
  readonly raw: string[] = [];

  private constructor(readonly socket: WebSocket) {
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') {
        this.raw.push(data);
        this.texts.push(JSON.parse(data) as Message);
      } else this.binary.push(Buffer.from(data as ArrayBuffer));
    });
  }

  static async open(b: Bench, id: string | null): Promise<Listener> {
    const query = id === null ? '' : `?clientId=${id}`;
    const listener = new Listener(
      new WebSocket(`${b.emulator.url.replace('http', 'ws')}/ws${query}`),
    );
    open.push(listener.socket);
    await listener.heard(1);
    return listener;
  }

  /** Waits in turns of the event loop: time stands still for the server. */
  async heard(count: number): Promise<void> {
    for (let turn = 0; this.texts.length < count; turn += 1) {
      if (turn > 20_000) throw new Error(`only ${this.types().join(' ')}`);
      await turns(1);
    }
  }

  async heardEnd(): Promise<void> {
    for (let turn = 0; !this.texts.some(isEnd); turn += 1) {
      if (turn > 20_000) throw new Error(`only ${this.types().join(' ')}`);
      await turns(1);
    }
  }

  types(): string[] {
    return this.texts.map(({ type, data }) =>
      type === 'executing' || type === 'executed' ? `${type} ${String(data['node'])}` : type,
    );
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.socket.addEventListener('close', resolve));
    this.socket.close();
    await closed;
    await turns();
  }
}

const isEnd = ({ type, data }: Message): boolean => type === 'executing' && data['node'] === null;

const open: WebSocket[] = [];

afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

describe('/ws', () => {
  test('23: what the client of a prompt hears, in order; others hear of the queue only', async () => {
    const b = await Bench.start();
    const [mine, other] = [await Listener.open(b, 'me'), await Listener.open(b, 'you')];
    expect(mine.raw[0]).toBe(
      '{"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 0}}, "sid": "me"}}',
    );
    const id = await b.submit(G, { client_id: 'me' });
    await b.ended(id);
    await mine.heardEnd();
    const told = mine.types().slice(1);
    expect(told.filter((type) => type !== 'progress_state')).toEqual([
      'status',
      'status',
      'execution_start',
      'execution_cached',
      'executing 1',
      'executing 2',
      'executed 2',
      'execution_success',
      'status',
      'executing null',
    ]);
    expect(told.filter((type) => type === 'progress_state')).toHaveLength(4);
    expect(new Set(other.types())).toEqual(new Set(['status']));
    expect(other.texts[1]?.data).toEqual({ status: { exec_info: { queue_remaining: 1 } } });
    const state = mine.texts.filter(({ type }) => type === 'progress_state').at(-1);
    expect(state?.data).toEqual({
      prompt_id: id,
      nodes: {
        1: {
          value: 1,
          max: 1,
          state: 'finished',
          node_id: '1',
          prompt_id: id,
          display_node_id: '1',
          parent_node_id: null,
          real_node_id: '1',
        },
        2: expect.objectContaining({ state: 'finished' }),
      },
    });
    expect(mine.texts.find(({ type }) => type === 'executed')?.data).toEqual({
      node: '2',
      display_node: '2',
      output: { images: [{ filename: 't_00001_.png', subfolder: '', type: 'output' }] },
      prompt_id: id,
    });
  });

  test('23 in mid-2024: no progress_state, no success; cached outputs are not told again', async () => {
    const b = await Bench.start({ version: 'mid-2024' });
    const mine = await Listener.open(b, 'me');
    await b.ended(await b.submit(G, { client_id: 'me' }));
    await mine.heardEnd();
    expect(mine.types().slice(3)).toEqual([
      'execution_start',
      'execution_cached',
      'executing 1',
      'executing 2',
      'executed 2',
      'status',
      'executing null',
    ]);
    const again = await Listener.open(b, 'again');
    await b.ended(await b.submit(G, { client_id: 'again' }));
    await again.heardEnd();
    expect(again.types()).not.toContain('executed 2');
  });

  test('cached outputs are told with their files', async () => {
    const b = await Bench.start();
    await b.run(G);
    const mine = await Listener.open(b, 'me');
    await b.ended(await b.submit(G, { client_id: 'me' }));
    await mine.heardEnd();
    expect(mine.types()).toContain('executed 2');
    expect(mine.types()).not.toContain('executing 1');
  });

  test('a prompt without a client: its progress goes to all, nothing else of it', async () => {
    const b = await Bench.start();
    const anybody = await Listener.open(b, null);
    expect(anybody.texts[0]?.data['sid']).toMatch(/^[0-9a-f]{32}$/);
    await b.run(comfyGraph);
    await turns(20);
    expect(new Set(anybody.types())).toEqual(new Set(['status', 'progress_state', 'progress']));
    const progress = anybody.texts.filter(({ type }) => type === 'progress');
    expect(progress).toHaveLength(20);
    expect(progress[0]?.data).toMatchObject({ value: 1, max: 20, node: '3' });
  });

  test('24: when the older of two sockets with one id closes, the newer hears nothing more', async () => {
    const b = await Bench.start();
    const older = await Listener.open(b, 'me');
    const newer = await Listener.open(b, 'me');
    await b.ended(await b.submit(G, { client_id: 'me' }));
    await newer.heardEnd();
    expect(older.texts).toHaveLength(1);
    await older.close();
    const before = newer.texts.length;
    await b.run(comfyGraph, { client_id: 'me' });
    await turns(20);
    expect(newer.texts).toHaveLength(before);
  });

  test('who comes back while the own prompt runs hears which node it is at', async () => {
    const b = await Bench.start({ runTime: { kind: 'constant', ms: 60_000 } });
    await b.submit(comfyGraph, { client_id: 'me' });
    for (let step = 0; step < 14; step += 1) {
      await turns();
      b.clock.jump();
    }
    const mine = await Listener.open(b, 'me');
    await mine.heard(2);
    expect(mine.raw[1]).toBe('{"type": "executing", "data": {"node": "3"}}');
  });

  test('an interrupt without a client is told to all', async () => {
    const b = await Bench.start({ runTime: { kind: 'constant', ms: 60_000 } });
    const anybody = await Listener.open(b, 'anybody');
    const id = await b.submit(comfyGraph);
    for (let step = 0; step < 14; step += 1) {
      await turns();
      b.clock.jump();
    }
    await b.post('/interrupt', {});
    await b.ended(id);
    await turns(20);
    expect(anybody.types()).toContain('execution_interrupted');
  });

  test('previews come as JPEG, with what they are about for clients that ask for it', async () => {
    const b = await Bench.start({ previews: true });
    const plain = await Listener.open(b, 'plain');
    await b.run(comfyGraph, { client_id: 'plain' });
    await plain.heardEnd();
    const [first] = plain.binary;
    expect([first?.readUInt32BE(0), first?.readUInt32BE(4), first?.readUInt16BE(8)]).toEqual([
      1, 1, 0xffd8,
    ]);
    const asking = await Listener.open(b, 'asking');
    asking.socket.send(
      JSON.stringify({ type: 'feature_flags', data: { supports_preview_metadata: true } }),
    );
    await asking.heard(2);
    expect(asking.texts[1]).toEqual({
      type: 'feature_flags',
      data: { supports_preview_metadata: true, max_upload_size: 104857600 },
    });
    const other = {
      ...comfyGraph,
      5: { ...comfyGraph['5'], inputs: { ...comfyGraph['5'].inputs, width: 128 } },
    };
    const id = await b.submit(other, { client_id: 'asking' });
    await b.ended(id);
    await asking.heardEnd();
    const [about] = asking.binary;
    expect(about?.readUInt32BE(0)).toBe(4);
    const length = about?.readUInt32BE(4) ?? 0;
    expect(JSON.parse(about?.toString('utf8', 8, 8 + length) ?? '')).toEqual({
      node_id: '3',
      prompt_id: id,
      display_node_id: '3',
      parent_node_id: null,
      real_node_id: '3',
      image_type: 'image/jpeg',
    });
  });

  test('the socket gives pictures where a node saves to it', async () => {
    const b = await Bench.start();
    const mine = await Listener.open(b, 'me');
    const graph = { ...G, 2: { class_type: 'SaveImageWebsocket', inputs: { images: ['1', 0] } } };
    await b.ended(await b.submit(graph, { client_id: 'me' }));
    await mine.heardEnd();
    expect(mine.binary[0]?.subarray(0, 12)).toEqual(
      Buffer.from([0, 0, 0, 1, 0, 0, 0, 2, 0x89, 0x50, 0x4e, 0x47]),
    );
  });

  test('foreign origins are refused, and a plain GET is no socket', async () => {
    const b = await Bench.start();
    expect((await b.get('/ws')).status).toBe(400);
    const { host } = new URL(b.emulator.url);
    const handshake = (origin: string) =>
      raw(
        b,
        `GET /ws HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
        'end',
      );
    expect(await handshake('http://evil.example')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await handshake(`http://${host}`)).toMatch(
      /^HTTP\/1\.1 101 [^]*Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/,
    );
  });
});
