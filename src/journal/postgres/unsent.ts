import { createHash } from 'node:crypto';
import { appendFile, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../edges/error-code.js';
import { decode, encode } from '../codec.js';
import type { JournalEvent, Recorded } from '../event.js';
import type { BatchState, RunState } from '../state.js';

/** Records that a store did not take any more: true all the same, so they are kept. */
export interface Unsent {
  /** Without a password. */
  readonly store: string;
  /** Of the batch. */
  readonly name: string;
  readonly events: readonly Recorded[];
}

const fileName = ({ store, name }: Omit<Unsent, 'events'>): string =>
  `unsent-${createHash('sha256').update(`${store}\n${name}`).digest('hex').slice(0, 12)}.jsonl`;

/** On the disk once it resolves. @returns where. */
export const keepUnsent = async (stateDir: string, unsent: Unsent): Promise<string> => {
  await mkdir(stateDir, { recursive: true });
  const path = join(stateDir, fileName(unsent));
  await appendFile(path, unsent.events.map((event) => encode(event)).join(''), { mode: 0o600 });
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  return path;
};

/** What an earlier apply on this machine could not tell the store. */
export const readUnsent = async (
  stateDir: string,
  of: Omit<Unsent, 'events'>,
): Promise<readonly Recorded[]> => {
  let text: string;
  try {
    text = await readFile(join(stateDir, fileName(of)), 'utf8');
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return [];
    throw cause;
  }
  const found: Recorded[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const decoded = decode(line);
    // Half a line is of a process that was killed while it wrote.
    if (decoded.is === 'event') found.push(decoded.event);
  }
  return found;
};

export const forgetUnsent = (stateDir: string, of: Omit<Unsent, 'events'>): Promise<void> =>
  rm(join(stateDir, fileName(of)), { force: true });

/**
 * What of it still says something new: the run may have gone on elsewhere. A task that was accepted
 * and is not the run's any more is kept as one that it may be.
 */
export const stillNew = (event: Recorded, state: BatchState): JournalEvent | null => {
  if (!('run' in event)) return null;
  const record = state.runs.get(event.run);
  if (record === undefined) return null;
  const current = record.state;
  switch (event.type) {
    case 'accepted': {
      const { run, attempt, taskId } = event;
      const known = record.attempts.find((one) => one.attempt === attempt);
      if (known === undefined || known.taskId === taskId) return null;
      if (known.candidates?.includes(taskId) === true) return null;
      if (isOpen(current) && current.attempt === attempt) return event;
      const said = `the submit was answered after all, too late: task ${taskId} exists`;
      return { type: 'judged', run, attempt, said, candidates: [taskId] };
    }
    case 'refused':
    case 'lost':
      return isOpen(current) && current.attempt === event.attempt ? event : null;
    case 'settled':
    case 'observed':
      return current.is === 'inFlight' && current.taskId === event.taskId ? event : null;
    case 'saved':
    case 'waits':
      return (current.is === 'inFlight' || current.is === 'fetching') &&
        current.taskId === event.taskId
        ? event
        : null;
    case 'intent':
    case 'judged':
    case 'planned':
    case 'resolved':
      return null;
  }
};

const isOpen = (state: RunState): state is RunState & { is: 'unknown' | 'submitting' } =>
  state.is === 'unknown' || state.is === 'submitting';
