import type { Json, JsonObject } from '../../values/json.js';
import { isList, isObject } from '../../values/json-text.js';
import type { Envelope } from '../envelope.js';
import { digits, envelopeFault, isGood, readAnswer, said, textOf } from '../envelope.js';
import { errorRow, fault } from '../errors.js';
import type { Reply } from '../http/http.js';
import type { Fault, TaskAnswer } from '../service.js';
import { failureOf, reasonOf } from './failure.js';
import { costOf, outputOf } from './outputs.js';

/** What `POST /openapi/v2/query` says about a task (runninghub-api 5.4). */
export const queryAnswer = (reply: Reply, site: string): TaskAnswer => {
  const answer = readAnswer(reply);
  if (answer.is === 'fault') return { is: 'unread', fault: answer.fault };
  const { envelope } = answer;
  const { body } = envelope;
  // A refusal of the query itself has the shape of a failed task without an id (2.6).
  if (!isGood(envelope.code) && (digits(body.get('taskId')) ?? '') === '')
    return refused(envelope, answer.reply);
  const status = (textOf(body.get('status')) ?? '').trim().toUpperCase();
  const cost = costOf(body.get('usage') ?? null);
  switch (status) {
    case 'CREATE':
    case 'QUEUED':
      return { is: 'queued' };
    case 'RUNNING':
      return { is: 'running', netWssUrl: null };
    case 'SUCCESS':
      return { is: 'succeeded', outputs: resultsOf(body, site), cost };
    case 'FAILED':
      return { is: 'failed', fault: failure(envelope), cost };
    case 'CANCEL':
    case 'CANCELED':
    case 'CANCELLED':
      return { is: 'cancelled', cost };
    case '':
      // Seen of cancelled tasks; of others nothing is known, so it is asked again for a while.
      return {
        is: 'missing',
        fault: fault('task', 'no-status', 'The service tells no state of the task any more'),
      };
    default:
      return {
        is: 'unread',
        fault: fault('transient', 'bad-answer', `The service answered with a state "${status}"`),
      };
  }
};

const refused = (envelope: Envelope, reply: Reply & { is: 'json' }): TaskAnswer => {
  const problem = envelopeFault(envelope, reply);
  if (['1004', '807', '423'].includes(envelope.code)) return { is: 'missing', fault: problem };
  // Of a task that is known to exist, only the account's faults mean more than "ask again".
  const kind =
    problem.class === 'account' || problem.class === 'capacity' ? problem.class : 'transient';
  return { is: 'unread', fault: { ...problem, class: kind } };
};

const resultsOf = (body: JsonObject, site: string): ReturnType<typeof outputOf> => {
  const results: Json = body.get('results') ?? null;
  return isList(results) ? results.flatMap((item) => outputOf(item, site)) : [];
};

/** By the service's code where that says that another try is no use, else by the machine's reason. */
const failure = ({ code, text, body }: Envelope): Fault => {
  const reason = body.get('failedReason') ?? null;
  const { row, code: named } = errorRow(code, text);
  const detail = isObject(reason) && reasonOf(reason) !== null ? failureOf(reason, text) : null;
  if (isGood(code) || (detail !== null && row.class !== 'input'))
    return detail ?? failureOf(null, text);
  return fault(row.class === 'input' ? 'input' : 'task', named, said(row.about, text, named), {
    node: detail?.node ?? null,
    traceback: detail?.traceback ?? null,
  });
};
