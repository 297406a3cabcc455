import type { Manifest } from '../../manifest/manifest.js';
import type { Plan } from '../../plan/plan.js';
import type { Io } from '../../edges/io.js';
import type { Identity } from '../connect.js';
import type { BatchOptions } from '../options/options.js';
import type { ServerConnection } from './connect-servers.js';

/** One runs and one waits behind it, so that a server never stands still between two prompts. */
const perServer = 2;

/** `execution.concurrency` is of each server; RunningHub's limit is its own. */
export const inFlightOn = ({
  target: { servers },
  execution: { concurrency },
}: Manifest): { readonly inFlight?: number } =>
  servers.length === 0
    ? {}
    : { inFlight: servers.length * (concurrency === 'auto' ? perServer : concurrency) };

/** The servers of a batch. Loaded where there are some: a batch on RunningHub has no use for it. */
export const openServers = async (
  {
    identity,
    plan,
    options,
    io,
  }: {
    readonly identity: Identity;
    readonly plan: Plan;
    readonly options: Pick<BatchOptions, 'trace'>;
    readonly io: Io;
  },
  say: (message: string) => void,
): Promise<ServerConnection> => {
  const { connectServers } = await import('./connect-servers.js');
  const addresses = plan.manifest.target.servers.map(({ value }) => value);
  const { trace = false } = options;
  return connectServers(identity, addresses, plan.keptNodes, { trace }, io, say);
};
