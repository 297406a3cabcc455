import type { ComfyEmulator } from './comfyui/emulator.js';
import type { FaultRule } from './http/faults.js';
import type { ServiceModel } from './service.js';
import type { Bill, Stats } from './control/stats.js';

/** A running emulator. What it can do here, `/emulator/*` does over HTTP. */
export interface Emulator {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly model: ServiceModel;
  /** The ComfyUI of `/proxy/<key>`, or of `/proxy-plus/<key>`. */
  native(key: string, plus?: boolean): Promise<ComfyEmulator>;
  stats(): Stats;
  /** Every accepted task, as a bill would list it, oldest first. */
  bill(): Bill;
  /** What was asked, in order; the latest 20,000. */
  requests(): readonly RecordedRequest[];
  /** In place of the rules so far. */
  setFaults(rules: readonly FaultRule[]): void;
  /** Null as key: all accounts. */
  setBalance(key: string | null, balance: { coins?: number; money?: number | null }): void;
  /** The key is refused with 802 from now on, or good again. */
  revokeKey(key: string, revoked?: boolean): void;
  /** False when the text is no API-format graph. */
  saveWorkflow(id: string, graph: string): boolean;
  /** Also where unknown ids are accepted: 380, an app 901. */
  removeWorkflow(id: string): void;
  /** Tasks that others run with the key take slots; null as key: of every account. */
  addForeignTask(key?: string | null, count?: number): void;
  endForeignTask(key?: string | null, count?: number): void;
  setSlots(slots: number, queue?: number, key?: string | null): void;
  /** Ends one task now, as it would have ended or as told; false where it is unknown or over. */
  finish(taskId: string, outcome?: Outcome): boolean;
  /** Ends every task in flight now; how many. */
  finishAll(outcome?: Outcome): number;
  /** Puts the service's clock forward. */
  advance(ms: number): void;
  /** Every upload so far is gone. */
  expireUploads(): void;
  /** Every link given so far is dead. */
  expireLinks(): void;
  close(): Promise<void>;
}

export type Outcome = 'SUCCESS' | 'FAILED' | 'CANCEL';

export interface RecordedRequest {
  /** Real time, ms since the epoch. */
  readonly at: number;
  readonly method: string;
  /** Name of the endpoint, as in `stats().requests`. */
  readonly endpoint: string;
  readonly path: string;
  /** Without the key; of a form: its fields, and `file` as `{ name, bytes }`. */
  readonly body: unknown;
}
