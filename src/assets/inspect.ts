import { createHash } from 'node:crypto';
import type { Code } from '../diagnostics/codes.js';
import { errorDetail } from '../edges/error-code.js';
import type { Files, ReadFailure } from '../edges/files/files.js';
import type { Asset } from './asset.js';
import type { Content } from './content.js';
import { contentOf } from './content.js';
import { headBytes, kindOf } from './kind.js';
import { whyUnread } from './unreadable.js';

export type Inspected =
  | {
      readonly ok: true;
      readonly asset: Asset;
      /** What it turns out to be where it is none of the media; null: nothing is known. */
      readonly content: Content | null;
    }
  | {
      readonly ok: false;
      readonly is: 'missing' | 'directory' | 'unreadable' | 'empty' | 'tooLarge';
      /** One clause: `does not exist`. */
      readonly why: string;
      /** What to do, where that is known by what the system said. */
      readonly hint?: string | null;
    };

const codes: Readonly<Record<(Inspected & { ok: false })['is'], Code>> = {
  missing: 'E0501',
  directory: 'E0502',
  unreadable: 'E0502',
  empty: 'E0503',
  tooLarge: 'E0504',
};

/** Of the diagnostic that tells it. */
export const codeOf = (is: (Inspected & { ok: false })['is']): Code => codes[is];

/** Of the service's upload (runninghub-api 4.1), where a field tells no limit of its own. */
export const maxUploadBytes = 30 * 1024 * 1024;

/** Hashes a file while streaming it and tells what it is. `shown`: as the user wrote it. */
export const inspectAsset = async (
  path: string,
  shown: string,
  files: Pick<Files, 'facts' | 'stream'>,
  goesTo: Asset['goesTo'] = 'files',
  maxBytes = maxUploadBytes,
): Promise<Inspected> => {
  const facts = await files.facts(path);
  if (!facts.ok)
    return facts.is === 'directory'
      ? { ok: false, is: 'directory', why: 'is a folder' }
      : unread(facts, shown);
  const { bytes, mtimeMs } = facts.value;
  if (bytes === 0) return { ok: false, is: 'empty', why: 'is empty' };
  // LoRA files have gigabytes, and no limit is documented for them.
  if (goesTo === 'files' && bytes > maxBytes)
    return {
      ok: false,
      is: 'tooLarge',
      why: `has ${megabytes(bytes)}, the service takes at most ${megabytes(maxBytes)}`,
    };
  const stream = await files.stream(path);
  if (!stream.ok) return unread({ ...stream, is: 'unreadable' }, shown);
  const hash = createHash('sha256');
  let head = new Uint8Array();
  try {
    for await (const chunk of stream.value) {
      if (head.length < headBytes) head = Buffer.concat([head, chunk]).subarray(0, headBytes);
      hash.update(chunk);
    }
  } catch (cause) {
    const detail = errorDetail(cause);
    return unread({ is: 'unreadable', detail }, shown);
  }
  const kind = kindOf(head, path);
  const sha256 = hash.digest('hex');
  const asset = { sha256, bytes, kind, goesTo, path, shown, mtimeMs };
  return { ok: true, asset, content: contentOf(head, kind) };
};

const unread = (failure: ReadFailure, shown: string): Inspected => {
  const { why, hint } = whyUnread(failure, shown);
  return { ok: false, is: failure.is === 'missing' ? 'missing' : 'unreadable', why, hint };
};

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

/** What the service is told a file is called: its content, so no local name leaves the machine. */
export const uploadName = ({ sha256, kind }: Asset): string => `${sha256.slice(0, 12)}.${kind.ext}`;

/** Of a file of any size, while streaming it; null: it cannot be read. */
export const md5Of = async (path: string, files: Pick<Files, 'stream'>): Promise<string | null> => {
  const stream = await files.stream(path);
  if (!stream.ok) return null;
  const hash = createHash('md5');
  try {
    for await (const chunk of stream.value) hash.update(chunk);
    return hash.digest('hex');
  } catch {
    return null;
  }
};
