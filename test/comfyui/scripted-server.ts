import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { handshake } from '../../src/emulator/http/frames.js';

/** A ComfyUI server of which a test scripts every answer that it wants to be odd. */
export interface Script {
  readonly now: () => number;
  readonly runMs?: number;
  /** null: it does not tell, as in June 2024. */
  readonly version?: string | null;
  /** Chooses the ids of prompts itself. */
  readonly choosesIds?: boolean;
  /** Nodes beside those of `nodes` below. */
  readonly nodes?: Readonly<Record<string, unknown>>;
  /** Below this path, as behind a proxy. */
  readonly base?: string;
  readonly authorization?: string;
  /** What happens on `/ws` once it is open; absent: it is no path of this server. */
  readonly socket?: (socket: Duplex) => void;
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface Prompt {
  readonly number: number;
  readonly id: string;
  readonly graph: Record<string, { class_type: string; inputs: Record<string, unknown> }>;
  readonly extra: Record<string, unknown>;
  readonly at: number;
}

/**
 * What happens to the answer of a request: it comes, or the connection breaks before or after its
 * effect; a late one has it when the test lets it arrive.
 */
type Fate =
  | 'answer'
  | 'lostBefore'
  | 'lostAfter'
  | 'late'
  | { status: number; body: string; effect: boolean };

const image = { image: ['IMAGE'] };
const nodes: Record<string, unknown> = {
  EmptyImage: {
    input: {
      required: {
        width: ['INT', { default: 512, min: 1, max: 16384, step: 1 }],
        height: ['INT', { default: 512, min: 1, max: 16384, step: 1 }],
        batch_size: ['INT', { default: 1, min: 1, max: 4096 }],
        color: ['INT', { default: 0, min: 0, max: 0xffffff }],
      },
    },
    output: ['IMAGE'],
    output_node: false,
  },
  ImageScale: {
    input: {
      required: {
        ...image,
        upscale_method: [['nearest-exact', 'bilinear', 'area']],
        width: ['INT', { min: 0, max: 16384 }],
        height: ['INT', { min: 0, max: 16384 }],
        crop: [['disabled', 'center']],
      },
    },
    output: ['IMAGE'],
    output_node: false,
  },
  LoadImage: {
    input: { required: { image: [['example.png'], { image_upload: true }] } },
    output: ['IMAGE', 'MASK'],
    output_node: false,
  },
  SaveImage: {
    input: { required: { images: ['IMAGE'], filename_prefix: ['STRING', { default: 'ComfyUI' }] } },
    output: [],
    output_node: true,
  },
  Slow: {
    input: {
      required: {
        ...image,
        seconds: ['INT', { min: 0, max: 100000 }],
        seed: ['INT', { min: 0, max: 18446744073709551615 }],
      },
    },
    output: ['IMAGE'],
    output_node: false,
  },
};

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export class ScriptedServer {
  readonly #http: Server;
  readonly #sockets = new Set<Socket>();
  readonly #underWay: Buffer[] = [];
  #port = 0;
  #counter = 0;
  #freeAt = 0;
  pending: Prompt[] = [];
  running: { prompt: Prompt; startedAt: number; endsAt: number } | null = null;
  history = new Map<string, unknown>();
  readonly files = new Map<string, Buffer>();
  readonly uploads: string[] = [];
  /** Every prompt that was queued, by whom ever. */
  readonly queued: Prompt[] = [];
  /** Ids of prompts that ran to an end, as often as they did. */
  readonly ran: string[] = [];
  readonly requests: string[] = [];
  readonly headers: (string | undefined)[] = [];
  readonly interrupts: string[] = [];
  /** Consulted for every request. */
  fate: (method: string, path: string) => Fate = () => 'answer';
  /** How a prompt ends; null: well. */
  failure: (prompt: Prompt) => Record<string, unknown> | null = () => null;
  /** What nodes made, beside what is usual; null: that. Files are there under `type/subfolder/name`. */
  outputs: (prompt: Prompt) => Record<string, unknown> | null = () => null;
  /** Answers to submits beside the usual one; null: the usual one. */
  refusal: (prompt: Prompt) => { status: number; body: unknown; queue: boolean } | null = () =>
    null;

  private constructor(private readonly script: Script) {
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const base = script.base ?? '';
        const path = (request.url ?? '').slice(base.length);
        this.requests.push(`${request.method ?? ''} ${path}`);
        this.headers.push(request.headers.authorization);
        const fate = this.fate(request.method ?? '', path);
        const send = (status: number, type: string, body: string | Buffer): void => {
          response.writeHead(status, {
            'content-type': type,
            'content-length': Buffer.byteLength(body),
          });
          response.end(body);
        };
        if (
          script.authorization !== undefined &&
          request.headers.authorization !== script.authorization
        ) {
          send(401, 'text/html', '<html>401 Authorization Required</html>');
          return;
        }
        if (!(request.url ?? '').startsWith(base)) {
          send(404, 'text/html', '<html>404</html>');
          return;
        }
        if (fate === 'late') this.#underWay.push(Buffer.concat(chunks));
        if (fate === 'lostBefore' || fate === 'late') return void request.socket.destroy();
        if (typeof fate === 'object' && !fate.effect) {
          send(fate.status, 'text/html', fate.body);
          return;
        }
        const answer = this.answer(request, path, Buffer.concat(chunks));
        if (fate === 'lostAfter') return void request.socket.destroy();
        if (typeof fate === 'object') {
          send(fate.status, 'text/html', fate.body);
          return;
        }
        if (Buffer.isBuffer(answer.body)) {
          send(answer.status, 'image/png', answer.body);
          return;
        }
        send(
          answer.status,
          'application/json; charset=utf-8',
          typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body),
        );
      });
    };
    this.#http =
      script.tls === undefined ? createServer(serve) : createSecureServer(script.tls, serve);
    const { socket: onSocket } = script;
    if (onSocket !== undefined)
      this.#http.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
        this.requests.push(`SOCKET ${request.url ?? ''}`);
        socket.on('error', () => socket.destroy());
        socket.write(handshake(request, 'upgrade'));
        onSocket(socket);
      });
    this.#http.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(script: Script): Promise<ScriptedServer> {
    const server = new ScriptedServer(script);
    await server.up();
    return server;
  }

  get url(): string {
    return `${this.script.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.#port}${this.script.base ?? ''}`;
  }

  async up(): Promise<void> {
    await new Promise<void>((resolve) => this.#http.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#http.address() as AddressInfo).port;
  }

  /** As after SIGKILL: connections break, and nothing answers any more. */
  async down(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#http.listening) await new Promise((resolve) => this.#http.close(resolve));
  }

  /** What a restart forgets. */
  forget(): void {
    this.pending = [];
    this.running = null;
    this.history = new Map();
    this.#counter = 0;
  }

  /** Submits that were under way arrive after all. */
  arrive(): void {
    this.advance();
    for (const body of this.#underWay.splice(0)) this.submit(body);
  }

  /** Somebody else's prompt. */
  foreign(seconds: number, id = 'ffffffff-0000-4000-8000-000000000000'): void {
    this.advance();
    const graph = { '1': { class_type: 'Slow', inputs: { seconds, seed: 0 } } };
    const prompt = { number: (this.#counter += 1), id, graph, extra: {}, at: this.script.now() };
    this.pending.push(prompt);
    this.advance();
  }

  advance(): void {
    const now = this.script.now();
    for (;;) {
      if (this.running !== null) {
        if (this.running.endsAt > now) return;
        this.finish(this.running.prompt, this.running.startedAt, this.running.endsAt);
      }
      const next = this.pending.sort((a, b) => a.number - b.number).shift();
      if (next === undefined) return;
      const startedAt = Math.max(this.#freeAt, next.at);
      const slow = Object.values(next.graph).find(({ class_type: kind }) => kind === 'Slow');
      const ms =
        slow === undefined ? (this.script.runMs ?? 10_000) : 1_000 * Number(slow.inputs['seconds']);
      this.running = { prompt: next, startedAt, endsAt: startedAt + ms };
    }
  }

  finish(prompt: Prompt, startedAt: number, at: number, interrupted = false): void {
    const { id, number, graph, extra } = prompt;
    const data = (more: object = {}, timestamp = at): object => ({
      prompt_id: id,
      timestamp,
      ...more,
    });
    const failed = this.failure(prompt);
    const outputs: Record<string, unknown> = {};
    if (failed === null && !interrupted)
      for (const [node, { class_type: kind, inputs }] of Object.entries(graph))
        if (kind === 'SaveImage') {
          const prefix = String(inputs['filename_prefix']);
          const [subfolder, stem] = prefix.includes('/') ? prefix.split('/') : ['', prefix];
          const count = [...this.files.keys()].filter((name) =>
            name.startsWith(`output/${prefix}_`),
          ).length;
          const filename = `${stem ?? ''}_${String(count + 1).padStart(5, '0')}_.png`;
          const path = `output/${subfolder === '' ? '' : `${subfolder ?? ''}/`}${filename}`;
          this.files.set(path, Buffer.concat([png, Buffer.from(id)]));
          outputs[node] = { images: [{ filename, subfolder, type: 'output' }] };
        }
    const last = interrupted
      ? ['execution_interrupted', data({ node_id: '1', node_type: 'Slow', executed: [] })]
      : failed === null
        ? ['execution_success', data()]
        : ['execution_error', data(failed)];
    this.ran.push(id);
    this.history.set(id, {
      prompt: [number, id, graph, extra, []],
      outputs: this.outputs(prompt) ?? outputs,
      status: {
        status_str: failed === null && !interrupted ? 'success' : 'error',
        completed: failed === null && !interrupted,
        messages: [['execution_start', data({}, startedAt)], last],
      },
      meta: {},
    });
    this.#freeAt = at;
    this.running = null;
  }

  private answer(
    request: IncomingMessage,
    path: string,
    body: Buffer,
  ): { status: number; body: unknown } {
    this.advance();
    const url = new URL(path, 'http://server');
    const ok = (found: unknown): { status: number; body: unknown } => ({
      status: 200,
      body: found,
    });
    const item = ({ number, id, graph, extra }: Prompt): unknown[] => [
      number,
      id,
      graph,
      extra,
      [],
    ];
    switch (`${request.method ?? ''} ${url.pathname}`) {
      case 'GET /system_stats': {
        const version = this.script.version === undefined ? '0.3.64' : this.script.version;
        return ok({ system: version === null ? {} : { comfyui_version: version }, devices: [] });
      }
      case 'GET /object_info':
        return {
          status: 200,
          body: JSON.stringify({ ...nodes, ...this.script.nodes }).replaceAll('"NAN"', 'NaN'),
        };
      case 'GET /prompt':
        return ok({
          exec_info: { queue_remaining: this.pending.length + (this.running === null ? 0 : 1) },
        });
      case 'GET /queue':
        return ok({
          queue_running: this.running === null ? [] : [item(this.running.prompt)],
          queue_pending: this.pending.map(item).reverse(),
        });
      case 'GET /history':
        return ok(
          Object.fromEntries(
            [...this.history].slice(-Number(url.searchParams.get('max_items') ?? 1e6)),
          ),
        );
      case 'POST /prompt':
        return this.submit(body);
      case 'POST /queue': {
        const { delete: ids = [] } = JSON.parse(body.toString()) as { delete?: string[] };
        // One for each time that an id is named.
        for (const id of ids) {
          const at = this.pending.findIndex((prompt) => prompt.id === id);
          if (at !== -1) this.pending.splice(at, 1);
        }
        return ok('');
      }
      case 'POST /interrupt':
        if (this.running !== null) {
          this.interrupts.push(this.running.prompt.id);
          const { prompt, startedAt } = this.running;
          this.finish(prompt, startedAt, this.script.now(), true);
        }
        return ok('');
      case 'POST /upload/image': {
        const text = body.toString('latin1');
        const name = /name="image"; filename="([^"]*)"/.exec(text)?.[1] ?? '';
        const subfolder = /name="subfolder"\r\n\r\n([^\r]*)/.exec(text)?.[1] ?? '';
        this.uploads.push(`${subfolder}/${name}`);
        this.files.set(`input/${subfolder}/${name}`, body);
        return ok({ name, subfolder, type: 'input' });
      }
      case 'GET /view': {
        const at = (key: string): string => url.searchParams.get(key) ?? '';
        const folder = at('subfolder') === '' ? '' : `${at('subfolder')}/`;
        const found = this.files.get(`${at('type')}/${folder}${at('filename')}`);
        return found === undefined ? { status: 404, body: '' } : ok(found);
      }
      default: {
        const id = /^\/history\/(.+)$/.exec(url.pathname)?.[1];
        if (id === undefined) return { status: request.method === 'GET' ? 404 : 405, body: 'no' };
        const entry = this.history.get(id);
        return ok(entry === undefined ? {} : { [id]: entry });
      }
    }
  }

  private submit(body: Buffer): { status: number; body: unknown } {
    const sent = JSON.parse(body.toString()) as Record<string, unknown>;
    const {
      prompt_id: asked,
      prompt: graph,
      extra_data: extra,
    } = sent as {
      prompt_id: string;
      prompt: Prompt['graph'];
      extra_data: Record<string, unknown>;
    };
    const number = this.#counter;
    this.#counter += 1;
    const chosen = `0000000a-0000-4000-8000-${String(number).padStart(12, '0')}`;
    const id = this.script.choosesIds === true ? chosen : asked;
    const prompt = { number, id, graph, extra, at: this.script.now() };
    const odd = this.refusal(prompt);
    if (odd === null || odd.queue) {
      this.queued.push(prompt);
      this.pending.push(prompt);
      this.advance();
    }
    return odd ?? { status: 200, body: { prompt_id: id, number, node_errors: {} } };
  }
}
