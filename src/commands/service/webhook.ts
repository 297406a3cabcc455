import type { Fault, WebhookAnswer, Webhooks } from '../../runninghub/service.js';
import { oneLine } from '../../terminal/format.js';
import type { TaskId } from '../../values/ids.js';
import { isObject, jsonText } from '../../values/json-text.js';
import { toPlain } from '../../values/json-plain.js';
import type { Call } from '../argv/call.js';
import { exit } from '../../batch/exit.js';
import type { Io } from '../../edges/io.js';
import { sayOne, sayUnanswered } from '../say.js';
import { taskOfRun } from './task-of-run.js';
import { whoAsks } from '../who-asks.js';
import { clientOf } from '../../batch/client.js';
import type { Identity } from '../../batch/connect.js';

type Known = WebhookAnswer & { readonly is: 'known' };

/** Whose event is meant. `run`: its name; null where a task was named. */
interface Meant {
  readonly taskId: TaskId;
  readonly run: string | null;
  /** Who asks, for what to look at where nothing answers. */
  readonly identity: Identity;
}

/** `rh-batch webhook details|resend TASK|RUN` */
export const webhook = async (call: Call, io: Io): Promise<number> => {
  const action = call.args[0] ?? '';
  const url = call.text('url');
  const wrong = wrongUse(action, url);
  if (wrong !== null) {
    sayOne('E0001', wrong, 'rh-batch webhook details RUN, rh-batch webhook resend RUN', call, io);
    return exit.badInput;
  }
  const asking = await whoAsks(call, io);
  if (asking === null) return exit.badInput;
  const meant = await meantBy(call.args[1] ?? '', asking.identity, call, io);
  if (meant === null) return exit.badInput;
  const client = clientOf(asking.identity);
  try {
    const found = await client.webhook(meant.taskId);
    if (found.is !== 'known') return refused(found, meant, call, io);
    return action === 'details'
      ? details(found, meant, call, io)
      : await resend(found, url, meant, client, call, io);
  } finally {
    await client.close();
  }
};

const wrongUse = (action: string, url: string | null): string | null => {
  if (action !== 'details' && action !== 'resend')
    return `webhook does "details" or "resend", not "${action}"`;
  if (url === null) return null;
  if (action === 'details') return '--url goes with "resend"';
  return URL.canParse(url) && /^https?:\/\//i.test(url)
    ? null
    : `--url wants http(s)://…, not "${url}"`;
};

/** null: there is no such task, which was said. */
const meantBy = async (
  typed: string,
  identity: Identity,
  call: Call,
  io: Io,
): Promise<Meant | null> => {
  const found = await taskOfRun(typed, call, io);
  return found === null
    ? null
    : { taskId: found.taskId, run: found.run?.inputs.name ?? null, identity };
};

const refused = (
  answer: { readonly is: 'none' } | { readonly is: 'failed'; readonly fault: Fault },
  { taskId, run, identity }: Meant,
  call: Call,
  io: Io,
): number => {
  if (answer.is === 'failed') sayUnanswered(answer.fault, identity, call, io);
  else
    sayOne(
      'E0801',
      `task ${taskId}${run === null ? '' : ` of ${run}`} has no webhook event: it was submitted without a webhook, or has not ended`,
      'the manifest\'s "webhookUrl", or apply --listen, gives tasks one',
      call,
      io,
    );
  return exit.service;
};

const details = (found: Known, { taskId, run }: Meant, call: Call, io: Io): number => {
  const { id, url, status, response, retries, createdAt, updatedAt, event } = found;
  if (call.flag('json')) {
    const told = { id, url, status, response, retries, createdAt, updatedAt };
    const webhook = { ...told, event: toPlain(event) };
    io.out.write(`${JSON.stringify({ version: 1, taskId, run, webhook })}\n`);
    return exit.done;
  }
  const code = isObject(event) ? event.get('code') : undefined;
  const rows: readonly (readonly [string, string | null])[] = [
    ['task', run === null ? taskId : `${taskId}  ${run}`],
    ['event', id],
    ['sent to', url],
    ['status', `${status ?? '?'}${retries === null ? '' : `, ${retries} repeats`}`],
    ['answer', response],
    ['times', [createdAt, updatedAt].filter((time) => time !== null).join(' to ')],
    ['told', code === undefined ? null : `code ${jsonText(code)}; the whole event with --json`],
  ];
  for (const [name, text] of rows)
    if (text !== null && text !== '') io.out.write(`${name.padEnd(8)} ${oneLine(text)}\n`);
  return exit.done;
};

const resend = async (
  { id, url: before }: Known,
  asked: string | null,
  meant: Meant,
  client: Webhooks,
  call: Call,
  io: Io,
): Promise<number> => {
  const url = asked ?? before ?? '';
  const answer = await client.retryWebhook(id, url);
  if (answer.is !== 'sent') return refused(answer, meant, call, io);
  const { taskId, run } = meant;
  if (call.flag('json'))
    io.out.write(`${JSON.stringify({ version: 1, taskId, run, resent: { id, url } })}\n`);
  else io.out.write(`the event of task ${taskId} is sent again${url === '' ? '' : ` to ${url}`}\n`);
  return exit.done;
};
