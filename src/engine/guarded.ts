import type { Fault, Service } from '../runninghub/service.js';

/** Tasks of a batch that were submitted for other accounts. */
export interface OfOthers {
  /** Never asked for or cancelled with this key, which would be told that they do not exist. */
  readonly left: ReadonlySet<string>;
  /** The user says that it is the same account under a new key. */
  readonly adopted: ReadonlySet<string>;
}

/** The service for a batch that also has tasks of other accounts: no word of this key ends them. */
export const guarded = (service: Service, { left, adopted }: OfOthers): Service => {
  if (left.size + adopted.size === 0) return service;
  return {
    create: (request, signal) => service.create(request, signal),
    outputs: async (taskId, signal) => {
      if (left.has(taskId)) return { is: 'unread', fault: ofAnother(taskId) };
      const answer = await service.outputs(taskId, signal);
      return answer.is === 'missing' && adopted.has(taskId)
        ? { is: 'unread', fault: ofAnother(taskId) }
        : answer;
    },
    cancel: (taskId, signal) =>
      left.has(taskId)
        ? Promise.resolve({ is: 'refused', fault: ofAnother(taskId) })
        : service.cancel(taskId, signal),
    upload: (file, signal) => service.upload(file, signal),
    account: (signal) => service.account(signal),
    queue: (signal) => service.queue(signal),
    workflow: (workflowId, signal) => service.workflow(workflowId, signal),
    download: (url, from, signal) => service.download(url, from, signal),
  };
};

const ofAnother = (taskId: string): Fault => ({
  class: 'transient',
  code: 'other-account',
  message: otherAccount(taskId),
  retryAfterMs: null,
  node: null,
  field: null,
  traceback: null,
});

export const otherAccount = (taskId: string): string =>
  `task ${taskId} was submitted with another key, and only that one can ask for it`;
