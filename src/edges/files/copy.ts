import { randomUUID } from 'node:crypto';
import { close, open, read, unlink, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The bytes of a file as they were when it was read; what happens to the file does not reach them. */
export interface Copy {
  /** Whole, as often as it is asked for. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** Up to here a copy is held; a larger one goes into a file. */
const heldBytes = 8 * 1024 * 1024;
const chunkBytes = 256 * 1024;

/** Copies a stream. Throws what reading it or writing the copy throws. */
export const copyOf = async (stream: AsyncIterable<Uint8Array>): Promise<Copy> => {
  const held: Uint8Array[] = [];
  let bytes = 0;
  let file: number | null = null;
  for await (const chunk of stream) {
    if (file === null && bytes + chunk.length <= heldBytes) held.push(chunk);
    else {
      if (file === null) {
        file = await openNameless();
        await writeAll(file, Buffer.concat(held), 0);
        held.length = 0;
      }
      await writeAll(file, chunk, bytes);
    }
    bytes += chunk.length;
  }
  return file === null ? new HeldCopy(held) : new FileCopy(file, bytes);
};

class HeldCopy implements Copy {
  constructor(private readonly parts: readonly Uint8Array[]) {}

  // eslint-disable-next-line @typescript-eslint/require-await -- held bytes need no waiting
  async *chunks(): AsyncGenerator<Uint8Array> {
    yield* this.parts;
  }
}

class FileCopy implements Copy {
  constructor(
    private readonly file: number,
    private readonly bytes: number,
  ) {
    closing.register(this, file);
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    let at = 0;
    while (at < this.bytes) {
      const buffer = Buffer.allocUnsafe(chunkBytes);
      const { bytesRead } = await readAt(this.file, buffer, 0, chunkBytes, at);
      if (bytesRead === 0) throw new Error('the copy of the file is shorter than the file was');
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
}

/** Closes the file of a copy that nobody can read any more; the end of the process closes the rest. */
const closing = new FinalizationRegistry<number>((file) => close(file, () => undefined));

const openAt: (path: string, flags: string, mode: number) => Promise<number> = promisify(open);
const readAt = promisify(read);
const writeAt = promisify(write);
const unlinkAt = promisify(unlink);

/** A temporary file that has lost its name before anything is in it: nothing is left, also after a kill. */
const openNameless = async (): Promise<number> => {
  const path = join(tmpdir(), `rh-batch-${randomUUID()}.copy`);
  const file = await openAt(path, 'wx+', 0o600);
  await unlinkAt(path);
  return file;
};

const writeAll = async (file: number, bytes: Uint8Array, position: number): Promise<void> => {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await writeAt(file, bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
};
