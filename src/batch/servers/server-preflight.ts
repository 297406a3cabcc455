import { warning } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Clock } from '../../edges/clock.js';
import type { ComfyServer } from '../../comfyui/server.js';
import type { Plan } from '../../plan/plan.js';
import type { Fault } from '../../runninghub/service.js';
import type { Preflight } from '../apply/preflight.js';
import { checkGraph } from './check-graph.js';

/** A laptop that slept has not waited: patience counts tries too. */
const triesAtLeast = 5;

export interface Preparing {
  readonly clock: Clock;
  /** How long servers that do not answer are waited for. */
  readonly patienceMs: number;
  readonly say: (message: string) => void;
  /** What a person can do about a message; told once. */
  readonly wayOut: (message: string) => string | null;
}

/**
 * What servers are asked before the first submit: who is there, what nodes they have, and whether
 * they take the graph with the values of every run. One that is away does not hold up the others.
 */
export const serverPreflight = async (
  plan: Plan,
  servers: readonly ComfyServer[],
  edges: Preparing,
  problems: Problems,
  signal: AbortSignal,
): Promise<Preflight> => {
  const there = await awaited(servers, edges, signal);
  if (!there.ok) return { is: 'stop', message: there.message };
  for (const { message } of there.away)
    problems.add(warning('E0875', null, `${message}; the others go on without it`));
  const before = problems.errors;
  for (const server of there.servers) {
    await greet(server, edges.say, signal);
    await checkGraph(plan, server, problems, signal);
  }
  return problems.errors > before
    ? { is: 'mismatch', message: 'api.json or its values do not fit what the server has' }
    : { is: 'go', drifted: [], room: null };
};

type Awaited =
  | { readonly ok: true; readonly servers: readonly ComfyServer[]; readonly away: readonly Fault[] }
  | { readonly ok: false; readonly message: string };

/** Those that answer; where none does, it is waited for one. */
const awaited = async (
  servers: readonly ComfyServer[],
  { clock, patienceMs, say, wayOut }: Preparing,
  signal: AbortSignal,
): Promise<Awaited> => {
  const until = clock.now() + patienceMs;
  for (let tries = 1; ; tries += 1) {
    const asked = await Promise.all(
      servers.map(async (server) => ({ server, read: await server.version(signal) })),
    );
    const away = asked.flatMap(({ read }) => (read.ok ? [] : [read.fault]));
    if (away.length < servers.length)
      return {
        ok: true,
        servers: asked.flatMap(({ server, read }) => (read.ok ? [server] : [])),
        away,
      };
    const message = away.map((fault) => fault.message).join('; ');
    // Who is not let in now will not be let in later.
    if (away.every(({ class: kind }) => kind === 'account')) return { ok: false, message };
    if (signal.aborted) return { ok: false, message: 'interrupted' };
    if (clock.now() > until && tries >= triesAtLeast) return { ok: false, message };
    say(
      `${message}; try ${tries}, asked again for up to ${Math.round(patienceMs / 60_000)} minutes`,
    );
    const way = tries === 1 ? wayOut(message) : null;
    if (way !== null) say(way);
    await clock.sleep(Math.min(30_000, 1_000 * 2 ** tries), signal);
  }
};

/** Notes what stands in its history, and tells who is there before us. */
const greet = async (
  server: ComfyServer,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  const newest = await server.newest(signal, 1);
  if (newest.ok) server.witness ??= newest.value.at(-1)?.id ?? null;
  const queue = await server.queue(signal);
  if (!queue.ok) return;
  const { running, pending } = queue.value;
  const others = [...running, ...pending].filter(({ marker }) => marker === null).length;
  if (others > 0)
    say(
      `${server.address} has ${others} ${others === 1 ? 'prompt' : 'prompts'} of others before ours`,
    );
};
