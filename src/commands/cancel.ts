import { Problems } from '../diagnostics/problems.js';
import type { Clock } from '../edges/clock.js';
import type { Settled } from '../journal/event.js';
import type { RunRecord, RunState } from '../journal/state.js';
import type { Store } from '../journal/store.js';
import type { Client } from '../runninghub/client.js';
import { createClient } from '../runninghub/client.js';
import type { TaskAnswer } from '../runninghub/service.js';
import type { Call } from './call.js';
import { identify } from './connect.js';
import { exit } from './exit.js';
import type { Io } from './io.js';
import { readEnvFile } from './project.js';
import { sayProblems } from './say.js';
import { withStore } from './with-store.js';

type InFlight = RunState & { readonly is: 'inFlight' };

/** Time for a cancelled task to be seen as ended. */
const followTries = 10;
const followPauseMs = 3_000;

/** `rh-batch cancel`: ends the tasks of this batch that are in flight, and no others. */
export const cancel = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const env = await readEnvFile(call, io, problems);
  const identity = identify(call, io, env, problems);
  sayProblems(problems, call, io);
  if (identity === null || problems.errors > 0) return exit.badInput;
  return withStore(call, io, 0, async (store) => {
    const { site, key, clock } = identity;
    const client = createClient({ baseUrl: site, key, clock, env: identity.env });
    try {
      const tasks = [...store.state.runs.values()].flatMap((record) =>
        record.state.is === 'inFlight' ? [{ record, state: record.state }] : [],
      );
      let left = 0;
      for (const { record, state } of tasks)
        if (!(await cancelOne(record, state, store, client, clock, io))) left += 1;
      if (tasks.length === 0) io.out.write('nothing of this batch is in flight\n');
      return left === 0 ? exit.done : exit.service;
    } finally {
      await client.close();
    }
  });
};

/** @returns whether the task is known to have ended. */
const cancelOne = async (
  { id, inputs }: RunRecord,
  { taskId }: InFlight,
  store: Store,
  client: Client,
  clock: Clock,
  io: Io,
): Promise<boolean> => {
  const asked = await client.cancel(taskId);
  if (asked.is === 'refused') {
    io.err.write(`${inputs.name}: task ${taskId} could not be cancelled: ${asked.fault.message}\n`);
    return false;
  }
  for (let tries = 0; tries < followTries; tries += 1) {
    const answer = await client.outputs(taskId);
    const outcome = endOf(answer);
    if (outcome !== null) {
      const cost = 'cost' in answer ? answer.cost : { coins: null, money: null, taskTimeMs: null };
      await store.append({ type: 'settled', run: id, taskId, outcome, cost });
      io.out.write(
        outcome.is === 'succeeded'
          ? `${inputs.name}: task ${taskId} had finished; the next apply fetches its outputs\n`
          : `${inputs.name}: task ${taskId} cancelled\n`,
      );
      return true;
    }
    await clock.sleep(followPauseMs);
  }
  io.out.write(
    `${inputs.name}: task ${taskId} was asked to end and is still reported as running\n`,
  );
  return false;
};

const endOf = (answer: TaskAnswer): Settled['outcome'] | null => {
  switch (answer.is) {
    case 'succeeded':
      return { is: 'succeeded', outputs: answer.outputs };
    case 'failed':
    case 'cancelled':
    case 'missing':
      return { is: 'cancelled', by: 'user' };
    case 'queued':
    case 'running':
    case 'unread':
      return null;
  }
};
