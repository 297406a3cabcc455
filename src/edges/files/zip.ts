import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { renameFile } from './rename.js';
import { temporaryName } from './temporary.js';
import type { ZipFacts } from './zip-format.js';
import { centralHead, localHead, mostInZip, zipEnd } from './zip-format.js';

export interface ZipEntry {
  /** Inside the archive, `/` between parts. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly mtimeMs: number;
}

/**
 * Puts files into an archive, as they are: pictures and films are packed already. The archive
 * appears whole or not at all. Throws what the disk says, and where it would be too large.
 */
export const writeZip = async (path: string, entries: readonly ZipEntry[]): Promise<number> => {
  if (entries.length > mostInZip.entries)
    throw new Error(`a zip file holds ${mostInZip.entries} files at most`);
  const temporary = join(dirname(path), temporaryName(basename(path)));
  const file = await open(temporary, 'wx', 0o644);
  let bytes = 0;
  try {
    try {
      const directory: Uint8Array[] = [];
      let at = 0;
      const write = async (bytes: Uint8Array): Promise<void> => {
        await file.writeFile(bytes);
        at += bytes.length;
        if (at > mostInZip.bytes) throw new Error('a zip file of more than 4 GB is not written');
      };
      for (const entry of entries) {
        const facts = factsOf(entry, await contentOf(entry.path), at);
        await write(localHead(facts));
        const began = at;
        for await (const chunk of createReadStream(entry.path)) await write(chunk as Uint8Array);
        if (at - began !== facts.bytes) throw new Error(`${entry.name} changed while it was read`);
        directory.push(centralHead(facts));
      }
      const listed = Buffer.concat(directory);
      await write(Buffer.concat([listed, zipEnd(entries.length, listed.length, at)]));
      await file.sync();
      bytes = at;
    } finally {
      await file.close();
    }
    await renameFile(temporary, path);
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
    if (bytes > mostInZip.bytes)
      throw new Error('a file of more than 4 GB cannot be put into a zip');
  }
  return { bytes, crc };
};

const factsOf = ({ name, mtimeMs }: ZipEntry, content: Content, at: number): ZipFacts => {
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
