import type { FileHandle } from 'node:fs/promises';
import { open, realpath, stat } from 'node:fs/promises';
import { constants } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { partOf } from './ranges.js';

interface OpenFile {
  readonly handle: FileHandle;
  readonly size: number;
  readonly tag: string;
}

/**
 * Opens a file that lies in one of these folders when all links are followed. Looked at after it
 * was opened: what is put in its place meanwhile is not read. null: there is no such file.
 */
export const openInside = async (
  absolute: string,
  folders: readonly string[],
): Promise<OpenFile | null> => {
  // A pipe without a writer must not hold up the server.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  const handle = await open(absolute, flags).catch(() => null);
  if (handle === null) return null;
  try {
    const facts = await handle.stat();
    const real = await realpath(absolute);
    const there = await stat(real);
    const allowed = await Promise.all(folders.map((folder) => realpath(folder).catch(() => null)));
    const isInside = allowed.some((folder) => folder !== null && real.startsWith(folder + sep));
    const isSame = there.ino === facts.ino && there.dev === facts.dev;
    if (facts.isFile() && isInside && isSame)
      return {
        handle,
        size: facts.size,
        tag: `"${facts.size.toString(36)}-${Math.round(facts.mtimeMs).toString(36)}"`,
      };
  } catch {
    // It went away in between.
  }
  await handle.close();
  return null;
};

/** Answers with the file, or the part of it that was asked for. */
export const sendFile = async (
  request: IncomingMessage,
  response: ServerResponse,
  { handle, size, tag }: OpenFile,
  type: string,
): Promise<void> => {
  const headers = {
    'content-type': type,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    etag: tag,
  };
  try {
    if (request.headers['if-none-match'] === tag) {
      response.writeHead(304, headers).end();
      return;
    }
    const condition = request.headers['if-range'];
    const range = condition === undefined || condition === tag ? request.headers.range : undefined;
    const part = partOf(range, size);
    if (part.is === 'outside') {
      response.writeHead(416, { ...headers, 'content-range': `bytes */${size}` }).end();
      return;
    }
    const [from, to] = part.is === 'whole' ? [0, size - 1] : [part.from, part.to];
    response.writeHead(part.is === 'whole' ? 200 : 206, {
      ...headers,
      'content-length': to - from + 1,
      ...(part.is === 'whole' ? {} : { 'content-range': `bytes ${from}-${to}/${size}` }),
    });
    if (request.method === 'HEAD' || size === 0) {
      response.end();
      return;
    }
    const bytes = handle.createReadStream({ start: from, end: to, autoClose: false });
    await pipeline(bytes, response);
  } finally {
    await handle.close();
  }
};
