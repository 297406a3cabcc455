import { finder, mask } from './secret.js';

/** Of what went out, so much is remembered: a secret may have begun there. */
const remembered = 384;

/**
 * Takes secrets out of a text that comes in pieces, one of which may end within a secret. Nothing
 * is held back: a person waits for it. What may begin a secret at the end of a piece is masked at
 * once; of one that comes by the character, its first five are seen, and no more.
 */
export class StreamRedactor {
  #find = finder([]);
  #before = '';
  /** The mask was the last that went out, and stands for what may go on. */
  #masking = false;

  protect(secrets: readonly string[]): void {
    this.#find = finder(secrets);
  }

  clean(text: string): string {
    const start = this.#before.length;
    const whole = this.#before + text;
    const { stretches, begun } = this.#find(whole);
    const hidden =
      begun === 0 ? stretches : [...stretches, [whole.length - begun, whole.length] as const];
    let [at, shown] = [start, ''];
    for (const [from, to] of hidden) {
      if (to <= at) continue;
      if (from > at) {
        shown += whole.slice(at, from);
        this.#masking = false;
      }
      // What goes on from the piece before has its mask already.
      if (!(this.#masking && from < start && at === start)) shown += mask;
      this.#masking = true;
      at = to;
    }
    if (at < whole.length) {
      shown += whole.slice(at);
      this.#masking = false;
    }
    this.#before = whole.slice(-remembered);
    return shown;
  }
}

const pieceSize = 1 << 16;
/** Longer than any spelling of a key that is not padded on purpose. */
const overlap = 1 << 12;

/** The chunks of a file without secrets, also where one is split between two of them. */
export function* cleanedChunks(
  chunks: Iterable<string>,
  clean: (text: string) => string,
): Generator<string> {
  let held = '';
  for (const chunk of chunks) {
    held += chunk;
    if (held.length < pieceSize) continue;
    const cleaned = clean(held);
    const cut = betweenCharacters(cleaned, cleaned.length - overlap);
    yield cleaned.slice(0, cut);
    held = cleaned.slice(cut);
  }
  yield clean(held);
}

const betweenCharacters = (text: string, at: number): number => {
  if (at <= 0) return 0;
  return /[\udc00-\udfff]/.test(text.charAt(at)) ? at - 1 : at;
};
