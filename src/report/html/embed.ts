import type { ReportOutput } from '../model.js';
import { mimeOf } from './media.js';

/** Bytes of an output by its path; null: it is not there, or not as it was saved. */
export type ReadOutput = (path: string) => Uint8Array | null;

/** Which outputs the page carries inside itself. */
export interface Embedding {
  /** Path → its place among the embedded ones. */
  readonly places: ReadonlyMap<string, number>;
  readonly bytes: number;
  /** What did not fit and is loaded from beside the page. */
  readonly left: { readonly files: number; readonly bytes: number };
}

export const nothingEmbedded: Embedding = {
  places: new Map(),
  bytes: 0,
  left: { files: 0, bytes: 0 },
};

/**
 * In their order each output that still fits into `limit` bytes: one large video does not push
 * out the pictures after it. A file that two runs share counts once.
 */
export const planEmbedding = (outputs: Iterable<ReportOutput>, limit: number): Embedding => {
  const places = new Map<string, number>();
  const left = new Map<string, number>();
  let bytes = 0;
  for (const { path, bytes: size } of outputs) {
    if (path === null || size === null || places.has(path) || left.has(path)) continue;
    if (bytes + size > limit) left.set(path, size);
    else {
      places.set(path, places.size);
      bytes += size;
    }
  }
  const leftBytes = [...left.values()].reduce((sum, size) => sum + size, 0);
  return { places, bytes, left: { files: left.size, bytes: leftBytes } };
};

/** One element for each, read one after the other. What cannot be read is left to its link. */
export function* embedded({ places }: Embedding, read: ReadOutput): Iterable<string> {
  for (const [path, place] of places) {
    const bytes = read(path);
    if (bytes === null) continue;
    const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    yield `<script type="text/plain" id="file-${place}">data:${mimeOf(path)};base64,${base64}</script>\n`;
  }
}
