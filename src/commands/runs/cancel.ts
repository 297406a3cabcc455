import type { CancelNews } from '../../batch/cancel.js';
import { cancelTasks } from '../../batch/cancel.js';
import { exit } from '../../batch/exit.js';
import { Problems } from '../../diagnostics/problems.js';
import type { Io } from '../../edges/io.js';
import { oneLine } from '../../terminal/format.js';
import { Answer } from '../answer.js';
import type { Call } from '../argv/call.js';
import { withStore } from '../with-store.js';
import { whoAsks } from '../who-asks.js';

/** `rh-batch cancel`: ends the tasks of this batch that are in flight, and no others. */
export const cancel = async (call: Call, io: Io): Promise<number> => {
  return withStore(call, io, async (store, { manifest: { target } }) => {
    const asking = await whoAsks(call, io, new Problems(), target.servers);
    if (asking === null) return exit.badInput;
    const answer = new Answer(call, io);
    const tell = (news: CancelNews): void => {
      const line = `${oneLine(news.name)}: task ${news.taskId} ${news.message}`;
      answer.item('tasks', line, news, news.is === 'refused' ? 'err' : 'out');
    };
    const servers = target.servers.map(({ value }) => value);
    const { asked, lasting } = await cancelTasks(store, asking.identity, tell, servers);
    if (asked === 0) answer.say('nothing of this batch is in flight', { tasks: [] });
    return answer.end(lasting === 0 ? exit.done : exit.service);
  });
};
