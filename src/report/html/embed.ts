import type { ReportOutput } from '../model.js';
import { mimeOf } from './media.js';

/** Bytes of an output by its path; null: it is not there, or larger than `most` bytes. */
export type ReadOutput = (path: string, most: number) => Uint8Array | null;

/** Which outputs the page carries inside itself. */
export interface Embedding {
  /** Path → its place among the embedded ones. */
  readonly places: ReadonlyMap<string, number>;
  /** Path → the bytes that were counted for it: a file that has more by now is left out. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly bytes: number;
  /** What did not fit and is loaded from beside the page. */
  readonly left: { readonly files: number; readonly bytes: number };
}

export const nothingEmbedded: Embedding = {
  places: new Map(),
  sizes: new Map(),
  bytes: 0,
  left: { files: 0, bytes: 0 },
};

/**
 * In their order each output that still fits into `limit` bytes: one large video does not push
 * out the pictures after it. A file that two runs share counts once.
 */
export const planEmbedding = (outputs: Iterable<ReportOutput>, limit: number): Embedding => {
  const places = new Map<string, number>();
  const sizes = new Map<string, number>();
  const left = new Map<string, number>();
  let bytes = 0;
  for (const { path, bytes: size } of outputs) {
    // A size may come from a file of anyone's.
    if (path === null || size === null || size < 0) continue;
    if (places.has(path) || left.has(path)) continue;
    if (bytes + size > limit) left.set(path, size);
    else {
      places.set(path, places.size);
      sizes.set(path, size);
      bytes += size;
    }
  }
  const leftBytes = [...left.values()].reduce((sum, size) => sum + size, 0);
  return { places, sizes, bytes, left: { files: left.size, bytes: leftBytes } };
};

/** One element for each, read one after the other. What cannot be read is left to its link. */
export function* embedded({ places, sizes }: Embedding, read: ReadOutput): Iterable<string> {
  for (const [path, place] of places) {
    const bytes = read(path, sizes.get(path) ?? 0);
    if (bytes === null) continue;
    const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    yield `<script type="text/plain" id="file-${place}">data:${mimeOf(path)};base64,${base64}</script>\n`;
  }
}
