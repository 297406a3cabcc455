import { statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { sha256Of } from '../../edges/files/output-files.js';
import type { SavedFile } from '../../journal/event.js';
import type { Found } from '../../plan/names/moves.js';

export interface Places {
  readonly outputsDir: string;
  /** Folders where outputs of this batch, or of one like it, were before. */
  readonly former: readonly string[];
  /** Where else a file may have been moved to by hand. */
  readonly root: string;
}

/** What a search by content looks at, at most. */
const maxEntries = 20_000;
const maxDepth = 8;
/** Files looked at before signals and timers have their turn. */
const looksPerTurn = 32;
const skipped: ReadonlySet<string> = new Set(['node_modules', '.git', '.rh-batch']);

/**
 * Finds outputs as they were saved: where the journal says, in former folders, and last by their
 * content anywhere below the project. Hashed only where a time changed and the size did not.
 */
export class Presence {
  /** Files of the project by size; made when something is missing. */
  #bySize: Promise<ReadonlyMap<number, readonly string[]>> | null = null;
  readonly #hashes = new Map<string, string>();
  #looks = 0;

  constructor(private readonly places: Places) {}

  /** null: it is nowhere. Answered at once where it is as it was saved: of thousands most are. */
  find(file: SavedFile): Found | Promise<Found | null> {
    const path = join(this.places.outputsDir, file.path);
    if ((this.#looks + 1) % looksPerTurn === 0 || !isUntouched(path, file))
      return this.#search(path, file);
    this.#looks += 1;
    return { path, own: true };
  }

  async #search(own: string, file: SavedFile): Promise<Found | null> {
    const { former } = this.places;
    if (await this.#is(own, file)) return { path: own, own: true };
    for (const dir of former) {
      const path = join(dir, file.path);
      if (await this.#is(path, file)) return { path, own: false };
    }
    this.#bySize ??= this.#index();
    for (const path of (await this.#bySize).get(file.bytes) ?? [])
      if (await this.#is(path, file)) return { path, own: false };
    return null;
  }

  /** Whether anything has this name in the outputs' folder. */
  async occupied(path: string): Promise<boolean> {
    return (await stat(join(this.places.outputsDir, path)).catch(() => null)) !== null;
  }

  async #is(path: string, { bytes, mtimeMs, sha256 }: SavedFile): Promise<boolean> {
    if ((this.#looks += 1) % looksPerTurn === 0) await setImmediate();
    try {
      const facts = statSync(path);
      if (!facts.isFile() || facts.size !== bytes) return false;
      if (facts.mtimeMs === mtimeMs && path.startsWith(this.places.outputsDir)) return true;
      const known = this.#hashes.get(path) ?? (await sha256Of(path));
      this.#hashes.set(path, known);
      return known === sha256;
    } catch {
      return false;
    }
  }

  async #index(): Promise<ReadonlyMap<number, readonly string[]>> {
    const found = new Map<number, string[]>();
    const left = { entries: maxEntries };
    const { outputsDir, former, root } = this.places;
    for (const dir of new Set([outputsDir, ...former, root])) await collect(dir, 0, left, found);
    return found;
  }
}

/** On a thread of its own each look would cost ten times as much, and a batch has thousands. */
const isUntouched = (path: string, { bytes, mtimeMs }: SavedFile): boolean => {
  try {
    const facts = statSync(path);
    return facts.isFile() && facts.size === bytes && facts.mtimeMs === mtimeMs;
  } catch {
    return false;
  }
};

const collect = async (
  dir: string,
  depth: number,
  left: { entries: number },
  found: Map<number, string[]>,
): Promise<void> => {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if ((left.entries -= 1) < 0) return;
    const path = join(dir, entry.name);
    if (entry.isDirectory()) {
      if (depth < maxDepth && !skipped.has(entry.name)) await collect(path, depth + 1, left, found);
    } else if (entry.isFile() && !entry.name.endsWith('.part')) {
      const facts = await stat(path).catch(() => null);
      if (facts === null) continue;
      const known = found.get(facts.size);
      if (known === undefined) found.set(facts.size, [path]);
      else if (!known.includes(path)) known.push(path);
    }
  }
};
