import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Json } from '../values/json.js';
import { isObject, jsonText, toPlain } from '../values/json-text.js';
import { map, number } from './answers.js';
import { control } from './control.js';
import type { Emulator, RecordedRequest } from './emulator.js';
import { serveFile } from './download.js';
import type { FaultKind, FaultRule } from './faults.js';
import { Faults } from './faults.js';
import type { EmulatorOptions } from './options.js';
import { defaults } from './options.js';
import { seeded } from './random.js';
import { receive } from './request.js';
import type { Received } from './request.js';
import { routes } from './routes.js';
import { ServiceModel } from './service.js';
import type { Bill, Stats } from './stats.js';
import { billOf, statsOf } from './stats.js';
import { acceptSocket } from './websocket.js';

const maxRecorded = 20_000;

/** Serves a local RunningHub until closed. */
export const startEmulator = async (options: Partial<EmulatorOptions> = {}): Promise<Emulator> => {
  const all = { ...defaults, ...options };
  const emulator = new HttpEmulator(all);
  await emulator.listen();
  return emulator;
};

class HttpEmulator implements Emulator {
  readonly model: ServiceModel;
  readonly #faults: Faults;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #counts: Record<string, number> = {};
  readonly #recorded: RecordedRequest[] = [];
  readonly #loras = new Map<string, number>();
  readonly #closing = new AbortController();
  url = '';

  constructor(private readonly options: EmulatorOptions) {
    this.model = new ServiceModel(options);
    this.#faults = new Faults(seeded(options.seed + 1));
    this.#faults.set(options.faults);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('upgrade', (request, socket) => acceptSocket(request, socket));
    this.#server.keepAliveTimeout = 30_000;
  }

  async listen(): Promise<void> {
    const { port, host } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  }

  stats(): Stats {
    return statsOf(this.model, this.#counts, this.#faults.injected);
  }

  bill(): Bill {
    return billOf(this.model);
  }

  requests(): readonly RecordedRequest[] {
    return this.#recorded;
  }

  setFaults(rules: readonly FaultRule[]): void {
    this.#faults.set(rules);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await receive(request);
    if (received.path.startsWith('/emulator/')) {
      sendJson(response, 200, control(received, this));
      return;
    }
    const download = received.method === 'GET' && received.path.startsWith('/output/');
    const route = routes.find(
      ({ method, path }) => method === received.method && path.test(received.path),
    );
    const endpoint = download ? 'download' : (route?.name ?? 'unknown');
    this.#counts[endpoint] = (this.#counts[endpoint] ?? 0) + 1;
    this.#record(endpoint, received);
    const fault = this.#faults.draw(endpoint);
    if (fault !== null && (await this.#instead(fault, response))) return;
    if (download) {
      await serveFile(received, response, this.model, fault, this.#closing.signal);
      return;
    }
    // A path that does not exist answers JSON (runninghub-api 10.1: 412, in spite of its name).
    if (route === undefined) {
      sendJson(response, 200, map({ code: number(412), msg: 'TOKEN_INVALID', data: '' }));
      return;
    }
    const answer = route.handle(received, {
      model: this.model,
      site: this.url,
      ws: this.url.replace('http', 'ws'),
      fault,
      loras: this.#loras,
    });
    await this.#deliver(answer, fault, response);
  }

  #record(endpoint: string, { path, body }: Received): void {
    if (this.#recorded.length >= maxRecorded) this.#recorded.shift();
    const shown = new Map([...body].filter(([name]) => !/^api_?key$/i.test(name)));
    this.#recorded.push({ endpoint, path, body: toPlain(shown) });
  }

  /** Faults that come before any effect. */
  async #instead(fault: FaultKind, response: ServerResponse): Promise<boolean> {
    switch (fault) {
      case 'http500':
        sendJson(response, 500, map({ code: number(500), msg: 'UNKNOWN_ERROR', data: null }));
        return true;
      case 'http502':
        sendHtml(response, 502);
        return true;
      case 'http503':
        response.writeHead(503).end();
        return true;
      case 'http429':
        response
          .writeHead(429, { 'retry-after': '1', 'content-type': 'text/plain' })
          .end('slow down');
        return true;
      case 'html200':
        sendHtml(response, 200);
        return true;
      case 'unauthorized':
        sendJson(
          response,
          401,
          map({ code: number(-1), msg: 'ApiKey verification failed', data: null }),
        );
        return true;
      case 'resetBefore':
        response.socket?.resetAndDestroy();
        return true;
      case 'hangBefore':
        await this.#hang();
        return true;
      default:
        return false;
    }
  }

  /** Sends the answer, or spoils it: the effect has happened. */
  async #deliver(answer: Json, fault: FaultKind | null, response: ServerResponse): Promise<void> {
    const body = jsonText(answer);
    switch (fault) {
      case 'resetAfter':
        this.#undelivered(answer);
        response.socket?.resetAndDestroy();
        return;
      case 'hangAfter':
        this.#undelivered(answer);
        await this.#hang();
        return;
      case 'http502After':
        this.#undelivered(answer);
        sendHtml(response, 502);
        return;
      case 'truncatedJson':
        this.#undelivered(answer);
        sendText(response, 200, body.slice(0, Math.floor(body.length / 3)));
        return;
      case 'wrongTypes':
        this.#undelivered(answer);
        sendJson(response, 200, map({ code: map({}), msg: [], data: number(7) }));
        return;
      case 'nullData':
        this.#undelivered(answer);
        sendJson(
          response,
          200,
          changed(answer, 'data', () => null),
        );
        return;
      case 'nullMsg':
        sendJson(
          response,
          200,
          changed(answer, 'msg', () => null),
        );
        return;
      case 'codeAsString':
        sendJson(
          response,
          200,
          changed(answer, 'code', (code) => jsonText(code)),
        );
        return;
      case 'slowDrip':
        await this.#drip(body, response);
        return;
      default:
        sendText(response, 200, body);
    }
  }

  /** The bill says which answers never reached the client. */
  #undelivered(answer: Json): void {
    const data = isObject(answer) ? answer.get('data') : undefined;
    const taskId = isObject(data) ? data.get('taskId') : undefined;
    const task = typeof taskId === 'string' ? this.model.tasks.get(taskId) : undefined;
    if (task !== undefined) task.answerDelivered = false;
  }

  async #hang(): Promise<void> {
    await wait(600_000, undefined, { signal: this.#closing.signal, ref: false }).catch(
      () => undefined,
    );
  }

  async #drip(body: string, response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'content-type': 'application/json' });
    const step = Math.max(1, Math.ceil(body.length / 8));
    for (let at = 0; at < body.length; at += step) {
      response.write(body.slice(at, at + step));
      await wait(20, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
    response.end();
  }
}

const changed = (answer: Json, key: string, change: (value: Json) => Json): Json =>
  isObject(answer) ? new Map(answer).set(key, change(answer.get(key) ?? null)) : answer;

const sendJson = (response: ServerResponse, status: number, body: Json): void =>
  sendText(response, status, jsonText(body));

const sendText = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
};

const sendHtml = (response: ServerResponse, status: number): void => {
  response.writeHead(status, { 'content-type': 'text/html' });
  response.end(
    `<html><head><title>${status} Bad Gateway</title></head><body>nginx</body></html>\n`,
  );
};
