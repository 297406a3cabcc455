import type { FaultRule } from './faults.js';

/** How long tasks run, in ms of service time. */
export type RunTime =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'lognormal'; readonly medianMs: number; readonly sigma: number }
  /** A share of tasks takes the second time. */
  | {
      readonly kind: 'bimodal';
      readonly ms: number;
      readonly otherMs: number;
      readonly share: number;
    };

export interface AccountOptions {
  readonly coins: number;
  readonly money: number | null;
  readonly apiType: 'NORMAL' | 'SHARED' | 'EXCLUSIVE';
  /** Free users are refused with 801. */
  readonly free?: boolean;
}

export interface EmulatorOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** Tasks that run at once, per account. */
  readonly slots: number;
  /** Tasks that may wait beyond the slots; 0: refused with 421. */
  readonly queue: number;
  /** Service time passes so much faster than real time. */
  readonly speed: number;
  readonly runTime: RunTime;
  readonly seed: number;
  /** key → account; null: every key is good and has an account of its own. */
  readonly keys: ReadonlyMap<string, AccountOptions> | null;
  /** Saved workflows: id → graph as JSON text. */
  readonly workflows: ReadonlyMap<string, string>;
  /** Saved but never run: 810. */
  readonly neverRun: ReadonlySet<string>;
  /** AI apps: id → its call example, `data` of apiCallDemo as JSON text. */
  readonly apps: ReadonlyMap<string, string>;
  /** What a workflow id that is not in `workflows` gets. */
  readonly unknownWorkflows: 'accept' | 'refuse';
  /** Whether `GET /openapi/v2/queue/status` answers. */
  readonly queueStatus: boolean;
  readonly faults: readonly FaultRule[];
  /** In ms of service time. */
  readonly linkLifeMs: number;
  readonly uploadLifeMs: number;
  /** Longest side of a picture: larger ones are drawn smaller, to spare time. */
  readonly maxPixels: number;
}

export const defaults: EmulatorOptions = {
  port: 0,
  host: '127.0.0.1',
  slots: 3,
  queue: 0,
  speed: 1,
  runTime: { kind: 'lognormal', medianMs: 30_000, sigma: 0.4 },
  seed: 1,
  keys: null,
  workflows: new Map(),
  neverRun: new Set(),
  apps: new Map(),
  unknownWorkflows: 'accept',
  queueStatus: true,
  faults: [],
  linkLifeMs: 86_400_000,
  uploadLifeMs: 86_400_000,
  maxPixels: 512,
};
