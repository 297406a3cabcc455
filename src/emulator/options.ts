import type { Clock } from '../edges/clock.js';
import { systemClock } from '../edges/clock.js';
import type { AccountKind, AccountOptions } from './tasks/account-kinds.js';
import { slotsOf } from './tasks/account-kinds.js';
import type { FaultRule } from './http/faults.js';

/** How long tasks run, in ms of service time. */
export type RunTime =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: 'lognormal'; readonly medianMs: number; readonly sigma: number }
  /** A share of tasks takes the second time. */
  | {
      readonly kind: 'bimodal';
      readonly ms: number;
      readonly otherMs: number;
      readonly share: number;
    }
  /** One after the other, and from the start again. */
  | { readonly kind: 'sequence'; readonly ms: readonly number[] };

export type { AccountOptions };

export interface EmulatorOptions {
  /**
   * What kind of account every key has, where `keys` does not say more: with its limits, what it
   * pays with, and whether it may run standard models. null: coins, and everything is allowed.
   */
  readonly account: AccountKind | null;
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** What links begin with; null: `http://host:port`. The request's Host header is never used. */
  readonly publicUrl: string | null;
  /** Tasks that run at once, per account; where `account` is given, what that kind has. */
  readonly slots: number;
  /** Tasks that may wait beyond the slots; 0: refused with 421. */
  readonly queue: number;
  /** Service time passes so much faster than real time; 0: only by `advance`. */
  readonly speed: number;
  readonly runTime: RunTime;
  /** From a free slot to RUNNING, in ms of service time: the task is QUEUED and counts. */
  readonly startDelayMs: number;
  readonly seed: number;
  /** key → account; null: every key is good and has an account of its own. */
  readonly keys: ReadonlyMap<string, AccountOptions> | null;
  /** Saved workflows: id → graph as JSON text. */
  readonly workflows: ReadonlyMap<string, string>;
  /** Saved but never run: 810. */
  readonly neverRun: ReadonlySet<string>;
  /** Locked workflows and apps: id → its access password. */
  readonly locked: ReadonlyMap<string, string>;
  /** AI apps: id → its call example, `data` of apiCallDemo as JSON text. */
  readonly apps: ReadonlyMap<string, string>;
  /** Standard models: path → its description, as RunningHub publishes it, as JSON text. */
  readonly models: ReadonlyMap<string, string>;
  /** What a workflow or app id that is not known gets; `accept` runs any id of digits. */
  readonly unknownWorkflows: 'accept' | 'refuse';
  /** Whether `GET /openapi/v2/queue/status` answers. */
  readonly queueStatus: boolean;
  /** Longest personal queue; beyond it 814 (API notes, section 2.2). */
  readonly personalQueue: number;
  /**
   * What a cancelled task is called by V2 query: all were seen (API notes, sections 5.4 and 19.1).
   */
  readonly cancelWord: 'CANCEL' | 'CANCELLED' | 'CANCELED' | '';
  /**
   * Whether a task that fails is paid for: authors contradict each other (API notes, section 12).
   */
  readonly failedTasksCost: boolean;
  readonly faults: readonly FaultRule[];
  /** In ms of service time. */
  readonly linkLifeMs: number;
  readonly uploadLifeMs: number;
  /** Longest side of a picture: larger ones are drawn smaller, to spare time. */
  readonly maxPixels: number;
  /**
   * Folder where tasks and uploads outlive the process; null: in memory. Keys are never written.
   */
  readonly dataDir: string | null;
  /**
   * Of the ComfyUI behind `/proxy/<key>` and `/proxy-plus/<key>`: what running prompts wait for;
   * absent: the clock below.
   */
  readonly native: { readonly work?: Clock };
  /** What passes for real time; every wait of the emulator is one of this clock. */
  readonly clock: Clock;
}

export const defaults: EmulatorOptions = {
  account: null,
  port: 0,
  host: '127.0.0.1',
  publicUrl: null,
  slots: 3,
  queue: 0,
  speed: 1,
  runTime: { kind: 'lognormal', medianMs: 30_000, sigma: 0.4 },
  startDelayMs: 0,
  seed: 1,
  keys: null,
  workflows: new Map(),
  neverRun: new Set(),
  locked: new Map(),
  apps: new Map(),
  models: new Map(),
  unknownWorkflows: 'accept',
  queueStatus: true,
  personalQueue: 1000,
  cancelWord: 'CANCEL',
  failedTasksCost: false,
  faults: [],
  linkLifeMs: 86_400_000,
  uploadLifeMs: 86_400_000,
  maxPixels: 2048,
  dataDir: null,
  native: {},
  clock: systemClock,
};

/** All options: what a kind of account has stands above the emulator's own defaults. */
export const withDefaults = (given: Partial<EmulatorOptions>): EmulatorOptions => ({
  ...defaults,
  ...(given.account == null ? {} : { slots: slotsOf(given.account) }),
  ...given,
});
