import { cancelTasks } from '../../batch/cancel.js';
import { exit } from '../../batch/exit.js';
import type { Io } from '../../edges/io.js';
import { oneLine } from '../../terminal/format.js';
import { Answer } from '../answer.js';
import type { Call } from '../argv/call.js';
import { withStore } from '../with-store.js';
import { whoAsks } from '../who-asks.js';

/** `rh-batch cancel`: ends the tasks of this batch that are in flight, and no others. */
export const cancel = async (call: Call, io: Io): Promise<number> => {
  const asking = await whoAsks(call, io);
  if (asking === null) return exit.badInput;
  return withStore(call, io, async (store) => {
    const answer = new Answer(call, io);
    const { asked, lasting } = await cancelTasks(store, asking.identity, (news) => {
      const line = `${oneLine(news.name)}: task ${news.taskId} ${news.message}`;
      answer.item('tasks', line, news, news.is === 'refused' ? 'err' : 'out');
    });
    if (asked === 0) answer.say('nothing of this batch is in flight', { tasks: [] });
    return answer.end(lasting === 0 ? exit.done : exit.service);
  });
};
