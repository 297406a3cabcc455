import { openAsBlob } from 'node:fs';
import { FormData } from 'undici';
import { isObject, jsonText } from '../values/json-text.js';
import { createAnswer } from './endpoints/create.js';
import { taskAnswer } from './endpoints/outputs.js';
import { envelopeFault, isGood, readAnswer, textOf } from './envelope.js';
import { fault } from './errors.js';
import type { Gate } from './http/gate.js';
import type { Reply } from './http/http.js';
import type { CreateRequest, Fault, Service, UploadAnswer, UploadFile } from './service.js';
import type { TaskId } from '../values/ids.js';
import { badUpload } from './upload-name.js';

/** What this side of the service needs of the client: the key goes as Bearer, never into a body. */
export interface V2Wire {
  readonly site: string;
  readonly send: (
    endpoint: 'create' | 'outputs' | 'upload',
    path: string,
    body: string | FormData,
    signal: AbortSignal | undefined,
  ) => Promise<Reply>;
  /** A fault without the key, which the service may repeat in its words. */
  readonly cleaned: (found: Fault) => Fault;
  readonly gate: Gate;
}

/** The endpoints below `/openapi/v2` (runninghub-api 2.6, 4.2, 5.4, 7.4); the rest is `classic`. */
export const v2Service = (classic: Service, wire: V2Wire): Service => ({
  create: async (request: CreateRequest, signal) => {
    const answer = createAnswer(
      await wire.send('create', request.path, jsonText(wire.gate.restored(request.body)), signal),
    );
    return answer.is === 'accepted' ? answer : { ...answer, fault: wire.cleaned(answer.fault) };
  },
  outputs: async (taskId: TaskId, signal) => {
    const body = jsonText(new Map([['taskId', taskId]]));
    const answer = taskAnswer(
      await wire.send('outputs', '/openapi/v2/query', body, signal),
      wire.site,
    );
    return 'fault' in answer ? { ...answer, fault: wire.cleaned(answer.fault) } : answer;
  },
  upload: async (file, signal) => {
    const answer = await upload(file, wire, signal);
    return answer.is === 'stored' ? answer : { ...answer, fault: wire.cleaned(answer.fault) };
  },
  cancel: (taskId, signal) => classic.cancel(taskId, signal),
  account: (signal) => classic.account(signal),
  queue: (signal) => classic.queue(signal),
  workflow: (workflowId, signal) => classic.workflow(workflowId, signal),
  download: (url, from, signal) => classic.download(url, from, signal),
});

/** Requests for models name an upload by its link, which lives a day (4.2). */
const upload = async (
  file: UploadFile,
  wire: V2Wire,
  signal: AbortSignal | undefined,
): Promise<UploadAnswer> => {
  const form = new FormData();
  try {
    form.set('file', await openAsBlob(file.path, { type: file.mediaType }), file.name);
  } catch (cause) {
    return { is: 'failed', fault: unreadableFile(cause) };
  }
  const path = '/openapi/v2/media/upload/binary';
  const answer = readAnswer(await wire.send('upload', path, form, signal));
  if (answer.is === 'fault') return { is: 'failed', fault: answer.fault };
  const { envelope } = answer;
  if (!isGood(envelope.code)) return { is: 'failed', fault: envelopeFault(envelope, answer.reply) };
  const url = isObject(envelope.data) ? textOf(envelope.data.get('download_url')) : null;
  if (url === null || url === '')
    return {
      is: 'failed',
      fault: fault('transient', 'bad-answer', 'The upload was answered without a link'),
    };
  const bad = badUpload(url);
  if (bad !== null) return { is: 'failed', fault: bad };
  wire.gate.takeUpload(url);
  return { is: 'stored', fileName: url };
};

export const unreadableFile = (cause: unknown): Fault =>
  fault(
    'input',
    'unreadable-file',
    `The file cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
  );
