import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { FormData } from 'undici';
import type { Agent, Dispatcher } from 'undici';
import { boundedText } from '../../edges/bounded-text.js';
import type { Clock } from '../../edges/clock.js';
import type { TimeLimit } from './time-limit.js';
import { ask } from './ask.js';
import { describeBody } from './describe-body.js';
import { redirectTo } from './redirect.js';
import { timeLimit } from './time-limit.js';
import type { Json } from '../../values/json.js';
import type { JsonRead } from '../../values/json-text.js';
import { parseJson } from '../../values/json-text.js';
import { dispatcherOf, trusting } from './proxies.js';

/** What a request came to, before anybody asks what it means. */
export type Reply =
  | {
      readonly is: 'json';
      readonly status: number;
      readonly body: Json;
      readonly retryAfterMs: number | null;
    }
  /** An answer that is no JSON: an HTML page, an empty or a cut body. */
  | {
      readonly is: 'other';
      readonly status: number;
      readonly why: string;
      readonly retryAfterMs: number | null;
    }
  /** No answer. `sent`: bytes of the request may have reached the service. */
  | { readonly is: 'none'; readonly code: string; readonly why: string; readonly sent: boolean };

export interface HttpOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the network: real time, whatever the batch's clock says. */
  readonly clock: Clock;
  /** Milliseconds of that clock. */
  readonly readMs: number;
  readonly createMs: number;
  readonly uploadMs: number;
  /** How answers are read; absent: as exact JSON. */
  readonly parse?: (text: string) => JsonRead;
  /** Certificates that are trusted beside those of all browsers, as PEM. */
  readonly trusted?: string;
}

const maxAnswerBytes = 16 * 1024 * 1024;
export const maxOutputsBytes = 128 * 1024 * 1024;
const connectMs = 15_000;
const putChunkBytes = 1 << 20;
/** Half a megabit: 500 MB, the most that a field of a model takes, get more than two hours. */
const slowestBytesPerMs = 64;

/**
 * Our own dispatchers, passed into every call: without one, Node may use its older built-in
 * client (DEPENDENCIES 1b). Creates get a connection of their own each: a kept one that the
 * server just closed would lose the request, and with it a run's certainty.
 */
export class Http {
  readonly #kept: Dispatcher;
  readonly #fresh: Dispatcher;

  constructor(private readonly options: HttpOptions) {
    const make = (more: Agent.Options): Dispatcher =>
      dispatcherOf(options.env, {
        connect: { timeout: connectMs, ...trusting(options.trusted) },
        connections: 32,
        ...more,
      });
    this.#kept = make({ keepAliveTimeout: 4_000 });
    this.#fresh = make({ pipelining: 0 });
  }

  async close(): Promise<void> {
    await Promise.all([this.#kept.destroy(), this.#fresh.destroy()]);
  }

  send(
    call: {
      readonly kind: 'read' | 'create' | 'upload';
      /** Of the answer. */
      readonly maxBytes?: number;
      readonly method: 'GET' | 'POST' | 'PUT';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: string | FormData;
    },
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    const limitMs = {
      read: this.options.readMs,
      create: this.options.createMs,
      upload: this.options.uploadMs + Math.ceil(bytesOf(call.body) / slowestBytesPerMs),
    }[call.kind];
    return this.#exchange(call, limitMs, signal);
  }

  async #exchange(
    call: Parameters<Http['send']>[0],
    limitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    const { maxBytes = maxAnswerBytes } = call;
    // The whole exchange stands under it, so a slow drip ends too.
    const limit = timeLimit(limitMs, this.options.clock);
    try {
      const answer = await ask(call.url, {
        dispatcher: call.kind === 'create' ? this.#fresh : this.#kept,
        method: call.method,
        headers: call.headers,
        signal: either(limit, signal),
        headersTimeout: 0,
        bodyTimeout: 0,
        ...(call.body === undefined ? {} : { body: call.body }),
      });
      const retryAfterMs = retryAfter(answer.headers['retry-after'], this.options.clock);
      const text = await boundedText(answer.body, maxBytes);
      if (text === null)
        return {
          is: 'other',
          status: answer.statusCode,
          why: `an answer of more than ${maxBytes >> 20} MB`,
          retryAfterMs,
        };
      const read = (this.options.parse ?? parseJson)(text);
      return read.ok
        ? { is: 'json', status: answer.statusCode, body: read.value, retryAfterMs }
        : { is: 'other', status: answer.statusCode, why: describeBody(text), retryAfterMs };
    } catch (cause) {
      return limit.signal.aborted && signal?.aborted !== true
        ? late(`no answer within ${limitMs / 1000} s`)
        : broken(cause);
    } finally {
      limit.clear();
    }
  }

  /**
   * PUT of a file of any size to a signed link, streamed: no key goes along, and `uploadMs` is
   * how long nothing may move, not how long it may take.
   */
  async put(
    url: string,
    file: { readonly path: string; readonly bytes: number },
    signal: AbortSignal | undefined,
  ): Promise<
    | { readonly is: 'status'; readonly status: number }
    | { readonly is: 'unreadable'; readonly why: string }
    | (Reply & { is: 'none' })
  > {
    const unreadable: string[] = [];
    const limit = timeLimit(this.options.uploadMs, this.options.clock);
    const read = createReadStream(file.path, { highWaterMark: putChunkBytes });
    read.on('error', ({ message }) => unreadable.push(message));
    // A listener for its data would begin the reading before there is a connection to send it on.
    const body = Readable.from(movingBytes(read, limit), { objectMode: false });
    try {
      const answer = await ask(url, {
        dispatcher: this.#fresh,
        method: 'PUT',
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': String(file.bytes),
        },
        body,
        headersTimeout: 0,
        bodyTimeout: 0,
        signal: either(limit, signal),
      });
      await answer.body.dump();
      return { is: 'status', status: answer.statusCode };
    } catch (cause) {
      const [why] = unreadable;
      if (why !== undefined) return { is: 'unreadable', why };
      return limit.signal.aborted && signal?.aborted !== true
        ? late(`nothing moved for ${this.options.uploadMs / 1000} s`)
        : broken(cause);
    } finally {
      limit.clear();
      body.destroy();
      read.destroy();
    }
  }

  /** GET of a file; redirects are followed by hand so that a key can never ride along. */
  async open(
    url: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<
    | {
        readonly is: 'open';
        readonly answer: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'> & {
          readonly body: AsyncIterable<Uint8Array>;
          /** For an answer whose body nobody wants. */
          readonly discard: () => Promise<void>;
        };
      }
    | (Reply & { is: 'none' })
  > {
    const { readMs, clock } = this.options;
    const limit = timeLimit(readMs, clock);
    let at = url;
    try {
      for (let hop = 0; hop < 6; hop += 1) {
        const answer = await ask(at, {
          dispatcher: this.#kept,
          method: 'GET',
          // What lets one in here is told to nobody else.
          headers: sameOrigin(at, url) ? headers : withoutAuthorization(headers),
          headersTimeout: 0,
          bodyTimeout: 0,
          signal: either(limit, signal),
        });
        const { statusCode, headers: got, body } = answer;
        const discard = async (): Promise<void> => {
          await body.dump();
          limit.clear();
        };
        if (statusCode < 300 || statusCode > 399 || typeof got['location'] !== 'string') {
          const read = moving(body, limit, readMs);
          return { is: 'open', answer: { statusCode, headers: got, body: read, discard } };
        }
        await body.dump();
        limit.moved();
        const next = redirectTo(got['location'], at);
        if (next === null) {
          limit.clear();
          const why = 'a redirect to where nothing is fetched from (https to http, for one)';
          return { is: 'none', code: 'bad-redirect', why, sent: true };
        }
        at = next;
      }
      limit.clear();
      return { is: 'none', code: 'redirects', why: 'too many redirects', sent: true };
    } catch (cause) {
      limit.clear();
      return limit.signal.aborted && signal?.aborted !== true
        ? late(`no answer within ${readMs / 1000} s`)
        : broken(cause);
    }
  }
}

/** Of the files in a form: they are what takes its time on a slow line. */
const bytesOf = (body: string | FormData | undefined): number => {
  if (!(body instanceof FormData)) return 0;
  let bytes = 0;
  for (const value of body.values()) if (typeof value !== 'string') bytes += value.size;
  return bytes;
};

const sameOrigin = (a: string, b: string): boolean => new URL(a).origin === new URL(b).origin;

const withoutAuthorization = (
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));

const either = (limit: TimeLimit, signal: AbortSignal | undefined): AbortSignal =>
  signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]);

/** The file as it is sent: each piece that is asked for shows that something moves. */
async function* movingBytes(read: AsyncIterable<unknown>, limit: TimeLimit): AsyncGenerator {
  for await (const chunk of read) {
    limit.moved();
    yield chunk;
  }
}

/** A body of which something arrives in time; while the reader is busy, nobody waits. */
async function* moving(
  body: Dispatcher.ResponseData['body'],
  limit: TimeLimit,
  ms: number,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) continue;
      limit.held();
      yield chunk;
      limit.moved();
    }
  } catch (cause) {
    if (limit.signal.aborted) throw new Error(`nothing arrived for ${ms / 1000} s`);
    throw cause;
  } finally {
    limit.clear();
  }
}

const late = (why: string): Reply & { is: 'none' } => ({
  is: 'none',
  code: 'timeout',
  why,
  sent: true,
});

/** Failures that happen before the first byte of a request goes out. */
const beforeSending: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_INVALID_ARG',
  'ERR_INVALID_URL',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const broken = (cause: unknown): Reply & { is: 'none' } => {
  const code = codeOf(cause);
  const why = cause instanceof Error ? cause.message : String(cause);
  return { is: 'none', code, why: why === '' ? code : why, sent: !beforeSending.has(code) };
};

const codeOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return 'network';
  if (cause.name === 'AbortError') return 'aborted';
  // Several addresses tried: all of them failed before sending only if each did.
  if (cause instanceof AggregateError) {
    const codes = cause.errors.map(codeOf);
    return codes.find((code) => !beforeSending.has(code)) ?? codes[0] ?? 'network';
  }
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : 'network';
};

/** Seconds or an HTTP date; bounded to an hour. */
const retryAfter = (header: string | string[] | undefined, clock: Clock): number | null => {
  if (typeof header !== 'string') return null;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - clock.now();
  return Number.isFinite(ms) ? Math.min(3_600_000, Math.max(0, ms)) : null;
};
