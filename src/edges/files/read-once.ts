import { createHash } from 'node:crypto';
import type { Copy } from './copy.js';
import { copyOf } from './copy.js';
import type { Beside, FileFacts, Files, Read } from './files.js';

interface Source {
  readonly facts: FileFacts;
  /** null: it was not read through here. */
  readonly sha256: string | null;
}

/** How often a file that is written while it is read is read again. */
const tries = 3;

/**
 * The files of one command: each source is read once, and what was read is what every later
 * walk sees. So that a table that is edited, emptied or deleted while an apply works changes
 * neither what is submitted nor what is reported.
 */
export class ReadOnce implements Files {
  readonly #sources = new Map<string, Source>();
  readonly #facts = new Map<string, Promise<Read<FileFacts>>>();
  readonly #copies = new Map<string, Promise<Read<Copy>>>();
  readonly #globs = new Map<string, Glob>();

  /** `direct`: the files as they are now. `seen` is shown what is read whole, before anybody else. */
  constructor(
    readonly direct: Files,
    private readonly seen: (path: string, content: Uint8Array) => void = () => undefined,
  ) {}

  facts(path: string): Promise<Read<FileFacts>> {
    return kept(this.#facts, path, async () => {
      const facts = await this.direct.facts(path);
      if (facts.ok && !this.#sources.has(path))
        this.#sources.set(path, { facts: facts.value, sha256: null });
      return facts;
    });
  }

  names(dir: string): Promise<readonly string[]> {
    return this.direct.names(dir);
  }

  async read(path: string, maxBytes: number): Promise<Read<Uint8Array>> {
    const facts = await this.direct.facts(path);
    const found = await this.direct.read(path, maxBytes);
    if (facts.ok && found.ok)
      this.#sources.set(path, { facts: facts.value, sha256: sha256Of(found.value) });
    if (found.ok) this.seen(path, found.value);
    return found;
  }

  async stream(path: string): Promise<Read<AsyncIterable<Uint8Array>>> {
    const copy = await kept(this.#copies, path, () => this.#copy(path));
    return copy.ok ? { ok: true, value: copy.value.chunks() } : copy;
  }

  glob(
    dir: string,
    patterns: readonly string[],
    exclude: readonly string[],
  ): Promise<Read<readonly string[]>> {
    const key = JSON.stringify([dir, patterns, exclude]);
    let glob = this.#globs.get(key);
    if (glob === undefined) {
      const found = this.direct.glob(dir, patterns, exclude);
      this.#globs.set(key, (glob = { dir, patterns, exclude, found }));
    }
    return glob.found;
  }

  beside(dir: string, patterns: readonly string[], exclude: readonly string[]): Promise<Beside> {
    return this.direct.beside(dir, patterns, exclude);
  }

  /** Absolute paths of what is no longer as it was read, and patterns that find other files now. */
  async changed(): Promise<{
    readonly paths: readonly string[];
    readonly patterns: readonly string[];
  }> {
    const paths: string[] = [];
    for (const [path, source] of this.#sources)
      if (!(await this.#isSame(path, source))) paths.push(path);
    const patterns: string[] = [];
    for (const glob of this.#globs.values())
      if (!(await this.#findsSame(glob))) patterns.push(glob.patterns.join(', '));
    return { paths, patterns };
  }

  /** A file that changes under the reading is no state that anybody meant: it is read again. */
  async #copy(path: string): Promise<Read<Copy>> {
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const before = await this.direct.facts(path);
      if (!before.ok) return before;
      const stream = await this.direct.stream(path);
      if (!stream.ok) return stream;
      const hash = createHash('sha256');
      const copy = await attemptTo(() => copyOf(hashed(stream.value, hash)));
      if (!copy.ok) return copy;
      const after = await this.direct.facts(path);
      if (!after.ok) return after;
      if (!sameFacts(before.value, after.value)) continue;
      this.#sources.set(path, { facts: after.value, sha256: hash.digest('hex') });
      return copy;
    }
    return {
      ok: false,
      is: 'unreadable',
      detail: 'it is being written; try again when that has ended',
    };
  }

  async #isSame(path: string, { facts, sha256 }: Source): Promise<boolean> {
    const now = await this.direct.facts(path);
    if (!now.ok) return false;
    if (sameFacts(facts, now.value)) return true;
    if (sha256 === null || facts.bytes !== now.value.bytes) return false;
    const stream = await this.direct.stream(path);
    if (!stream.ok) return false;
    const hash = createHash('sha256');
    const read = await attemptTo(async () => {
      for await (const chunk of stream.value) hash.update(chunk);
    });
    return read.ok && hash.digest('hex') === sha256;
  }

  async #findsSame({ dir, patterns, exclude, found }: Glob): Promise<boolean> {
    const [before, now] = [await found, await this.direct.glob(dir, patterns, exclude)];
    return (
      before.ok === now.ok &&
      (!before.ok || !now.ok || before.value.join('\0') === now.value.join('\0'))
    );
  }
}

interface Glob {
  readonly dir: string;
  readonly patterns: readonly string[];
  readonly exclude: readonly string[];
  readonly found: Promise<Read<readonly string[]>>;
}

const kept = <T>(map: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
};

async function* hashed(
  stream: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    hash.update(chunk);
    yield chunk;
  }
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const sameFacts = (a: FileFacts, b: FileFacts): boolean =>
  a.bytes === b.bytes && a.mtimeMs === b.mtimeMs;

const attemptTo = async <T>(work: () => Promise<T>): Promise<Read<T>> => {
  try {
    return { ok: true, value: await work() };
  } catch (cause) {
    return {
      ok: false,
      is: 'unreadable',
      detail: cause instanceof Error ? cause.message : String(cause),
    };
  }
};
