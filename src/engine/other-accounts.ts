import type { Fault, Service } from '../runninghub/service.js';

/** Tasks of a batch that were submitted for other accounts. */
export interface OtherAccountTasks {
  /** Never read or cancelled with this key: the service would answer that they do not exist. */
  readonly left: ReadonlySet<string>;
  /** The user says that it is the same account under a new key. */
  readonly adopted: ReadonlySet<string>;
}

/** The service for a batch that also has tasks of other accounts: no answer to this key ends them. */
export const protectOtherAccounts = (
  service: Service,
  { left, adopted }: OtherAccountTasks,
): Service => {
  if (left.size + adopted.size === 0) return service;
  return {
    create: (request, signal) => service.create(request, signal),
    outputs: async (taskId, signal) => {
      if (left.has(taskId)) return { is: 'unread', fault: otherAccountFault(taskId) };
      const answer = await service.outputs(taskId, signal);
      return answer.is === 'missing' && adopted.has(taskId)
        ? { is: 'unread', fault: otherAccountFault(taskId) }
        : answer;
    },
    cancel: (taskId, signal) =>
      left.has(taskId)
        ? Promise.resolve({ is: 'refused', fault: otherAccountFault(taskId) })
        : service.cancel(taskId, signal),
    upload: (file, signal) => service.upload(file, signal),
    account: (signal) => service.account(signal),
    queue: (signal) => service.queue(signal),
    workflow: (workflowId, signal) => service.workflow(workflowId, signal),
    download: (url, from, signal) => service.download(url, from, signal),
    ...(service.named === undefined ? {} : { named: service.named }),
  };
};

const otherAccountFault = (taskId: string): Fault => ({
  class: 'transient',
  code: 'other-account',
  message: otherAccountMessage(taskId),
  retryAfterMs: null,
  node: null,
  field: null,
  traceback: null,
});

export const otherAccountMessage = (taskId: string): string =>
  `task ${taskId} was submitted with another key, and only that one can ask for it`;
