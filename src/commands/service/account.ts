import { oneLine } from '../../values/printable.js';
import type { Call } from '../argv/call.js';
import { exit } from '../../batch/exit.js';
import type { Io } from '../../edges/io.js';
import { sayUnanswered } from '../say.js';
import { whoAsks } from '../who-asks.js';
import { clientOf } from '../../batch/client.js';

/** `rh-batch account`: coins, tasks in flight, account type. */
export const account = async (call: Call, io: Io): Promise<number> => {
  const asking = await whoAsks(call, io);
  if (asking === null) return exit.badInput;
  const { site } = asking.identity;
  const client = clientOf(asking.identity);
  try {
    const known = await client.account();
    if (known.is === 'failed') {
      sayUnanswered(known.fault, asking.identity, call, io);
      return exit.service;
    }
    const queue = await client.queue();
    const { coins, money, currency, tasksInFlight, type } = known;
    const limit = queue.is === 'known' ? queue.limit : null;
    const running = queue.is === 'known' ? queue.running : null;
    const queued = queue.is === 'known' ? queue.queued : null;
    const told = { site, coins, money, currency, tasksInFlight, running, queued, limit, type };
    if (call.flag('json')) io.out.write(`${JSON.stringify({ version: 1, ...told })}\n`);
    else {
      io.out.write(`${site}  ${oneLine(type ?? 'unknown type')}\n`);
      io.out.write(
        `coins ${coins ?? '?'}${money === null ? '' : ` · money ${money} ${oneLine(currency ?? '')}`.trimEnd()}\n`,
      );
      io.out.write(
        `tasks in flight ${tasksInFlight ?? '?'}${limit === null ? '' : ` of ${limit}`}${queued === null || queued === 0 ? '' : ` (${queued} queued)`}\n`,
      );
    }
    return exit.done;
  } finally {
    await client.close();
  }
};
