import { createReadStream } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { errorCode, errorDetail } from '../error-code.js';
import { BoundedWalk, walkLimits } from './bounded-walk.js';
import { besideGlob } from './beside.js';
import { targetOfDead } from './dead-links.js';
import { globbed } from './glob.js';
import type { FileFacts, Files, Read, ReadFailure } from './files.js';

const chunkBytes = 1 << 20;

/** The real file system. */
export const nodeFiles = (limits = walkLimits): Files => ({
  read: async (path, maxBytes) => {
    const facts = await factsOf(path);
    if (!facts.ok) return facts;
    if (facts.value.bytes > maxBytes)
      return {
        ok: false,
        is: 'tooLarge',
        detail: `${facts.value.bytes} bytes, at most ${maxBytes}`,
      };
    try {
      return { ok: true, value: await readFile(path) };
    } catch (cause) {
      return failed(cause);
    }
  },
  stream: async (path) => {
    const facts = await factsOf(path);
    if (!facts.ok) return facts;
    try {
      // Opened here, so that a file that may not be read is told before the first chunk.
      await (await open(path, 'r')).close();
      return { ok: true, value: chunksOf(path) };
    } catch (cause) {
      return failed(cause);
    }
  },
  facts: (path) => factsOf(path),
  names: (dir) => readdir(dir).catch(() => []),
  glob: async (dir, patterns, exclude) => {
    const walk = new BoundedWalk(limits);
    try {
      const found = await globbed(dir, patterns, exclude, walk);
      if (walk.over !== null) return { ok: false, is: 'tooLarge', detail: walk.over };
      return { ok: true, value: found };
    } catch (cause) {
      return failed(cause);
    }
  },
  beside: (dir, patterns, exclude) => besideGlob(dir, patterns, exclude, limits),
});

async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes }))
    if (chunk instanceof Uint8Array) yield chunk;
}

const factsOf = async (path: string): Promise<Read<FileFacts>> => {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return { ok: false, is: 'directory', detail: 'a folder' };
    if (!found.isFile()) return { ok: false, is: 'unreadable', detail: 'not a regular file' };
    return { ok: true, value: { bytes: found.size, mtimeMs: found.mtimeMs } };
  } catch (cause) {
    const link = await targetOfDead(path);
    return link === null
      ? failed(cause)
      : { ok: false, is: 'missing', detail: 'a link that leads nowhere', link };
  }
};

const failed = (cause: unknown): { readonly ok: false } & ReadFailure => {
  const code = errorCode(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return { ok: false, is: 'missing', detail: 'not found' };
  if (code === 'EISDIR') return { ok: false, is: 'directory', detail: 'a folder' };
  return { ok: false, is: 'unreadable', detail: errorDetail(cause) };
};
