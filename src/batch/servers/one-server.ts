import { ComfyServer } from '../../comfyui/server.js';
import type { Problems } from '../../diagnostics/problems.js';
import { error } from '../../diagnostics/diagnostic.js';
import type { Io } from '../../edges/io.js';
import { addressOf } from '../../targets/comfyui/address.js';
import { identify } from '../connect.js';
import { readEnvFile } from '../load/environment.js';
import type { BatchOptions } from '../options/options.js';
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
