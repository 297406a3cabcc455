import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { nodeDisk } from '../../journal/files/disk.js';
import type { Recorded } from '../../journal/event.js';
import { holderAtWork } from '../../journal/files/lock.js';
import { readJournal } from '../../journal/files/read.js';
import type { BatchState, RunRecord } from '../../journal/state.js';
import type { Store } from '../../journal/store.js';
import type { OtherJournal } from '../../journal/stores.js';
import { journalPath, lockPath, readEnded } from '../../journal/store.js';
import type { Plan } from '../../plan/plan.js';
import type { RunId } from '../../values/ids.js';
import type { Project } from '../load/project.js';
import { statesIn } from '../load/state-folder.js';
import { leadsTo, readOwner, realOf } from '../load/state-owner.js';

/** What the states of other manifests know of runs that this one's state does not know. */
export interface Elsewhere {
  readonly runs: ReadonlyMap<RunId, RunRecord>;
  /** Which journal holds each of them. */
  readonly sources: ReadonlyMap<RunId, Source>;
  /** Where their outputs are. */
  readonly folders: readonly string[];
  /** Time of the last record of any of them: an emulator's may be ahead of ours. */
  readonly lastAt: number;
}

/**
 * Looks for results of the same target in the states beside. A result is taken over from any of
 * them; a task under way only where no manifest leads to its state any more.
 */
export const lookElsewhere = async (
  project: Project,
  own: BatchState,
): Promise<Elsewhere | null> => {
  const { stateDir, emulated, manifest, manifestPath } = project;
  // A folder of states that was named on the command line is looked at alone: it was named to be apart.
  const base = dirname(stateDir);
  const beside = resolve(base) === resolve(manifest.dir, '.rh-batch');
  const real = join(dirname(await realOf(manifestPath)), '.rh-batch');
  const bases = new Set(beside ? [base, real] : [base]);
  const runs = new Map<RunId, RunRecord>();
  const sources = new Map<RunId, Source>();
  const folders = new Set<string>();
  let lastAt = 0;
  const look = (other: Other, source: Source): void => {
    lastAt = Math.max(lastAt, other.state.lastAt ?? 0);
    for (const [id, record] of other.state.runs) {
      const known = own.runs.has(id) || runs.get(id)?.state.is === 'succeeded';
      const taken = known ? null : takenFrom(record, other);
      if (taken === null) continue;
      runs.set(id, taken);
      sources.set(id, source);
    }
  };
  for (const folder of bases)
    for (const dir of await statesIn(folder, emulated)) {
      // Where machines share a store, this is what the batch did before.
      const former = resolve(dir) === resolve(stateDir);
      if (former && project.shared === null) continue;
      const other = await readOther(dir, project, former);
      if (other === null) continue;
      for (const path of other.state.folders) folders.add(resolve(dir, path));
      look(other, (each) => readJournal(nodeDisk, journalPath(dir), each));
    }
  for (const other of await inStore(project)) {
    const { state, name } = other;
    const keptBy = `the batch "${name}" of the store`;
    look({ state, name, keptBy }, (each) => other.events(each));
  }
  return runs.size === 0 ? null : { runs, sources, folders: [...folders], lastAt };
};

/** Tells all records of a journal. */
type Source = (each: (event: Recorded) => void) => Promise<unknown>;

const inStore = async (project: Project): Promise<readonly OtherJournal[]> =>
  (await project.stores.shared?.others(project, project.manifest.target.id)) ?? [];

interface Other {
  readonly state: BatchState;
  readonly name: string;
  /** A manifest that leads to it, or that a process works for it, for people; null: nobody does. */
  readonly keptBy: string | null;
}

/** `former`: of this same batch, so that no other one leads to it. */
const readOther = async (dir: string, project: Project, former: boolean): Promise<Other | null> => {
  const { manifest, show } = project;
  const owner = await readOwner(dir);
  if (owner !== null && owner.target !== manifest.target.id) return null;
  const read = await readEnded(dir);
  if (!read.ok || read.state.target !== manifest.target.id) return null;
  const name = basename(dir).replace(/-emulated$/, '');
  const own = owner?.manifest ?? null;
  const written =
    own ??
    ['.yaml', '.yml', '.json']
      .map((end) => join(manifest.dir, `${name}${end}`))
      .find((path) => existsSync(path));
  const lives =
    !former && written !== undefined && (await leadsTo(written, name))
      ? show(written)
      : (await holderAtWork(lockPath(dir))) === null
        ? null
        : `a process at work in ${show(dir)}`;
  return { state: read.state, name, keptBy: lives };
};

/** null: nothing of it was paid for. */
const takenFrom = (record: RunRecord, { name, keptBy }: Other): RunRecord | null => {
  switch (record.state.is) {
    case 'succeeded':
      return { ...record, from: name };
    case 'inFlight':
    case 'fetching':
    case 'submitting':
    case 'unknown': {
      if (keptBy === null) return { ...record, from: name };
      const what =
        'taskId' in record.state
          ? `task ${record.state.taskId} of it is under way`
          : 'a submit of it was never answered';
      const heldBy = `${what} for ${keptBy}: apply that one first, and its result is taken over here`;
      return { ...record, from: name, heldBy };
    }
    case 'pending':
    case 'failed':
    case 'cancelled':
      return null;
  }
};

/** The history with what is known elsewhere. */
export const withElsewhere = (
  history: BatchState,
  elsewhere: Elsewhere | null | undefined,
): BatchState =>
  elsewhere == null
    ? history
    : {
        ...history,
        target: history.target,
        runs: new Map([...elsewhere.runs, ...history.runs]),
      };

/** Copies into this journal what others know of runs that the plan has. @returns how many runs. */
export const takeOver = async (
  { runs, sources }: Elsewhere,
  plan: Plan,
  store: Store,
): Promise<number> => {
  const wanted = new Map<Source, Set<RunId>>();
  for await (const { id, action, selected } of plan.runs()) {
    const record = runs.get(id);
    const source = sources.get(id);
    if (!selected || record === undefined || source === undefined) continue;
    if (record.heldBy !== undefined || action === 'new' || action === 'changed') continue;
    const ids = wanted.get(source);
    if (ids === undefined) wanted.set(source, new Set([id]));
    else ids.add(id);
  }
  let count = 0;
  for (const [source, ids] of wanted) {
    const events: Recorded[] = [];
    await source((event) => {
      if ('run' in event && event.type !== 'planned' && ids.has(event.run)) events.push(event);
    });
    await store.adopt(events);
    count += ids.size;
  }
  return count;
};
