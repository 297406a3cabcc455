import { shellWord } from '../values/shell-words.js';

/**
 * The command that saves a target's fields where the manifest looks for them. `file` is the path
 * as people see it, from where they stand; the command line adds whose account and which site.
 */
export const pullCommand = (flag: 'app' | 'model' | null, id: string, file: string): string =>
  [
    'rh-batch pull',
    ...(flag === null ? [] : [`--${flag}`]),
    shellWord(id),
    file.startsWith('-') ? `--out=${shellWord(file)}` : `--out ${shellWord(file)}`,
  ].join(' ');
