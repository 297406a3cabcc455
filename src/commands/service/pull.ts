import { wayOut } from '../../batch/way-out.js';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { error } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import { writeAtomically } from '../../edges/files/atomic.js';
import { fetchText } from '../../runninghub/endpoints/page.js';
import type { Pulled, TargetPull } from '../../targets/target.js';
import { targets } from '../../targets/targets.js';
import type { Call } from '../argv/call.js';
import { accountOptionsOf } from '../argv/options.js';
import type { Identity } from '../../batch/connect.js';
import { exit } from '../../batch/exit.js';
import { indented } from '../../values/indent.js';
import type { Io } from '../../edges/io.js';
import { readEnvFile } from '../../batch/load/environment.js';
import { sayOne, sayProblems } from '../say.js';
import { whoAsks } from '../who-asks.js';
import { clientOf } from '../../batch/client.js';

/** `rh-batch pull WORKFLOWID | --app WEBAPPID | --model PATH | --server URL --last`: saves the file that a target's fields come from. */
export const pull = async (call: Call, io: Io): Promise<number> => {
  const server = call.text('server');
  if (server !== null || call.flag('last')) {
    const { pullServer } = await import('./pull-server.js');
    return pullServer(server, call, io);
  }
  const problems = new Problems();
  const wanted = wantedOf(call, problems);
  if (wanted === null) {
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  const { from, out, id } = wanted;
  const pulled = await (from.is === 'service'
    ? fromService(id, from, call, io)
    : fromPage(id, from, call, io));
  if (pulled === null) return exit.badInput;
  if (!pulled.ok && pulled.unknown === true) {
    const hint = pulled.hint == null ? null : io.clean(pulled.hint);
    sayOne('E0880', io.clean(pulled.message), hint, call, io);
    return exit.badInput;
  }
  if (!pulled.ok) {
    sayOne('E0801', io.clean(pulled.message), pulled.hint ?? null, call, io);
    return exit.service;
  }
  const file = call.text('out') ?? out;
  await writeAtomically(resolve(io.cwd, file), [io.clean(indented(pulled.json))]);
  io.out.write(`${file}\n`);
  return exit.done;
};

/** null: nothing was asked, since the user must mend something first. */
const fromService = async (
  id: string,
  { fetch }: TargetPull['from'] & { is: 'service' },
  call: Call,
  io: Io,
): Promise<Pulled | null> => {
  const asking = await whoAsks(call, io);
  if (asking === null) return null;
  return askService(id, fetch, asking.identity);
};

/** The one request of a pull from the service. */
export const askService = async (
  id: string,
  fetch: (TargetPull['from'] & { is: 'service' })['fetch'],
  identity: Identity,
): Promise<Pulled> => {
  const client = clientOf(identity);
  try {
    const pulled = await fetch(id, client);
    if (pulled.ok || pulled.hint != null) return pulled;
    return { ...pulled, hint: wayOut(pulled.message, identity) };
  } finally {
    await client.close();
  }
};

/** A page or a file; no key is needed, and none is sent. */
const fromPage = async (
  id: string,
  { page, pick }: TargetPull['from'] & { is: 'page' },
  call: Call,
  io: Io,
): Promise<Pulled> => {
  const place = call.text('from') ?? page;
  if (/^https?:\/\//.test(place)) {
    const problems = new Problems();
    const env = await readEnvFile(accountOptionsOf(call), io, problems);
    const [wrong] = problems.kept;
    if (wrong !== undefined) return { ok: false, message: wrong.message };
    const read = await fetchText(place, Object.fromEntries(env), io.clock);
    return read.ok ? pick(id, read.text) : read;
  }
  try {
    return pick(id, await readFile(resolve(io.cwd, place), 'utf8'));
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    return { ok: false, message: `${place} cannot be read (${detail})` };
  }
};

/** Exactly one target: the plain argument, or one of the flags. */
const wantedOf = (
  call: Call,
  problems: Problems,
): (TargetPull & { readonly id: string }) | null => {
  const given = targets.flatMap(({ pull: way }) => {
    if (way === null) return [];
    const id = way.flag === null ? (call.args[0] ?? null) : call.text(way.flag);
    return id === null ? [] : [{ ...way, id: id.trim() }];
  });
  const [first, second] = given;
  if (first !== undefined && second === undefined && first.id !== '') return first;
  problems.add(
    error('E0001', null, 'pull takes one id', {
      hint: 'rh-batch pull WORKFLOWID, --app WEBAPPID, --model PATH or --server URL --last',
    }),
  );
  return null;
};
