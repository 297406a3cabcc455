import type { Answer } from '../http/answers.js';
import { json } from '../http/answers.js';
import { jsonOf } from '../http/received.js';
import { each, getOr } from '../python/convert.js';
import type { Py, PyDict } from '../python/value.js';
import { dict, isPyDict } from '../python/value.js';
import type { Item } from '../queue/item.js';
import type { HistoryEntry } from '../queue/prompt-queue.js';
import type { Life } from '../run/life.js';
import type { Version } from '../versions.js';
import type { Route } from './route.js';

const only = { in: ({ jobs }: Version) => jobs, onlyBelowApi: true } as const;

const job = ({ id, prompt, extra }: Item, status: string, ended: HistoryEntry | null): PyDict =>
  dict({
    id,
    status,
    create_time: isPyDict(extra) ? (extra.get('create_time') ?? null) : null,
    outputs_count: BigInt(ended?.outputs.size ?? 0),
    ...(ended === null ? {} : { outputs: ended.outputs, execution_status: ended.status }),
    workflow: dict({ prompt, extra_data: extra }),
  });

const wasInterrupted = ({ status }: HistoryEntry): boolean => {
  const messages = status?.get('messages');
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : null;
  return Array.isArray(last) && last[0] === 'execution_interrupted';
};

/** Queue and history, read at once (ComfyUI notes, section 4). */
const jobsOf = ({ queue }: Life): Map<string, PyDict> =>
  new Map([
    ...queue.running.map((item): [string, PyDict] => [item.id, job(item, 'in_progress', null)]),
    ...queue.pending.map((item): [string, PyDict] => [item.id, job(item, 'pending', null)]),
    ...[...queue.history.values()].map((entry): [string, PyDict] => [
      entry.item.id,
      job(
        entry.item,
        entry.status?.get('completed') === true
          ? 'completed'
          : wasInterrupted(entry)
            ? 'cancelled'
            : 'failed',
        entry,
      ),
    ]),
  ]);

/** `GET /api/jobs` */
export const getJobs: Route = {
  name: 'jobs',
  method: 'GET',
  path: /^\/jobs$/,
  ...only,
  handle: (_, { life }) => {
    const all = [...jobsOf(life).values()];
    const total = BigInt(all.length);
    return json(
      dict({
        jobs: all,
        pagination: dict({ offset: 0n, limit: null, total, has_more: false }),
      }),
    );
  },
};

/** `GET /api/jobs/{id}` */
export const getJob: Route = {
  name: 'job',
  method: 'GET',
  path: /^\/jobs\/([^/]+)$/,
  ...only,
  handle: (_, { life }, [id = '']): Answer => {
    const found = jobsOf(life).get(id);
    return found === undefined ? json(dict({ error: 'Job not found' }), 404) : json(found);
  },
};

/** Takes it out of the queue, or stops it: one or the other, never another prompt (section 6). */
const cancelled = (life: Life, id: Py): boolean => {
  if (life.queue.delete(id)) return true;
  if (!life.queue.running.some((item) => item.id === id)) return false;
  life.executor.interrupt();
  return true;
};

/** `POST /api/jobs/{id}/cancel` */
export const postCancel: Route = {
  name: 'cancel',
  method: 'POST',
  path: /^\/jobs\/([^/]+)\/cancel$/,
  ...only,
  handle: (_, { life }, [id = '']) => json(dict({ cancelled: cancelled(life, id) })),
};

/** `POST /api/jobs/cancel` with `job_ids` */
export const postCancelAll: Route = {
  name: 'cancelAll',
  method: 'POST',
  path: /^\/jobs\/cancel$/,
  ...only,
  handle: (received, { life }) => {
    const ids = each(getOr(jsonOf(received), 'job_ids', []));
    return json(dict({ cancelled: ids.filter((id) => cancelled(life, id)) }));
  },
};
