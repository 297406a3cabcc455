import { errorCode } from '../../edges/error-code.js';
import { writeAll } from './disk.js';
import type { Disk, DiskFile } from './disk.js';

/** The journal cannot be written any more: nothing may be submitted from here on. */
export class JournalFailure extends Error {
  /** Of the system, for who tells what the machine refuses; `JOURNAL` where it gave none. */
  readonly code: string;

  constructor(
    readonly path: string,
    cause: unknown,
  ) {
    const code = errorCode(cause);
    const detail = cause instanceof Error ? cause.message : String(cause);
    super(`The journal ${path} cannot be written (${code ?? 'error'}: ${detail})`, { cause });
    this.code = code ?? 'JOURNAL';
  }
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly done: (() => void) | null;
  readonly failed: (failure: JournalFailure) => void;
}

/**
 * Appends lines durably, in groups: records that wait at the same time share one write and one
 * `fdatasync`. After the first failure every append fails: a sync that failed once may lie
 * afterwards, so it is never tried again.
 */
export class Appender {
  #queue: Waiting[] = [];
  #flushing: Promise<void> | null = null;
  #broken: JournalFailure | null = null;
  #size: number;

  private constructor(
    private readonly disk: Disk,
    private readonly path: string,
    private readonly file: DiskFile,
    private readonly inode: number,
    size: number,
  ) {
    this.#size = size;
  }

  /** Opens for appending behind `size` whole bytes; a torn tail beyond is cut off. */
  static async open(disk: Disk, path: string, size: number): Promise<Appender> {
    const file = await disk.open(path, 'a+');
    const identity = await file.identity();
    if (identity.size > size) await file.truncate(size);
    return new Appender(disk, path, file, identity.inode, size);
  }

  get bytes(): number {
    return this.#size;
  }

  /** For who must read what a deleted file holds; open until `close`. */
  get handle(): DiskFile {
    return this.file;
  }

  /** Resolves once the line is on the disk. */
  append(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#enqueue({ bytes: encoder.encode(line), done: resolve, failed: reject });
    });
  }

  /** On the disk with the next group; a failure shows at the next `append` or `flush`, too. */
  appendLater(line: string, failed: () => void): void {
    this.#enqueue({ bytes: encoder.encode(line), done: null, failed });
  }

  async flush(): Promise<void> {
    while (this.#flushing !== null) await this.#flushing;
    if (this.#broken !== null) throw this.#broken;
  }

  /** Waits for what is queued; never throws. */
  async close(): Promise<void> {
    while (this.#flushing !== null) await this.#flushing;
    try {
      await this.file.close();
    } catch {
      // Everything that had to be durable was synced before.
    }
  }

  #enqueue(waiting: Waiting): void {
    if (this.#broken !== null) {
      waiting.failed(this.#broken);
      return;
    }
    this.#queue.push(waiting);
    this.#flushing ??= this.#drain().finally(() => {
      this.#flushing = null;
    });
  }

  async #drain(): Promise<void> {
    // One turn of the event loop later: what is appended together is synced together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const group = this.#queue;
      this.#queue = [];
      try {
        await this.#write(group);
        for (const { done } of group) done?.();
      } catch (cause) {
        this.#break(cause, group);
      }
    }
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    const bytes = concat(group.map((waiting) => waiting.bytes));
    await this.#checkPresence();
    try {
      await writeAll(this.file, bytes);
      await this.file.datasync();
    } catch (cause) {
      // Half a line must not stand before the next record of a later apply.
      await this.file.truncate(this.#size).catch(() => undefined);
      throw cause;
    }
    this.#size += bytes.length;
  }

  /** A journal whose folder was deleted would swallow records without an error. */
  async #checkPresence(): Promise<void> {
    const there = await this.disk.identity(this.path);
    if (there === null || there.inode !== this.inode)
      throw new Error('the file was deleted or replaced while rh-batch was running');
  }

  #break(cause: unknown, group: readonly Waiting[]): void {
    const failure = new JournalFailure(this.path, cause);
    this.#broken = failure;
    for (const { failed } of [...group, ...this.#queue]) failed(failure);
    this.#queue = [];
  }
}

const encoder = new TextEncoder();

const concat = (parts: readonly Uint8Array[]): Uint8Array => {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
