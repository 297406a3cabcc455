import { cancelTasks } from '../../batch/cancel.js';
import { identify } from '../../batch/connect.js';
import { exit } from '../../batch/exit.js';
import { readEnvFile } from '../../batch/load/environment.js';
import { Problems } from '../../diagnostics/problems.js';
import type { Io } from '../../edges/io.js';
import { oneLine } from '../../terminal/format.js';
import { Answer } from '../answer.js';
import type { Call } from '../argv/call.js';
import { accountOptionsOf } from '../argv/options.js';
import { sayProblems } from '../say.js';
import { withStore } from '../with-store.js';

/** `rh-batch cancel`: ends the tasks of this batch that are in flight, and no others. */
export const cancel = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const options = accountOptionsOf(call);
  const env = await readEnvFile(options, io, problems);
  const identity = identify(options, io, env, problems);
  sayProblems(problems, call, io);
  if (identity === null || problems.errors > 0) return exit.badInput;
  return withStore(call, io, async (store) => {
    const answer = new Answer(call, io);
    const { asked, lasting } = await cancelTasks(store, identity, (news) => {
      const line = `${oneLine(news.name)}: task ${news.taskId} ${news.message}`;
      answer.item('tasks', line, news, news.is === 'refused' ? 'err' : 'out');
    });
    if (asked === 0) answer.say('nothing of this batch is in flight', { tasks: [] });
    return answer.end(lasting === 0 ? exit.done : exit.service);
  });
};
