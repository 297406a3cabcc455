import { openAsBlob } from 'node:fs';
import { FormData } from 'undici';
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
import { countOf, decimal, isGood, readAnswer, textOf } from './envelope.js';
import { fault } from './errors.js';
import type { Gate } from './http/gate.js';
import type { Reply } from './http/http.js';
import type { Http } from './http/http.js';
import type { ClientOptions, RequestCounts } from './http/requests.js';
import { Requests } from './http/requests.js';
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
import { defaultTimeouts } from './http/timeouts.js';
import { ending, transferLimits } from './http/transfer.js';
import { badUpload } from './upload-name.js';
import { unreadableFile, v2Service } from './v2.js';
import { isUnexplained } from './endpoints/failure.js';

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

class HttpClient implements Client {
  readonly site: string;
  readonly #ask: Requests;
  readonly #gate: Gate;
  readonly #http: Http;

  constructor(private readonly options: ClientOptions) {
    this.#ask = new Requests(options);
    this.site = this.#ask.site;
    this.#gate = this.#ask.gate;
    this.#http = this.#ask.http;
  }

  speaking(family: Family): Service {
    if (family === 'classic') return this;
    return v2Service(this, {
      site: this.site,
      send: (endpoint, path, body, signal) => {
        const kind = endpoint === 'outputs' ? 'read' : endpoint;
        const ask = (): Promise<Reply> =>
          this.#ask.send(endpoint, kind, 'POST', path, body, signal);
        // A create is never sent twice, and a form is read once.
        return endpoint === 'outputs' ? this.#ask.untilBelieved(ask, signal) : ask();
      },
      cleaned: (found) => this.#ask.cleaned(found),
      gate: this.#gate,
    });
  }

  requests(): RequestCounts {
    return this.#ask.counts();
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async create(request: CreateRequest, signal?: AbortSignal): Promise<CreateAnswer> {
    const password = request.takesPassword === true ? (this.options.accessPassword ?? '') : '';
    const locked: [string, Json][] = password === '' ? [] : [['accessPassword', password]];
    const reply = await this.#ask.post(
      'create',
      request.path,
      [...this.#gate.restored(request.body), ...locked],
      signal,
    );
    const answer = createAnswer(reply);
    return answer.is === 'accepted'
      ? answer
      : { ...answer, fault: this.#ask.cleaned(answer.fault) };
  }

  async outputs(taskId: TaskId, signal?: AbortSignal): Promise<TaskAnswer> {
    const reply = await this.#ask.read(
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
    return 'fault' in answer ? { ...answer, fault: this.#ask.cleaned(answer.fault) } : answer;
  }

  async status(taskId: TaskId, signal?: AbortSignal): Promise<StatusAnswer> {
    const body = [['taskId', taskId]] as const;
    const answer = statusAnswer(
      await this.#ask.read('status', '/task/openapi/status', body, signal),
    );
    return 'fault' in answer ? { ...answer, fault: this.#ask.cleaned(answer.fault) } : answer;
  }

  async cancel(taskId: TaskId, signal?: AbortSignal): Promise<CancelAnswer> {
    const reply = await this.#ask.read(
      'cancel',
      '/task/openapi/cancel',
      [['taskId', taskId]],
      signal,
    );
    const answer = cancelAnswer(reply);
    return answer.is === 'refused' ? { ...answer, fault: this.#ask.cleaned(answer.fault) } : answer;
  }

  async upload(file: UploadFile, signal?: AbortSignal): Promise<UploadAnswer> {
    const answer = await this.#ask
      .untilBelieved(async () => {
        const form = new FormData();
        form.set('apiKey', this.options.key);
        form.set('fileType', 'input');
        // A body per attempt: the file is streamed from the disk.
        form.set('file', await openAsBlob(file.path, { type: file.mediaType }), file.name);
        return this.#ask.send('upload', 'upload', 'POST', '/task/openapi/upload', form, signal);
      }, signal)
      .then(readAnswer, (cause: unknown) => unreadable(cause));
    if (answer.is === 'fault') return { is: 'failed', fault: this.#ask.cleaned(answer.fault) };
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
    return { is: 'failed', fault: this.#ask.envelopeFault(envelope, answer.reply) };
  }

  async uploadLora(file: LoraFile, signal?: AbortSignal): Promise<LoraAnswer> {
    const ask = (): Promise<Reply> =>
      this.#ask.read(
        'lora',
        '/api/openapi/getLoraUploadUrl',
        [
          ['loraName', file.name],
          ['md5Hex', file.md5],
        ],
        signal,
      );
    const answer = await uploadLora(file, ask, this.#http, this.#gate, this.site, signal);
    return answer.is === 'stored' ? answer : { ...answer, fault: this.#ask.cleaned(answer.fault) };
  }

  async list(what: Listed, page: number, signal?: AbortSignal): Promise<ListAnswer> {
    const { path, body } = listRequest(what, page);
    // Below /openapi/v2 the key goes as Bearer and into no body (1.3).
    const v2 = path.startsWith('/openapi/v2/');
    const ask = (): Promise<Reply> =>
      body === null
        ? this.#ask.send('list', 'read', 'GET', path, undefined, signal)
        : v2
          ? this.#ask.postRaw('list', path, body, signal)
          : this.#ask.post('list', path, body, signal);
    const reply = await this.#ask.untilBelieved(ask, signal);
    const answer = listAnswer(reply, page);
    return 'fault' in answer ? { ...answer, fault: this.#ask.cleaned(answer.fault) } : answer;
  }

  async price(request: CreateRequest, signal?: AbortSignal): Promise<PriceAnswer> {
    const ask = (): Promise<Reply> =>
      this.#ask.postRaw('price', request.path, [...request.body], signal);
    const answer = priceAnswer(await this.#ask.untilBelieved(ask, signal));
    return answer.is === 'failed' ? { ...answer, fault: this.#ask.cleaned(answer.fault) } : answer;
  }

  async account(signal?: AbortSignal): Promise<AccountAnswer> {
    // Lower-case here, and here alone (runninghub-api 7.1).
    const { key } = this.options;
    const reply = await this.#ask.untilBelieved(
      () => this.#ask.postRaw('account', '/uc/openapi/accountStatus', [['apikey', key]], signal),
      signal,
    );
    const answer = readAnswer(reply);
    if (answer.is === 'fault') return { is: 'failed', fault: this.#ask.cleaned(answer.fault) };
    const { envelope } = answer;
    const { data } = envelope;
    if (!isGood(envelope.code))
      return { is: 'failed', fault: this.#ask.envelopeFault(envelope, answer.reply) };
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
    const reply = await this.#ask.send(
      'queue',
      'read',
      'GET',
      '/openapi/v2/queue/status',
      undefined,
      signal,
    );
    const answer = readAnswer(reply);
    if (answer.is === 'fault') return { is: 'failed', fault: this.#ask.cleaned(answer.fault) };
    const { envelope } = answer;
    const { data } = envelope;
    if (!isGood(envelope.code) || !isObject(data))
      return { is: 'failed', fault: this.#ask.envelopeFault(envelope, answer.reply) };
    return {
      is: 'known',
      limit: countOf(data.get('concurrentLimit')),
      running: countOf(data.get('runningCount')),
      queued: countOf(data.get('queuedCount')),
      total: countOf(data.get('totalCurrentTasks')),
    };
  }

  async workflow(workflowId: string, signal?: AbortSignal): Promise<WorkflowAnswer> {
    const reply = await this.#ask.read(
      'workflow',
      '/api/openapi/getJsonApiFormat',
      [['workflowId', workflowId]],
      signal,
    );
    const answer = readAnswer(reply);
    if (answer.is === 'fault') return { is: 'failed', fault: this.#ask.cleaned(answer.fault) };
    const { envelope } = answer;
    const { data } = envelope;
    const prompt = isObject(data) ? data.get('prompt') : undefined;
    if (isGood(envelope.code) && typeof prompt === 'string') return { is: 'known', prompt };
    if (isGood(envelope.code) && isObject(prompt)) return { is: 'known', prompt: jsonText(prompt) };
    return {
      is: 'failed',
      fault: isGood(envelope.code)
        ? fault('unknown', 'bad-answer', 'The service gave no graph for the workflow')
        : this.#ask.envelopeFault(envelope, answer.reply),
    };
  }

  async app(webappId: string, signal?: AbortSignal): Promise<AppAnswer> {
    const query = new URLSearchParams({ apiKey: this.options.key, webappId }).toString();
    const path = `/api/webapp/apiCallDemo?${query}`;
    const reply = await this.#ask.untilBelieved(
      () => this.#ask.send('app', 'read', 'GET', path, undefined, signal),
      signal,
    );
    const answer = readAnswer(reply);
    if (answer.is === 'fault') return { is: 'failed', fault: this.#ask.cleaned(answer.fault) };
    const { envelope } = answer;
    if (!isGood(envelope.code))
      return { is: 'failed', fault: this.#ask.envelopeFault(envelope, answer.reply) };
    return isObject(envelope.data)
      ? { is: 'known', data: envelope.data }
      : {
          is: 'failed',
          fault: fault('unknown', 'bad-answer', 'The service told nothing of the app'),
        };
  }

  async webhook(taskId: TaskId, signal?: AbortSignal): Promise<WebhookAnswer> {
    const path = '/task/openapi/getWebhookDetail';
    const answer = webhookAnswer(
      await this.#ask.read('webhook', path, [['taskId', taskId]], signal),
    );
    return answer.is === 'failed' ? { ...answer, fault: this.#ask.cleaned(answer.fault) } : answer;
  }

  async retryWebhook(id: string, url: string, signal?: AbortSignal): Promise<WebhookRetryAnswer> {
    const body: readonly (readonly [string, Json])[] = [
      ['webhookId', id],
      ['webhookUrl', url],
    ];
    const path = '/task/openapi/retryWebhook';
    const answer = webhookRetryAnswer(await this.#ask.read('webhook', path, body, signal));
    return answer.is === 'failed' ? { ...answer, fault: this.#ask.cleaned(answer.fault) } : answer;
  }

  async download(url: string, from: number, signal?: AbortSignal): Promise<DownloadAnswer> {
    const address = this.#gate.address(url, this.site);
    if (address.is === 'lost') return { is: 'expired', fault: hiddenLink };
    this.#ask.count('download');
    const answer = await download(this.#http, address.url, from, signal);
    if (answer.is === 'open') {
      const { readMs } = this.options.timeouts ?? defaultTimeouts;
      const now = this.#ask.network.monotonic ?? this.#ask.network.now;
      return { ...answer, body: ending(answer.body, answer, transferLimits(readMs), now) };
    }
    return 'fault' in answer ? { ...answer, fault: this.#ask.cleaned(answer.fault) } : answer;
  }
}

/** A link that held the key was not kept by the process that got it: a fresh one is asked for. */
const hiddenLink = fault('task', 'hidden-link', 'The output link held the key and was not kept');

const unreadable = (cause: unknown): ReturnType<typeof readAnswer> => ({
  is: 'fault',
  sent: false,
  fault: unreadableFile(cause),
});
