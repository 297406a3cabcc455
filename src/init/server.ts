import { oneServer, serverTyped, unanswered } from '../batch/servers/one-server.js';
import { newestGraph } from '../comfyui/newest-graph.js';
import type { ComfyServer } from '../comfyui/server.js';
import type { Call } from '../commands/argv/call.js';
import { accountOptionsOf } from '../commands/argv/options.js';
import { error, notice } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Io } from '../edges/io.js';
import { nativePath } from '../targets/comfyui/address.js';
import type { TargetModule } from '../targets/target.js';
import { indented } from '../values/indent.js';

/** The address of --server; null: it is not given, or a mistake, which is in `problems`. */
export const serverGiven = (call: Call, problems: Problems): string | null => {
  const typed = call.text('server');
  if (typed === null) return null;
  const other = call.text('id') !== null ? '--id' : call.flag('fromCurl') ? '--from-curl' : null;
  if (other === null) return serverTyped(typed, problems);
  problems.add(
    error('E0001', null, `--server does not go with ${other}: each says what runs`, {
      hint: '--server http://127.0.0.1:8188',
    }),
  );
  return null;
};

/** A server of one's own asks for none; RunningHub's native API does. */
export const needsKey = ({ syntax }: TargetModule, id: string): boolean =>
  syntax.servers === undefined || nativePath(id) !== null;

/** Whether a ComfyUI server is at this address; if none is, `problems` tells why. */
export const answersAt = async (
  address: string,
  call: Call,
  io: Io,
  problems: Problems,
): Promise<boolean> =>
  (await asked(address, call, io, problems, async (server) => {
    const told = await server.version();
    if (!told.ok) problems.add(unanswered(told.fault, address, io));
    return told.ok;
  })) === true;

/** The graph that the server ran last, as the text of a file; null: `problems` tells why. */
export const graphAt = async (
  address: string,
  call: Call,
  io: Io,
  problems: Problems,
): Promise<string | null> =>
  asked(address, call, io, problems, async (server) => {
    const newest = await newestGraph(server.wire);
    switch (newest.is) {
      case 'found':
        problems.add(
          notice('E0877', null, `api.json is the newest prompt in the history of ${address}`),
        );
        return io.clean(indented(newest.prompt.graph));
      case 'failed':
        problems.add(unanswered(newest.fault, address, io));
        return null;
      case 'foreign':
        problems.add(
          unanswered({ message: `${address}/history: the answer is none of ComfyUI` }, address, io),
        );
        return null;
      case 'none':
        problems.add(
          error(
            'E0876',
            null,
            `init begins from a graph: no api.json is here, and the history of ${address} is empty`,
            { hint: 'run the graph once in ComfyUI, or save it here: Workflow > Export (API)' },
          ),
        );
        return null;
    }
  });

const asked = async <T>(
  address: string,
  call: Call,
  io: Io,
  problems: Problems,
  ask: (server: ComfyServer) => Promise<T>,
): Promise<T | null> => {
  const server = await oneServer(address, accountOptionsOf(call), io, problems);
  if (server === null) return null;
  try {
    return await ask(server);
  } finally {
    await server.wire.close();
  }
};
