import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Clock } from '../../src/edges/clock.js';
import { VirtualClock } from './virtual-clock.js';

/** Turns of the event loop without work, after which nothing is on its way any more. */
const quietTurns = 6;
/** So many turns without a pause between them. */
const spinTurns = 30;
/** Real ms for which an answer is waited for that nothing here will ever give. */
const unansweredMs = 250;

/**
 * A virtual clock that a command and an emulator in one process share, with real HTTP between
 * them. Time stands still while a file is read, a connection opens or an answer is on its way, and
 * jumps to the next sleeper when everything waits for time. A loaded machine changes nothing.
 */
export class ServiceClock implements Clock {
  readonly #time = new VirtualClock(Date.now());
  readonly #watched = new Set<{ readonly seen: () => boolean; readonly resolve: () => void }>();
  #users = 0;
  #running = false;
  /** Requests without their answers, and how many of them the emulator holds back on purpose. */
  #asked = new Set<object>();
  #held = 0;

  now = (): number => this.#time.now();

  sleep = (ms: number, signal?: AbortSignal): Promise<void> => this.#time.sleep(ms, signal);

  /** The same clock for an emulator, whose sleeps keep a request waiting. */
  readonly holding: Clock = {
    now: this.now,
    sleep: async (ms, signal) => {
      this.#held += 1;
      try {
        await this.sleep(ms, signal);
      } finally {
        this.#held -= 1;
      }
    },
  };

  /** Time runs until the work is done. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#users += 1;
    if (!this.#running) void this.#run();
    try {
      return await work;
    } finally {
      this.#users -= 1;
    }
  }

  /** Resolves when this is so: looked at whenever time is about to move on. */
  until(seen: () => boolean): Promise<void> {
    return new Promise((resolve) => void this.#watched.add({ seen, resolve }));
  }

  async #run(): Promise<void> {
    this.#running = true;
    subscribe('undici:request:create', this.#onAsked);
    subscribe('undici:request:trailers', this.#onAnswered);
    subscribe('undici:request:error', this.#onAnswered);
    while (this.#users > 0) {
      await this.#quiet();
      if (this.#tell()) continue;
      if (!this.#time.jump()) await pause();
    }
    unsubscribe('undici:request:create', this.#onAsked);
    unsubscribe('undici:request:trailers', this.#onAnswered);
    unsubscribe('undici:request:error', this.#onAnswered);
    this.#asked.clear();
    this.#running = false;
  }

  /** Whether somebody waited for what is so now. */
  #tell(): boolean {
    const seen = [...this.#watched].filter((watched) => watched.seen());
    for (const watched of seen) {
      this.#watched.delete(watched);
      watched.resolve();
    }
    return seen.length > 0;
  }

  async #quiet(): Promise<void> {
    const since = performance.now();
    for (let quiet = 0, turns = 0; quiet < quietTurns; turns += 1) {
      // At first at once: most of what is under way is over within a few turns.
      await (turns < spinTurns ? turn() : pause());
      if (isAtWork()) quiet = 0;
      else if (this.#asked.size <= this.#held || performance.now() - since > unansweredMs)
        quiet += 1;
    }
  }

  readonly #onAsked = (message: unknown): void => {
    const { request } = message as { request: { upgrade?: unknown } };
    // A socket's handshake has no end that is told.
    if (typeof request.upgrade !== 'string') this.#asked.add(request);
  };

  readonly #onAnswered = (message: unknown): void => {
    this.#asked.delete((message as { request: object }).request);
  };
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const working = /^(?:FSReq|GetAddrInfo|ConnectWrap|WriteWrap|ShutdownWrap|CloseReq|ProcessWrap)/;

/** Files, connections and processes that this process waits for. */
const isAtWork = (): boolean => process.getActiveResourcesInfo().some((kind) => working.test(kind));
