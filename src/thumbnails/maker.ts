import { join, resolve } from 'node:path';
import { writeAtomically } from '../edges/files/atomic.js';
import { machineText } from '../edges/machine.js';
import { contentOf, thumbnailName, thumbnailsFolder, thumbnailsIn } from './folder.js';
import type { Paint } from './painter.js';
import { loadPainter } from './painter.js';

/** An output, as the journal or a report knows it. */
export interface Output {
  /** Relative to the outputs' folder; null: not on the disk yet. */
  readonly path: string | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
}

/** Of smaller files a thumbnail would save nothing. */
const leastBytes = 16 * 1024;
const mostBytes = 256 * 1024 * 1024;

/** Whether an output is worth a thumbnail. */
export const wantsThumbnail = ({ path, bytes }: Output): boolean =>
  path !== null && /\.(?:png|jpe?g|webp|gif|avif)$/i.test(path) && (bytes ?? 0) >= leastBytes;

/**
 * Makes thumbnails, one after the other, beside what the process has to do. That a picture has
 * none is no harm: pages show the picture itself. So nothing here ever rejects.
 */
export class ThumbnailMaker {
  readonly #waiting: (Output & { readonly path: string; readonly sha256: string })[] = [];
  readonly #seen = new Set<string>();
  #known: Promise<ReadonlyMap<string, string>> | null = null;
  #paint: Promise<Paint | null> | null = null;
  #working: Promise<void> | null = null;
  #isTold = false;
  #stopped = false;

  constructor(
    private readonly outputsDir: string,
    /** Told the first failure alone. */
    private readonly tell: (message: string) => void,
    private readonly load: () => Promise<Paint | null> = loadPainter,
  ) {}

  add(outputs: Iterable<Output>): void {
    for (const output of outputs) {
      const { path, sha256, bytes } = output;
      if (path === null || sha256 === null || !wantsThumbnail(output)) continue;
      if (this.#seen.has(contentOf(sha256)) || (bytes ?? 0) > mostBytes) continue;
      this.#seen.add(contentOf(sha256));
      this.#waiting.push({ ...output, path, sha256 });
    }
    if (this.#waiting.length > 0 && !this.#stopped) this.#working ??= this.#work();
  }

  /** Resolves when all that was added has its thumbnail, but for what goes beyond `most`. */
  async finish(most = Infinity): Promise<void> {
    if (this.#waiting.length > most) this.#waiting.length = most;
    await this.#working;
  }

  /** Resolves when the one that is being made is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.finish(0);
  }

  async #work(): Promise<void> {
    this.#paint ??= this.load();
    const paint = await this.#paint;
    if (paint === null) this.#waiting.length = 0;
    else {
      this.#known ??= thumbnailsIn(this.outputsDir);
      const known = await this.#known;
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
        if (!known.has(contentOf(next.sha256))) await this.#make(next.path, next.sha256, paint);
    }
    this.#working = null;
  }

  async #make(path: string, sha256: string, paint: Paint): Promise<void> {
    try {
      const { webp, look } = await paint(resolve(this.outputsDir, path));
      const file = join(this.outputsDir, thumbnailsFolder, thumbnailName(sha256, look));
      await writeAtomically(file, [webp], { sync: false });
    } catch (cause) {
      if (this.#isTold) return;
      this.#isTold = true;
      this.tell(
        `no thumbnail of ${path} (${machineText(cause)}); pages show the picture itself, and of others that fail nothing more is said`,
      );
    }
  }
}
