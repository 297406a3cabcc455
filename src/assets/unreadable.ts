import type { ReadFailure } from '../edges/files/files.js';

/** What is wrong with a file that could not be read, as one clause, and what to do; null: see the path. */
export const whyUnread = (
  failure: ReadFailure,
  shown: string,
): { readonly why: string; readonly hint: string | null } => {
  switch (failure.is) {
    case 'missing':
      return failure.link === undefined
        ? { why: 'does not exist', hint: null }
        : { why: `is a link that leads nowhere (-> ${failure.link})`, hint: deadHint };
    case 'directory':
      return { why: 'is a folder, not a file', hint: 'write the path of a file in it' };
    case 'unreadable':
      return {
        why: `cannot be read (${failure.detail})`,
        hint: unreadableHint(failure.detail, shown),
      };
    case 'tooLarge':
      return { why: `is too large (${failure.detail})`, hint: null };
  }
};

export const deadHint =
  'bring back what the link leads to (is a disk not connected?), or remove the link';

/** What to do about a file or folder that is there and cannot be read, by the system's code. */
export const unreadableHint = (code: string, shown: string): string => {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `let this user read it (chmod -R u+rX ${shown}), or run as the user whose file it is`;
    case 'ELOOP':
      return 'a link leads back to itself there: let it lead to the file that is meant';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open: close other programs, or raise the limit (ulimit -n 4096)';
    case 'ENAMETOOLONG':
      return 'give the file or its folder a shorter name';
    case 'not a regular file':
      return 'name a file: a device, a pipe or a socket cannot be read as one';
    default:
      return 'see that the disk is connected and whole, and copy the file to another place';
  }
};
