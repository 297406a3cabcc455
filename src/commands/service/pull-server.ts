import { resolve } from 'node:path';
import { exit } from '../../batch/exit.js';
import { oneServer, serverTyped, unanswered } from '../../batch/servers/one-server.js';
import type { NewestGraph } from '../../comfyui/newest-graph.js';
import { newestGraph } from '../../comfyui/newest-graph.js';
import { error, notice } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import { writeAtomically } from '../../edges/files/atomic.js';
import type { Io } from '../../edges/io.js';
import { indented } from '../../values/indent.js';
import type { Call } from '../argv/call.js';
import { accountOptionsOf } from '../argv/options.js';
import { sayProblems } from '../say.js';

/** `rh-batch pull --server URL --last`: saves the graph of the newest prompt in its history. */
export const pullServer = async (typed: string | null, call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const address = checked(typed, call, problems);
  const server =
    address === null ? null : await oneServer(address, accountOptionsOf(call), io, problems);
  if (server === null) {
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  try {
    const newest = await newestGraph(server.wire);
    tell(newest, server.address, io, problems);
    if (newest.is !== 'found') return newest.is === 'none' ? exit.badInput : exit.service;
    const file = call.text('out') ?? 'api.json';
    await writeAtomically(resolve(io.cwd, file), [io.clean(indented(newest.prompt.graph))]);
    io.out.write(`${file}\n`);
    return exit.done;
  } finally {
    sayProblems(problems, call, io);
    await server.wire.close();
  }
};

/** The server's address, where nothing else of the command line says what to pull. */
const checked = (typed: string | null, call: Call, problems: Problems): string | null => {
  const other = call.args[0] ?? call.text('app') ?? call.text('model');
  const refuse = (message: string): null => {
    const hint = 'rh-batch pull --server http://127.0.0.1:8188 --last';
    problems.add(error('E0001', null, message, { hint }));
    return null;
  };
  if (typed === null)
    return refuse('--last is about the history of a ComfyUI server, and --server names none');
  if (other !== null) return refuse(`pull takes one id: "${other}" does not go with --server`);
  if (!call.flag('last'))
    return refuse(
      'a ComfyUI server has no list of workflows: --last takes the newest prompt of its history',
    );
  return serverTyped(typed, problems);
};

/** What stands between the file and what somebody may take it for. */
const tell = (newest: NewestGraph, address: string, io: Io, problems: Problems): void => {
  switch (newest.is) {
    case 'failed':
      problems.add(unanswered(newest.fault, address, io));
      return;
    case 'foreign':
      problems.add(
        unanswered({ message: `${address}/history: the answer is none of ComfyUI` }, address, io),
      );
      return;
    case 'none':
      problems.add(
        error('E0876', null, `the history of ${address} is empty`, {
          hint: 'run the graph once in ComfyUI and wait for its end; a restart of the server empties the history',
        }),
      );
      return;
    case 'found':
      if (newest.prompt.failed)
        problems.add(notice('E0877', null, `prompt ${io.clean(newest.prompt.id)} failed there`));
      if (newest.prompt.ours)
        problems.add(
          notice(
            'E0877',
            null,
            `prompt ${io.clean(newest.prompt.id)} was a run of rh-batch: its values stand in the graph`,
          ),
        );
  }
};
