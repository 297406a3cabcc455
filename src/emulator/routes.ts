import { createHash } from 'node:crypto';
import type { Json } from '../values/json.js';
import { isList, jsonText, parseJson } from '../values/json-text.js';
import {
  created,
  map,
  number,
  outputsOf,
  refusal,
  success,
  v2Refused,
  v2Status,
  v2Submitted,
} from './answers.js';
import type { FaultKind } from './faults.js';
import type { Received } from './request.js';
import type { ServiceModel, Task } from './service.js';

export interface RouteContext {
  readonly model: ServiceModel;
  /** `http://127.0.0.1:8188`; links point here, whatever Host the client sent. */
  readonly site: string;
  readonly ws: string;
  /** The fault drawn for this request, for those that change what is said rather than how. */
  readonly fault: FaultKind | null;
  /** Lora files by their name. */
  readonly loras: Map<string, number>;
}

export type Handler = (request: Received, context: RouteContext) => Json;

export interface Route {
  /** Endpoint's name, in stats and for faults. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: RegExp;
  readonly handle: Handler;
}

const route = (
  name: string,
  method: Route['method'],
  path: string | RegExp,
  handle: Handler,
): Route => ({
  name,
  method,
  path: typeof path === 'string' ? new RegExp(`^${path}$`) : path,
  handle,
});

const text = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : jsonText(value);

/** The task that the request names, if the key may see it. */
const taskOf = ({ body, key }: Received, { model }: RouteContext): Task | Json => {
  const account = model.account(key);
  if ('is' in account) return refusal(account);
  const id = text(body.get('taskId'));
  if (id === '') return refusal({ is: 'refused', code: 301, msg: 'taskId cannot be empty' });
  if (!/^[1-9]\d*$/.test(id))
    return refusal({ is: 'refused', code: 301, msg: 'taskId must be positive' });
  const task = model.tasks.get(id);
  return task === undefined || task.key !== key ? notFound : task;
};

const notFound = refusal({ is: 'refused', code: 807, msg: 'APIKEY_TASK_NOT_FOUND' });

const isTask = (value: Task | Json): value is Task =>
  typeof value === 'object' && value !== null && 'taskId' in value;

const withTask =
  (answer: (task: Task, context: RouteContext) => Json): Handler =>
  (request, context) => {
    const task = taskOf(request, context);
    return isTask(task) ? answer(task, context) : task;
  };

const create: Handler = ({ key, body }, { model, ws, fault }) => {
  if (fault === 'capacity') return refusal({ is: 'refused', code: 421, msg: 'TASK_QUEUE_MAXED' });
  const made = model.create(key, body);
  if ('is' in made) return refusal(made);
  return created(model, made, ws);
};

const createV2: Handler = ({ key, body, path }, { model }) => {
  const id = path.split('/').at(-1) ?? '';
  const made = model.create(key, new Map<string, Json>(body).set('workflowId', id));
  return 'is' in made ? v2Refused(made) : v2Submitted(model, made);
};

const outputs = withTask((task, { model, site, ws, fault }) => {
  task.polls += 1;
  const honest = outputsOf(model, task, site, ws);
  const status = model.statusOf(task);
  switch (fault) {
    case 'emptyOutputs':
      return status === 'SUCCESS' ? success(task.polls % 2 === 0 ? [] : null) : honest;
    case 'flapping':
      return status === 'QUEUED' || status === 'RUNNING'
        ? refusal({
            is: 'refused',
            code: status === 'RUNNING' ? 813 : 804,
            msg: 'APIKEY_TASK_IS_RUNNING',
          })
        : honest;
    case 'unknownStatus':
      return refusal({ is: 'refused', code: 899, msg: 'APIKEY_TASK_IS_DREAMING' });
    case 'falseFailure':
      // Never twice in a row: asked again after a pause, the truth is told (runninghub-api 5.3).
      return task.polls % 2 === 1
        ? refusal({ is: 'refused', code: 805, msg: 'APIKEY_TASK_STATUS_ERROR' })
        : honest;
    case 'missing':
      return notFound;
    default:
      return honest;
  }
});

const status = withTask((task, { model }) => {
  const now = model.statusOf(task);
  return success(now === 'CANCEL' ? 'FAILED' : now, '');
});

const cancel = withTask((task, { model }) => (model.cancel(task) ? success(null) : notFound));

const account: Handler = ({ key }, { model }) => {
  const found = model.account(key);
  if ('is' in found)
    return refusal(found.code === 802 ? { ...found, code: 301, msg: 'user not exist' } : found);
  const { total } = model.inFlight(key ?? '');
  const { options } = found;
  return success(
    map({
      remainCoins: String(Math.max(0, Math.floor(found.coins))),
      currentTaskCounts: String(total),
      remainMoney: options.money === null ? null : String(options.money),
      currency: options.money === null ? null : 'CNY',
      apiType: options.apiType,
    }),
  );
};

const queue: Handler = ({ key }, { model }) => {
  const found = model.account(key);
  if ('is' in found)
    return map({ code: number(401), msg: 'ApiKey verification failed', data: null });
  if (!model.options.queueStatus)
    return map({ code: number(404), msg: 'not available', data: null });
  const { running, queued, total } = model.inFlight(key ?? '');
  return success(
    map({
      apiKeyType: found.options.apiType,
      concurrentLimit: number(model.options.slots + model.options.queue),
      runningCount: String(running),
      queuedCount: String(queued),
      totalCurrentTasks: String(total),
    }),
  );
};

const workflow: Handler = ({ key, body }, { model }) => {
  const id = text(body.get('workflowId'));
  const graph = model.workflow(key, id);
  if ('is' in graph && typeof graph.is === 'string') return refusal(graph);
  return success(map({ prompt: model.saved.get(id) ?? '' }), 'SUCCESS');
};

/** Ending of the uploaded name, lower case; `png` where it has none. */
const endingOf = (name: string): string =>
  /\.([a-z0-9]{1,11})$/i.exec(name)?.[1]?.toLowerCase() ?? 'png';

const upload: Handler = ({ key, form, tooLarge }, { model }) => {
  const found = model.account(key);
  if ('is' in found) return refusal(found);
  if (tooLarge) return refusal({ is: 'refused', code: 809, msg: 'APIKEY_FILE_SIZE_EXCEEDED' });
  if (form?.file == null) return refusal({ is: 'refused', code: 301, msg: 'file cannot be empty' });
  const stored = model.store(key ?? '', 'api', form.file.bytes, endingOf(form.file.name));
  return success(
    map({ fileName: stored.fileName, fileType: form.fields.get('fileType') ?? 'input' }),
  );
};

const uploadV2: Handler = ({ key, form, tooLarge }, { model, site }) => {
  const found = model.account(key);
  const refuseV2 = (code: number, message: string): Json =>
    map({ code: number(code), message, data: null });
  if ('is' in found) return refuseV2(401, 'ApiKey verification failed');
  if (tooLarge) return refuseV2(1008, 'File size limit exceeded');
  if (form?.file == null) return refuseV2(1007, 'file cannot be empty');
  const ext = endingOf(form.file.name);
  const stored = model.store(key ?? '', 'openapi', form.file.bytes, ext);
  const type = /^(mp4|mov|avi|mkv|webm)$/.test(ext)
    ? 'video'
    : /^(mp3|wav|flac)$/.test(ext)
      ? 'audio'
      : ext === 'zip'
        ? 'zip'
        : 'image';
  return map({
    code: number(0),
    message: 'success',
    data: map({
      type,
      download_url: `${site}/input/${stored.fileName}`,
      fileName: stored.fileName,
      size: String(stored.bytes),
    }),
  });
};

const queryV2: Handler = (request, context) => {
  const id = text(request.body.get('taskId'));
  const v2Problem = (code: number, msg: string): Json => v2Refused({ is: 'refused', code, msg });
  if ('is' in context.model.account(request.key))
    return v2Problem(1002, 'Invalid API Key, please check your credentials');
  if (!/^[1-9]\d*$/.test(id)) return v2Problem(1007, 'taskId must be greater than 0');
  const task = context.model.tasks.get(id);
  return task === undefined || task.key !== request.key
    ? v2Problem(1004, 'Task not found, please check the task ID')
    : v2Status(context.model, task, context.site);
};

const appDemo: Handler = ({ key, query }, { model }) => {
  const found = model.account(key);
  if ('is' in found) return refusal(found);
  const demo = model.options.apps.get(query.get('webappId') ?? '');
  const read = demo === undefined ? null : parseJson(demo);
  return read?.ok === true
    ? success(read.value)
    : refusal({ is: 'refused', code: 901, msg: 'WEBAPP_NOT_EXISTS' });
};

const appRun: Handler = (request, context) => {
  const { body } = request;
  if (!isList(body.get('nodeInfoList') ?? null))
    return refusal({ is: 'refused', code: 301, msg: 'nodeInfoList cannot be empty' });
  const { apps } = context.model.options;
  const known = apps.has(text(body.get('webappId')));
  if (!known && (apps.size > 0 || context.model.options.unknownWorkflows === 'refuse'))
    return refusal({ is: 'refused', code: 901, msg: 'WEBAPP_NOT_EXISTS' });
  return create(request, context);
};

const webhookDetail = withTask((task) =>
  task.webhookUrl === null
    ? refusal({ is: 'refused', code: 1, msg: 'webhook event not exists' })
    : success(
        map({
          id: task.taskId,
          userApiKey: '******************',
          taskId: task.taskId,
          webhookUrl: task.webhookUrl,
          eventData: '{}',
          callbackStatus: task.webhookSent ? 'SUCCESS' : 'FAILED',
          callbackResponse: '',
          retryCount: number(0),
        }),
      ),
);

const webhookRetry: Handler = ({ key }, { model }) => {
  const found = model.account(key);
  return 'is' in found ? refusal(found) : success(null, '');
};

const loraUrl: Handler = ({ key, body }, { model, site, loras }) => {
  const found = model.account(key);
  if ('is' in found) return refusal(found);
  const md5 = text(body.get('md5Hex'));
  if (!/^[0-9a-f]{32}$/.test(md5))
    return refusal({ is: 'refused', code: 301, msg: 'md5Hex is not valid' });
  const fileName = `api-lora-cn/${md5}.safetensors`;
  const stored = loras.has(fileName);
  return success(
    map({
      fileName,
      ...(stored ? {} : { url: `${site}/lora/${md5}.safetensors?q-sign=emulated` }),
    }),
  );
};

const loraPut: Handler = ({ path, form }, { loras }) => {
  const md5 = /([0-9a-f]{32})\.safetensors$/.exec(path)?.[1] ?? '';
  const raw = form?.raw ?? new Uint8Array();
  if (createHash('md5').update(raw).digest('hex') !== md5)
    return map({ code: number(1), msg: 'md5 mismatch', data: null });
  loras.set(`api-lora-cn/${md5}.safetensors`, raw.length);
  return map({});
};

/** Standard models: any path, a prompt, a picture (7.4). */
const model: Handler = ({ key, body, path }, { model: service }) => {
  const found = service.account(key);
  if ('is' in found) return v2Refused({ is: 'refused', code: 1002, msg: 'Invalid API Key' });
  if (found.options.apiType === 'NORMAL' && service.options.keys !== null)
    return v2Refused({
      is: 'refused',
      code: 1014,
      msg: 'Access Denied: Standard Model API is restricted to Enterprise-Shared API Keys only.',
    });
  if (typeof body.get('prompt') !== 'string')
    return v2Refused({ is: 'refused', code: 1007, msg: 'prompt cannot be empty' });
  const graph = jsonText(
    map({
      '1': map({ class_type: path.includes('video') ? 'SaveVideo' : 'SaveImage', inputs: body }),
    }),
  );
  const made = service.create(
    key,
    new Map<string, Json>([['workflowId', '1'], ['workflow', graph], ...body]),
  );
  return 'is' in made ? v2Refused(made) : v2Submitted(service, made);
};

export const routes: readonly Route[] = [
  route('create', 'POST', '/task/openapi/create', create),
  route('status', 'POST', '/task/openapi/status', status),
  route('outputs', 'POST', '/task/openapi/outputs', outputs),
  route('cancel', 'POST', '/task/openapi/cancel', cancel),
  route('upload', 'POST', '/task/openapi/upload', upload),
  route('aiApp', 'POST', '/task/openapi/(?:quick-)?ai-app/run', appRun),
  route('webhookDetail', 'POST', '/task/openapi/getWebhookDetail', webhookDetail),
  route('webhookRetry', 'POST', '/task/openapi/retryWebhook', webhookRetry),
  route('account', 'POST', '/uc/openapi/accountStatus', account),
  route('workflow', 'POST', '/api/openapi/getJsonApiFormat', workflow),
  route('loraUrl', 'POST', '/api/openapi/getLoraUploadUrl', loraUrl),
  route('loraPut', 'PUT', /^\/lora\//, loraPut),
  route('appDemo', 'GET', '/api/webapp/apiCallDemo', appDemo),
  route('queue', 'GET', '/openapi/v2/queue/status', queue),
  route('uploadV2', 'POST', '/openapi/v2/media/upload/binary', uploadV2),
  route('queryV2', 'POST', '/openapi/v2/query', queryV2),
  route('createV2', 'POST', /^\/openapi\/v2\/run\/(?:workflow|ai-app)\/\d+$/, createV2),
  route('model', 'POST', /^\/openapi\/v2\/(?!run\/|media\/|queue\/)[\w.-]+(?:\/[\w.-]+)+$/, model),
];
