import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Json } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { isList, isObject, jsonText } from '../values/json-text.js';
import { control } from './control/endpoints.js';
import { allowAnyOrigin, answerPreflight } from './http/cors.js';
import { Handle } from './control/handle.js';
import { Records } from './control/records.js';
import type { Emulator } from './emulator.js';
import type { FaultRule } from './http/faults.js';
import { Faults } from './http/faults.js';
import { Links } from './http/links.js';
import type { EmulatorOptions } from './options.js';
import { withDefaults } from './options.js';
import { seeded } from './random.js';
import type { Received } from './http/request.js';
import { receive } from './http/request.js';
import type { Context } from './routes/route.js';
import { NativeApi } from './routes/native-api.js';
import { noRoute } from './routes/no-route.js';
import { honestOutputs } from './routes/task-openapi/outputs.js';
import { routeFor } from './routes/table.js';
import { ServiceModel } from './service.js';
import type { Outlet } from './http/fault-answers.js';
import { answerInstead, deliver, sendJson, sendText } from './http/fault-answers.js';
import { isLoraFile, storeLora } from './routes/files/lora-file.js';
import { RenderedFiles, serveFile } from './routes/files/output-file.js';
import { isUploadedFile, serveUploadedFile } from './routes/files/uploaded-file.js';
import { keepIn } from './store.js';
import { Webhooks } from './http/webhooks.js';
import { acceptSocket } from './http/websocket.js';

/** Serves a local RunningHub until closed. Fails when it cannot listen. */
export const startEmulator = async (options: Partial<EmulatorOptions> = {}): Promise<Emulator> => {
  const server = new EmulatorServer(withDefaults(options));
  await server.listen();
  return server.handle;
};

class EmulatorServer {
  readonly handle: Handle;
  readonly #model: ServiceModel;
  readonly #faults: Faults;
  readonly #records = new Records();
  readonly #webhooks: Webhooks;
  readonly #links: Links;
  readonly #rendered = new RenderedFiles();
  readonly #server: Server;
  readonly #native: NativeApi;
  readonly #sockets = new Set<Socket>();
  readonly #closing = new AbortController();

  constructor(private readonly options: EmulatorOptions) {
    this.#model = new ServiceModel(options);
    this.#links = new Links(`emulated ${options.seed}`, options.linkLifeMs);
    this.#faults = new Faults(seeded(options.seed + 1));
    this.#faults.set(options.faults);
    if (options.dataDir !== null) keepIn(options.dataDir, this.#model);
    this.#webhooks = new Webhooks(
      this.#model,
      (task) => jsonText(withNumbers(honestOutputs(task, this.#context(null)))),
      this.#faults,
    );
    for (const task of this.#model.tasks.values())
      if (task.outcome === null) this.#webhooks.accepted(task);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#native = new NativeApi(
      { clock: options.clock, runTime: options.runTime, seed: options.seed, ...options.native },
      (key) => 'id' in this.#model.account(key),
    );
    this.#server.on('upgrade', (request, socket) => {
      if (this.#native.takes(request.url)) {
        this.#native.upgrade(request, socket).catch(() => socket.destroy());
        return;
      }
      this.#records.count('socket');
      acceptSocket(request, socket, this.#model, this.#faults);
    });
    this.#server.keepAliveTimeout = 30_000;
    this.handle = new Handle({
      model: this.#model,
      faults: this.#faults,
      records: this.#records,
      webhooks: this.#webhooks,
      native: this.#native,
      close: () => this.#close(),
    });
  }

  async listen(): Promise<void> {
    const { port, host } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.handle.url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    this.#webhooks.close();
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    await this.#native.close();
  }

  #context(fault: FaultRule | null): Context {
    const { maxPixels, publicUrl } = this.options;
    const { uploads, clock } = this.#model;
    return {
      model: this.#model,
      webhooks: this.#webhooks,
      links: this.#links,
      site: publicUrl ?? this.handle.url,
      rendering: {
        maxPixels,
        uploadSize: ({ accountId }, name) =>
          uploads.find(accountId, name, clock.now())?.size ?? null,
      },
      fault,
    };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    allowAnyOrigin(request, response);
    if (request.method === 'OPTIONS') {
      answerPreflight(response);
      return;
    }
    if (this.#native.takes(request.url)) {
      this.#records.count('native');
      await this.#native.serve(request, response);
      return;
    }
    const received = await receive(request);
    if (received.path.startsWith('/emulator/')) {
      const { status, body } = control(received, this.handle);
      sendText(response, status, JSON.stringify(body));
      return;
    }
    const isOutput = /^(?:GET|HEAD)$/.test(received.method) && received.path.startsWith('/output/');
    const isUpload = isUploadedFile(received.method, received.path);
    const isLora = isLoraFile(received.method, received.path);
    const { route, isKnownPath } = routeFor(received.method, received.path, this.options.models);
    const endpoint = isOutput
      ? 'download'
      : isUpload
        ? 'uploadedFile'
        : isLora
          ? 'loraPut'
          : (route?.name ?? 'unknown');
    this.#records.add(endpoint, received, this.options.clock.now());
    const fault = this.#faults.draw(endpoint, this.#subject(received, isOutput));
    const outlet: Outlet = {
      response,
      envelope: route?.envelope ?? (received.path.startsWith('/openapi/v2/') ? 'v2Flat' : 'old'),
      closing: this.#closing.signal,
      clock: this.options.clock,
    };
    if (fault !== null && (await answerInstead(fault, outlet))) return;
    const context = this.#context(fault);
    if (isOutput) await serveFile(received, outlet, context, this.#rendered);
    else if (isUpload) serveUploadedFile(received, response, context);
    else if (isLora) storeLora(received, response, context);
    else if (route === null) sendJson(response, 200, noRoute(received.path, isKnownPath));
    else await this.#answer(route.handle(received, context), fault, outlet);
  }

  /** The task that a request is about, for faults that depend on it. */
  #subject({ body, path }: Received, isDownload: boolean) {
    const named = isDownload ? path.split('/')[2] : body.get('taskId');
    const id = named instanceof JsonNumber ? named.source : named;
    const task = typeof id === 'string' ? this.#model.tasks.get(id) : undefined;
    if (task === undefined) return null;
    const about = { taskId: task.taskId, status: this.#model.statusOf(task) };
    return isDownload ? { ...about, file: Number(path.split('/')[3]) } : about;
  }

  /** The bill says which created tasks the client never heard of. */
  async #answer(answer: Json, fault: FaultRule | null, outlet: Outlet): Promise<void> {
    const { response } = outlet;
    const task = this.#model.tasks.get(createdId(answer));
    if (task === undefined) {
      await deliver(answer, fault, outlet);
      return;
    }
    // Nor has a client heard of it that gave up before the answer went out.
    task.answerDelivered = false;
    let told: boolean | null = null;
    response.once('finish', () => {
      task.answerDelivered = told !== false;
    });
    told = await deliver(answer, fault, outlet);
    if (!told) task.answerDelivered = false;
  }
}

/** The task that an answer to a create call tells of; empty where it is about none. */
const createdId = (answer: Json): string => {
  if (!isObject(answer)) return '';
  const data = answer.get('data') ?? null;
  const created = isObject(data) && data.has('clientId') ? data : answer;
  const id = created.has('promptTips') ? created.get('taskId') : '';
  return id instanceof JsonNumber ? id.source : typeof id === 'string' ? id : '';
};

/** In a webhook `taskCostTime` is a number (API notes, section 6). */
const withNumbers = (answer: Json): Json => {
  const data = isObject(answer) ? (answer.get('data') ?? null) : null;
  if (!isObject(answer) || !isList(data)) return answer;
  const items = data.map((item) => {
    const time = isObject(item) ? item.get('taskCostTime') : undefined;
    return isObject(item) && typeof time === 'string'
      ? new Map(item).set('taskCostTime', new JsonNumber(time))
      : item;
  });
  return new Map(answer).set('data', items);
};
