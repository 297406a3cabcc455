import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Clock } from '../../src/edges/clock.js';
import { VirtualClock } from './virtual-clock.js';

/** Turns of the event loop without work, after which nothing is on its way any more. */
const quietTurns = 6;
/** So many turns without a pause between them: a file is read or written within a few hundred. */
const spinTurns = 300;
/** And so many with one, in which no answer came: then nothing here will ever give it. */
const unansweredTurns = 3_000;

/**
 * A virtual clock that a command and an emulator in one process share, with real HTTP between
 * them. Time stands still while a file is read, a connection opens or an answer is on its way, and
 * jumps to the next sleeper when everything waits for time. A loaded machine changes nothing.
 */
export class ServiceClock implements Clock {
  readonly #time = new VirtualClock(Date.now());
  /** Sleeps of commands: time passes while there are some. */
  #sleeps = 0;
  #running = false;
  #stopped = 0;
  /** Requests without their answers, and how many of them the emulator holds back on purpose. */
  readonly #asked = new Set<object>();
  #held = 0;

  readonly now = (): number => this.#time.now();

  readonly sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    this.#sleeps += 1;
    if (!this.#running) void this.#run();
    await this.#time.sleep(ms, signal);
    this.#sleeps -= 1;
  };

  /** The same clock for an emulator, whose sleeps keep requests waiting. */
  readonly emulator: Clock = {
    now: this.now,
    sleep: async (ms, signal) => {
      this.#held += 1;
      await this.#time.sleep(ms, signal);
      this.#held -= 1;
    },
  };

  /** The same clock for what an emulator does in the background: no request waits for it. */
  readonly background: Clock = {
    now: this.now,
    sleep: (ms, signal) => this.#time.sleep(ms, signal),
  };

  /** Does this while time stands still, once everything waits for it. */
  async still<T>(work: () => Promise<T>): Promise<T> {
    this.#stopped += 1;
    try {
      await this.#quiet();
      return await work();
    } finally {
      this.#stopped -= 1;
    }
  }

  async #run(): Promise<void> {
    this.#running = true;
    subscribe('undici:request:create', this.#onAsked);
    subscribe('undici:request:trailers', this.#onAnswered);
    subscribe('undici:request:error', this.#onAnswered);
    while (this.#sleeps > 0) {
      await this.#quiet();
      if (this.#stopped > 0) await pause();
      else if (this.#sleeps > 0) this.#time.jump();
    }
    unsubscribe('undici:request:create', this.#onAsked);
    unsubscribe('undici:request:trailers', this.#onAnswered);
    unsubscribe('undici:request:error', this.#onAnswered);
    this.#asked.clear();
    this.#running = false;
  }

  async #quiet(): Promise<void> {
    for (let quiet = 0, unanswered = 0, turns = 0; quiet < quietTurns; turns += 1) {
      // At first at once: most of what is under way is over within a few turns.
      await (quiet > 0 || turns < spinTurns ? turn() : pause());
      if (isAtWork()) quiet = 0;
      else if (this.#asked.size <= this.#held || unanswered > unansweredTurns) quiet += 1;
      else unanswered += 1;
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
