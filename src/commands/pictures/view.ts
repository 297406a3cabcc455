import { Problems } from '../../diagnostics/problems.js';
import type { Io } from '../../edges/io.js';
import { untilStopped } from '../../edges/io.js';
import { exit } from '../../batch/exit.js';
import { portNumber } from '../../batch/options/numbers.js';
import type { Viewed } from '../../batch/view/view-batch.js';
import { viewBatch } from '../../batch/view/view-batch.js';
import type { Call } from '../argv/call.js';
import { optionsOf } from '../argv/options.js';
import { proposalsOf } from '../argv/typed.js';
import { sayOne, sayProblems } from '../say.js';

/** `rh-batch view`: serves the page of a batch until a signal comes. */
export const view = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const port = portNumber(call, 8080, problems);
  const batch = optionsOf(call, problems);
  // A signal that comes while the batch is read counts, too.
  const stopped = untilStopped(io);
  const viewed: Viewed =
    problems.errors > 0
      ? { is: 'refused' }
      : await viewBatch({ batch, port }, { io, proposals: proposalsOf(call) }, problems);
  sayProblems(problems, call, io);
  switch (viewed.is) {
    case 'refused':
      return exit.badInput;
    case 'elsewhere':
      return elsewhere(viewed, call, io);
    case 'open':
      tell(viewed.view.address, call, io);
      io.err.write('Ctrl-C ends the page; an apply that it shows is left alone\n');
      await stopped;
      await viewed.view.close();
      return exit.done;
  }
};

const elsewhere = (
  { address, who }: Viewed & { readonly is: 'elsewhere' },
  call: Call,
  io: Io,
): number => {
  if (address === null) {
    sayOne('E0780', `${who} is just opening the page`, 'ask again in a moment', call, io);
    return exit.locked;
  }
  tell(address, call, io);
  io.err.write(`notice: ${who} shows this batch already, there\n`);
  return exit.done;
};

const tell = (address: string, call: Call, io: Io): void => {
  io.out.write(call.flag('json') ? `${JSON.stringify({ version: 1, address })}\n` : `${address}\n`);
};
