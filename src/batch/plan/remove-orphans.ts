import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { contentOf, thumbnailsIn } from '../../thumbnails/folder.js';
import type { RunRecord } from '../../journal/state.js';
import type { Store } from '../../journal/store.js';
import type { Project } from '../load/project.js';
import type { Orphan, Orphans } from './orphans.js';
import { asSaved } from './orphans.js';

/** Removes them and records it. What changed since it was listed stays. */
export const removeOrphans = async (
  files: readonly Orphan[],
  { outputsDir }: Project,
  store: Store,
): Promise<{ readonly removed: readonly Orphan[]; readonly stay: Orphans['stay'] }> => {
  const removed: Orphan[] = [];
  const stay: Orphans['stay'][number][] = [];
  const runs = new Set<RunRecord>();
  const thumbnails = await thumbnailsIn(outputsDir);
  try {
    for (const orphan of files) {
      const now = await asSaved(orphan.file, outputsDir);
      const why = now.is === 'same' ? await unlinked(orphan.absolute) : 'it changed meanwhile';
      if (why !== null) stay.push({ ...orphan, why });
      else {
        removed.push(orphan);
        const thumbnail = thumbnails.get(contentOf(orphan.file.sha256));
        // What shows the same content elsewhere has it made again.
        if (thumbnail !== undefined) await unlinked(join(outputsDir, thumbnail));
        runs.add(orphan.record);
      }
    }
  } finally {
    for (const { id, state } of runs) {
      if ((state.is !== 'succeeded' && state.is !== 'failed') || state.taskId === null) continue;
      const { taskId, files: saved = [] } = state;
      const error = state.is === 'failed' ? state.error : null;
      store.appendLater({ type: 'saved', run: id, taskId, files: saved, error, removed: true });
    }
    await store.flush();
  }
  return { removed, stay };
};

const unlinked = async (path: string): Promise<string | null> => {
  try {
    await unlink(path);
    return null;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
};
