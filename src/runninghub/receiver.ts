import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { RunId, TaskId } from '../values/ids.js';
import { isRunId, isTaskId } from '../values/ids.js';
import { isObject, parseJson } from '../values/json-text.js';
import { digits } from './envelope.js';
import { boundedText } from '../edges/bounded-text.js';

/** An event holds the outputs answer as text; a failure's may hold a node's inputs (6). */
const maxBytes = 1024 * 1024;
/** More are turned away: with bodies of 1 MB they hold 64 MB at most. */
const maxConnections = 64;
const headersMs = 5_000;
const requestMs = 10_000;

export interface ReceiverOptions {
  readonly host: string;
  readonly port: number;
  /** Last part of the path that events come to; every other path is unknown. */
  readonly secret: string;
}

/** A submit, as its webhook's URL names it. */
export interface Submit {
  readonly run: RunId;
  readonly attempt: number;
}

/** What stands behind the URL of an apply's webhook for one submit; it is no secret. */
export const submitQuery = ({ run, attempt }: Submit): string => `?of=${run}.${attempt}`;

const submitOf = (url: string): Submit | null => {
  const [, run = '', attempt = ''] = /[?&]of=([0-9a-f]{16})\.(\d{1,9})(?:&|$)/.exec(url) ?? [];
  return isRunId(run) ? { run, attempt: Number(attempt) } : null;
};

/** Where TASK_END events of the service arrive (runninghub-api 6). Who posts them nobody knows. */
export interface Receiver {
  /** Called with the task of every event, told once or often, true or forged. `of`: whose webhook it came to. */
  listen(said: (taskId: TaskId, of: Submit | null) => void): void;
  /** How many came so far. */
  readonly events: number;
  close(): Promise<void>;
}

export type Receiving =
  { readonly ok: true; readonly receiver: Receiver } | { readonly ok: false; readonly why: string };

/** Listens until closed. Whatever happens to it later, polls go on without it. */
export const startReceiver = async (options: ReceiverOptions): Promise<Receiving> => {
  const receiver = new HttpReceiver(options.secret);
  const why = await receiver.open(options);
  return why === null ? { ok: true, receiver } : { ok: false, why };
};

class HttpReceiver implements Receiver {
  readonly #server: Server;
  readonly #secret: Buffer;
  #said: (taskId: TaskId, of: Submit | null) => void = () => undefined;
  events = 0;

  constructor(secret: string) {
    this.#secret = Buffer.from(secret);
    this.#server = createServer(
      {
        headersTimeout: headersMs,
        requestTimeout: requestMs,
        keepAliveTimeout: headersMs,
        connectionsCheckingInterval: 1_000,
        maxHeaderSize: 8 * 1024,
      },
      (request, response) => {
        this.#serve(request, response).catch(() => request.destroy());
      },
    );
    this.#server.maxConnections = maxConnections;
  }

  /** @returns why it cannot listen; null when it does. */
  open({ host, port }: ReceiverOptions): Promise<string | null> {
    return new Promise((resolve) => {
      this.#server.once('error', (cause) => resolve(cause.message));
      this.#server.listen(port, host, () => {
        // A connection that cannot be taken is an event that is lost, and no more.
        this.#server.on('error', () => undefined);
        resolve(null);
      });
    });
  }

  listen(said: (taskId: TaskId, of: Submit | null) => void): void {
    this.#said = said;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, taskId } = await this.#read(request);
    if (status !== 200) {
      // The rest of the body is not read.
      response.writeHead(status, { connection: 'close', 'content-length': 0 }).end();
      return;
    }
    // The service repeats what is not answered with 200 at once, so this comes before any work.
    response.once('finish', () => {
      if (taskId === null) return;
      this.events += 1;
      this.#said(taskId, submitOf(request.url ?? ''));
    });
    response.writeHead(200).end();
  }

  /** What it is answered with, and the task that it tells of. */
  async #read(
    request: IncomingMessage,
  ): Promise<{ readonly status: number; readonly taskId: TaskId | null }> {
    if (!this.#isHere(request)) return { status: 404, taskId: null };
    if (request.method !== 'POST') return { status: 405, taskId: null };
    const told = Number(request.headers['content-length'] ?? 0);
    const body = told > maxBytes ? null : await boundedText(request, maxBytes);
    return body === null ? { status: 413, taskId: null } : readEvent(body);
  }

  /** A proxy may put parts in front of the path, or take them off. */
  #isHere({ url }: IncomingMessage): boolean {
    const [path = ''] = (url ?? '').split(/[?#]/, 1);
    const whole = path.endsWith('/') ? path.slice(0, -1) : path;
    const named = Buffer.from(whole.slice(whole.lastIndexOf('/') + 1));
    return named.length === this.#secret.length && timingSafeEqual(named, this.#secret);
  }
}

/** What it says of the outputs is not even looked at: they are asked for. */
const readEvent = (
  body: string,
): { readonly status: 200 | 400; readonly taskId: TaskId | null } => {
  const read = parseJson(body);
  const event = read.ok && isObject(read.value) ? read.value : null;
  const kind = event?.get('event');
  if (event === null || typeof kind !== 'string') return { status: 400, taskId: null };
  // Of a kind that is not documented: taken, and left alone.
  if (kind !== 'TASK_END') return { status: 200, taskId: null };
  const taskId = digits(event.get('taskId'));
  return taskId !== null && isTaskId(taskId)
    ? { status: 200, taskId }
    : { status: 400, taskId: null };
};
