import type { Dispatcher } from 'undici';
import type { Clock } from '../../edges/clock.js';
import { backoffMs } from '../../edges/backoff.js';
import type { Random } from '../../edges/random.js';
import { openSocket } from '../../runninghub/http/socket.js';
import type { SocketNews } from '../../runninghub/service.js';
import { toldOf } from './news.js';
import type { Wire } from '../wire.js';

/** Steps of many thousand prompts; who tells more is no server. */
const maxMessages = 5_000_000;
/** So many in a row that told nothing: the server, or the proxy in front of it, has no sockets. */
const failuresAtMost = 8;
const backoff = { firstMs: 1_000, maxMs: 30_000 };

interface Follower {
  readonly on: (news: SocketNews) => void;
  readonly closed: () => void;
}

/** Where the socket of a prompt is: read by `ServerSockets` alone, and no address. */
export const socketName = (server: number, promptId: string): string => `${server}/${promptId}`;

/**
 * What servers tell of running prompts (comfyui-api 9), for display only. One socket a server tells
 * of all prompts that were sent with its client's id; it is opened again where it breaks.
 */
export class ServerSockets {
  readonly #lines: readonly Line[];

  constructor(wires: readonly Wire[], client: string, clock: Clock, random: Random) {
    this.#lines = wires.map((wire) => new Line(wire, client, clock, random));
  }

  open(
    name: string,
    on: (news: SocketNews) => void,
    closed: () => void,
  ): {
    close(): void;
  } {
    const [server = '', promptId = ''] = name.split('/');
    const line = this.#lines[Number(server)];
    if (line !== undefined) return line.follow(promptId, { on, closed });
    closed();
    return { close: () => undefined };
  }

  async close(): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.close()));
  }
}

/** The socket to one server. */
class Line {
  readonly #followers = new Map<string, Follower>();
  readonly #over = new AbortController();
  #dispatcher: Dispatcher | null = null;
  #socket: { close(): void } | null = null;
  #failures = 0;
  #waits = false;

  constructor(
    private readonly wire: Wire,
    private readonly client: string,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  follow(promptId: string, follower: Follower): { close(): void } {
    this.#followers.set(promptId, follower);
    this.#connect();
    return {
      close: () => {
        if (this.#followers.delete(promptId)) follower.closed();
      },
    };
  }

  async close(): Promise<void> {
    this.#over.abort();
    this.#socket?.close();
    await this.#dispatcher?.destroy();
  }

  #connect(): void {
    const { signal } = this.#over;
    if (this.#socket !== null || this.#waits || signal.aborted) return;
    if (this.#failures >= failuresAtMost) return;
    this.#dispatcher ??= this.wire.socketDispatcher();
    const { url, headers } = this.wire.socketTo(this.client);
    const state = { open: true };
    const socket = openSocket(
      { url, headers, dispatcher: this.#dispatcher, maxMessages },
      (text) => this.#heard(text),
      () => {
        state.open = false;
        this.#socket = null;
        void this.#again();
      },
    );
    if (state.open) this.#socket = socket;
  }

  /** Only the newest of two sockets with one id is told anything, so the old one is closed by now. */
  async #again(): Promise<void> {
    this.#failures += 1;
    if (this.#waits || this.#over.signal.aborted) return;
    this.#waits = true;
    await this.clock.sleep(backoffMs(backoff, this.#failures, this.random), this.#over.signal);
    this.#waits = false;
    if (this.#followers.size > 0) this.#connect();
  }

  #heard(text: string): void {
    const told = toldOf(text);
    if (told === null) return;
    this.#failures = 0;
    this.#followers.get(told.promptId)?.on(told.news);
  }
}
