import type { FaultRule } from './faults.js';
import type { ServiceModel } from './service.js';
import type { Bill, Stats } from './stats.js';

/** A running emulator. */
export interface Emulator {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly model: ServiceModel;
  stats(): Stats;
  /** Every accepted task, as a bill would list it. */
  bill(): Bill;
  /** What was asked: path, endpoint and body without the key, in order. */
  requests(): readonly RecordedRequest[];
  setFaults(rules: readonly FaultRule[]): void;
  close(): Promise<void>;
}

export interface RecordedRequest {
  readonly endpoint: string;
  readonly path: string;
  readonly body: unknown;
}
