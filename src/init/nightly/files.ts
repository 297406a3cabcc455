import { homedir } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Files } from '../../edges/files/files.js';
import type { Io } from '../../edges/io.js';
import { programVersion } from '../../edges/version.js';
import { ciFileText } from './ci-file.js';
import type { Schedule } from './schedule.js';
import { scheduleText } from './schedule.js';

export interface NightlyPlace {
  /** Absolute paths. */
  readonly manifest: string;
  readonly schedule: string;
  readonly ci: string;
}

interface Night {
  readonly name: string;
  readonly place: NightlyPlace;
  readonly envFile: string | null;
  /** RunningHub runs it. A server of one's own asks for no key, and GitHub does not reach it. */
  readonly needsKey: boolean;
  readonly baseUrl: string | null;
  readonly io: Io;
  readonly files: Files;
}

/** GitHub looks for workflows below the root of the repository alone. */
export const nightlyPlace = async (manifest: string, files: Files): Promise<NightlyPlace> => {
  const dir = dirname(manifest);
  const stem = stemOf(manifest);
  const root = await repositoryOf(dir, files);
  return {
    manifest,
    schedule: join(dir, `${stem}-nightly.txt`),
    ci: join(root, '.github', 'workflows', `rh-batch-${plain(stem)}.yml`),
  };
};

/** Path and text of what goes beside the manifest. */
export const nightlyFiles = async (night: Night): Promise<[path: string, text: string][]> => {
  const { place, io, envFile, needsKey, baseUrl, files, name } = night;
  const folder = dirname(place.manifest);
  const schedule: Schedule = {
    folder,
    manifest: basename(place.manifest),
    name: plain(name),
    bin: dirname(process.execPath),
    envFile: envFile === null ? null : resolve(io.cwd, envFile),
    needsKey,
    baseUrl,
    behindUtc: new Date(io.clock.now()).getTimezoneOffset(),
  };
  if (!needsKey) return [[place.schedule, scheduleText(schedule, null)]];
  const root = resolve(dirname(place.ci), '..', '..');
  const inRoot = (path: string): string => relative(root, path).split(sep).join('/');
  const ci = ciFileText({
    name: plain(name),
    folder: inRoot(folder) === '' ? '.' : inRoot(folder),
    manifest: basename(place.manifest),
    locked: (await files.facts(join(root, 'package-lock.json'))).ok,
    version: programVersion(),
    baseUrl,
  });
  return [
    [place.schedule, scheduleText(schedule, inRoot(place.ci))],
    [place.ci, ci],
  ];
};

export const stemOf = (path: string): string => basename(path).replace(/\.[^.]*$/, '');

/** For names of tasks and workflows, which take no more than that. */
const plain = (name: string): string => name.replace(/[^\w.-]+/g, '-');

/** The nearest folder with a `.git`, up to the home folder; without one, the folder itself. */
const repositoryOf = async (dir: string, files: Files): Promise<string> => {
  for (let at = dir; at !== dirname(at) && at !== homedir(); at = dirname(at)) {
    const git = await files.facts(join(at, '.git'));
    if (git.ok || git.is === 'directory') return at;
  }
  return dir;
};
