import { readdir } from 'node:fs/promises';
import { lookForm } from './look.js';

/**
 * Thumbnails lie in a folder of their own beside the outputs, hidden, so that no glob takes them
 * for outputs. A name tells which content it shows and how that looks: it is never out of date.
 */
export const thumbnailsFolder = '.thumbnails';

/** Content, told by the beginning of its sha256, → path of its thumbnail, relative to the outputs. */
export type Thumbnails = ReadonlyMap<string, string>;

export const noThumbnails: Thumbnails = new Map();

export const contentOf = (sha256: string): string => sha256.slice(0, 16);

const form = new RegExp(`^([0-9a-f]{16})-${lookForm}\\.webp$`);

export const thumbnailName = (sha256: string, look: string): string =>
  `${contentOf(sha256)}-${look}.webp`;

/** Of a path of a thumbnail; null: it is none. */
export const contentIn = (path: string): string | null => {
  const [folder, name, more] = path.split('/');
  return folder === thumbnailsFolder && more === undefined
    ? (form.exec(name ?? '')?.[1] ?? null)
    : null;
};

/** Those that are there; none where the folder cannot be read. */
export const thumbnailsIn = async (outputsDir: string): Promise<Map<string, string>> => {
  const found = new Map<string, string>();
  const names = await readdir(`${outputsDir}/${thumbnailsFolder}`).catch(() => []);
  for (const name of names) {
    const content = form.exec(name)?.[1];
    if (content !== undefined) found.set(content, `${thumbnailsFolder}/${name}`);
  }
  return found;
};
