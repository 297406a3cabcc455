import type { Client } from '../../runninghub/client.js';
import type {
  Family,
  StatusAnswer,
  TaskAnswer,
  TaskCost,
  TaskOutput,
} from '../../runninghub/service.js';
import { duration, oneLine, shortDecimal } from '../../terminal/format.js';
import type { TaskId } from '../../values/ids.js';
import { impossible } from '../../values/impossible.js';
import type { Call } from '../argv/call.js';
import { connect, nothingSaved } from '../../batch/connect.js';
import { exit } from '../../batch/exit.js';
import type { Io } from '../../edges/io.js';
import { sayUnanswered } from '../say.js';
import { taskOfRun } from './task-of-run.js';
import { whoAsks } from '../who-asks.js';

/**
 * `rh-batch task RUN|ID`: what the service says of a run's task, or of any task of the account, such
 * as one that was found on the site and may be what an unknown run became.
 */
export const task = async (call: Call, io: Io): Promise<number> => {
  const asking = await whoAsks(call, io);
  if (asking === null) return exit.badInput;
  const meant = await taskOfRun(call.args[0]?.trim() ?? '', call, io);
  if (meant === null) return exit.badInput;
  const { taskId: id, run, family } = meant;
  const connection = await connect(asking.identity, nothingSaved, asking.options, io);
  try {
    const found = await ask(id, family, connection.client);
    if (found.is === 'refused') {
      sayUnanswered(found, asking.identity, call, io);
      return exit.service;
    }
    if (call.flag('json'))
      io.out.write(
        `${JSON.stringify({ version: 1, taskId: id, ...(run === null ? {} : { run: run.inputs.name }), ...found })}\n`,
      );
    else io.out.write(textOf(run === null ? id : `${id}  ${oneLine(run.inputs.name)}`, found));
    return exit.done;
  } finally {
    await connection.close();
  }
};

type Found =
  | { readonly is: 'refused'; readonly message: string }
  | {
      readonly is: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
      readonly message: string | null;
      readonly outputs: readonly TaskOutput[];
      readonly cost: TaskCost | null;
    };

/**
 * Tasks of models are known to the V2 query. At the old endpoints the status alone is cheap, and
 * tells no reason and no files: for those the outputs are asked.
 */
const ask = async (id: TaskId, family: Family | null, client: Client): Promise<Found> => {
  if (family === 'v2') return foundOf(await client.speaking('v2').outputs(id), false);
  const status: StatusAnswer = await client.status(id);
  if (status.is === 'known' && (status.state === 'queued' || status.state === 'running'))
    return { is: status.state, message: null, outputs: [], cost: null };
  const answer: TaskAnswer = status.is === 'missing' ? status : await client.outputs(id);
  // A model's task may be known to the other family alone.
  const told = answer.is === 'missing' ? await client.speaking('v2').outputs(id) : answer;
  return foundOf(told, status.is === 'known' && status.state === 'cancelled');
};

const foundOf = (answer: TaskAnswer, cancelled: boolean): Found => {
  switch (answer.is) {
    case 'queued':
    case 'running':
      return { is: answer.is, message: null, outputs: [], cost: null };
    case 'succeeded':
      return { is: 'succeeded', message: null, outputs: answer.outputs, cost: answer.cost };
    case 'failed': {
      const { fault, cost } = answer;
      return { is: cancelled ? 'cancelled' : 'failed', message: fault.message, outputs: [], cost };
    }
    case 'cancelled':
      return { is: 'cancelled', message: null, outputs: [], cost: answer.cost };
    case 'forgotten':
    case 'missing':
    case 'unread':
      return { is: 'refused', message: answer.fault.message };
    default:
      return impossible(answer);
  }
};

const textOf = (
  title: string,
  { is, message, outputs, cost }: Exclude<Found, { is: 'refused' }>,
): string =>
  [
    [
      `${title}  ${is}`,
      ...(cost?.taskTimeMs == null ? [] : [duration(cost.taskTimeMs)]),
      ...(cost?.coins == null ? [] : [`${shortDecimal(cost.coins)} coins`]),
      ...(cost?.money == null ? [] : [`money ${shortDecimal(cost.money)}`]),
    ].join(' · '),
    ...(message === null ? [] : [`  ${oneLine(message)}`]),
    ...outputs.map(
      ({ url, type, node, text }) =>
        `  ${oneLine(`node ${node ?? '?'}  ${type}  ${url === '' ? (text ?? '') : url}`)}`,
    ),
    '',
  ].join('\n');
