import { ComfyServer } from '../../comfyui/server.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { error } from '../../diagnostics/diagnostic.js';
import type { Io } from '../../edges/io.js';
import { addressOf } from '../../targets/comfyui/address.js';
import { identify } from '../connect.js';
import { readEnvFile } from '../load/environment.js';
import type { BatchOptions } from '../options/options.js';
import type { Fault } from '../../runninghub/service.js';
import { wayOut } from '../way-out.js';
import { wireTo } from './connect-servers.js';

/** The address that `--server` was given; null: it is none, which `problems` tells. */
export const serverTyped = (typed: string, problems: Problems): string | null => {
  const read = addressOf(typed);
  if (read.ok) return read.address;
  problems.add(
    error('E0001', null, read.why.replace('"server"', '--server'), {
      hint: read.hint.replace(/^server: /, '--server '),
    }),
  );
  return null;
};

/** What --server named did not answer, or not as ComfyUI does. */
export const unanswered = (
  { message }: Pick<Fault, 'message'>,
  address: string,
  io: Io,
): Diagnostic => {
  const hint = wayOut(message, { site: address, from: '--server', env: io.env });
  return error('E0801', null, io.clean(message), { hint });
};

/**
 * A server that no manifest names yet; login and proxies come from the environment. Nothing is
 * sent. null: a mistake, which is in `problems`. The wire must be closed.
 */
export const oneServer = async (
  address: string,
  options: BatchOptions,
  io: Io,
  problems: Problems,
): Promise<ComfyServer | null> => {
  const env = await readEnvFile(options, io, problems);
  const identity = identify(options, io, env, problems, [{ value: address }]);
  if (identity === null || problems.errors > 0) return null;
  return new ComfyServer(wireTo(address, identity));
};
