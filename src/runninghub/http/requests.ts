import type { FormData } from 'undici';
import type { Clock } from '../../edges/clock.js';
import { systemClock } from '../../edges/clock.js';
import type { Json } from '../../values/json.js';
import { isObject, jsonText } from '../../values/json-text.js';
import type { Envelope } from '../envelope.js';
import { digits, envelopeFault } from '../envelope.js';
import { otherSiteHint } from '../errors.js';
import type { Fault } from '../service.js';
import { siteOf } from '../site.js';
import { Gate } from './gate.js';
import type { Reply } from './http.js';
import { Http, maxOutputsBytes } from './http.js';
import { defaultTimeouts } from './timeouts.js';

export interface ClientOptions {
  /** A site, with or without a trailing slash or a pasted API path. */
  readonly baseUrl: string;
  readonly key: string;
  /** For locked workflows and apps; sent with submits that take it, told to nobody. */
  readonly accessPassword?: string | null;
  /** Other secrets that go out with requests: no answer may bring one back into a message. */
  readonly hidden?: readonly string[];
  readonly clock: Clock;
  /** What time limits of requests are measured by: real time, unless a test passes its own. */
  readonly network?: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeouts?: {
    readonly readMs: number;
    readonly createMs: number;
    readonly uploadMs: number;
  };
  /** `-vv`: one line per request, without the key. */
  readonly log?: (line: string) => void;
}

/** How often each endpoint was asked. */
export type RequestCounts = Readonly<Record<Endpoint, number>>;
type Endpoint =
  | 'create'
  | 'outputs'
  | 'cancel'
  | 'upload'
  | 'account'
  | 'queue'
  | 'workflow'
  | 'app'
  | 'webhook'
  | 'lora'
  | 'list'
  | 'price'
  | 'status'
  | 'download';

/** One 401 with code −1 may be false and is asked again (runninghub-api 1.3). */
const falseAlarmPauseMs = 2_000;

/** How the service is asked: with the key in both places, counted, and cleaned of secrets. */
export class Requests {
  readonly site: string;
  readonly http: Http;
  readonly gate: Gate;
  readonly network: Clock;
  readonly #counts: Record<Endpoint, number> = {
    create: 0,
    outputs: 0,
    cancel: 0,
    upload: 0,
    account: 0,
    queue: 0,
    workflow: 0,
    app: 0,
    webhook: 0,
    lora: 0,
    list: 0,
    price: 0,
    status: 0,
    download: 0,
  };

  constructor(private readonly options: ClientOptions) {
    this.site = siteOf(options.baseUrl);
    this.network = options.network ?? systemClock;
    this.http = new Http({
      env: options.env,
      clock: this.network,
      ...(options.timeouts ?? defaultTimeouts),
    });
    this.gate = new Gate([options.key, options.accessPassword ?? '', ...(options.hidden ?? [])]);
  }

  counts(): RequestCounts {
    return { ...this.#counts };
  }

  count(endpoint: Endpoint): void {
    this.#counts[endpoint] += 1;
  }

  read(
    endpoint: Endpoint,
    path: string,
    body: readonly (readonly [string, Json])[],
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    return this.untilBelieved(() => this.post(endpoint, path, body, signal), signal);
  }

  post(
    endpoint: Endpoint,
    path: string,
    body: readonly (readonly [string, Json])[],
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    return this.postRaw(endpoint, path, [['apiKey', this.options.key], ...body], signal);
  }

  postRaw(
    endpoint: Endpoint,
    path: string,
    body: readonly (readonly [string, Json])[],
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    const kind = endpoint === 'create' ? 'create' : 'read';
    return this.send(endpoint, kind, 'POST', path, jsonText(new Map(body)), signal);
  }

  async send(
    endpoint: Endpoint,
    kind: 'read' | 'create' | 'upload',
    method: 'GET' | 'POST',
    path: string,
    body: string | FormData | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    this.count(endpoint);
    const began = this.network.now();
    const answer = await this.http.send(
      {
        kind,
        // A task's texts come in the answer itself, and are paid for.
        ...(endpoint === 'outputs' ? { maxBytes: maxOutputsBytes } : {}),
        method,
        url: `${this.site}${path}`,
        headers: {
          accept: 'application/json',
          // Both places: which one an endpoint wants differs by page and by key (1.3).
          authorization: `Bearer ${this.options.key}`,
          ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
        },
        ...(body === undefined ? {} : { body }),
      },
      signal,
    );
    const reply = this.gate.reply(answer);
    const ms = Math.round(this.network.now() - began);
    this.options.log?.(this.gate.text(`${method} ${path} ${summary(reply)} ${ms} ms`));
    return reply;
  }

  async untilBelieved(ask: () => Promise<Reply>, signal: AbortSignal | undefined): Promise<Reply> {
    const first = await ask();
    if (!mayBeFalseAlarm(first)) return first;
    await this.options.clock.sleep(falseAlarmPauseMs, signal);
    return ask();
  }

  envelopeFault(envelope: Envelope, reply: Reply & { is: 'json' }): Fault {
    return this.cleaned(envelopeFault(envelope, reply));
  }

  /**
   * Parts that were clean may spell a secret where our sentence joins them. Where the key is the
   * trouble, what to try is told.
   */
  cleaned(found: Fault): Fault {
    const hint = otherSiteHint(found.code, this.site);
    const clean = (text: string | null): string | null => text && this.gate.text(text);
    return {
      ...found,
      message: this.gate.text(hint === null ? found.message : `${found.message}; ${hint}`),
      node: clean(found.node),
      field: clean(found.field),
      traceback: clean(found.traceback),
    };
  }
}

const mayBeFalseAlarm = (reply: Reply): boolean =>
  reply.is !== 'none' &&
  reply.status === 401 &&
  (reply.is === 'other' || (isObject(reply.body) && digits(reply.body.get('code')) === '-1'));

const summary = (reply: Reply): string => {
  if (reply.is === 'none') return reply.code;
  if (reply.is === 'other') return `HTTP ${reply.status} (${reply.why})`;
  const code = isObject(reply.body) ? digits(reply.body.get('code')) : null;
  return `HTTP ${reply.status}${code === null ? '' : ` code ${code}`}`;
};
