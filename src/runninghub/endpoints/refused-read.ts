import type { Envelope } from '../envelope.js';
import { envelopeFault } from '../envelope.js';
import type { Reply } from '../http/http.js';
import type { TaskAnswer } from '../service.js';
import { failureOf } from './failure.js';
import { costOf, netWssUrlIn } from './output.js';

/** What a code that is not good says about a task that was asked for (runninghub-api 5.2, 5.3). */
export const refusedRead = (envelope: Envelope, reply: Reply & { is: 'json' }): TaskAnswer => {
  const { data, text } = envelope;
  const problem = envelopeFault(envelope, reply);
  switch (problem.code) {
    case '804':
      return { is: 'running', netWssUrl: netWssUrlIn(data) };
    case '813':
      return { is: 'queued' };
    case '805':
      return { is: 'failed', fault: failureOf(data, text), cost: costOf(data) };
    default:
  }
  if (saysMissing(problem.code, text)) return { is: 'missing', fault: problem };
  // Of a task that is known to exist, only the account's faults mean more than "ask again".
  const kind =
    problem.class === 'account' || problem.class === 'capacity' ? problem.class : 'transient';
  return { is: 'unread', fault: { ...problem, class: kind } };
};

/** The task is unknown or has expired. 1007 says it in words alone (runninghub-api 19.1). */
export const saysMissing = (code: string, text: string): boolean =>
  ['807', '423', '1004'].includes(code) || (code === '1007' && noTask.test(text));

const noTask =
  /task\S*\s.*(?:not (?:be )?found|not exist|no such|expired)|no such task|must not be null|must be greater than 0|任务.*(?:不存在|过期)/i;
