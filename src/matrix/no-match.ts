import { dirname, join } from 'node:path';
import { nearPath } from '../assets/near-path.js';
import { deadHint, unreadableHint } from '../assets/unreadable.js';
import { targetOfDead } from '../edges/files/dead-links.js';
import type { Beside, Files } from '../edges/files/files.js';
import { baseOf } from '../edges/files/glob.js';

interface Where {
  /** Absolute folder of the manifest. */
  readonly dir: string;
  readonly files: Files;
}

/** Why a glob has no file, where more is known than that none matches. */
export interface NoMatch {
  /** The end of a sentence: `there is no folder pcis`. */
  readonly why: string;
  readonly hint: string;
  readonly notes: readonly string[];
}

export const linksOf = (dead: Beside['dead']): string[] => {
  const shown = dead.slice(0, mostNamed).map(({ path, to }) => `${path} -> ${to}`);
  return dead.length > mostNamed ? [...shown, `and ${dead.length - mostNamed} more`] : shown;
};

const mostNamed = 5;

export const whyNoMatch = async (
  patterns: readonly string[],
  { dead, unread, otherCase }: Beside,
  context: Where,
): Promise<NoMatch | null> => {
  const [folder] = unread;
  if (folder !== undefined) return cannotRead(folder.path, folder.code);
  const [link] = dead;
  if (link !== undefined)
    return {
      why:
        dead.length === 1
          ? `${link.path} is a link that leads nowhere`
          : `${dead.length} links that it fits lead nowhere`,
      hint: deadHint,
      notes: linksOf(dead),
    };
  if (otherCase.length > 0) return null;
  for (const pattern of patterns) {
    const told = await whyNoFolder(pattern, context);
    if (told !== null) return told;
  }
  return null;
};

const cannotRead = (path: string, code: string): NoMatch => ({
  why: `the folder ${path} cannot be read (${code})`,
  hint: unreadableHint(code, path),
  notes: [],
});

/** The first folder of a pattern that is not there, or is none. */
const whyNoFolder = async (pattern: string, { dir, files }: Where): Promise<NoMatch | null> => {
  const base = baseOf(pattern);
  if (base === '.') return null;
  const parts = base.split('/');
  for (const count of parts.keys()) {
    const shown = parts.slice(0, count + 1).join('/') || '/';
    const absolute = shown.startsWith('/') ? shown : join(dir, shown);
    const facts = await files.facts(absolute);
    if (facts.ok)
      return {
        why: `${shown} is a file, not a folder`,
        hint: 'write the folder that holds the files before the last /',
        notes: [],
      };
    if (facts.is === 'unreadable') return cannotRead(shown, facts.detail);
    if (facts.is !== 'missing') continue;
    const to = await targetOfDead(absolute);
    if (to !== null)
      return {
        why: `${shown} is a link that leads nowhere`,
        hint: deadHint,
        notes: [`${shown} -> ${to}`],
      };
    const near = await nearPath(shown, dir, files);
    return {
      why: `there is no folder ${shown}`,
      hint: near?.hint ?? (await foldersIn(absolute, parts.slice(0, count).join('/'), files)),
      notes: [],
    };
  }
  return null;
};

/** What there is in place of a folder that is not. */
const foldersIn = async (missing: string, above: string, files: Files): Promise<string> => {
  const parent = dirname(missing);
  const folders: string[] = [];
  for (const name of (await files.names(parent)).filter((one) => !one.startsWith('.')).sort()) {
    if (folders.length === mostNamed) break;
    const facts = await files.facts(join(parent, name));
    if (!facts.ok && facts.is === 'directory') folders.push(name);
  }
  const where = above === '' ? 'beside the manifest' : `in ${above}`;
  return folders.length === 0
    ? `there is no folder ${where}: paths are relative to the manifest`
    : `the folders ${where} are ${folders.join(', ')}; paths are relative to the manifest`;
};
