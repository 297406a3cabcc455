import { openAsBlob } from 'node:fs';
import { FormData } from 'undici';
import type { Clock } from '../edges/clock.js';
import { systemClock } from '../edges/clock.js';
import type { TaskId } from '../values/ids.js';
import type { Json } from '../values/json.js';
import { isObject, jsonText } from '../values/json-text.js';
import { cancelAnswer } from './endpoints/cancel.js';
import { createAnswer } from './endpoints/create.js';
import { download } from './endpoints/download.js';
import { listAnswer, listRequest } from './endpoints/list.js';
import { uploadLora } from './endpoints/lora.js';
import { sureOf, taskAnswer } from './endpoints/outputs.js';
import { priceAnswer } from './endpoints/price.js';
import { statusAnswer } from './endpoints/status.js';
import { webhookAnswer, webhookRetryAnswer } from './endpoints/webhook.js';
import type { Envelope } from './envelope.js';
import { countOf, decimal, digits, envelopeFault, isGood, readAnswer, textOf } from './envelope.js';
import { fault, otherSiteHint } from './errors.js';
import { Gate } from './http/gate.js';
import type { Reply } from './http/http.js';
import { Http, maxOutputsBytes } from './http/http.js';
import type {
  AccountAnswer,
  AppAnswer,
  Catalogue,
  CancelAnswer,
  CreateAnswer,
  CreateRequest,
  Directory,
  DownloadAnswer,
  Family,
  Fault,
  ListAnswer,
  Listed,
  LoraAnswer,
  LoraFile,
  LoraStore,
  PriceAnswer,
  PriceDesk,
  QueueAnswer,
  Service,
  StatusAnswer,
  StatusDesk,
  TaskAnswer,
  UploadAnswer,
  UploadFile,
  WebhookAnswer,
  WebhookRetryAnswer,
  Webhooks,
  WorkflowAnswer,
} from './service.js';
import { siteOf } from './site.js';
import { defaultTimeouts } from './http/timeouts.js';
import { ending, transferLimits } from './http/transfer.js';
import { badUpload } from './upload-name.js';
import { unreadableFile, v2Service } from './v2.js';
import { isUnexplained } from './endpoints/failure.js';

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
type RequestCounts = Readonly<Record<Endpoint, number>>;
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

export interface Client
  extends Service, Catalogue, Directory, LoraStore, PriceDesk, StatusDesk, Webhooks {
  readonly site: string;
  /** The same service by the other family's endpoints. */
  speaking(family: Family): Service;
  requests(): RequestCounts;
  close(): Promise<void>;
}

/** The service over HTTP. */
export const createClient = (options: ClientOptions): Client => new HttpClient(options);

/** One 401 with code −1 may be false and is asked again (runninghub-api 1.3). */
const falseAlarmPauseMs = 2_000;

class HttpClient implements Client {
  readonly site: string;
  readonly #network: Clock;
  readonly #http: Http;
  readonly #gate: Gate;
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
    this.#network = options.network ?? systemClock;
    this.#http = new Http({
      env: options.env,
      clock: this.#network,
      ...(options.timeouts ?? defaultTimeouts),
    });
    this.#gate = new Gate([options.key, options.accessPassword ?? '', ...(options.hidden ?? [])]);
  }

  speaking(family: Family): Service {
    if (family === 'classic') return this;
    return v2Service(this, {
      site: this.site,
      send: (endpoint, path, body, signal) => {
        const kind = endpoint === 'outputs' ? 'read' : endpoint;
        const ask = (): Promise<Reply> => this.#send(endpoint, kind, 'POST', path, body, signal);
        // A create is never sent twice, and a form is read once.
        return endpoint === 'outputs' ? this.#untilBelieved(ask, signal) : ask();
      },
      cleaned: (found) => this.#cleaned(found),
      gate: this.#gate,
    });
  }

  requests(): RequestCounts {
    return { ...this.#counts };
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async create(request: CreateRequest, signal?: AbortSignal): Promise<CreateAnswer> {
    const password = request.takesPassword === true ? (this.options.accessPassword ?? '') : '';
    const locked: [string, Json][] = password === '' ? [] : [['accessPassword', password]];
    const reply = await this.#post(
      'create',
      request.path,
      [...this.#gate.restored(request.body), ...locked],
      signal,
    );
    const answer = createAnswer(reply);
    return answer.is === 'accepted' ? answer : { ...answer, fault: this.#cleaned(answer.fault) };
  }

  async outputs(taskId: TaskId, signal?: AbortSignal): Promise<TaskAnswer> {
    const reply = await this.#read(
      'outputs',
      '/task/openapi/outputs',
      [['taskId', taskId]],
      signal,
    );
    const told = taskAnswer(reply, this.site);
    const answer =
      told.is === 'failed' && isUnexplained(told.fault)
        ? sureOf(told, await this.speaking('v2').outputs(taskId, signal))
        : told;
    return 'fault' in answer ? { ...answer, fault: this.#cleaned(answer.fault) } : answer;
  }

  async status(taskId: TaskId, signal?: AbortSignal): Promise<StatusAnswer> {
    const body = [['taskId', taskId]] as const;
    const answer = statusAnswer(await this.#read('status', '/task/openapi/status', body, signal));
    return 'fault' in answer ? { ...answer, fault: this.#cleaned(answer.fault) } : answer;
  }

  async cancel(taskId: TaskId, signal?: AbortSignal): Promise<CancelAnswer> {
    const reply = await this.#read('cancel', '/task/openapi/cancel', [['taskId', taskId]], signal);
    const answer = cancelAnswer(reply);
    return answer.is === 'refused' ? { ...answer, fault: this.#cleaned(answer.fault) } : answer;
  }

  async upload(file: UploadFile, signal?: AbortSignal): Promise<UploadAnswer> {
    const answer = await this.#untilBelieved(async () => {
      const form = new FormData();
      form.set('apiKey', this.options.key);
      form.set('fileType', 'input');
      // A body per attempt: the file is streamed from the disk.
      form.set('file', await openAsBlob(file.path, { type: file.mediaType }), file.name);
      return this.#send('upload', 'upload', 'POST', '/task/openapi/upload', form, signal);
    }, signal).then(readAnswer, (cause: unknown) => unreadable(cause));
    if (answer.is === 'fault') return { is: 'failed', fault: this.#cleaned(answer.fault) };
    const { envelope } = answer;
    const { data } = envelope;
    const fileName = isObject(data) ? textOf(data.get('fileName')) : null;
    const bad = fileName === null || fileName === '' ? null : badUpload(fileName);
    if (bad !== null) return { is: 'failed', fault: bad };
    if (isGood(envelope.code) && fileName !== null && fileName !== '') {
      this.#gate.takeUpload(fileName);
      return { is: 'stored', fileName };
    }
    if (isGood(envelope.code))
      return {
        is: 'failed',
        fault: fault('transient', 'bad-answer', 'The upload was answered without a file name'),
      };
    return { is: 'failed', fault: this.#envelopeFault(envelope, answer.reply) };
  }

  async uploadLora(file: LoraFile, signal?: AbortSignal): Promise<LoraAnswer> {
    const ask = (): Promise<Reply> =>
      this.#read(
        'lora',
        '/api/openapi/getLoraUploadUrl',
        [
          ['loraName', file.name],
          ['md5Hex', file.md5],
        ],
        signal,
      );
    const answer = await uploadLora(file, ask, this.#http, this.#gate, this.site, signal);
    return answer.is === 'stored' ? answer : { ...answer, fault: this.#cleaned(answer.fault) };
  }

  async list(what: Listed, page: number, signal?: AbortSignal): Promise<ListAnswer> {
    const { path, body } = listRequest(what, page);
    // Below /openapi/v2 the key goes as Bearer and into no body (1.3).
    const v2 = path.startsWith('/openapi/v2/');
    const ask = (): Promise<Reply> =>
      body === null
        ? this.#send('list', 'read', 'GET', path, undefined, signal)
        : v2
          ? this.#postRaw('list', path, body, signal)
          : this.#post('list', path, body, signal);
    const reply = await this.#untilBelieved(ask, signal);
    const answer = listAnswer(reply, page);
    return 'fault' in answer ? { ...answer, fault: this.#cleaned(answer.fault) } : answer;
  }

  async price(request: CreateRequest, signal?: AbortSignal): Promise<PriceAnswer> {
    const ask = (): Promise<Reply> =>
      this.#postRaw('price', request.path, [...request.body], signal);
    const answer = priceAnswer(await this.#untilBelieved(ask, signal));
    return answer.is === 'failed' ? { ...answer, fault: this.#cleaned(answer.fault) } : answer;
  }

  async account(signal?: AbortSignal): Promise<AccountAnswer> {
    // Lower-case here, and here alone (runninghub-api 7.1).
    const { key } = this.options;
    const reply = await this.#untilBelieved(
      () => this.#postRaw('account', '/uc/openapi/accountStatus', [['apikey', key]], signal),
      signal,
    );
    const answer = readAnswer(reply);
    if (answer.is === 'fault') return { is: 'failed', fault: this.#cleaned(answer.fault) };
    const { envelope } = answer;
    const { data } = envelope;
    if (!isGood(envelope.code))
      return { is: 'failed', fault: this.#envelopeFault(envelope, answer.reply) };
    if (!isObject(data))
      return {
        is: 'failed',
        fault: fault('transient', 'bad-answer', 'The account was answered without data'),
      };
    return {
      is: 'known',
      coins: decimal(data.get('remainCoins')),
      money: decimal(data.get('remainMoney')),
      currency: textOf(data.get('currency')),
      tasksInFlight: countOf(data.get('currentTaskCounts')),
      type: textOf(data.get('apiType')),
    };
  }

  async queue(signal?: AbortSignal): Promise<QueueAnswer> {
    const reply = await this.#send(
      'queue',
      'read',
      'GET',
      '/openapi/v2/queue/status',
      undefined,
      signal,
    );
    const answer = readAnswer(reply);
    if (answer.is === 'fault') return { is: 'failed', fault: this.#cleaned(answer.fault) };
    const { envelope } = answer;
    const { data } = envelope;
    if (!isGood(envelope.code) || !isObject(data))
      return { is: 'failed', fault: this.#envelopeFault(envelope, answer.reply) };
    return {
      is: 'known',
      limit: countOf(data.get('concurrentLimit')),
      running: countOf(data.get('runningCount')),
      queued: countOf(data.get('queuedCount')),
      total: countOf(data.get('totalCurrentTasks')),
    };
  }

  async workflow(workflowId: string, signal?: AbortSignal): Promise<WorkflowAnswer> {
    const reply = await this.#read(
      'workflow',
      '/api/openapi/getJsonApiFormat',
      [['workflowId', workflowId]],
      signal,
    );
    const answer = readAnswer(reply);
    if (answer.is === 'fault') return { is: 'failed', fault: this.#cleaned(answer.fault) };
    const { envelope } = answer;
    const { data } = envelope;
    const prompt = isObject(data) ? data.get('prompt') : undefined;
    if (isGood(envelope.code) && typeof prompt === 'string') return { is: 'known', prompt };
    if (isGood(envelope.code) && isObject(prompt)) return { is: 'known', prompt: jsonText(prompt) };
    return {
      is: 'failed',
      fault: isGood(envelope.code)
        ? fault('unknown', 'bad-answer', 'The service gave no graph for the workflow')
        : this.#envelopeFault(envelope, answer.reply),
    };
  }

  async app(webappId: string, signal?: AbortSignal): Promise<AppAnswer> {
    const query = new URLSearchParams({ apiKey: this.options.key, webappId }).toString();
    const path = `/api/webapp/apiCallDemo?${query}`;
    const reply = await this.#untilBelieved(
      () => this.#send('app', 'read', 'GET', path, undefined, signal),
      signal,
    );
    const answer = readAnswer(reply);
    if (answer.is === 'fault') return { is: 'failed', fault: this.#cleaned(answer.fault) };
    const { envelope } = answer;
    if (!isGood(envelope.code))
      return { is: 'failed', fault: this.#envelopeFault(envelope, answer.reply) };
    return isObject(envelope.data)
      ? { is: 'known', data: envelope.data }
      : {
          is: 'failed',
          fault: fault('unknown', 'bad-answer', 'The service told nothing of the app'),
        };
  }

  async webhook(taskId: TaskId, signal?: AbortSignal): Promise<WebhookAnswer> {
    const path = '/task/openapi/getWebhookDetail';
    const answer = webhookAnswer(await this.#read('webhook', path, [['taskId', taskId]], signal));
    return answer.is === 'failed' ? { ...answer, fault: this.#cleaned(answer.fault) } : answer;
  }

  async retryWebhook(id: string, url: string, signal?: AbortSignal): Promise<WebhookRetryAnswer> {
    const body: readonly (readonly [string, Json])[] = [
      ['webhookId', id],
      ['webhookUrl', url],
    ];
    const path = '/task/openapi/retryWebhook';
    const answer = webhookRetryAnswer(await this.#read('webhook', path, body, signal));
    return answer.is === 'failed' ? { ...answer, fault: this.#cleaned(answer.fault) } : answer;
  }

  async download(url: string, from: number, signal?: AbortSignal): Promise<DownloadAnswer> {
    const address = this.#gate.address(url, this.site);
    if (address.is === 'lost') return { is: 'expired', fault: hiddenLink };
    this.#counts.download += 1;
    const answer = await download(this.#http, address.url, from, signal);
    if (answer.is === 'open') {
      const { readMs } = this.options.timeouts ?? defaultTimeouts;
      const now = this.#network.monotonic ?? this.#network.now;
      return { ...answer, body: ending(answer.body, answer, transferLimits(readMs), now) };
    }
    return 'fault' in answer ? { ...answer, fault: this.#cleaned(answer.fault) } : answer;
  }

  #read(
    endpoint: Endpoint,
    path: string,
    body: readonly (readonly [string, Json])[],
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    return this.#untilBelieved(() => this.#post(endpoint, path, body, signal), signal);
  }

  #post(
    endpoint: Endpoint,
    path: string,
    body: readonly (readonly [string, Json])[],
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    return this.#postRaw(endpoint, path, [['apiKey', this.options.key], ...body], signal);
  }

  #postRaw(
    endpoint: Endpoint,
    path: string,
    body: readonly (readonly [string, Json])[],
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    const kind = endpoint === 'create' ? 'create' : 'read';
    return this.#send(endpoint, kind, 'POST', path, jsonText(new Map(body)), signal);
  }

  async #send(
    endpoint: Endpoint,
    kind: 'read' | 'create' | 'upload',
    method: 'GET' | 'POST',
    path: string,
    body: string | FormData | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    this.#counts[endpoint] += 1;
    const began = this.#network.now();
    const answer = await this.#http.send(
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
    const reply = this.#gate.reply(answer);
    const ms = Math.round(this.#network.now() - began);
    this.options.log?.(this.#gate.text(`${method} ${path} ${summary(reply)} ${ms} ms`));
    return reply;
  }

  async #untilBelieved(ask: () => Promise<Reply>, signal: AbortSignal | undefined): Promise<Reply> {
    const first = await ask();
    if (!mayBeFalseAlarm(first)) return first;
    await this.options.clock.sleep(falseAlarmPauseMs, signal);
    return ask();
  }

  #envelopeFault(envelope: Envelope, reply: Reply & { is: 'json' }): Fault {
    return this.#cleaned(envelopeFault(envelope, reply));
  }

  /**
   * Parts that were clean may spell a secret where our sentence joins them. Where the key is the
   * trouble, what to try is told.
   */
  #cleaned(found: Fault): Fault {
    const hint = otherSiteHint(found.code, this.site);
    const clean = (text: string | null): string | null => text && this.#gate.text(text);
    return {
      ...found,
      message: this.#gate.text(hint === null ? found.message : `${found.message}; ${hint}`),
      node: clean(found.node),
      field: clean(found.field),
      traceback: clean(found.traceback),
    };
  }
}

/** A link that held the key was not kept by the process that got it: a fresh one is asked for. */
const hiddenLink = fault('task', 'hidden-link', 'The output link held the key and was not kept');

const mayBeFalseAlarm = (reply: Reply): boolean =>
  reply.is !== 'none' &&
  reply.status === 401 &&
  (reply.is === 'other' || (isObject(reply.body) && digits(reply.body.get('code')) === '-1'));

const unreadable = (cause: unknown): ReturnType<typeof readAnswer> => ({
  is: 'fault',
  sent: false,
  fault: unreadableFile(cause),
});

const summary = (reply: Reply): string => {
  if (reply.is === 'none') return reply.code;
  if (reply.is === 'other') return `HTTP ${reply.status} (${reply.why})`;
  const code = isObject(reply.body) ? digits(reply.body.get('code')) : null;
  return `HTTP ${reply.status}${code === null ? '' : ` code ${code}`}`;
};
