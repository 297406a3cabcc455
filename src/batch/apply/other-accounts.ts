import { otherAccount } from '../../engine/guarded.js';
import { localError } from '../../engine/errors.js';
import type { RunError } from '../../journal/event.js';
import type { Foreign } from '../../journal/accounts.js';
import type { RunRecord } from '../../journal/state.js';
import type { RunId } from '../../values/ids.js';
import { count } from '../../values/amounts.js';

const named = 3;

/** What of other accounts' tasks an apply leaves alone, and what the user can do about it. */
export interface Left {
  /** One sentence; null: nothing is left. */
  readonly stop: string | null;
  /** Lines for people. */
  readonly wayOut: string;
  readonly held: ReadonlyMap<RunId, RunError>;
}

/** `command`: what goes on with this batch, as the user would type it. */
export const leftAlone = (
  foreign: ReadonlyMap<RunRecord, Foreign>,
  command: string,
  manifest: string,
): Left => {
  const left = [...foreign].filter(([{ state }]) => state.is === 'inFlight');
  const held = new Map(
    left.map(([{ id }, { taskId }]) => [id, localError('other-account', otherAccount(taskId))]),
  );
  const [first] = left;
  if (first === undefined) return { stop: null, wayOut: '', held };
  const [record] = first;
  const tasks = left.slice(0, named).map(([, { taskId }]) => taskId);
  const more = left.length > named ? ` and ${left.length - named} more` : '';
  const stop = `${count(left.length, 'task')} submitted with another key ${left.length === 1 ? 'is' : 'are'} left in flight: ${tasks.join(', ')}${more}`;
  const wayOut = [
    'They are neither followed nor judged nor paid for again. What to do:',
    `  with the key that submitted them: ${command}`,
    `  if the same account has a new key: ${command} --adopt`,
    `  if that key is lost: rh-batch resolve ${record.id.slice(0, 8)}${manifest} --resubmit (the next apply pays for the run again)`,
  ];
  return { stop, wayOut: `${wayOut.join('\n')}\n`, held };
};
