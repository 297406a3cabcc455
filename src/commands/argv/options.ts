import { readFlags } from '../../batch/options/flags.js';
import type { ApplyOptions, BatchOptions } from '../../batch/options/options.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Call } from './call.js';

/** What was typed, as the use cases are told it; mistakes are in `problems`. */
export const optionsOf = (call: Call, problems: Problems): ApplyOptions => ({
  ...readFlags(call, problems),
  manifest: call.manifest ?? undefined,
  trace: isTraced(call),
});

/** Whose account, and where: all that a command without a batch asks for. */
export const accountOptionsOf = (
  call: Call,
): Pick<BatchOptions, 'envFile' | 'baseUrl' | 'emulator' | 'trace'> => ({
  envFile: call.texts('envFile'),
  baseUrl: call.text('baseUrl') ?? undefined,
  emulator: call.flag('emulator'),
  trace: isTraced(call),
});

const isTraced = (call: Call): boolean => call.count('verbose') > 1;
