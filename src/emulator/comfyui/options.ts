import type { Clock } from '../../edges/clock.js';
import { systemClock } from '../../edges/clock.js';
import type { FaultRule } from '../http/faults.js';
import type { RunTime } from '../options.js';
import type { VersionName } from './versions.js';

/** What stands in front of the server and asks who one is (ComfyUI notes, section 10). */
export type Door =
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  /** `Authorization: Bearer …` or `?token=…` */
  | { readonly kind: 'bearer'; readonly token: string };

export interface ComfyOptions {
  readonly version: VersionName;
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** A proxy in front serves it below this path: `/comfy`; empty: none. */
  readonly basePath: string;
  readonly door: Door | null;
  /** `--enable-cors-header`: its value; null: the check of origins. */
  readonly corsOrigin: string | null;
  /** `--max-upload-size` in MiB. */
  readonly maxUploadMiB: number;
  /** `--preview-method`: pictures while a sampler runs. */
  readonly previews: boolean;
  /** How long a sampler runs, in ms. */
  readonly runTime: RunTime;
  /** How long nodes of these classes run instead, in ms; all others: a few. */
  readonly times: ReadonlyMap<string, RunTime>;
  readonly seed: number;
  /** Folder → its model files, in place of what is there by default. */
  readonly models: ReadonlyMap<string, readonly string[]>;
  readonly faults: readonly FaultRule[];
  /** Folder for `input`, `output` and `temp`, which outlive the process; null: in memory. */
  readonly dir: string | null;
  /** What delayed answers wait for: a request is held back meanwhile. */
  readonly clock: Clock;
  /** What running prompts wait for: no request is held back meanwhile. */
  readonly work: Clock;
}

const defaults: Omit<ComfyOptions, 'work'> = {
  version: '0.3.64',
  port: 0,
  host: '127.0.0.1',
  basePath: '',
  door: null,
  corsOrigin: null,
  maxUploadMiB: 100,
  previews: false,
  runTime: { kind: 'lognormal', medianMs: 8_000, sigma: 0.2 },
  times: new Map(),
  seed: 1,
  models: new Map(),
  faults: [],
  dir: null,
  clock: systemClock,
};

export const withDefaults = (given: Partial<ComfyOptions>): ComfyOptions => ({
  ...defaults,
  work: given.clock ?? defaults.clock,
  ...given,
});
