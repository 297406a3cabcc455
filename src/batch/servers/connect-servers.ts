import { randomUUID } from 'node:crypto';
import type { Io } from '../../edges/io.js';
import { Fleet } from '../../comfyui/fleet.js';
import { ComfyServer } from '../../comfyui/server.js';
import { ServerSockets } from '../../comfyui/sockets/sockets.js';
import { Wire } from '../../comfyui/wire.js';
import { nativePath } from '../../targets/comfyui/address.js';
import { fault } from '../../runninghub/errors.js';
import type { Connection, Identity, RunClient } from '../connect.js';
import { timeoutsFor } from '../connect.js';

export interface ServerConnection extends Connection<RunClient> {
  readonly servers: readonly ComfyServer[];
  /** What a prompt costs is not told. */
  readonly paid: boolean;
  /** What they tell of running prompts; for whoever shows it. */
  sockets(): ServerSockets;
}

/** Opens the servers of a manifest; nothing is sent. */
export const connectServers = (
  identity: Identity,
  addresses: readonly string[],
  kept: ReadonlySet<string> | null,
  { trace = false }: { readonly trace?: boolean },
  io: Io | null,
  say: (message: string) => void,
): ServerConnection => {
  const { clock, account } = identity;
  const log = trace && io !== null ? (line: string): void => io.err.write(`${line}\n`) : undefined;
  const servers = addresses.map((address) => new ComfyServer(wireTo(address, identity, log)));
  const told = randomUUID();
  const paid = addresses.some((address) => nativePath(address) !== null);
  const fleet = new Fleet({ servers, clock, client: told, kept, paid, say });
  const sockets = (): ServerSockets =>
    new ServerSockets(
      servers.map(({ wire }) => wire),
      told,
      clock,
      Math.random,
    );
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(({ wire }) => wire.close()));
  };
  const nothing = fault('input', 'no-such-call', 'A ComfyUI server has nothing of this kind');
  const client: RunClient = Object.assign(fleet, {
    site: addresses.join(', '),
    speaking: () => fleet,
    app: () => Promise.resolve({ is: 'failed', fault: nothing } as const),
    uploadLora: () => Promise.resolve({ is: 'failed', fault: nothing } as const),
    close,
  });
  return { client, clock, account, emulated: false, servers, paid, sockets, close };
};

/** As whom, and through which proxies, a server is asked. */
export const wireTo = (address: string, identity: Identity, log?: (line: string) => void): Wire => {
  const { login, env, network, speed, site, key } = identity;
  const native = nativePath(address);
  return new Wire({
    address,
    ...(native === null ? {} : { secretBase: `${site}/${native}/${encodeURIComponent(key)}` }),
    authorization: login?.authorization ?? null,
    secrets: login?.secrets ?? [],
    trusted: login?.trusted ?? null,
    env,
    network,
    timeouts: timeoutsFor(speed),
    ...(log === undefined ? {} : { log }),
  });
};
