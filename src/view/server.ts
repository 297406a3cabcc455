import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { boundedText } from '../edges/bounded-text.js';
import { errorCode } from '../edges/error-code.js';
import { mimeOf } from '../report/html/media.js';
import type { Asked } from './door.js';
import { addressOf, askedOf } from './door.js';
import type { Message } from './feed.js';
import { Feed } from './feed.js';
import { openInside, sendFile } from './send-file.js';

/** What is served: one batch, as it is at that moment. */
export interface Served {
  /** The whole page, in pieces, and the policy of what may run and load in it. */
  readonly page: () => { readonly policy: string; readonly text: Iterable<string> };
  /** What a reader does not know who knows the batch as of `since`. */
  readonly since: (since: string) => readonly Message[];
  /** Absolute path of an output of the batch; null: it has none of this name. */
  readonly fileAt: (path: string) => string | null;
  /** Nothing outside of them is read, whatever links there are. */
  readonly folders: () => readonly string[];
  /** Keeps marks that the page sent. */
  readonly keep: (body: string) => Promise<Kept>;
}

export type Kept =
  | { readonly ok: true }
  /** `status`: 400 where the marks are none, else why they cannot be kept now. */
  | { readonly ok: false; readonly status: 400 | 409 | 507; readonly why: string };

export type Listening =
  | { readonly ok: true; readonly server: ViewServer }
  | { readonly ok: false; readonly code: string | null; readonly why: string };

/** Marks of some thousand pictures at once. */
const maxBody = 4 * 1024 * 1024;
const maxConnections = 256;

/** Serves a batch to this machine alone, until closed. `port` 0: any that is free. */
export const startViewServer = async (
  served: Served,
  { port, token }: { readonly port: number; readonly token: string },
): Promise<Listening> => {
  const server = new ViewServer(served, token);
  try {
    await server.open(port);
    return { ok: true, server };
  } catch (cause) {
    return {
      ok: false,
      code: errorCode(cause),
      why: cause instanceof Error ? cause.message : String(cause),
    };
  }
};

export class ViewServer {
  readonly feed = new Feed();
  readonly #http: Server;
  #port = 0;

  constructor(
    private readonly served: Served,
    private readonly token: string,
  ) {
    this.#http = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 }, (...both) => {
      this.#answer(...both).catch(() => both[1].destroy());
    });
    this.#http.maxConnections = maxConnections;
  }

  get address(): string {
    return addressOf({ port: this.#port, token: this.token });
  }

  get port(): number {
    return this.#port;
  }

  open(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#http.once('error', reject);
      // Of this machine alone, whatever the firewall says.
      this.#http.listen(port, '127.0.0.1', () => {
        this.#http.off('error', reject);
        this.#http.on('error', () => undefined);
        const at = this.#http.address();
        this.#port = typeof at === 'object' && at !== null ? at.port : port;
        resolve();
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.feed.close();
      this.#http.close(() => resolve());
      this.#http.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    for (const [name, value] of Object.entries(always)) response.setHeader(name, value);
    const site = headers['sec-fetch-site'];
    const asked = askedOf(
      {
        ...{ method, url, host: headers.host, origin: headers.origin },
        site: typeof site === 'string' ? site : undefined,
      },
      { port: this.#port, token: this.token },
    );
    await this.#give(asked, request, response);
  }

  async #give(asked: Asked, request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (asked.is) {
      case 'refused':
        say(response, asked.status, asked.why);
        return;
      case 'moved':
        response.writeHead(308, { location: asked.to, 'content-length': 0 }).end();
        return;
      case 'page': {
        await this.#page(request, response);
        return;
      }
      case 'feed': {
        const last = request.headers['last-event-id'];
        this.feed.join(response, this.served.since(typeof last === 'string' ? last : asked.since));
        return;
      }
      case 'marks':
        await this.#keep(request, response);
        return;
      case 'file':
        await this.#file(asked.path, request, response);
    }
  }

  async #page(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { policy, text } = this.served.page();
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
    });
    if (request.method !== 'HEAD')
      for (const piece of text) if (!response.write(piece)) await drained(response);
    response.end();
  }

  async #file(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const absolute = this.served.fileAt(path);
    const file = absolute === null ? null : await openInside(absolute, this.served.folders());
    if (file === null) {
      say(response, 404, 'There is no such file in this batch.');
      return;
    }
    // Opened by itself, a picture with a script in it is a picture all the same.
    response.setHeader('content-security-policy', filePolicy);
    await sendFile(request, response, file, mimeOf(path));
  }

  async #keep(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Another site's form cannot send this type, and its scripts are asked for leave first.
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
      say(response, 415, 'Marks are JSON.');
      return;
    }
    const body = await boundedText(request, maxBody);
    if (body === null) {
      say(response, 413, 'Too many marks at once.');
      return;
    }
    const kept = await this.served.keep(body);
    if (kept.ok) response.writeHead(204).end();
    else say(response, kept.status, kept.why);
  }
}

const always: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

const filePolicy =
  "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox";

const say = (response: ServerResponse, status: number, why: string): void => {
  response
    .writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      ...(status === 405 ? { allow: 'GET, HEAD, POST' } : {}),
      // The rest of what was sent is not read.
      ...(status >= 400 ? { connection: 'close' } : {}),
    })
    .end(`${why}\n`);
};

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go);
      response.off('close', go);
      resolve();
    };
    response.once('drain', go);
    response.once('close', go);
  });
