import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import type { FaultRule } from '../http/faults.js';
import { Faults } from '../http/faults.js';
import { seeded } from '../random.js';
import { drawRunTime } from '../tasks/run-time.js';
import { Books } from './books.js';
import { control } from './control.js';
import type { ComfyEmulator } from './emulator.js';
import { DiskStorage } from './disk.js';
import type { Storage } from './files.js';
import { MemoryStorage } from './files.js';
import { Handle } from './handle.js';
import type { Answer } from './http/answers.js';
import { empty, notFound, ofProxy, serverError, tooLarge } from './http/answers.js';
import { refusedAtDoor } from './http/door.js';
import type { Outlet } from './http/fault-answers.js';
import { answerInstead, deliver, send } from './http/fault-answers.js';
import { noRoute } from './http/no-route.js';
import { isForeign } from './http/origin.js';
import type { Received } from './http/received.js';
import { bodyOf } from './http/received.js';
import { belowBase, targetOf } from './http/target.js';
import { listsOf, modelFolders } from './models.js';
import { catalogueOf } from './nodes/catalogue.js';
import type { ComfyOptions, Door } from './options.js';
import { withDefaults } from './options.js';
import { Raised } from './python/raised.js';
import type { PyDict } from './python/value.js';
import { dict, pyEqual } from './python/value.js';
import type { Context } from './routes/route.js';
import { routeFor } from './routes/table.js';
import { Life } from './run/life.js';
import { openSocket, refuseSocket } from './sockets/open.js';
import { versions } from './versions.js';

/** Serves a local ComfyUI until closed. Fails when it cannot listen. */
export const startComfyEmulator = async (
  options: Partial<ComfyOptions> = {},
): Promise<ComfyEmulator> => {
  const server = new ComfyServer(withDefaults(options));
  await server.start();
  return server.handle;
};

class ComfyServer {
  readonly handle: Handle;
  readonly #books = new Books();
  readonly #files: Storage;
  readonly #faults: Faults;
  readonly #random: () => number;
  readonly #base: string;
  #door: Door | null;
  #port: number;
  #life: Life | null = null;
  #lives = 0;
  #server: Server | null = null;
  #sockets = new Set<Socket>();
  #killed = new AbortController();

  constructor(private readonly options: ComfyOptions) {
    this.#files = options.dir === null ? new MemoryStorage() : new DiskStorage(options.dir);
    this.#random = seeded(options.seed);
    this.#faults = new Faults(seeded(options.seed + 1));
    this.#faults.set(options.faults);
    this.#base = options.basePath.replace(/\/+$/, '');
    this.#door = options.door;
    this.#port = options.port;
    this.handle = new Handle({
      books: this.#books,
      files: this.#files,
      faults: this.#faults,
      life: () => this.#life,
      context: () => this.#context(),
      setDoor: (door) => {
        this.#door = door;
      },
      start: () => this.start(),
      stop: () => this.#stop(),
    });
  }

  async start(): Promise<void> {
    const { host } = this.options;
    this.#killed = new AbortController();
    this.#sockets = new Set();
    this.#files.clear('temp');
    this.#lives += 1;
    this.#life = this.#newLife();
    const server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      this.#upgrade(request, socket);
    });
    // aiohttp's own (ComfyUI notes, section 11).
    server.keepAliveTimeout = 75_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, host, resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.#port = address.port;
    this.handle.url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}${this.#base}`;
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    this.#killed.abort();
    this.#life?.end();
    this.#life = null;
    this.#books.restarted();
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }

  #newLife(): Life {
    const { options } = this;
    const { work, times, runTime } = options;
    return new Life({
      ...this.#shop(),
      previews: options.previews,
      features: this.#features(),
      now: () => work.now(),
      sleep: (ms, signal) => work.sleep(ms, signal),
      runMs: (classType) => {
        const own = times.get(classType) ?? (/sampler/i.test(classType) ? runTime : null);
        return own === null ? 4 : drawRunTime(own, this.#random, this.#books.entries.length);
      },
      tries: ({ prompt }) =>
        this.#books.entries.filter((entry) => pyEqual(entry.prompt, prompt)).length,
      died: () => void this.#stop().then(() => this.handle.tellDeath()),
    });
  }

  #shop() {
    const { options } = this;
    const version = versions[options.version];
    const folders = modelFolders(options.models);
    return {
      version,
      classes: catalogueOf(version),
      files: this.#files,
      lists: listsOf(folders, this.#files, !version.newEngine),
      modelFolders: folders,
    };
  }

  #features(): PyDict {
    const bytes = this.options.maxUploadMiB * 1024 * 1024;
    return dict({
      supports_preview_metadata: true,
      // A size that was given is a float.
      max_upload_size: this.options.maxUploadMiB === 100 ? BigInt(bytes) : bytes,
    });
  }

  #context(): Context | null {
    const life = this.#life;
    return life === null
      ? null
      : {
          ...this.#shop(),
          life,
          lifeNumber: this.#lives,
          books: this.#books,
          options: { ...this.options, port: this.#port },
          features: this.#features(),
          now: () => this.options.work.now(),
          newId: randomUUID,
        };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '/', headers, method = 'GET' } = request;
    const outlet = { response, clock: this.options.clock, closing: this.#killed.signal };
    const { path, query } = targetOf(url);
    const body = await bodyOf(request, Math.round(this.options.maxUploadMiB * 1024 * 1024));
    const received = {
      method,
      path,
      query,
      headers,
      raw: 'raw' in body ? body.raw : Buffer.alloc(0),
    };
    if (path.startsWith('/emulator/')) {
      send(control(received, this.handle), outlet);
      return;
    }
    const below = belowBase(path, this.#base);
    const answer = this.#refusal(received, below);
    if (answer !== null) send(answer, outlet);
    else
      await this.#answer(
        { ...received, path: below ?? '' },
        'tooLarge' in body ? body.tooLarge : null,
        outlet,
        url,
      );
  }

  /** What a proxy, a login or the check of origins says before the server is asked. */
  #refusal({ headers, query, method }: Received, below: string | null): Answer | null {
    if (below === null) return ofProxy(404, 'Not Found');
    const refused = refusedAtDoor(this.#door, headers, query);
    if (refused !== null) return refused;
    const { apiRoutes } = versions[this.options.version];
    if (this.options.corsOrigin !== null)
      return method === 'OPTIONS' ? this.#withCors(empty(200)) : null;
    if (!apiRoutes) return null;
    if (isForeign(headers)) return empty(403);
    return method === 'OPTIONS' ? empty(200) : null;
  }

  async #answer(
    received: Received,
    tooManyBytes: number | null,
    outlet: Outlet,
    url: string,
  ): Promise<void> {
    const { method, path } = received;
    const version = versions[this.options.version];
    const { route, parameters, methods } = routeFor(method, path, version);
    const endpoint = route?.name ?? 'unknown';
    this.#note(method, endpoint, url, received.headers.authorization);
    const fault = this.#faults.draw(endpoint, null);
    if (fault !== null && (await answerInstead(fault, outlet))) return;
    const context = this.#context();
    if (context === null) {
      outlet.response.destroy();
      return;
    }
    const answer =
      route === null
        ? noRoute(method, path, methods)
        : tooManyBytes !== null
          ? tooLarge(Math.round(this.options.maxUploadMiB * 1024 * 1024), tooManyBytes)
          : handled(() => route.handle(received, context, parameters), received);
    await this.#deliver(this.#withCors(answer), fault, outlet);
  }

  /** The books say which queued prompts the client was never told of. */
  async #deliver(answer: Answer, fault: FaultRule | null, outlet: Outlet): Promise<void> {
    const { about } = answer;
    if (about !== undefined)
      outlet.response.once('finish', () => {
        about.answered = told;
      });
    let told = true;
    told = await deliver(answer, fault, outlet);
    if (about !== undefined && !told) about.answered = false;
  }

  #withCors(answer: Answer): Answer {
    const { corsOrigin } = this.options;
    return corsOrigin === null
      ? answer
      : {
          ...answer,
          headers: {
            ...answer.headers,
            'access-control-allow-origin': corsOrigin,
            'access-control-allow-methods': 'POST, GET, DELETE, PUT, OPTIONS, PATCH',
            'access-control-allow-headers': 'Content-Type, Authorization',
            'access-control-allow-credentials': 'true',
          },
        };
  }

  /** `/ws` (section 9). */
  #upgrade(request: IncomingMessage, socket: Duplex): void {
    const life = this.#life;
    const url = request.url ?? '/';
    const { path, query } = targetOf(url);
    const below = belowBase(path, this.#base);
    const { headers } = request;
    const received = { method: 'GET', path, query, headers, raw: Buffer.alloc(0) };
    const refused =
      this.#refusal(received, below) ?? (/^(?:\/api)?\/ws$/.test(below ?? '') ? null : notFound);
    if (refused !== null || life === null) {
      refuseSocket(socket, refused ?? notFound);
      return;
    }
    this.#note('GET', 'socket', url, headers.authorization);
    openSocket(request, socket, query.get('clientId') ?? '', life);
  }

  #note(method: string, endpoint: string, path: string, authorization: string | undefined): void {
    this.handle.note({
      at: this.options.work.now(),
      method,
      endpoint,
      path,
      authorization: authorization ?? null,
    });
  }
}

const handled = (work: () => Answer, { headers }: Received): Answer => {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof Raised) return serverError(headers.accept);
    throw cause;
  }
};
