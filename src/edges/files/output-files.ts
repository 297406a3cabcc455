import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { errorCode } from '../error-code.js';
import { renameFile, syncFolder } from './rename.js';

/** So much of a disk stays free: other programs, and our own journal, need it. */
const reserveBytes = 256 * 1024 * 1024;
/** How often a download asks what is still free. */
const askEvery = 16 * 1024 * 1024;

export interface OutputFilesOptions {
  /** Absolute folder that no output leaves. */
  readonly dir: string;
  readonly onExist: 'rename' | 'error' | 'overwrite';
  /** Why these first bytes cannot be a file of that type, or null. */
  readonly refuse: (head: Uint8Array, type: string) => string | null;
  /** Bytes that are free where the folder lies; default: what the system says. */
  readonly free?: (dir: string) => Promise<number>;
}

const headBytes = 512;

/**
 * Output files on the disk: received as `<name>.<link>.part`, synced, and renamed only when
 * whole, so that a file under its own name is always complete. Implements the engine's edge.
 */
export class NodeOutputFiles {
  /** Final paths given out in this process: two outputs never share one. */
  readonly #claimed = new Set<string>();

  constructor(private readonly options: OutputFilesOptions) {}

  async present(file: {
    readonly path: string;
    readonly bytes: number;
    readonly sha256: string;
  }): Promise<boolean> {
    try {
      const absolute = this.#inside(file.path);
      const { size } = await stat(absolute);
      return size === file.bytes && (await sha256Of(absolute)) === file.sha256;
    } catch {
      return false;
    }
  }

  async resumeAt(path: string, url: string): Promise<number> {
    try {
      return (await stat(this.#part(path, url))).size;
    } catch {
      return 0;
    }
  }

  async receive(
    path: string,
    url: string,
    body: AsyncIterable<Uint8Array>,
    expected: {
      readonly offset: number;
      readonly totalBytes: number | null;
      readonly type: string;
    },
  ): Promise<
    | { readonly is: 'whole' }
    | { readonly is: 'short' | 'refused' | 'disk'; readonly message: string }
  > {
    const part = this.#part(path, url);
    try {
      await mkdir(dirname(part), { recursive: true });
      const full = await this.#full(dirname(part), (expected.totalBytes ?? 0) - expected.offset);
      if (full !== null) return { is: 'disk', message: full };
      const file = await open(part, expected.offset > 0 ? 'r+' : 'w', 0o644);
      try {
        if (expected.offset > 0) await file.truncate(expected.offset);
        const end = await this.#append(file, dirname(part), body, expected.offset);
        if (end.is === 'short') return end;
        if (end.is === 'disk') {
          // One that tells no length may have none: what is here of it is given back.
          if (expected.totalBytes === null) await file.truncate(0);
          return end;
        }
        await file.sync();
        return await this.#judge(part, end.bytes, expected);
      } finally {
        await file.close();
      }
    } catch (cause) {
      return { is: 'disk', message: describe(cause) };
    }
  }

  async finish(
    path: string,
    url: string,
  ): Promise<
    | {
        readonly ok: true;
        readonly file: { path: string; bytes: number; sha256: string; mtimeMs: number };
      }
    | { readonly ok: false; readonly message: string; readonly exists: boolean }
  > {
    const part = this.#part(path, url);
    try {
      const sha256 = await sha256Of(part);
      const final = await this.#finalPath(path, sha256);
      if (final === null)
        return {
          ok: false,
          message: `${path} exists with other content (outputs.onExist: error)`,
          exists: true,
        };
      if (final.same) await rm(part);
      else await renameFile(part, final.absolute);
      await syncFolder(dirname(final.absolute));
      const { size, mtimeMs } = await stat(final.absolute);
      const shown = relative(this.options.dir, final.absolute).split(sep).join(posix.sep);
      return { ok: true, file: { path: shown, bytes: size, sha256, mtimeMs } };
    } catch (cause) {
      return { ok: false, message: describe(cause), exists: false };
    }
  }

  async #append(
    file: Awaited<ReturnType<typeof open>>,
    dir: string,
    body: AsyncIterable<Uint8Array>,
    offset: number,
  ): Promise<
    | { is: 'end'; bytes: number }
    | { is: 'short'; message: string }
    | { is: 'disk'; message: string }
  > {
    let at = offset;
    let asked = offset;
    const chunks = body[Symbol.asyncIterator]();
    for (;;) {
      let next: IteratorResult<Uint8Array>;
      try {
        next = await chunks.next();
      } catch (cause) {
        return { is: 'short', message: `The download broke off: ${describe(cause)}` };
      }
      if (next.done === true) return { is: 'end', bytes: at };
      if (at - asked >= askEvery) {
        asked = at;
        const full = await this.#full(dir, 0);
        if (full !== null) {
          await chunks.return?.();
          return { is: 'disk', message: full };
        }
      }
      for (let from = 0; from < next.value.length;) {
        const { bytesWritten } = await file.write(next.value, from, next.value.length - from, at);
        from += bytesWritten;
        at += bytesWritten;
      }
    }
  }

  async #judge(
    part: string,
    bytes: number,
    expected: { readonly totalBytes: number | null; readonly type: string },
  ): Promise<{ is: 'whole' } | { is: 'short' | 'refused'; message: string }> {
    const { totalBytes, type } = expected;
    if (totalBytes !== null && bytes < totalBytes)
      return { is: 'short', message: `The download ended after ${bytes} of ${totalBytes} bytes` };
    const head = (await readHead(part)).subarray(0, headBytes);
    const why =
      totalBytes !== null && bytes > totalBytes
        ? `The download has ${bytes} bytes where ${totalBytes} were announced`
        : bytes === 0
          ? 'The download is empty'
          : this.options.refuse(head, type);
    if (why === null) return { is: 'whole' };
    await rm(part, { force: true });
    return { is: 'refused', message: why };
  }

  /** Where the file goes by the `onExist` policy; null: it may not. */
  async #finalPath(
    path: string,
    sha256: string,
  ): Promise<{ readonly absolute: string; readonly same: boolean } | null> {
    for (let copy = 1; ; copy += 1) {
      const absolute = this.#inside(copy === 1 ? path : numbered(path, copy));
      const key = absolute.normalize('NFC').toLowerCase();
      if (this.#claimed.has(key)) continue;
      // Claimed before anything is awaited, so that two outputs cannot meet here.
      this.#claimed.add(key);
      const present = await shaOrNull(absolute);
      if (present === null) return { absolute, same: false };
      if (present === sha256) return { absolute, same: true };
      if (this.options.onExist === 'overwrite') return { absolute, same: false };
      if (this.options.onExist === 'error') return null;
    }
  }

  /** Why `more` bytes have no room; null: they have. */
  #full(dir: string, more: number): Promise<string | null> {
    return whyFull(dir, more, this.options.free ?? freeBytes);
  }

  #part(path: string, url: string): string {
    // The link without its signature: a fresh link to the same file goes on where the old one broke.
    const link = createHash('sha256')
      .update(url.replace(/[?#].*$/, ''))
      .digest('hex');
    return `${this.#inside(path)}.${link.slice(0, 8)}.part`;
  }

  #inside(path: string): string {
    const absolute = resolve(this.options.dir, path);
    if (!absolute.startsWith(this.options.dir + sep))
      throw new Error(`${path} would leave the outputs' folder`);
    return absolute;
  }
}

/** A system that does not tell has room: a write that fails is told by itself. */
const freeBytes = async (dir: string): Promise<number> => {
  try {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};

/** `a/b.png` → `a/b-2.png`. */
const numbered = (path: string, copy: number): string => {
  const { dir, name, ext } = posix.parse(path);
  return join(dir, `${name}-${copy}${ext}`);
};

export const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
};

const shaOrNull = async (path: string): Promise<string | null> => {
  try {
    return await sha256Of(path);
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return null;
    throw cause;
  }
};

const readHead = async (path: string): Promise<Uint8Array> => {
  const file = await open(path, 'r');
  try {
    const buffer = new Uint8Array(headBytes);
    const { bytesRead } = await file.read(buffer, 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

const describe = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);

/** Why `more` bytes have no room on the disk of a folder; null: they have. */
export const whyFull = async (
  dir: string,
  more: number,
  freeOf: (dir: string) => Promise<number> = freeBytes,
): Promise<string | null> => {
  const free = await freeOf(dir);
  return free - Math.max(0, more) >= reserveBytes
    ? null
    : `The disk is nearly full: ${Math.floor(free / 2 ** 20)} MB are free, and 256 MB stay free`;
};
