import { resolve } from 'node:path';
import { error, notice } from '../diagnostics/diagnostic.js';
import { Problems } from '../diagnostics/problems.js';
import type { Files } from '../edges/files/files.js';
import type { SeenTask, TargetModule } from '../targets/target.js';
import { ownerOf, serverTarget, targets } from '../targets/targets.js';
import type { Asker } from '../terminal/ask.js';
import { parseJson } from '../values/json-text.js';
import type { Workflow } from '../workflow/workflow.js';
import type { Call } from '../commands/argv/call.js';
import { accountOptionsOf } from '../commands/argv/options.js';
import { identify } from '../batch/connect.js';
import { indented } from '../values/indent.js';
import { callGiven } from './given-call.js';
import type { Io } from '../edges/io.js';
import { shownFrom, unreadable } from '../batch/load/locate.js';
import { readEnvFile } from '../batch/load/environment.js';
import { answersAt, graphAt, serverGiven } from './server.js';
import { askService } from '../commands/service/pull.js';

/** What a manifest is begun from: what runs, and the fields that it has. */
export interface Material {
  readonly target: TargetModule;
  readonly id: string;
  /** Absolute path of the file with its fields. */
  readonly file: string;
  /** Text of that file where it is not there yet; null: it is, or nobody has it. */
  readonly newFile: string | null;
  /** null: the file is not there and could not be fetched. */
  readonly workflow: Workflow | null;
  /** With --from-curl. */
  readonly task: SeenTask | null;
  /** The site of that call; null: none was named. */
  readonly origin: string | null;
}

interface Read {
  readonly target: TargetModule;
  readonly file: string;
  readonly content: string | Uint8Array | null;
  readonly isNew: boolean;
}

const maxBytes = 64 * 1024 * 1024;

/** null: a mistake, which is in `problems`; 'left': the person left. */
export const materialOf = async (
  call: Call,
  io: Io,
  files: Files,
  asker: Asker | null,
  problems: Problems,
): Promise<Material | null | 'left'> => {
  const given = call.flag('fromCurl') ? await callGiven(call, io, problems) : null;
  if (given === 'left') return 'left';
  if (call.flag('fromCurl') && given === null) return null;
  const server = serverGiven(call, problems);
  if (problems.errors > 0) return null;
  const read = await (given === null
    ? fileOf(server, call, io, files, problems)
    : fileOfCall(given, call, io, files, problems));
  if (read === null) return null;
  const named =
    given === null
      ? await nameOf(read, server, { call, io, asker }, problems)
      : { target: given.target, id: given.task.id };
  if (named === null || named === 'left') return named;
  const { target, id } = named;
  const { file, content } = read;
  const input = {
    id,
    file: shownFrom(io.cwd)(file),
    loaders: new Map<string, readonly string[]>(),
  };
  const workflow = content === null ? null : target.read({ ...input, content }, problems);
  if (content !== null && workflow === null) return null;
  return {
    target,
    id: target.start.idOf(id) ?? id,
    file,
    newFile: read.isNew && typeof content === 'string' ? content : null,
    workflow,
    task: given?.task ?? null,
    origin: given?.origin ?? null,
  };
};

/** The file that was named, or the first that lies here under its usual name. */
const fileOf = async (
  server: string | null,
  call: Call,
  io: Io,
  files: Files,
  problems: Problems,
): Promise<Read | null> => {
  const names = [...new Set(targets.map(({ start }) => start.file))];
  const typed = call.args[0] ?? (await firstHere(names, io, files));
  if (typed === null && server !== null) {
    const text = await graphAt(server, call, io, problems);
    const file = resolve(io.cwd, serverTarget.start.file);
    return text === null ? null : { target: serverTarget, file, content: text, isNew: true };
  }
  if (typed === null) {
    problems.add(
      error('E0002', null, `init begins from a file, and none is here (${names.join(', ')})`, {
        hint: 'rh-batch init api.json; rh-batch pull WORKFLOWID saves it; rh-batch init --server URL takes the newest of a ComfyUI server; or rh-batch init --from-curl',
      }),
    );
    return null;
  }
  const file = resolve(io.cwd, typed);
  const read = await files.read(file, maxBytes);
  if (read.ok) return { target: ownerOf(read.value), file, content: read.value, isNew: false };
  const { message, hint } = unreadable(shownFrom(io.cwd)(file), read);
  problems.add(
    error('E0002', null, message, {
      hint: hint ?? 'rh-batch pull WORKFLOWID, pull --app WEBAPPID or pull --model PATH saves one',
    }),
  );
  return null;
};

const firstHere = async (
  names: readonly string[],
  io: Io,
  files: Files,
): Promise<string | null> => {
  for (const name of names) if ((await files.facts(resolve(io.cwd, name))).ok) return name;
  return null;
};

/** The file is here, or the call holds it, or the service gives it to whoever has a key. */
const fileOfCall = async (
  { target, task }: { readonly target: TargetModule; readonly task: SeenTask },
  call: Call,
  io: Io,
  files: Files,
  problems: Problems,
): Promise<Read | null> => {
  const file = resolve(io.cwd, call.args[0] ?? target.start.file);
  const read = await files.read(file, maxBytes);
  const shown = shownFrom(io.cwd)(file);
  if (read.ok) {
    if (task.file !== null)
      problems.add(notice('E0005', null, `${shown} is there and used as it is`));
    return { target, file, content: read.value, isNew: false };
  }
  if (read.is !== 'missing') {
    problems.add(unreadable(shown, read));
    return null;
  }
  const json = task.file ?? (await pulled(target, task.id, call, io, problems));
  const content = json === null ? null : io.clean(indented(json));
  return { target, file, content, isNew: content !== null };
};

/** null: no key is there, or the service did not give it, which is told as a notice. */
const pulled = async (
  { pull }: TargetModule,
  id: string,
  call: Call,
  io: Io,
  problems: Problems,
): Promise<SeenTask['file']> => {
  if (pull?.from.is !== 'service') return null;
  const options = accountOptionsOf(call);
  const env = await readEnvFile(options, io, problems);
  const identity = identify(options, io, env, new Problems());
  if (identity === null) return null;
  const answer = await askService(id, pull.from.fetch, identity);
  if (answer.ok) return answer.json;
  problems.add(
    notice('E0801', null, `${identity.site} did not give ${id}: ${io.clean(answer.message)}`),
  );
  return null;
};

type Named = { readonly target: TargetModule; readonly id: string };

/** What runs: --id or --server, else what the file tells, else what a person says. */
const nameOf = async (
  { target: owner, content }: Read,
  server: string | null,
  { call, io, asker }: { readonly call: Call; readonly io: Io; readonly asker: Asker | null },
  problems: Problems,
): Promise<Named | null | 'left'> => {
  /** A server of one's own is asked whether it is there: a wrong address is seen at once. */
  const there = async (named: Named | null, found: Problems): Promise<boolean> =>
    named !== null &&
    (named.target.syntax.servers === undefined || answersAt(named.id, call, io, found));
  if (server !== null) {
    const named = { target: serverTarget, id: server };
    return (await there(named, problems)) ? named : null;
  }
  // Targets that share a kind of file differ in what they are called.
  const candidates = targets.filter(({ syntax }) => syntax.file === owner.syntax.file);
  const pick = (typed: string): Named | null => {
    for (const target of candidates) {
      const id = target.start.idOf(typed);
      if (id !== null) return { target, id };
    }
    return null;
  };
  const wants = candidates.map(({ start }) => start.asks).join(', or ');
  const typed = call.text('id');
  const told = typed ?? idIn(owner, content);
  if (told !== null) {
    const named = pick(told);
    if (named === null)
      problems.add(error('E0001', null, `--id "${told}" is not ${wants}`, { hint: null }));
    return (await there(named, problems)) ? named : null;
  }
  if (asker === null) {
    problems.add(
      error('E0001', null, 'what runs on RunningHub is not known', { hint: `--id ID: ${wants}` }),
    );
    return null;
  }
  for (;;) {
    const answer = await asker.text(`What is ${wants}?`, (text) =>
      pick(text) === null ? 'this is no such id' : null,
    );
    if (answer === null) return 'left';
    const named = pick(answer);
    const found = new Problems();
    if (await there(named, found)) return named;
    for (const { message } of found.kept) io.err.write(`${message}\n`);
  }
};

const idIn = (owner: TargetModule, content: Read['content']): string | null => {
  if (content === null) return null;
  const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
  const read = parseJson(text);
  return read.ok ? owner.start.idIn(read.value) : null;
};
