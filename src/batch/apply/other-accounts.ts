import { otherAccountMessage } from '../../engine/other-accounts.js';
import { localError } from '../../engine/errors.js';
import type { RunError } from '../../journal/event.js';
import type { Foreign } from '../../journal/accounts.js';
import { foreignTasks } from '../../journal/accounts.js';
import type { BatchState, RunRecord } from '../../journal/state.js';
import type { RunId } from '../../values/ids.js';
import { count } from '../../values/amounts.js';
import type { AboutBatch } from '../options/proposals.js';
import { selectionFlags } from '../options/proposals.js';

const named = 3;

/** What of other accounts' tasks an apply leaves alone, and what the user can do about it. */
export interface Left {
  /** One sentence; null: nothing is left. */
  readonly stop: string | null;
  /** Lines for people. */
  readonly wayOut: string;
  readonly held: ReadonlyMap<RunId, RunError>;
}

/** What a person types; each is about the runs that this command was about. */
export interface WaysOut {
  /** Without the file that the key in use came from. */
  readonly withThatKey: string;
  readonly adopt: string;
  readonly payAgain: (run: string) => string;
}

export const waysOut = (about: AboutBatch): WaysOut => {
  const { proposals, options, project } = about;
  const manifest = project.manifest.file;
  const apply = (without: readonly string[], plus: readonly string[]): string =>
    proposals.command('apply', options, {
      manifest,
      without: ['force', 'adopt', ...without],
      plus,
    });
  return {
    withThatKey: apply(['envFile'], []),
    adopt: apply([], ['--adopt']),
    payAgain: (run) =>
      proposals.command('resolve', options, {
        words: [run],
        manifest,
        without: ['json', ...selectionFlags],
        plus: ['--resubmit'],
      }),
  };
};

/**
 * The same before or without an apply, of a state and the key in use: for plan and status, which ask
 * nobody. null: there is nothing to say.
 */
export const otherAccounts = (
  state: BatchState,
  account: string | null,
  about: AboutBatch,
): { readonly message: string; readonly ways: readonly string[] } | null => {
  if (account === null) return null;
  const { stop, wayOut } = leftAlone(foreignTasks(state, account), waysOut(about));
  return stop === null ? null : { message: stop, ways: wayOut.trimEnd().split('\n') };
};

export const leftAlone = (foreign: ReadonlyMap<RunRecord, Foreign>, ways: WaysOut): Left => {
  const left = [...foreign].filter(([{ state }]) => state.is === 'inFlight');
  const held = new Map(
    left.map(([{ id }, { taskId }]) => [
      id,
      localError('other-account', otherAccountMessage(taskId)),
    ]),
  );
  const [first] = left;
  if (first === undefined) return { stop: null, wayOut: '', held };
  const [record] = first;
  const tasks = left.slice(0, named).map(([, { taskId }]) => taskId);
  const more = left.length > named ? ` and ${left.length - named} more` : '';
  const stop = `${count(left.length, 'task')} submitted with another key ${left.length === 1 ? 'is' : 'are'} left in flight: ${tasks.join(', ')}${more}`;
  const wayOut = [
    'They are neither followed nor judged nor paid for again. What to do:',
    `  with the key that submitted them (in RUNNINGHUB_API_KEY or a file of --env): ${ways.withThatKey}`,
    `  if the same account has a new key: ${ways.adopt}`,
    `  if that key is lost: ${ways.payAgain(record.id.slice(0, 8))}  settles one (the next apply pays for the run again)`,
  ];
  return { stop, wayOut: `${wayOut.join('\n')}\n`, held };
};
