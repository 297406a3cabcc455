import { link, open, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { temporaryName } from './temporary.js';
import { errorCode } from '../error-code.js';

/**
 * Makes a small new file that appears whole or not at all: who is killed on the way must not
 * leave an empty one.
 *
 * @returns false where a file of that name is there already
 */
export const createWhole = async (path: string, text: string, mode: number): Promise<boolean> => {
  const temporary = join(dirname(path), temporaryName(basename(path)));
  try {
    await writeFile(temporary, text, { flag: 'wx', mode, flush: true });
    try {
      await link(temporary, path);
      return true;
    } catch (cause) {
      return errorCode(cause) === 'EEXIST' ? false : await createWithoutLink(path, text, mode);
    }
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
};

/** Some file systems have no links. There a reader may meet the file before its content. */
const createWithoutLink = async (path: string, text: string, mode: number): Promise<boolean> => {
  const file = await open(path, 'wx', mode).catch((cause: unknown) => {
    if (errorCode(cause) === 'EEXIST') return null;
    throw cause;
  });
  if (file === null) return false;
  try {
    await file.writeFile(text);
    await file.sync();
    return true;
  } catch (cause) {
    await unlink(path).catch(() => undefined);
    throw cause;
  } finally {
    await file.close();
  }
};
