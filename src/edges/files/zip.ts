import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { temporaryName } from './temporary.js';

export interface ZipEntry {
  /** Inside the archive, `/` between parts. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly mtimeMs: number;
}

/** What the format without its extension for large archives takes. */
const most = { entries: 65_535, bytes: 0xffff_ffff };

/**
 * Puts files into an archive, as they are: pictures and films are packed already. The archive
 * appears whole or not at all. Throws what the disk says, and where it would be too large.
 */
export const writeZip = async (path: string, entries: readonly ZipEntry[]): Promise<number> => {
  if (entries.length > most.entries)
    throw new Error(`a zip file holds ${most.entries} files at most`);
  const temporary = join(dirname(path), temporaryName(basename(path)));
  const file = await open(temporary, 'wx', 0o644);
  let bytes = 0;
  try {
    try {
      const directory: Buffer[] = [];
      let at = 0;
      const write = async (bytes: Uint8Array): Promise<void> => {
        await file.writeFile(bytes);
        at += bytes.length;
        if (at > most.bytes) throw new Error('a zip file of more than 4 GB is not written');
      };
      for (const entry of entries) {
        const facts = factsOf(entry, await contentOf(entry.path), at);
        await write(Buffer.concat([localHead(facts), facts.name]));
        const began = at;
        for await (const chunk of createReadStream(entry.path)) await write(chunk as Uint8Array);
        if (at - began !== facts.bytes) throw new Error(`${entry.name} changed while it was read`);
        directory.push(centralHead(facts), facts.name);
      }
      const listed = Buffer.concat(directory);
      await write(Buffer.concat([listed, end(entries.length, listed.length, at)]));
      await file.sync();
      bytes = at;
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    return bytes;
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
};

interface Content {
  readonly bytes: number;
  readonly crc: number;
}

const contentOf = async (path: string): Promise<Content> => {
  let bytes = 0;
  let crc = 0;
  for await (const chunk of createReadStream(path)) {
    const part = chunk as Uint8Array;
    crc = crc32(part, crc);
    bytes += part.length;
    if (bytes > most.bytes) throw new Error('a file of more than 4 GB cannot be put into a zip');
  }
  return { bytes, crc };
};

interface Facts extends Content {
  readonly name: Buffer;
  readonly at: number;
  readonly date: number;
  readonly time: number;
}

const factsOf = ({ name, mtimeMs }: ZipEntry, content: Content, at: number): Facts => {
  const day = new Date(mtimeMs);
  const year = Math.min(Math.max(day.getFullYear(), 1980), 2107);
  return {
    ...content,
    name: Buffer.from(name, 'utf8'),
    at,
    date: ((year - 1980) << 9) | ((day.getMonth() + 1) << 5) | day.getDate(),
    time: (day.getHours() << 11) | (day.getMinutes() << 5) | (day.getSeconds() >> 1),
  };
};

/** Numbers one after the other, each in its width, the least byte first. */
const fields = (...pairs: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer =>
  Buffer.concat(
    pairs.map(([bytes, value]) => {
      const buffer = Buffer.alloc(bytes);
      buffer.writeUIntLE(value, 0, bytes);
      return buffer;
    }),
  );

/** Names are UTF-8; contents are stored. */
const common = ({ crc, bytes, name, date, time }: Facts): Buffer =>
  fields(
    [2, 20],
    [2, 0x800],
    [2, 0],
    [2, time],
    [2, date],
    [4, crc],
    [4, bytes],
    [4, bytes],
    [2, name.length],
    [2, 0],
  );

const localHead = (facts: Facts): Buffer =>
  Buffer.concat([fields([4, 0x0403_4b50]), common(facts)]);

const centralHead = (facts: Facts): Buffer =>
  Buffer.concat([
    fields([4, 0x0201_4b50], [2, 20]),
    common(facts),
    fields([2, 0], [2, 0], [2, 0], [4, 0], [4, facts.at]),
  ]);

const end = (entries: number, bytes: number, at: number): Buffer =>
  fields([4, 0x0605_4b50], [2, 0], [2, 0], [2, entries], [2, entries], [4, bytes], [4, at], [2, 0]);
