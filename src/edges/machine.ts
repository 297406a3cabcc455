import { errorCode } from './error-code.js';

/** What the system says where a file cannot be read or written, with the words for people. */
const words: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the quota of the disk is used up',
  EFBIG: 'the file would be larger than this system allows',
  EROFS: 'the disk can only be read',
  EACCES: 'access is not allowed',
  EPERM: 'access is not allowed',
  ENOENT: 'the file or folder is not there',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'a folder is there, not a file',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links go in a circle',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EIO: 'the disk fails',
  EBUSY: 'another program uses it',
  ESTALE: 'the network folder is gone',
  ETIMEDOUT: 'the network folder does not answer',
  ENODEV: 'the disk is gone',
  ENXIO: 'the disk is gone',
};

/** Whether this machine refused, rather than rh-batch erring: a journal or a file system's error. */
export const isOfMachine = (cause: unknown): boolean => {
  const code = errorCode(cause);
  return code !== null && (code === 'JOURNAL' || code in words);
};

/** One line for people: `no space is left on the disk (ENOSPC)`. */
export const machineText = (cause: unknown): string => {
  const code = errorCode(cause);
  const text = code === null ? undefined : words[code];
  if (text !== undefined) return `${text} (${code})`;
  return cause instanceof Error ? cause.message : String(cause);
};
