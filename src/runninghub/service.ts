import type { RunId, TaskId } from '../values/ids.js';
import type { Json, JsonObject } from '../values/json.js';

/**
 * RunningHub as the engine sees it: one method per endpoint, every answer checked and
 * classified, no exception for anything the network can do. `client.ts` implements it over
 * HTTP; tests and benches may implement it over a model.
 */
export interface Service {
  /** Any submit endpoint (runninghub-api 2, 7.4). Never retried in here: an accepted create is paid. */
  create(request: CreateRequest, signal?: AbortSignal): Promise<CreateAnswer>;
  /** `POST /task/openapi/outputs` (5.2, 5.3): running, queued, failed and done in one request. */
  outputs(taskId: TaskId, signal?: AbortSignal): Promise<TaskAnswer>;
  /** `POST /task/openapi/cancel` (5.5). */
  cancel(taskId: TaskId, signal?: AbortSignal): Promise<CancelAnswer>;
  /** `POST /task/openapi/upload` (4.1). Streams the file; not retried in here. */
  upload(file: UploadFile, signal?: AbortSignal): Promise<UploadAnswer>;
  /** `POST /uc/openapi/accountStatus` (7.1). */
  account(signal?: AbortSignal): Promise<AccountAnswer>;
  /** `GET /openapi/v2/queue/status` (7.2); often refused, never an error of the batch. */
  queue(signal?: AbortSignal): Promise<QueueAnswer>;
  /** `POST /api/openapi/getJsonApiFormat` (3). */
  workflow(workflowId: string, signal?: AbortSignal): Promise<WorkflowAnswer>;
  /** Plain GET of an output link (13). No key is sent. `from` asks for the rest of a file. */
  download(url: string, from: number, signal?: AbortSignal): Promise<DownloadAnswer>;
  /** Where the caller says what its tasks are called; absent: the service does. */
  readonly named?: NamedTasks;
}

/** Tasks whose id is known before their submit: what became of a lost answer can be found out. */
export interface NamedTasks {
  /** The id of the task that this attempt will make; recorded before the submit. */
  idFor(run: RunId, attempt: number, at: number): TaskId;
  /** Whether a submit that was never answered arrived. */
  find(taskId: TaskId, signal?: AbortSignal): Promise<FoundAnswer>;
}

export type FoundAnswer =
  /** Under the id that the service has for it. */
  | { readonly is: 'there'; readonly taskId: TaskId }
  /** Certain, or as certain as a task that costs nothing must be. `said`: what was seen, for people. */
  | { readonly is: 'absent'; readonly said: string }
  | { readonly is: 'undecided'; readonly said: string };

/** What the service tells of the things that it can run. */
export interface Catalogue extends Pick<Service, 'workflow'> {
  /** `GET /api/webapp/apiCallDemo` (2.4). */
  app(webappId: string, signal?: AbortSignal): Promise<AppAnswer>;
}

/** Webhook events as the service keeps them (6). */
export interface Webhooks {
  /** `POST /task/openapi/getWebhookDetail`: what became of a task's event. */
  webhook(taskId: TaskId, signal?: AbortSignal): Promise<WebhookAnswer>;
  /** `POST /task/openapi/retryWebhook`: sends it once more. `id` is the event's, not the task's. */
  retryWebhook(id: string, url: string, signal?: AbortSignal): Promise<WebhookRetryAnswer>;
}

/** `POST /task/openapi/status` (5.1): cheap, marked as old, and without reason or files. */
export interface StatusDesk {
  status(taskId: TaskId, signal?: AbortSignal): Promise<StatusAnswer>;
}

export type StatusAnswer =
  | {
      readonly is: 'known';
      readonly state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
    }
  | { readonly is: 'missing'; readonly fault: Fault }
  | { readonly is: 'unread'; readonly fault: Fault };

/** What the service has to offer (2.5, 7.3): no run needs it, people do. */
export interface Directory {
  /** `page` from 1 on. */
  list(what: Listed, page: number, signal?: AbortSignal): Promise<ListAnswer>;
}

export type Listed =
  | { readonly is: 'keys' }
  /** UNET, CHECKPOINT, LORA, GGUF. */
  | { readonly is: 'resources'; readonly type: string }
  /** RECOMMEND, HOTTEST, NEWEST. */
  | { readonly is: 'apps'; readonly sort: string }
  | { readonly is: 'quickModels'; readonly type: number; readonly webappId: string };

export type ListAnswer =
  | { readonly is: 'known'; readonly items: readonly JsonObject[]; readonly more: boolean }
  | { readonly is: 'failed'; readonly fault: Fault };

/** `POST /openapi/v2/price-preview/<model path>` (7.3): nothing is run. */
export interface PriceDesk {
  price(request: CreateRequest, signal?: AbortSignal): Promise<PriceAnswer>;
}

export type PriceAnswer =
  /** Decimal text. */
  | { readonly is: 'known'; readonly price: string; readonly currency: string | null }
  | { readonly is: 'failed'; readonly fault: Fault };

/** Where LoRA files go (4.3). */
export interface LoraStore {
  /** Streams the file, where the service does not have it yet; not retried in here. */
  uploadLora(file: LoraFile, signal?: AbortSignal): Promise<LoraAnswer>;
}

/** Why a request did not give what was asked for. */
export interface Fault {
  readonly class: FaultClass;
  /** The service's code as text (`421`, `1003`), `http-502` for a bare HTTP status, or a local one (`timeout`, `reset`, `refused-connection`, `bad-answer`). */
  readonly code: string;
  /** One sentence for people, from the table of errors; never holds the key. */
  readonly message: string;
  /** From `Retry-After`. */
  readonly retryAfterMs: number | null;
  readonly node: string | null;
  readonly field: string | null;
  readonly traceback: string | null;
}

/** `unknown` is an answer that no table knows: transient on reads, lost on create. */
export type FaultClass = 'capacity' | 'transient' | 'task' | 'input' | 'account' | 'unknown';

/** A submit call, whatever it runs; its target made it (src/targets). */
export interface CreateRequest {
  /** Of the endpoint, from the site's root. */
  readonly path: string;
  /** Without the key and the access password. */
  readonly body: JsonObject;
  /** Its call takes `accessPassword`, for what is locked (2.2, 2.3). The client adds it as it does the key. */
  readonly takesPassword?: true;
  /** What the task will be called, where `Service.named` says so. */
  readonly taskId?: TaskId;
  /** It went out under this id before, and was not found to have arrived. */
  readonly sentBefore?: true;
}

/** Old endpoints, or those below `/openapi/v2`: where the key goes and how answers look (1.3, 1.4). */
export type Family = 'classic' | 'v2';

export type CreateAnswer =
  | {
      readonly is: 'accepted';
      readonly taskId: TaskId;
      readonly running: boolean;
      readonly netWssUrl: string | null;
      /** Nodes that the service dropped from an accepted graph, in words; empty when all is well (8). */
      readonly nodeErrors: readonly string[];
    }
  /** Certain that no task exists. */
  | { readonly is: 'refused'; readonly fault: Fault }
  /** A task may exist (10.3). */
  | { readonly is: 'lost'; readonly fault: Fault };

export type TaskAnswer =
  | { readonly is: 'queued' }
  | { readonly is: 'running'; readonly netWssUrl: string | null }
  /** An empty list is asked again a few times by the engine before it is believed (5.3). */
  | {
      readonly is: 'succeeded';
      readonly outputs: readonly TaskOutput[];
      readonly cost: TaskCost;
      /** An empty list is believed at once. */
      readonly certain?: true;
    }
  /** 805: failed or cancelled; `fault.code` is the exception type or `805`. Can be false: asked once more. */
  | {
      readonly is: 'failed';
      readonly fault: Fault;
      readonly cost: TaskCost;
      /** It may as well have been cancelled: the service gives no reason, and did not tell which. */
      readonly orCancelled?: true;
      /** It is believed at once. */
      readonly certain?: true;
    }
  /** It was accepted, and the service has forgotten it: to make it again costs nothing. */
  | { readonly is: 'forgotten'; readonly fault: Fault }
  | { readonly is: 'cancelled'; readonly cost: TaskCost }
  /** 807: unknown or expired task; forgiven for a while after the create. */
  | {
      readonly is: 'missing';
      readonly fault: Fault;
      /** It is known, and no state of it is told any more: what it has cost. */
      readonly noState?: TaskCost;
    }
  /** The read itself failed; says nothing about the task. */
  | { readonly is: 'unread'; readonly fault: Fault };

export interface TaskOutput {
  readonly url: string;
  readonly node: string | null;
  readonly type: string;
  readonly text: string | null;
}

export interface TaskCost {
  readonly coins: string | null;
  readonly money: string | null;
  readonly taskTimeMs: number | null;
}

export type CancelAnswer =
  /** The request was taken; the task runs on until the service says that it ended. */
  | { readonly is: 'taken' }
  /** The task is known and can be cancelled no more: it has ended (817). */
  | { readonly is: 'ended' }
  /** Unknown or expired (807). */
  | { readonly is: 'gone' }
  | { readonly is: 'refused'; readonly fault: Fault };

export interface UploadFile {
  /** Absolute path of the local file. */
  readonly path: string;
  /** What the service is told it is called: `<sha12>.<ext>`. */
  readonly name: string;
  readonly bytes: number;
  readonly mediaType: string;
}

export type UploadAnswer =
  /** `fileName` goes into the node's field unchanged, prefix included. */
  | { readonly is: 'stored'; readonly fileName: string }
  | { readonly is: 'failed'; readonly fault: Fault };

export interface LoraFile {
  /** Absolute path of the local file. */
  readonly path: string;
  /** What the service is told it is called. */
  readonly name: string;
  readonly bytes: number;
  /** Hex. */
  readonly md5: string;
}

export type LoraAnswer =
  /** `fileName` goes into RHLoraLoader.lora_name. `sent`: false where the service had it already. */
  | { readonly is: 'stored'; readonly fileName: string; readonly sent: boolean }
  | { readonly is: 'failed'; readonly fault: Fault };

export type AccountAnswer =
  | {
      readonly is: 'known';
      /** Decimal text or null. */
      readonly coins: string | null;
      readonly money: string | null;
      readonly currency: string | null;
      /** Queued and running, of every program that uses the key; null where the answer did not tell. */
      readonly tasksInFlight: number | null;
      readonly type: string | null;
    }
  | { readonly is: 'failed'; readonly fault: Fault };

export type QueueAnswer =
  | {
      readonly is: 'known';
      readonly limit: number | null;
      readonly running: number | null;
      readonly queued: number | null;
      readonly total: number | null;
    }
  | { readonly is: 'failed'; readonly fault: Fault };

export type WorkflowAnswer =
  /** `prompt`: the graph as JSON text. */
  | { readonly is: 'known'; readonly prompt: string }
  | { readonly is: 'failed'; readonly fault: Fault };

export type AppAnswer =
  /** `curl` in it holds the key: never stored. */
  | { readonly is: 'known'; readonly data: JsonObject }
  | { readonly is: 'failed'; readonly fault: Fault };

export type DownloadAnswer =
  | {
      readonly is: 'open';
      readonly body: AsyncIterable<Uint8Array>;
      /** Of the whole file; null where the service did not tell. */
      readonly totalBytes: number | null;
      /** Where the body begins: `from`, or 0 where the server ignores ranges. */
      readonly offset: number;
      readonly mediaType: string | null;
    }
  /** 403, 404, 410: the link is dead; ask for the outputs again. */
  | { readonly is: 'expired'; readonly fault: Fault }
  | { readonly is: 'failed'; readonly fault: Fault };

/** What the socket behind `netWssUrl` tells of a task (7.5). Unstable, and no proof of anything. */
export type SocketNews =
  /** A node is at work; `share`: how far it is, 0 to 1, null where it does not tell. */
  | { readonly is: 'at'; readonly node: string; readonly share: number | null }
  /** The machine is through with it, well or not: its files may still be on their way. */
  | { readonly is: 'over' };

export type WebhookAnswer =
  | {
      readonly is: 'known';
      readonly id: string;
      readonly url: string | null;
      /** The service's word, such as `SUCCESS` or `FAILED`. */
      readonly status: string | null;
      /** What the receiver answered, or why it could not be reached. */
      readonly response: string | null;
      readonly retries: number | null;
      /** As the service writes them, without a zone. */
      readonly createdAt: string | null;
      readonly updatedAt: string | null;
      /** The outputs answer that was sent. */
      readonly event: Json;
    }
  /** The task has no webhook, or has not ended. */
  | { readonly is: 'none' }
  | { readonly is: 'failed'; readonly fault: Fault };

export type WebhookRetryAnswer =
  | { readonly is: 'sent' }
  | { readonly is: 'none' }
  | { readonly is: 'failed'; readonly fault: Fault };
