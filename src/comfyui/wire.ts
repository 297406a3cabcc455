import { openAsBlob } from 'node:fs';
import type { Dispatcher } from 'undici';
import { FormData } from 'undici';
import { fault } from '../runninghub/errors.js';
import { Gate } from '../runninghub/http/gate.js';
import type { Reply } from '../runninghub/http/http.js';
import { Http } from '../runninghub/http/http.js';
import { trusting } from '../runninghub/http/proxies.js';
import { socketDispatcher } from '../runninghub/http/socket.js';
import { defaultTimeouts } from '../runninghub/http/timeouts.js';
import type { Clock } from '../edges/clock.js';
import type { Fault } from '../runninghub/service.js';
import type { Json } from '../values/json.js';
import { parseAnswer } from './answer-json.js';

export interface WireOptions {
  /** `http://host:8188`, perhaps with a path; no slash at its end. */
  readonly address: string;
  /** Where requests go, where that holds a secret: it stands in nothing else. Absent: the address. */
  readonly secretBase?: string;
  /** Of the header; null: the server asks nobody who they are. */
  readonly authorization: string | null;
  /** What no answer may bring back into a message. */
  readonly secrets: readonly string[];
  /** Certificates that are trusted beside those of all browsers, as PEM. */
  readonly trusted: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the network: real time. */
  readonly network: Clock;
  readonly timeouts?: typeof defaultTimeouts;
  readonly log?: (line: string) => void;
}

export type Read =
  { readonly ok: true; readonly body: Json } | { readonly ok: false; readonly fault: Fault };

/** Graphs of others stand in the queue, and tables of all nodes are large. */
const maxBytes = 128 * 1024 * 1024;

/**
 * Requests to one ComfyUI server (comfyui-api 1). Paths are joined to the address and never
 * resolved against it, since a proxy may serve it below a path. No `Origin` is sent.
 */
export class Wire {
  readonly address: string;
  readonly #http: Http;
  readonly #base: string;
  readonly #gate: Gate;

  constructor(private readonly options: WireOptions) {
    this.address = options.address;
    this.#base = options.secretBase ?? options.address;
    this.#http = new Http({
      env: options.env,
      clock: options.network,
      parse: parseAnswer,
      ...(options.trusted === null ? {} : { trusted: options.trusted }),
      ...(options.timeouts ?? defaultTimeouts),
    });
    this.#gate = new Gate(options.secrets);
  }

  get headers(): Readonly<Record<string, string>> {
    const { authorization } = this.options;
    return authorization === null ? {} : { authorization };
  }

  /** Where prompts of this client are told of. */
  socketTo(client: string): {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
  } {
    const url = `${this.#base.replace(/^http/, 'ws')}/ws?clientId=${encodeURIComponent(client)}`;
    return { url, headers: this.headers };
  }

  socketDispatcher(): Dispatcher {
    return socketDispatcher(this.options.env, trusting(this.options.trusted ?? undefined));
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async get(path: string, signal?: AbortSignal): Promise<Read> {
    const reply = await this.#send({ kind: 'read', method: 'GET', path }, signal);
    if (reply.is === 'json' && reply.status === 200) return { ok: true, body: reply.body };
    return { ok: false, fault: this.readFault(reply) };
  }

  /** Submits are never retried in here. */
  submit(body: string, signal?: AbortSignal): Promise<Reply> {
    return this.#send({ kind: 'create', method: 'POST', path: '/prompt', body }, signal);
  }

  /** The server answers 200 with an empty body, whatever it did; null: so it did. */
  async tell(path: string, body: string, signal?: AbortSignal): Promise<Fault | null> {
    const reply = await this.#send({ kind: 'read', method: 'POST', path, body }, signal);
    return reply.is !== 'none' && reply.status === 200 ? null : this.readFault(reply);
  }

  /** A file into the folder of inputs; whatever has its name is written over (comfyui-api 7). */
  async upload(
    file: { readonly path: string; readonly name: string; readonly mediaType: string },
    subfolder: string,
    signal?: AbortSignal,
  ): Promise<Read> {
    const form = new FormData();
    try {
      form.set('image', await openAsBlob(file.path, { type: file.mediaType }), file.name);
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      return {
        ok: false,
        fault: fault('input', 'unreadable-file', `The file cannot be read (${detail})`),
      };
    }
    form.set('type', 'input');
    form.set('subfolder', subfolder);
    form.set('overwrite', 'true');
    const reply = await this.#send(
      { kind: 'upload', method: 'POST', path: '/upload/image', body: form },
      signal,
    );
    if (reply.is === 'json' && reply.status === 200) return { ok: true, body: reply.body };
    return { ok: false, fault: this.readFault(reply) };
  }

  /** `url`: of an answer of this server, so that it begins with its address. */
  open(
    url: string,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): ReturnType<Http['open']> {
    const there = `${this.#base}${url.slice(this.address.length)}`;
    return this.#http.open(there, { ...headers, ...this.headers }, signal);
  }

  /** Why an answer is none. */
  readFault(reply: Reply): Fault {
    const isNative = this.options.secretBase !== undefined;
    return faultOf(this.#gate.reply(reply), this.address, isNative);
  }

  async #send(
    call: {
      readonly kind: 'read' | 'create' | 'upload';
      readonly method: 'GET' | 'POST';
      readonly path: string;
      readonly body?: string | FormData;
    },
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    const { path, ...rest } = call;
    const json: Record<string, string> =
      typeof call.body === 'string' ? { 'content-type': 'application/json' } : {};
    const reply = this.#gate.reply(
      await this.#http.send(
        { ...rest, url: `${this.#base}${path}`, headers: { ...json, ...this.headers }, maxBytes },
        signal,
      ),
    );
    const told = reply.is === 'none' ? reply.code : String(reply.status);
    this.options.log?.(`${call.method} ${this.address}${path} ${told}`);
    return reply;
  }
}

/** A certificate that is not trusted now will not be trusted later; null: it is something else. */
const tlsFault = ({ code, why }: Reply & { is: 'none' }, address: string): Fault | null => {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return fault(
        'account',
        'certificate',
        `${address} has a certificate that it signed itself, or that nobody known signed: save it as a file and set COMFYUI_CA_FILE to its path`,
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return fault(
        'account',
        'certificate',
        `${address} has a certificate for another name: write the address as the certificate has it (${why})`,
      );
    case 'CERT_HAS_EXPIRED':
      return fault('account', 'certificate', `${address} has a certificate that has expired`);
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return fault(
        'account',
        'no-tls',
        `${address} does not speak TLS: write http:// for https://`,
      );
    default:
      return null;
  }
};

/** What an answer means that is not the one that was asked for. */
const faultOf = (reply: Reply, address: string, isNative: boolean): Fault => {
  if (reply.is === 'none')
    return (
      tlsFault(reply, address) ??
      fault(
        'transient',
        reply.code === 'ECONNREFUSED' ? 'refused-connection' : reply.code,
        `${address} cannot be reached: ${reply.why}`,
      )
    );
  const { status, retryAfterMs } = reply;
  const code = `http-${status}`;
  switch (status) {
    case 401:
    case 403:
    case 407:
      if (isNative)
        return fault(
          'account',
          code,
          `${address} refuses the key of RUNNINGHUB_API_KEY (HTTP ${status}): is it of this site, and may it use the native ComfyUI API?`,
        );
      if (status === 403)
        return fault('account', code, `${address} lets this computer not in (HTTP 403)`);
      return fault(
        'account',
        code,
        `${address} wants to know who asks (HTTP ${status}): set COMFYUI_TOKEN, or COMFYUI_USERNAME and COMFYUI_PASSWORD`,
      );
    case 404:
    case 405:
      return fault(
        'account',
        code,
        `${address} is no ComfyUI server: it has no such path (HTTP ${status})`,
      );
    case 413:
      return fault(
        'input',
        code,
        `${address} takes no request of this size (HTTP 413): see --max-upload-size of ComfyUI, or the limit of its proxy`,
      );
    case 429:
      return fault('capacity', code, `${address}: too many requests`, { retryAfterMs });
    default:
      if (status >= 300 && status < 400)
        return fault(
          'account',
          code,
          `${address} answers with a redirect (HTTP ${status}): write the address that it leads to`,
        );
      return fault(
        'transient',
        status >= 400 ? code : 'bad-answer',
        `${address} answered HTTP ${status}${reply.is === 'other' ? ` with ${reply.why}` : ''}`,
        { retryAfterMs },
      );
  }
};
