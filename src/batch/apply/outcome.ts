import type { RunError } from '../../journal/event.js';
import type { RunId } from '../../values/ids.js';
import { exit } from '../exit.js';

/** What came of the service's part of an apply. */
export interface Outcome {
  readonly code: number;
  readonly stop: string | null;
  readonly held: ReadonlyMap<RunId, RunError>;
  readonly uploads: { readonly count: number; readonly bytes: number };
  readonly requests: { readonly create: number; readonly outputs: number };
  readonly submits: number;
  /** The most slots in use at once. */
  readonly slots: number;
}

export const nothingDone: Outcome = {
  code: exit.done,
  stop: null,
  held: new Map(),
  uploads: { count: 0, bytes: 0 },
  requests: { create: 0, outputs: 0 },
  submits: 0,
  slots: 0,
};
