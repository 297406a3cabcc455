import type { Json, JsonObject } from '../../values/json.js';
import { isObject } from '../../values/json-text.js';
import type { TaskId } from '../../values/ids.js';
import { isTaskId } from '../../values/ids.js';
import type { Answer, Envelope } from '../envelope.js';
import {
  digits,
  envelopeFault,
  envelopeOf,
  isGood,
  readAnswer,
  stateWord,
  textOf,
} from '../envelope.js';
import { errorRow, fault, rowOf } from '../errors.js';
import type { Reply } from '../http/http.js';
import type { CreateAnswer, Fault } from '../service.js';
import { nodeErrors } from './prompt-tips.js';

/** What a create was answered with. An answer that holds a taskId is accepted whatever else it says. */
export const createAnswer = (reply: Reply): CreateAnswer => {
  const accepted = reply.is === 'json' ? acceptance(reply.body, reply.status) : null;
  if (accepted !== null) return accepted;
  const answer = readAnswer(reply);
  if (answer.is === 'fault') return unread(answer, reply);
  const { envelope } = answer;
  const { status } = answer.reply;
  if (isGood(envelope.code)) {
    const why = 'The service accepted the task but gave no task id';
    return {
      is: refusedBy(status) ? 'refused' : 'lost',
      fault: fault('unknown', 'bad-answer', why),
    };
  }
  const problem = envelopeFault(envelope, answer.reply);
  if (!mayHaveMade(envelope, status, problem))
    return { is: 'refused', fault: withNodeErrors(problem, envelope) };
  return { is: 'lost', fault: problem };
};

/**
 * HTTP statuses that say that a request was not carried out (runninghub-api 19.1: the service's
 * own rules; RFC 9110). A page with one of them comes from a firewall or a proxy before it.
 */
const refusals: ReadonlySet<number> = new Set([
  301, 307, 308, 400, 401, 403, 404, 405, 407, 411, 413, 414, 431,
]);

const refusedBy = (status: number): boolean => refusals.has(status);

const unread = ({ fault: problem, sent }: Answer & { is: 'fault' }, reply: Reply): CreateAnswer => {
  const certain =
    !sent || problem.class === 'capacity' || (reply.is !== 'none' && refusedBy(reply.status));
  return { is: certain ? 'refused' : 'lost', fault: problem };
};

/** Whether a create that was answered so may have made a task (10.3). */
const mayHaveMade = ({ code, text }: Envelope, status: number, { class: kind }: Fault): boolean => {
  if (kind === 'capacity') return false;
  const { row, code: named } = errorRow(code, text);
  // Of these the table says nothing certain: the status, or the words, may.
  const vague = ['-1', '1'].includes(named) || rowOf(named) === null;
  if (vague) return !refusedBy(status) && !/ApiKey verification failed/i.test(text);
  return row.create === 'lost' || status >= 500;
};

/** Bare ids have at least so many digits; what is shorter may be a count. */
const bareId = /^\d{15,20}$/;

const acceptance = (body: Json, status: number): CreateAnswer | null => {
  const bare = status < 300 ? bareIdOf(body) : null;
  if (bare !== null) return acceptedWith(bare, null);
  for (const holder of holders(body)) {
    const taskId = digits(
      holder.get('taskId') ?? holder.get('task_id') ?? holder.get('taskID') ?? holder.get('taskid'),
    );
    if (taskId !== null && isTaskId(taskId)) return acceptedWith(taskId, holder);
  }
  return null;
};

/** The answer, and what it wraps (runninghub-api 19.1). */
const holders = (body: Json): JsonObject[] => {
  const found: JsonObject[] = [];
  for (let at: Json | undefined = body; isObject(at) && found.length < 3; at = at.get('data'))
    found.push(at);
  return found.reverse();
};

/** The id alone, or alone in the `data` of a good answer. */
const bareIdOf = (body: Json): TaskId | null => {
  const answer = isObject(body) ? envelopeOf(body) : null;
  const data = isObject(body)
    ? answer !== null && isGood(answer.code)
      ? answer.data
      : null
    : body;
  const id = digits(isObject(data) && !data.has('taskId') ? data.get('id') : data);
  return id !== null && bareId.test(id) && isTaskId(id) ? id : null;
};

const acceptedWith = (taskId: TaskId, holder: JsonObject | null): CreateAnswer => ({
  is: 'accepted',
  taskId,
  running: stateWord(holder?.get('taskStatus') ?? holder?.get('status')) === 'RUNNING',
  netWssUrl: textOf(holder?.get('netWssUrl')),
  nodeErrors: nodeErrors(holder?.get('promptTips')).map(({ message }) => message),
});

/** Which node and field an 803 or a 433 speaks of. */
const withNodeErrors = (problem: Fault, { data, text, body }: Envelope): Fault => {
  const named = /nodeId=([^,)\s]+)(?:,\s*fieldName=([^,)\s]+))?/.exec(text);
  if (named !== null) return { ...problem, node: named[1] ?? null, field: named[2] ?? null };
  const tips =
    (isObject(data) ? data.get('promptTips') : null) ??
    body.get('promptTips') ??
    (text.includes('{') ? text.slice(text.indexOf('{')) : null);
  const [first] = nodeErrors(tips);
  return first === undefined
    ? problem
    : {
        ...problem,
        node: first.node,
        field: first.field,
        message: `${problem.message}: ${first.message}`,
      };
};
