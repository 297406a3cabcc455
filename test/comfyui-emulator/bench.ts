import { connect } from 'node:net';
import { FormData, request } from 'undici';
import { afterEach } from 'vitest';
import type { ComfyEmulator } from '../../src/emulator/comfyui/emulator.js';
import type { ComfyOptions } from '../../src/emulator/comfyui/options.js';
import { startComfyEmulator } from '../../src/emulator/comfyui/server.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** The graph of the dossier: a plain picture of 16 pixels is saved. */
export const G = {
  '1': { class_type: 'EmptyImage', inputs: { width: 16, height: 16, batch_size: 1, color: 0 } },
  '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 't' } },
};

/** The same with other inputs of the first node. */
export const withInputs = (inputs: Readonly<Record<string, unknown>>) => ({
  ...G,
  '1': { class_type: 'EmptyImage', inputs: { ...G['1'].inputs, ...inputs } },
});

export interface NodeError {
  readonly type: string;
  readonly message: string;
  readonly details: string;
  readonly extra_info: Readonly<Record<string, unknown>>;
}

/** Number, id, graph, extra data, outputs. */
export type Row = readonly [
  number: number,
  id: string,
  graph: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>,
  extra: Readonly<Record<string, unknown>>,
  outputs: readonly string[],
];

export interface SavedFile {
  readonly filename: string;
  readonly subfolder: string;
  readonly type: string;
}

/** What /history says of one prompt. */
export interface History {
  readonly prompt: Row;
  readonly outputs: Readonly<
    Record<string, { readonly images: readonly [SavedFile, ...SavedFile[]] }>
  >;
  readonly status: {
    readonly status_str: string;
    readonly completed: boolean;
    readonly messages: readonly (readonly [string, Readonly<Record<string, unknown>>])[];
  };
  readonly meta: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Members of every answer that tests look at; those that an answer does not have are undefined. */
export interface Body {
  readonly prompt_id: string;
  readonly number: number;
  readonly error: NodeError;
  readonly node_errors: Readonly<
    Record<
      string,
      {
        readonly errors: readonly [NodeError, ...NodeError[]];
        readonly dependent_outputs: readonly string[];
      }
    >
  >;
  readonly exec_info: { readonly queue_remaining: number };
  readonly queue_running: readonly [Row, ...Row[]];
  readonly queue_pending: readonly [Row, ...Row[]];
  readonly name: string;
}

export interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly bytes: Buffer;
  readonly json: Body;
}

/** A server of its own, on a clock that moves when somebody waits for it. */
export class Bench {
  readonly clock = new VirtualClock();
  emulator!: ComfyEmulator;

  static async start(options: Partial<ComfyOptions> = {}): Promise<Bench> {
    const bench = new Bench();
    bench.emulator = await startComfyEmulator({ ...options, clock: bench.clock });
    open.push(bench);
    return bench;
  }

  async ask(
    method: 'GET' | 'POST' | 'HEAD' | 'PUT' | 'OPTIONS' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Said> {
    const answer = await request(`${this.emulator.url}${path}`, {
      method,
      headers,
      // A connection of its own: one that was kept would be gone after a restart.
      reset: true,
      body:
        body === undefined
          ? null
          : typeof body === 'string' || body instanceof Buffer || body instanceof FormData
            ? body
            : JSON.stringify(body),
    });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    const text = bytes.toString('utf8');
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text,
      bytes,
      json: parsed(text) as Body,
    };
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Said> {
    return this.ask('GET', path, undefined, headers);
  }

  post(
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Said> {
    return this.ask('POST', path, body, headers);
  }

  async submit(prompt: unknown, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { status, json, text } = await this.post('/prompt', { prompt, ...more });
    if (status !== 200) throw new Error(text);
    return json.prompt_id;
  }

  upload(
    name: string,
    content: string | Uint8Array,
    fields: Readonly<Record<string, string>> = {},
    path = '/upload/image',
  ): Promise<Said> {
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) form.set(field, value);
    form.set('image', new Blob([content]), name);
    return this.post(path, form);
  }

  /** Lets the clock move until this holds. */
  async until(holds: () => boolean): Promise<void> {
    for (let turn = 0; !holds(); turn += 1) {
      if (turn > 5_000) throw new Error('it never came');
      await turns();
      if (!holds()) this.clock.jump();
    }
  }

  /** Until nothing is pending or running. */
  done(): Promise<void> {
    return this.until(() => this.emulator.remaining() === 0);
  }

  async history(query = ''): Promise<Readonly<Record<string, History>>> {
    return JSON.parse((await this.get(`/history${query}`)).text) as Record<string, History>;
  }

  /** The history of one prompt, once all that were queued under its id have ended. */
  async ended(id: string): Promise<History> {
    await this.until(() => {
      const entries = this.emulator.queued().filter((entry) => entry.id === id);
      return entries.length > 0 && entries.every(({ endedAt }) => endedAt !== null);
    });
    const entry = (await this.history(`/${id}`))[id];
    if (entry === undefined) throw new Error(`no history of ${id}`);
    return entry;
  }

  async run(prompt: unknown, more: Readonly<Record<string, unknown>> = {}): Promise<History> {
    return this.ended(await this.submit(prompt, more));
  }
}

const open: Bench[] = [];

afterEach(async () => {
  for (const bench of open.splice(0)) await bench.emulator.close();
});

export const turns = async (count = 4): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** A whole PNG of one colour, as anybody would upload it. */
export const tinyPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==',
  'base64',
);

/** Sends raw bytes over one connection, then ends it as told; what came back. */
export const raw = async (
  { emulator }: Bench,
  bytes: string,
  how: 'end' | 'reset',
): Promise<string> => {
  const { port, hostname } = new URL(emulator.url);
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.write(bytes, () => resolve());
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  if (how === 'reset') socket.resetAndDestroy();
  else socket.end();
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  await closed;
  return answer;
};
