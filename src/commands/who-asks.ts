import type { Identity } from '../batch/connect.js';
import { identify } from '../batch/connect.js';
import { readEnvFile } from '../batch/load/environment.js';
import { Problems } from '../diagnostics/problems.js';
import type { Io } from '../edges/io.js';
import type { Call } from './argv/call.js';
import { accountOptionsOf } from './argv/options.js';
import { sayProblems } from './say.js';

/** What a command without a batch is told: whose account, and where. */
interface Asking {
  readonly identity: Identity;
  readonly options: ReturnType<typeof accountOptionsOf>;
}

/**
 * Reads key and site for a command that asks the service. `found` are mistakes from before.
 * @returns null where there are mistakes; they have been told.
 */
export const whoAsks = async (
  call: Call,
  io: Io,
  found: Problems = new Problems(),
  /** ComfyUI servers of a manifest, in place of RunningHub. */
  servers: readonly { readonly value: string }[] = [],
): Promise<Asking | null> => {
  const options = accountOptionsOf(call);
  const env = await readEnvFile(options, io, found);
  const identity = identify(options, io, env, found, servers);
  sayProblems(found, call, io);
  return identity === null || found.errors > 0 ? null : { identity, options };
};
