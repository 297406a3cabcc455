import { createHash } from 'node:crypto';
import type { Files } from '../edges/files.js';
import type { Asset } from './asset.js';
import { headBytes, kindOf } from './kind.js';

export type Inspected =
  | { readonly ok: true; readonly asset: Asset }
  | {
      readonly ok: false;
      readonly is: 'missing' | 'directory' | 'unreadable' | 'empty' | 'tooLarge';
      /** One clause: `does not exist`. */
      readonly why: string;
    };

/** Of the service's upload (runninghub-api 4.1). */
export const maxUploadBytes = 30 * 1024 * 1024;

/** Hashes a file while streaming it and tells what it is. `shown`: as the user wrote it. */
export const inspectAsset = async (
  path: string,
  shown: string,
  files: Pick<Files, 'facts' | 'stream'>,
  maxBytes = maxUploadBytes,
): Promise<Inspected> => {
  const facts = await files.facts(path);
  if (!facts.ok)
    return facts.is === 'missing'
      ? { ok: false, is: 'missing', why: 'does not exist' }
      : facts.is === 'directory'
        ? { ok: false, is: 'directory', why: 'is a folder' }
        : { ok: false, is: 'unreadable', why: `cannot be read (${facts.detail})` };
  const { bytes, mtimeMs } = facts.value;
  if (bytes === 0) return { ok: false, is: 'empty', why: 'is empty' };
  if (bytes > maxBytes)
    return {
      ok: false,
      is: 'tooLarge',
      why: `has ${megabytes(bytes)}, the service takes at most ${megabytes(maxBytes)}`,
    };
  const stream = await files.stream(path);
  if (!stream.ok) return { ok: false, is: 'unreadable', why: `cannot be read (${stream.detail})` };
  const hash = createHash('sha256');
  let head = new Uint8Array();
  try {
    for await (const chunk of stream.value) {
      if (head.length < headBytes) head = Buffer.concat([head, chunk]).subarray(0, headBytes);
      hash.update(chunk);
    }
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    return { ok: false, is: 'unreadable', why: `cannot be read (${detail})` };
  }
  const kind = kindOf(head, path);
  return { ok: true, asset: { sha256: hash.digest('hex'), bytes, kind, path, shown, mtimeMs } };
};

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

/** What the service is told a file is called: its content, so no local name leaves the machine. */
export const uploadName = ({ sha256, kind }: Asset): string => `${sha256.slice(0, 12)}.${kind.ext}`;
