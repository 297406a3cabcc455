import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { NodeOutputFiles } from '../../edges/files/output-files.js';
import { sha256Of } from '../../edges/files/output-files.js';
import type { SavedFile } from '../../journal/event.js';
import type { BatchState } from '../../journal/state.js';

/** Where a shard's outputs went. */
export interface Placement {
  /** Journaled path → path relative to the merged report; null: not there. */
  readonly placed: (path: string) => string | null;
  /** Why each of the others is not there, for people. */
  readonly missing: readonly string[];
}

/** Every output that the journal holds, once. */
export const savedFiles = ({ runs }: BatchState): readonly SavedFile[] => {
  const files = new Map<string, SavedFile>();
  for (const { state } of runs.values())
    if ((state.is === 'succeeded' || state.is === 'failed') && state.removedAt === undefined)
      for (const file of state.files ?? []) files.set(file.path, file);
  return [...files.values()];
};

/** `copies`: where they are copied to; null: they stay, and the report refers to them. */
export const placeOutputs = async (
  files: readonly SavedFile[],
  from: string | null,
  outDir: string,
  copies: NodeOutputFiles | null,
): Promise<Placement> => {
  const paths = new Map<string, string>();
  const missing: string[] = [];
  for (const file of files) {
    const found = from === null ? 'is not there' : await sourceOf(from, file);
    const path =
      typeof found === 'string'
        ? found
        : copies === null
          ? linkTo(found.absolute, outDir)
          : await copy(file, found.absolute, copies);
    if (typeof path === 'string') missing.push(`${file.path} ${path}`);
    else paths.set(file.path, path.relative);
  }
  return { placed: (path) => paths.get(path) ?? null, missing };
};

type Placed = { readonly relative: string } | string;

/** The file as it was saved, or why not: a journal from elsewhere is no reason to read any file. */
const sourceOf = async (
  from: string,
  { path, bytes }: SavedFile,
): Promise<{ readonly absolute: string } | string> => {
  const absolute = resolve(from, path);
  if (!absolute.startsWith(from + sep)) return 'would leave its folder';
  const facts = await stat(absolute).catch(() => null);
  if (facts === null) return 'is not there';
  return facts.isFile() && facts.size === bytes ? { absolute } : 'is not as it was saved';
};

const linkTo = (absolute: string, outDir: string): Placed => {
  const path = relative(outDir, absolute);
  return isAbsolute(path) ? 'is on another drive' : { relative: path.split(sep).join('/') };
};

/** Under its own name, or a numbered one where another file has it: nothing is replaced. */
const copy = async (file: SavedFile, source: string, copies: NodeOutputFiles): Promise<Placed> => {
  try {
    if ((await sha256Of(source)) !== file.sha256) return 'is not as it was saved';
    const received = await copies.receive(file.path, file.sha256, createReadStream(source), {
      offset: 0,
      totalBytes: file.bytes,
      type: file.type,
    });
    if (received.is !== 'whole') return `cannot be copied (${received.message})`;
    const finished = await copies.finish(file.path, file.sha256);
    return finished.ok
      ? { relative: finished.file.path }
      : `cannot be copied (${finished.message})`;
  } catch (cause) {
    return `cannot be copied (${cause instanceof Error ? cause.message : String(cause)})`;
  }
};
