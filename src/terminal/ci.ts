import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Io } from '../edges/io.js';

export const isGithub = ({ env }: Io): boolean => env['GITHUB_ACTIONS'] === 'true';

/** A file as the repository calls it: annotations know no other working directory. */
export const inRepository = ({ env, cwd }: Io): ((file: string) => string) => {
  const { GITHUB_WORKSPACE: root } = env;
  if (root === undefined || root === '') return (file) => file;
  return (file) => {
    const path = relative(root, resolve(cwd, file));
    return path === '' || path.startsWith('..') || isAbsolute(path)
      ? file
      : path.split(sep).join('/');
  };
};

/** Lines that a CI's log folds up; null: this one has no such thing. */
export interface LogGroup {
  readonly open: (title: string) => string;
  readonly close: () => string;
}

export const logGroup = (io: Io): LogGroup | null => {
  if (isGithub(io))
    return { open: (title) => `::group::${title}\n`, close: () => '::endgroup::\n' };
  if (io.env['GITLAB_CI'] === 'true') return gitlabGroup(io);
  return null;
};

/** GitLab takes these marks out of the log that people see. */
const gitlabGroup = (io: Io): LogGroup => {
  const mark = (which: string): string => {
    const seconds = Math.floor(io.clock.now() / 1000);
    return `\u001b[0Ksection_${which}:${seconds}:rh_batch`;
  };
  return {
    open: (title) => `${mark('start')}\r\u001b[0K${title}\n`,
    close: () => `${mark('end')}\r\u001b[0K\n`,
  };
};
