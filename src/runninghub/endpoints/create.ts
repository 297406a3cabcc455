import type { Json } from '../../values/json.js';
import { isList, isObject, parseJson } from '../../values/json-text.js';
import { isTaskId } from '../../values/ids.js';
import { digits, envelopeFault, isGood, readAnswer, textOf } from '../envelope.js';
import { errorRow, fault } from '../errors.js';
import type { Reply } from '../http/http.js';
import type { CreateAnswer } from '../service.js';

/** What a create was answered with. An answer that holds a taskId is accepted whatever else it says. */
export const createAnswer = (reply: Reply): CreateAnswer => {
  const accepted = reply.is === 'json' ? acceptance(reply.body) : null;
  if (accepted !== null) return accepted;
  const answer = readAnswer(reply);
  if (answer.is === 'fault') {
    const certain = !answer.sent || answer.fault.class === 'capacity';
    return certain ? { is: 'refused', fault: answer.fault } : { is: 'lost', fault: answer.fault };
  }
  const { envelope } = answer;
  if (isGood(envelope.code))
    return {
      is: 'lost',
      fault: fault('unknown', 'bad-answer', 'The service accepted the task but gave no task id'),
    };
  const problem = envelopeFault(envelope, answer.reply);
  const { row } = errorRow(envelope.code, envelope.text);
  const lost = row.create === 'lost' || (answer.reply.status >= 500 && row.class !== 'capacity');
  if (lost && problem.class !== 'capacity') return { is: 'lost', fault: problem };
  return { is: 'refused', fault: withNodeErrors(problem, envelope.data, envelope.text) };
};

const acceptance = (body: Json): CreateAnswer | null => {
  if (!isObject(body)) return null;
  const data = body.get('data');
  const holder = isObject(data) ? data : body;
  const taskId = digits(holder.get('taskId'));
  if (taskId === null || !isTaskId(taskId)) return null;
  return {
    is: 'accepted',
    taskId,
    running: textOf(holder.get('taskStatus') ?? holder.get('status')) === 'RUNNING',
    netWssUrl: textOf(holder.get('netWssUrl')),
    nodeErrors: nodeErrors(holder.get('promptTips')).map(({ message }) => message),
  };
};

interface NodeError {
  readonly node: string;
  readonly field: string | null;
  readonly message: string;
}

/** Which node and field an 803 or a 433 speaks of. */
const withNodeErrors = (
  problem: ReturnType<typeof fault>,
  data: Json,
  text: string,
): ReturnType<typeof fault> => {
  const named = /nodeId=([^,)\s]+)(?:,\s*fieldName=([^,)\s]+))?/.exec(text);
  if (named !== null) return { ...problem, node: named[1] ?? null, field: named[2] ?? null };
  const tips = isObject(data)
    ? data.get('promptTips')
    : text.includes('{')
      ? text.slice(text.indexOf('{'))
      : null;
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

/** `promptTips` is a JSON text, `""` or null; only a parsed, filled `node_errors` counts (8). */
const nodeErrors = (tips: Json | undefined): NodeError[] => {
  if (typeof tips !== 'string' || tips === '') return [];
  const read = parseJson(tips);
  const errors = read.ok && isObject(read.value) ? read.value.get('node_errors') : undefined;
  if (!isObject(errors)) return [];
  return [...errors].flatMap(([node, entry]) => {
    const list = isObject(entry) ? entry.get('errors') : undefined;
    const name = isObject(entry) ? (textOf(entry.get('class_type')) ?? 'node') : 'node';
    return (list !== undefined && isList(list) ? list : []).flatMap((item) => {
      if (!isObject(item)) return [];
      const extra = item.get('extra_info');
      const field = isObject(extra) ? textOf(extra.get('input_name')) : null;
      const what = [textOf(item.get('message')), textOf(item.get('details'))].filter(
        (part) => part,
      );
      return [{ node, field, message: `${name} (node ${node}): ${what.join(', ')}` }];
    });
  });
};
