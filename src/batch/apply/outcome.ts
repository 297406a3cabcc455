import type { EngineResult } from '../../engine/engine.js';
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

const stopCodes = {
  limit: exit.limit,
  service: exit.service,
  signal: exit.sigint,
  machine: exit.machine,
  journal: exit.machine,
  lock: exit.locked,
  defect: exit.internal,
};

/** `left`: tasks of other accounts are in flight, which nobody follows. */
export const codeOf = ({ stop, unfetched, blocked }: EngineResult, left: boolean): number => {
  if (stop !== null) return stopCodes[stop.is];
  if ([...unfetched.values()].some(isLocal)) return exit.machine;
  if (left || unfetched.size > 0) return exit.service;
  return blocked.size > 0 ? exit.someFailed : exit.done;
};

/** Why results that are paid for are not here; null: all are. */
export const waitingWords = (unfetched: EngineResult['unfetched']): string | null => {
  const errors = [...unfetched.values()];
  const [first] = [...errors.filter(isLocal), ...errors];
  if (first === undefined) return null;
  const whose = unfetched.size === 1 ? 'of one run' : `of ${unfetched.size} runs`;
  return `the outputs ${whose} could not be fetched yet: ${first.message}; they are paid for, and the next apply asks for them again`;
};

/** The disk, or another file of that name: nothing that the service could mend. */
const isLocal = ({ class: kind, code }: RunError): boolean =>
  kind === 'local' && (code === 'disk' || code === 'exists');
