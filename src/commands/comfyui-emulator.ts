import { resolve } from 'node:path';
import { emulatedClock } from '../edges/clock.js';
import type { Io } from '../edges/io.js';
import { error } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { ComfyEmulator } from '../emulator/comfyui/emulator.js';
import { startComfyEmulator } from '../emulator/comfyui/server.js';
import { isVersionName, versionNames } from '../emulator/comfyui/versions.js';
import type { EmulatorOptions } from '../emulator/options.js';
import type { Call } from './argv/call.js';

/** Options that a ComfyUI server has no use for. */
const ofRunningHub = [
  'account',
  'slots',
  'queue',
  'key',
  'workflow',
  'app',
  'model',
  'locked',
  'strict',
];
const ofComfyui = ['comfyuiVersion', 'checkpoint', 'lora', 'dir', 'previews'];

/** Options of the other service beside `--comfyui`, or without it. */
export const checkService = (call: Call, problems: Problems): void => {
  const isComfyui = call.flag('comfyui');
  for (const name of isComfyui ? ofRunningHub : ofComfyui)
    if (call.flag(name))
      problems.add(
        error(
          'E0001',
          null,
          `--${name.replace(/[A-Z]/g, (char) => `-${char.toLowerCase()}`)} is for ${isComfyui ? 'RunningHub' : 'ComfyUI'}`,
          { hint: isComfyui ? 'leave out --comfyui, or this' : 'add --comfyui' },
        ),
      );
};

/** What makes a ComfyUI server out of the options; called once they are checked. */
export const comfyuiOf = (
  call: Call,
  io: Io,
  common: Pick<EmulatorOptions, 'port' | 'host' | 'seed' | 'speed' | 'runTime' | 'faults'>,
  problems: Problems,
): (() => Promise<ComfyEmulator>) => {
  const typed = call.text('comfyuiVersion') ?? '0.3.64';
  const version = isVersionName(typed) ? typed : null;
  if (version === null)
    problems.add(
      error('E0001', null, `--comfyui-version "${typed}" is not played`, {
        hint: versionNames.join(', '),
      }),
    );
  const models = new Map(
    [
      ['checkpoints', call.texts('checkpoint')] as const,
      ['loras', call.texts('lora')] as const,
    ].filter(([, names]) => names.length > 0),
  );
  const dir = call.text('dir');
  const { port, host, seed, speed, runTime, faults } = common;
  const clock = emulatedClock(speed);
  return () =>
    startComfyEmulator({
      ...{ port, host, seed, runTime, faults, models, clock },
      version: version ?? '0.3.64',
      previews: call.flag('previews'),
      dir: dir === null ? null : resolve(io.cwd, dir),
    });
};
