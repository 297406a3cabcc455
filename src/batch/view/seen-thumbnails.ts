import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Thumbnails } from '../../thumbnails/folder.js';
import { thumbnailsFolder, thumbnailsIn } from '../../thumbnails/folder.js';

const tickMs = 1_000;

/** The thumbnails beside the outputs, whoever makes them. */
export class SeenThumbnails {
  /** One for the whole life: pages that are told changes hold it. */
  readonly #known = new Map<string, string>();
  #changedAt: number | null = null;

  get known(): Thumbnails {
    return this.#known;
  }

  /** The contents that have another one than at the last look. */
  async look(outputsDir: string): Promise<ReadonlySet<string>> {
    const facts = await stat(join(outputsDir, thumbnailsFolder)).catch(() => null);
    const changedAt = facts?.mtimeMs ?? null;
    if (changedAt === this.#changedAt) return new Set();
    const found = await thumbnailsIn(outputsDir);
    // Within the same tick of the disk's clock another one may come.
    this.#changedAt = Date.now() - (changedAt ?? 0) > tickMs ? changedAt : null;
    const contents = new Set([...this.#known.keys(), ...found.keys()]);
    const other = [...contents].filter(
      (content) => this.#known.get(content) !== found.get(content),
    );
    this.#known.clear();
    for (const [content, path] of found) this.#known.set(content, path);
    return new Set(other);
  }
}
