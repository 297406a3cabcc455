import { accountHash } from '../assets/ledger.js';
import type { Clock } from '../edges/clock.js';
import type { EmulatedClock } from '../edges/clock.js';
import { emulatedClock, systemClock } from '../edges/clock.js';
import { steadyClock } from '../edges/steady-clock.js';
import { error } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Client } from '../runninghub/client.js';
import type { Catalogue, LoraStore, Service } from '../runninghub/service.js';
import { readProxies } from '../runninghub/http/proxy-settings.js';
import { defaultSite, isSite, shownSite, siteHint, siteOf } from '../runninghub/site.js';
import { defaultTimeouts } from '../runninghub/http/timeouts.js';
import { nativePath } from '../targets/comfyui/address.js';
import type { Saved } from '../targets/target.js';
import type { BatchOptions } from './options/options.js';
import type { Environment } from './load/environment.js';
import { whyNoKey } from './load/given-key.js';
import type { Io } from '../edges/io.js';
import type { Login } from './servers/login.js';
import { loginOf } from './servers/login.js';

/** What running a batch asks of a service. */
export type RunClient = Service &
  Catalogue &
  LoraStore &
  Pick<Client, 'site' | 'speaking' | 'close'> & {
    requests(): { readonly create: number; readonly outputs: number };
  };

/** The service that a command talks to, and the account it talks for. */
export interface Connection<C = Client> {
  readonly client: C;
  readonly clock: Clock;
  readonly account: string;
  readonly emulated: boolean;
  close(): Promise<void>;
}

export interface Identity {
  readonly site: string;
  /** Which word of the user names the site: an option, a variable or a key of the manifest; null: none. */
  readonly from: '--base-url' | 'RUNNINGHUB_BASE_URL' | 'server' | null;
  readonly key: string;
  /** For what is locked: from the environment alone, as the key is. */
  readonly accessPassword: string | null;
  readonly account: string;
  /** Whose uploads are whose; absent: the account's. */
  readonly uploads?: string;
  /** What lets one in on servers of one's own; absent: RunningHub is asked. */
  readonly login?: Login;
  readonly clock: Clock | EmulatedClock;
  /** How much faster than real time the clock runs: 1, save against an emulator. */
  readonly speed: number;
  /** The network's: real time, also where the batch's clock runs faster. */
  readonly network: Clock;
  /** Of the process and of --env-file: which proxies there are. */
  readonly env: Readonly<Record<string, string>>;
}

/** For commands that run nothing. */
export const nothingSaved: Saved = {
  workflows: new Map(),
  apps: new Map(),
  models: new Map(),
};

/** Of the emulator in this process: half a minute of a task passes in half a second. */
const emulatorSpeed = 60;
const emulatorSlots = 4;
/** Says for itself that it is none of the user's keys. */
const emulatorKey = 'emulated-key-0000000000000000000';

/** Who talks to which site; nothing is sent. With `--emulator` no key is needed. */
export const identify = (
  { emulator = false, baseUrl }: Pick<BatchOptions, 'emulator' | 'baseUrl'>,
  io: Io,
  env: Environment,
  problems: Problems,
  /** ComfyUI servers in place of RunningHub. */
  servers: readonly { readonly value: string }[] = [],
): Identity | null => {
  const native = servers.some(({ value }) => nativePath(value) !== null);
  if (servers.length > 0 && !native && !emulator)
    return serverIdentity(
      servers.map(({ value }) => value),
      io,
      env,
      problems,
    );
  if (emulator) {
    const clock = emulatedClock(emulatorSpeed);
    return {
      site: 'emulator',
      from: null,
      key: emulatorKey,
      accessPassword: null,
      account: accountHash('emulator', emulatorKey),
      clock,
      speed: 1,
      network: systemClock,
      env: {},
    };
  }
  const written = baseUrl ?? env.get('RUNNINGHUB_BASE_URL');
  const site = siteOf(written ?? defaultSite);
  const from = baseUrl !== undefined ? '--base-url' : 'RUNNINGHUB_BASE_URL';
  if (!isSite(site)) {
    problems.add(
      error('E0001', null, `${from} "${shownSite(site)}" is not of the form https://host`, {
        hint: siteHint(site),
      }),
    );
    return null;
  }
  const proxies = proxiesIn(env, problems);
  const key = env.get('RUNNINGHUB_API_KEY')?.trim() ?? '';
  const wrong = whyNoKey(key);
  if (wrong !== null) {
    const { why, hint } = wrong;
    // A placeholder may be this name itself, or a part of it, which is shown nowhere.
    const named = 'RUNNINGHUB_API_KEY'.includes(key.toUpperCase());
    const where = named ? 'the variable of the API key (RUNNINGHUB_…)' : 'RUNNINGHUB_API_KEY';
    problems.add(error('E0020', null, `${where} ${why}`, { hint, notes: env.holdings }));
    return null;
  }
  if (key === '' || /[\s\u0000-\u001f\u007f-\uffff]/.test(key)) {
    const what = key === '' ? 'is not set' : 'holds blanks or characters that no key has';
    problems.add(
      error('E0003', null, `RUNNINGHUB_API_KEY ${what}`, {
        hint: 'export RUNNINGHUB_API_KEY=…, or --env FILE; --emulator needs none',
        notes: env.holdings,
      }),
    );
    return null;
  }
  io.protect(key);
  const speed = speedFor(site, env);
  const clock = speed === 1 ? steadyClock(io.clock) : emulatedClock(speed);
  const accessPassword = env.get('RUNNINGHUB_ACCESS_PASSWORD') ?? null;
  // A short one is taken out of what the service says, not out of every number that has its digits.
  if (accessPassword !== null && accessPassword.length >= 8) io.protect(accessPassword);
  if (!proxies) return null;
  const account = accountHash(site, key);
  const network = speed === 1 ? clock : systemClock;
  return {
    site,
    from: written === undefined ? null : from,
    key,
    accessPassword,
    account,
    clock,
    speed,
    network,
    env: Object.fromEntries(env),
    ...(native ? nativeLogin(account, key) : {}),
  };
};

/** RunningHub's native ComfyUI API knows one by its address, which holds the key. */
const nativeLogin = (account: string, key: string): Pick<Identity, 'login' | 'uploads'> => ({
  login: { authorization: null, secrets: [key, encodeURIComponent(key)], trusted: null },
  // Its folder of inputs is not where the service's own uploads go.
  uploads: accountHash('native', account),
});

/** Servers ask for no key; what is in front of them may ask for a name or a token. */
const serverIdentity = (
  servers: readonly string[],
  io: Io,
  env: Environment,
  problems: Problems,
): Identity | null => {
  const site = servers[0] ?? '';
  const proxies = proxiesIn(env, problems);
  const login = loginOf(env, io, problems);
  if (login === null || !proxies) return null;
  const speed = servers.length === 1 ? speedFor(site, env) : 1;
  const clock = speed === 1 ? steadyClock(io.clock) : emulatedClock(speed);
  return {
    site,
    from: 'server',
    key: '',
    accessPassword: null,
    // Results and prompts under way belong to the batch, whichever machines it has now.
    account: accountHash('comfyui', ''),
    // Files are on these machines.
    uploads: accountHash('comfyui', [...servers].sort().join('\n')),
    login,
    clock,
    speed,
    network: speed === 1 ? clock : systemClock,
    env: Object.fromEntries(env),
  };
};

const proxiesIn = (env: Environment, problems: Problems): boolean => {
  const proxies = readProxies(Object.fromEntries(env));
  if (!proxies.ok)
    problems.add(
      error('E0040', null, `${proxies.variable} ${proxies.why}`, {
        hint: `${proxies.variable}=http://127.0.0.1:7890, or unset ${proxies.variable}`,
      }),
    );
  return proxies.ok;
};

/** Against an emulator elsewhere, time may run at its speed; never against the real service. */
const speedFor = (site: string, env: ReadonlyMap<string, string>): number => {
  const speed = Number(env.get('RUNNINGHUB_EMULATOR_SPEED') ?? '1');
  const local = /^http:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::\d+)?$/.test(site);
  return local && Number.isFinite(speed) && speed > 0 ? speed : 1;
};

/** The network of an emulator is this machine: its hangs are not waited for as long. */
export const timeoutsFor = (speed: number): typeof defaultTimeouts => {
  const scaled = (ms: number): number => (speed <= 1 ? ms : Math.max(500, ms / speed));
  const { readMs, createMs, uploadMs } = defaultTimeouts;
  return { readMs: scaled(readMs), createMs: scaled(createMs), uploadMs: scaled(uploadMs) };
};

/** Opens the client; with `--emulator` starts the emulator with this target saved on it. */
export const connect = async (
  identity: Identity,
  saved: Saved,
  { emulator: emulated = false, trace = false }: Pick<BatchOptions, 'emulator' | 'trace'>,
  io: Io,
  /** Secrets of this command beside the key and the password. */
  hidden: readonly string[] = [],
): Promise<Connection> => {
  const { key, accessPassword, account, clock } = identity;
  const log = trace ? (line: string): void => io.err.write(`${line}\n`) : undefined;
  const timeouts = timeoutsFor(identity.speed);
  // Loaded where something is sent: a command that sends nothing has no use for HTTP.
  const { createClient } = await import('../runninghub/client.js');
  const open = (baseUrl: string): Client =>
    createClient({
      baseUrl,
      key,
      accessPassword,
      hidden,
      clock,
      network: identity.network,
      env: identity.env,
      timeouts,
      ...(log === undefined ? {} : { log }),
    });
  if (!emulated) {
    const client = open(identity.site);
    return { client, clock, account, emulated, close: () => client.close() };
  }
  const { startEmulator } = await import('../emulator/server.js');
  const emulator = await startEmulator({
    speed: emulatorSpeed,
    slots: emulatorSlots,
    workflows: saved.workflows,
    apps: saved.apps,
    models: saved.models,
    uploadLifeMs: Number.POSITIVE_INFINITY,
  });
  const client = open(emulator.url);
  return {
    client,
    clock,
    account,
    emulated,
    close: async () => {
      await client.close();
      await emulator.close();
    },
  };
};
