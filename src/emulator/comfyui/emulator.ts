import type { FaultRule } from '../http/faults.js';
import type { Entry } from './books.js';
import type { Storage } from './files.js';
import type { Door } from './options.js';

/** A running ComfyUI that is none. What it can do here, `/emulator/*` does over HTTP. */
export interface ComfyEmulator {
  /** `http://127.0.0.1:PORT`, with the path below which a proxy serves it. */
  readonly url: string;
  readonly files: Storage;
  /** A client ended the process with what it sent; `start` begins the next one. */
  readonly died: Promise<void>;
  /** Every prompt that was ever queued, in order; restarts forget none of them. */
  queued(): readonly Entry[];
  /** How often a prompt of this id was queued. */
  timesQueued(id: string): number;
  /** Prompts that are pending or running now. */
  remaining(): number;
  /** What was asked, in order. */
  requests(): readonly ComfyRequest[];
  /** Endpoint and kind of each fault that was played → how often. */
  injected(): Readonly<Record<string, number>>;
  /** In place of the rules so far. */
  setFaults(rules: readonly FaultRule[]): void;
  /** Who may come in from now on. */
  setDoor(door: Door | null): void;
  /** Kills the process: connections break, new ones are refused, and what was queued is lost. */
  stop(): Promise<void>;
  /** Starts it again on the same port: an empty queue and history, the files are there. */
  start(): Promise<void>;
  /** Both, one after the other. */
  restart(): Promise<void>;
  /** Prompts of somebody else are queued behind what is there. */
  addForeignPrompts(count?: number): void;
  /** Somebody empties the history in the web page. */
  clearHistory(): void;
  close(): Promise<void>;
}

export interface ComfyRequest {
  /** Of the server's clock, ms since the epoch. */
  readonly at: number;
  readonly method: string;
  /** Name of the endpoint: `submit`, `history`, `queue` … */
  readonly endpoint: string;
  /** With the query. */
  readonly path: string;
  readonly authorization: string | null;
}
