import { encode } from '../codec.js';
import type { Disk } from './disk.js';
import { replaceFile } from './disk.js';
import type { Recorded, RunInputs } from '../event.js';
import { readJournal } from './read.js';

/** Below this a journal is not worth rewriting. */
const leastBytes = 4 * 1024 * 1024;

/** Counts what a compaction would drop, while the journal is read. */
export class CompactionGain {
  readonly #last = new Map<string, number>();
  #refused = 0;
  #events = 0;

  see(event: Recorded): void {
    this.#events += 1;
    if (event.type === 'intent') this.#last.set(event.run, event.attempt);
    if (event.type === 'refused' && event.then === 'capacity') this.#refused += 1;
  }

  /** Refusals for want of room are the only thing that piles up: worth it at half of all records. */
  worthwhile(bytes: number): boolean {
    return bytes > leastBytes && this.#refused * 4 > this.#events;
  }
}

/**
 * Writes the journal anew without the attempts that were refused for want of room (nothing
 * was created, nothing is owed), save a run's last. New file and rename: a crash leaves the old.
 */
export const compact = async (disk: Disk, path: string): Promise<void> => {
  const last = new Map<string, number>();
  const refused = new Set<string>();
  const key = (run: string, attempt: number): string => `${run}:${String(attempt)}`;
  await readWhole(disk, path, (event) => {
    if (event.type === 'intent') last.set(event.run, event.attempt);
    if (event.type === 'refused' && event.then === 'capacity')
      refused.add(key(event.run, event.attempt));
  });
  for (const [run, attempt] of last) refused.delete(key(run, attempt));
  const kept: Uint8Array[] = [];
  const carried = new Map<string, RunInputs>();
  const encoder = new TextEncoder();
  await readWhole(disk, path, (event) => {
    const dropped =
      (event.type === 'intent' || event.type === 'refused') &&
      refused.has(key(event.run, event.attempt));
    if (!dropped) kept.push(encoder.encode(encode(withInputs(event, carried))));
    else if (event.type === 'intent' && event.inputs !== null) carried.set(event.run, event.inputs);
  });
  await replaceFile(disk, path, kept);
};

/** What could not be read to its end must not be replaced by what could. */
const readWhole = async (
  disk: Disk,
  path: string,
  each: (event: Recorded) => void,
): Promise<void> => {
  const end = await readJournal(disk, path, each);
  if (end.is !== 'whole') throw new Error(`${path} cannot be read for its compaction (${end.is})`);
};

/** What a run is stands on its first intent; when that is dropped, the next one carries it. */
const withInputs = (event: Recorded, carried: Map<string, RunInputs>): Recorded => {
  if (event.type !== 'intent' || event.inputs !== null) return event;
  const inputs = carried.get(event.run);
  if (inputs === undefined) return event;
  carried.delete(event.run);
  return { ...event, inputs };
};
