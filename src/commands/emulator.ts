import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { error } from '../diagnostics/diagnostic.js';
import { Problems } from '../diagnostics/problems.js';
import type { FaultRule } from '../emulator/http/faults.js';
import { faultKinds, isFaultKind } from '../emulator/http/faults.js';
import { startEmulator } from '../emulator/server.js';
import type { AccountKind } from '../emulator/tasks/account-kinds.js';
import { accountKinds, accountOf, isAccountKind } from '../emulator/tasks/account-kinds.js';
import type { Call } from './argv/call.js';
import { exit } from '../batch/exit.js';
import type { Io } from '../edges/io.js';
import { untilStopped } from '../edges/io.js';
import { portNumber, wholeNumber } from '../batch/options/numbers.js';
import { sayOne, sayProblems } from './say.js';
import { checkService, comfyuiOf } from './comfyui-emulator.js';

/** `rh-batch emulator`: serves until a signal comes. */
export const emulator = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const number = (name: string, otherwise: number, least = 0): number =>
    wholeNumber(call, name, `--${dashed(name)}`, least, problems) ?? otherwise;
  const keys = call.texts('key');
  const account = accountKind(call, problems);
  const options = {
    port: portNumber(call, 8188, problems) ?? 8188,
    host: call.text('host') ?? '127.0.0.1',
    account,
    // Where a kind of account is chosen, it says how many.
    ...(account === null || call.text('slots') !== null ? { slots: number('slots', 3, 1) } : {}),
    queue: number('queue', 0),
    speed: positive(call, 'speed', 1, problems),
    seed: number('seed', 1),
    runTime: {
      kind: 'lognormal',
      medianMs: positive(call, 'taskSeconds', 30, problems) * 1000,
      sigma: 0.4,
    } as const,
    keys:
      keys.length === 0
        ? null
        : new Map(keys.map((key) => [key, accountOf(account ?? 'consumer')])),
    workflows: await savedFiles(call, 'workflow', io, problems),
    apps: await savedFiles(call, 'app', io, problems),
    models: await savedFiles(call, 'model', io, problems),
    locked: lockedOf(call, problems),
    unknownWorkflows: call.flag('strict') ? ('refuse' as const) : ('accept' as const),
    faults: faultsOf(call, problems),
  };
  checkService(call, problems);
  const comfyui = call.flag('comfyui') ? comfyuiOf(call, io, options, problems) : null;
  sayProblems(problems, call, io);
  if (problems.errors > 0) return exit.badInput;
  try {
    const server = comfyui === null ? await startEmulator(options) : await comfyui();
    io.out.write(`${server.url}\n`);
    io.err.write(
      comfyui === null
        ? 'emulated RunningHub; stats at /emulator/stats, the bill at /emulator/bill\n'
        : 'emulated ComfyUI; stats at /emulator/stats, every prompt at /emulator/books\n',
    );
    const stopped = untilStopped(io).then(() => 'stopped' as const);
    const died = 'died' in server ? server.died : new Promise<void>(() => undefined);
    if ((await Promise.race([stopped, died])) !== 'stopped') {
      io.err.write('the emulated ComfyUI died of what it was sent, as the real one does\n');
      return exit.done;
    }
    await server.close();
    return exit.done;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    sayOne(
      'E0001',
      `the emulator cannot listen (${detail})`,
      '--port 0 takes any free port',
      call,
      io,
    );
    return exit.badInput;
  }
};

const dashed = (name: string): string => name.replace(/[A-Z]/g, (char) => `-${char.toLowerCase()}`);

const positive = (call: Call, name: string, otherwise: number, problems: Problems): number => {
  const typed = call.text(name);
  if (typed === null) return otherwise;
  const value = Number(typed);
  if (Number.isFinite(value) && value > 0) return value;
  problems.add(error('E0001', null, `--${dashed(name)} wants a positive number, not "${typed}"`));
  return otherwise;
};

/** Null: none is chosen. */
const accountKind = (call: Call, problems: Problems): AccountKind | null => {
  const typed = call.text('account');
  if (typed === null || isAccountKind(typed)) return typed;
  problems.add(
    error('E0001', null, `--account "${typed}" is no kind of account`, {
      hint: accountKinds.join(', '),
    }),
  );
  return null;
};

const savedFiles = async (
  call: Call,
  option: 'workflow' | 'app' | 'model',
  io: Io,
  problems: Problems,
): Promise<Map<string, string>> => {
  const files = new Map<string, string>();
  for (const pair of call.texts(option)) {
    const [, id, file] =
      (option === 'model' ? /^([\w./-]+)=(.+)$/s : /^(\d+)=(.+)$/s).exec(pair) ?? [];
    if (id === undefined || file === undefined) {
      problems.add(error('E0001', null, `--${option} "${pair}" is not of the form id=file`));
      continue;
    }
    try {
      files.set(id, await readFile(resolve(io.cwd, file), 'utf8'));
    } catch {
      problems.add(error('E0002', null, `${file} cannot be read`));
    }
  }
  return files;
};

/** `1980237776367083521=secret` */
const lockedOf = (call: Call, problems: Problems): Map<string, string> => {
  const locked = new Map<string, string>();
  for (const pair of call.texts('locked')) {
    const [, id, password] = /^(\d+)=(.+)$/s.exec(pair) ?? [];
    if (id !== undefined && password !== undefined) locked.set(id, password);
    else problems.add(error('E0001', null, '--locked is of the form id=password'));
  }
  return locked;
};

/** `create:resetAfter:0.2`, or `create:resetAfter:x3` for the next three. */
const faultsOf = (call: Call, problems: Problems): FaultRule[] =>
  call.texts('fault').flatMap((spec): FaultRule[] => {
    const [endpoint = '', kind = '', amount = ''] = spec.split(':');
    const next = /^x(\d+)$/.exec(amount)?.[1];
    const probability = Number(amount);
    if (isFaultKind(kind) && next !== undefined) return [{ endpoint, kind, next: Number(next) }];
    if (isFaultKind(kind) && probability >= 0 && probability <= 1 && amount !== '')
      return [{ endpoint, kind, probability }];
    problems.add(
      error('E0001', null, `--fault "${spec}" is not of the form endpoint:kind:probability`, {
        hint: `create:resetAfter:0.2, or :x3 for the next three; kinds: ${faultKinds.join(', ')}`,
      }),
    );
    return [];
  });
