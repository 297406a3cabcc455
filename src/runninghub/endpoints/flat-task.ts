import type { Json } from '../../values/json.js';
import { isList, isObject, parseJson } from '../../values/json-text.js';
import type { Envelope } from '../envelope.js';
import { digits, isGood, said, stateWord } from '../envelope.js';
import { errorRow, fault } from '../errors.js';
import type { Reply } from '../http/http.js';
import type { Fault, TaskAnswer } from '../service.js';
import { failureOf, reasonOf } from './failure.js';
import { costOf, outputOf } from './output.js';
import { refusedRead } from './refused-read.js';

/** Code of the answer about a task that tells no state of it. */
export const noStatus = 'no-status';

/** What a flat answer of V2 says about a task (runninghub-api 5.4). */
export const flatTask = (
  envelope: Envelope,
  reply: Reply & { is: 'json' },
  site: string,
): TaskAnswer => {
  const { body, code } = envelope;
  const taskId = digits(body.get('taskId') ?? body.get('task_id')) ?? '';
  // A refusal of the query itself has the shape of a failed task without an id (2.6).
  if (!isGood(code) && taskId === '') return refusedRead(envelope, reply);
  const status = stateWord(body.get('status') ?? body.get('taskStatus'));
  const cost = costOf(body.get('usage') ?? null);
  const outputs = resultsOf(body.get('results') ?? null).flatMap((item) => outputOf(item, site));
  switch (status) {
    case 'CREATE':
    case 'QUEUED':
      return { is: 'queued' };
    case 'RUNNING':
      return { is: 'running', netWssUrl: null };
    case 'SUCCESS':
      return { is: 'succeeded', outputs, cost };
    case 'FAILED':
      return { is: 'failed', fault: failure(envelope), cost };
    case 'CANCEL':
    case 'CANCELED':
    case 'CANCELLED':
      return { is: 'cancelled', cost };
    case '': {
      if (!isGood(code)) return refusedRead(envelope, reply);
      if (outputs.length > 0) return { is: 'succeeded', outputs, cost };
      // Seen of cancelled tasks; of others nothing is known, so it is asked again for a while.
      const why = 'The service tells no state of the task any more';
      return { is: 'missing', fault: fault('task', noStatus, why), noState: cost };
    }
    default:
      return {
        is: 'unread',
        fault: fault('transient', 'bad-answer', `The service answered with a state "${status}"`),
      };
  }
};

/** A list, seldom one item alone, or a JSON text of either. */
const resultsOf = (results: Json): readonly Json[] => {
  const read = typeof results === 'string' ? parseJson(results) : null;
  const parsed = read?.ok === true ? read.value : results;
  if (isList(parsed)) return parsed;
  return isObject(parsed) || (typeof parsed === 'string' && parsed !== '') ? [parsed] : [];
};

/** By the service's code where that says that another try is no use, else by the machine's reason. */
const failure = ({ code, text, body }: Envelope): Fault => {
  const reason = body.get('failedReason') ?? body.get('failed_reason') ?? null;
  const { row, code: named } = errorRow(code, text);
  const parsed = reasonOf(reason);
  const detail = parsed === null ? null : failureOf(parsed, text);
  if (isGood(code) || (detail !== null && row.class !== 'input'))
    return detail ?? failureOf(null, text);
  return fault(row.class === 'input' ? 'input' : 'task', named, said(row.about, text, named), {
    node: detail?.node ?? null,
    traceback: detail?.traceback ?? null,
  });
};
