import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Json } from '../../values/json.js';
import { map, number } from './answers.js';
import type { Faults } from './faults.js';
import type { Listener, ServiceModel } from '../service.js';
import type { Task } from '../tasks/task.js';
import { jsonText } from '../../values/json-text.js';

interface Delivery {
  /** The webhook's own id, not the task's. */
  readonly id: string;
  readonly taskId: string;
  readonly accountId: string;
  readonly url: string;
  readonly eventData: string;
  readonly createdAt: number;
  updatedAt: number;
  status: 'PENDING' | 'SUCCESS' | 'FAILED';
  response: string;
  retries: number;
}

const maxRetries = 3;
const retryAfterMs = 60_000;
/** Of service time, between two looks at tasks whose end is to be told. */
const lookMs = 250;

/**
 * One POST at the end of a task, three more where it was not answered with 200 (API notes, section
 * 6).
 */
export class Webhooks implements Listener {
  readonly #deliveries = new Map<string, Delivery>();
  #watched = 0;
  readonly #closing = new AbortController();
  /** POSTs sent, retries included. */
  sent = 0;

  constructor(
    private readonly model: ServiceModel,
    /** The outputs answer of a task, with numbers where webhooks have them. */
    private readonly eventData: (task: Task) => string,
    private readonly faults: Faults,
  ) {
    model.listeners.push(this);
  }

  /** Nobody may ask for this task: time has to be looked at for its sake. */
  accepted(task: Task): void {
    if (task.webhookUrl === null || this.#closing.signal.aborted) return;
    this.#watched += 1;
    if (this.#watched === 1) void this.#watch();
  }

  ended(task: Task): void {
    if (task.webhookUrl === null) return;
    this.#watched -= 1;
    const now = this.model.now();
    const delivery: Delivery = {
      id: String(BigInt(task.taskId) + 1_000_000n),
      taskId: task.taskId,
      accountId: task.accountId,
      url: task.webhookUrl,
      eventData: this.eventData(task),
      createdAt: now,
      updatedAt: now,
      status: 'PENDING',
      response: '',
      retries: 0,
    };
    this.#deliveries.set(task.taskId, delivery);
    const fault = this.faults.draw('webhook', {
      taskId: task.taskId,
      status: task.outcome ?? 'RUNNING',
    });
    if (fault?.kind === 'lost') return;
    const times = fault?.kind === 'repeated' ? 3 : 1;
    for (let time = 0; time < times; time += 1)
      this.#later(fault?.kind === 'delay' ? (fault.ms ?? 1000) : 0, delivery, delivery.url);
  }

  /** `data` of getWebhookDetail; null where the task has none, or has not ended. */
  detail(taskId: string): Json {
    const delivery = this.#deliveries.get(taskId);
    return delivery === undefined
      ? null
      : map({
          id: delivery.id,
          userApiKey: '******************',
          taskId,
          webhookUrl: delivery.url,
          eventData: delivery.eventData,
          callbackStatus: delivery.status,
          callbackResponse: delivery.response,
          retryCount: number(delivery.retries),
          createTime: timeText(delivery.createdAt),
          updateTime: timeText(delivery.updatedAt),
        });
  }

  /** Sends once more; false where there is no such webhook. */
  retry(accountId: string, webhookId: string, url: string): boolean {
    for (const delivery of this.#deliveries.values())
      if (delivery.id === webhookId && delivery.accountId === accountId) {
        delivery.retries = maxRetries;
        this.#later(0, delivery, url === '' ? delivery.url : url);
        return true;
      }
    return false;
  }

  close(): void {
    this.#closing.abort();
  }

  #later(ms: number, delivery: Delivery, url: string): void {
    const { signal } = this.#closing;
    const passed = ms > 0 ? this.model.clock.real.sleep(ms, signal) : Promise.resolve();
    void passed.then(() => {
      if (!signal.aborted) this.#send(delivery, url);
    });
  }

  async #watch(): Promise<void> {
    const { real } = this.model.clock;
    const { signal } = this.#closing;
    const pauseMs = this.model.clock.lookMs(lookMs);
    while (this.#watched > 0 && !signal.aborted) {
      this.model.settle();
      await real.sleep(pauseMs, signal);
    }
  }

  #send(delivery: Delivery, url: string): void {
    const { taskId, eventData } = delivery;
    this.sent += 1;
    const done = (ok: boolean, response: string): void => {
      if (delivery.status === 'SUCCESS' && !ok) return;
      delivery.status = ok ? 'SUCCESS' : 'FAILED';
      delivery.response = response;
      delivery.updatedAt = this.model.now();
      if (ok || delivery.retries >= maxRetries) return;
      delivery.retries += 1;
      const wait = this.model.clock.realMs(retryAfterMs);
      this.#later(Number.isFinite(wait) ? wait : 50, delivery, url);
    };
    post(url, jsonText(map({ event: 'TASK_END', taskId, eventData })), this.#patience(), done);
  }

  /** Real ms until a receiver counts as slow. */
  #patience(): number {
    return Math.min(10_000, Math.max(500, this.model.clock.realMs(10_000)));
  }
}

const post = (
  url: string,
  body: string,
  timeout: number,
  done: (ok: boolean, response: string) => void,
): void => {
  let answered = false;
  const once = (ok: boolean, response: string): void => {
    if (answered) return;
    answered = true;
    done(ok, response);
  };
  try {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, {
      method: 'POST',
      agent: false,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    request.setTimeout(timeout, () => request.destroy(new Error('Read timed out')));
    request.on('error', (cause) =>
      once(false, `I/O error on POST request for "${url}": ${cause.message}`),
    );
    request.on('response', (response) => {
      response.resume();
      once(response.statusCode === 200, `HTTP ${response.statusCode ?? 0}`);
    });
    request.end(body);
  } catch (cause) {
    once(false, cause instanceof Error ? cause.message : String(cause));
  }
};

const timeText = (ms: number): string => new Date(ms).toISOString().slice(0, 19);
