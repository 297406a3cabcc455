import type { Clock } from '../../edges/clock.js';
import type { ComfyEmulator } from '../../emulator/comfyui/emulator.js';
import type { Manifest } from '../../manifest/manifest.js';
import type { Plan } from '../../plan/plan.js';
import { nativePath } from '../../targets/comfyui/address.js';
import type { Io } from '../../edges/io.js';
import type { Identity, RunClient } from '../connect.js';
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
    : servers.some(({ value }) => nativePath(value) !== null)
      ? { inFlight: 1 }
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
    readonly options: Pick<BatchOptions, 'trace' | 'emulator'>;
    readonly io: Io;
  },
  say: (message: string) => void,
): Promise<ServerConnection> => {
  const { connectServers } = await import('./connect-servers.js');
  const { trace = false, emulator = false } = options;
  const written = plan.manifest.target.servers.map(({ value }) => value);
  const emulators = emulator ? await emulatorsOf(written.length, identity.clock) : [];
  const addresses = emulator ? emulators.map(({ url }) => url) : written;
  const opened = connectServers(identity, addresses, plan.keptNodes, { trace }, io, say);
  return {
    ...opened,
    emulated: emulator,
    close: async () => {
      await opened.close();
      await Promise.all(emulators.map((one) => one.close()));
    },
  };
};

/** As many servers in this process as the manifest names. */
const emulatorsOf = async (count: number, clock: Clock): Promise<readonly ComfyEmulator[]> => {
  const { startComfyEmulator } = await import('../../emulator/comfyui/server.js');
  return Promise.all(Array.from({ length: count }, () => startComfyEmulator({ clock })));
};

/** For a few requests about prompts of a batch. */
export const fleetOf = async (
  identity: Identity,
  servers: readonly string[],
): Promise<RunClient> => {
  const { connectServers } = await import('./connect-servers.js');
  return connectServers(identity, servers, null, {}, null, () => undefined).client;
};
