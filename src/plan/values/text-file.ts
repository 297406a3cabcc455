import { whyUnread } from '../../assets/unreadable.js';
import type { Files } from '../../edges/files/files.js';
import { withLineFeeds } from '../../values/line-ends.js';
import { isSendable } from './coerce.js';

const maxTextBytes = 8 * 1024 * 1024;

/** A text file that a field is to have. */
export type TextRead =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      readonly isMissing: boolean;
      readonly why: string;
      readonly hint: string | null;
    };

const noText = (why: string): TextRead => ({
  ok: false,
  isMissing: false,
  why,
  hint: 'save it as text in UTF-8 (in Notepad: Save as, Encoding UTF-8)',
});

/** `shown`: as the user wrote it. */
export const readText = async (
  path: string,
  shown: string,
  files: Pick<Files, 'read'>,
): Promise<TextRead> => {
  const read = await files.read(path, maxTextBytes);
  if (!read.ok) return { ok: false, isMissing: read.is === 'missing', ...whyUnread(read, shown) };
  try {
    const decoded = new TextDecoder('utf-8', { fatal: true }).decode(read.value);
    return isSendable(decoded)
      ? { ok: true, text: withLineFeeds(decoded) }
      : noText('holds NUL characters');
  } catch {
    return noText('is not text in UTF-8');
  }
};
