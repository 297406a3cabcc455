import type { Files, Read } from '../../../edges/files/files.js';
import { nodeFiles } from '../../../edges/files/node-files.js';
import type { GivenRun } from './given-run.js';

/** The real files, and among them one that was typed and not written. */
export const withGiven = ({ path, text }: Pick<GivenRun, 'path' | 'text'>): Files => {
  const real = nodeFiles();
  const bytes = new TextEncoder().encode(text);
  const good = <T>(value: T): Promise<Read<T>> => Promise.resolve({ ok: true, value });
  return {
    read: (asked, maxBytes) => (asked === path ? good(bytes) : real.read(asked, maxBytes)),
    stream: (asked) => (asked === path ? good(once(bytes)) : real.stream(asked)),
    facts: (asked) =>
      asked === path ? good({ bytes: bytes.length, mtimeMs: 0 }) : real.facts(asked),
    names: (dir) => real.names(dir),
    glob: (dir, patterns, exclude) => real.glob(dir, patterns, exclude),
    beside: (dir, patterns, exclude) => real.beside(dir, patterns, exclude),
  };
};

// eslint-disable-next-line @typescript-eslint/require-await -- a stream of one piece
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
