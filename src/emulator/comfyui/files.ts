import { join, normalize } from 'node:path/posix';

/** The three folders of a server. */
const folderTypes = ['input', 'output', 'temp'] as const;
export type FolderType = (typeof folderTypes)[number];

export const isFolderType = (text: string | null): text is FolderType =>
  folderTypes.some((type) => type === text);

export interface StoredFile {
  /** ms since the epoch. */
  readonly at: number;
  bytes(): Buffer;
}

/** Where a server keeps its files; paths are relative to a folder, with forward slashes. */
export interface Storage {
  file(type: FolderType, path: string): StoredFile | null;
  /** `bytes` is asked for once, when they are wanted first. */
  write(type: FolderType, path: string, bytes: () => Buffer, at: number): void;
  hasFolder(type: FolderType, path: string): boolean;
  makeFolder(type: FolderType, path: string): void;
  /** Names of the files that stand in one folder, without those below; unsorted. */
  names(type: FolderType, folder: string): readonly string[];
  clear(type: FolderType): void;
}

/** In memory: pictures are drawn when somebody looks at them. */
export class MemoryStorage implements Storage {
  readonly #files = new Map<string, StoredFile>();
  readonly #folders = new Set<string>();

  file(type: FolderType, path: string): StoredFile | null {
    return this.#files.get(keyOf(type, path)) ?? null;
  }

  write(type: FolderType, path: string, bytes: () => Buffer, at: number): void {
    this.#files.set(keyOf(type, path), { at, bytes: once(bytes) });
  }

  hasFolder(type: FolderType, path: string): boolean {
    return normalize(path) === '.' || this.#folders.has(keyOf(type, path));
  }

  makeFolder(type: FolderType, path: string): void {
    const parts = normalize(path).split('/');
    parts.forEach((_, at) => this.#folders.add(keyOf(type, parts.slice(0, at + 1).join('/'))));
  }

  names(type: FolderType, folder: string): readonly string[] {
    const start = `${normalize(join(type, folder))}/`;
    return [...this.#files.keys()]
      .filter((key) => key.startsWith(start) && !key.slice(start.length).includes('/'))
      .map((key) => key.slice(start.length));
  }

  clear(type: FolderType): void {
    for (const key of this.#files.keys()) if (key.startsWith(`${type}/`)) this.#files.delete(key);
    for (const key of this.#folders) if (key.startsWith(`${type}/`)) this.#folders.delete(key);
  }
}

const keyOf = (type: FolderType, path: string): string =>
  normalize(join(type, path)).replace(/\/$/, '');

const once = (make: () => Buffer): (() => Buffer) => {
  let made: Buffer | null = null;
  return () => (made ??= make());
};

/** A path below its folder; null where it leads out of it. */
export const inside = (path: string): string | null => {
  const plain = normalize(path).replace(/\/$/, '');
  return plain.startsWith('/') || plain === '..' || plain.startsWith('../') ? null : plain;
};

/** `name [input]`: the folder that a suffix names, null where there is none (section 7). */
export const annotated = (
  name: string,
): { readonly name: string; readonly type: FolderType | null } => {
  for (const type of folderTypes)
    if (name.endsWith(`[${type}]`))
      // The blank in front of the bracket goes too, or whatever stands there.
      return { name: name.slice(0, Math.max(0, name.length - type.length - 3)), type };
  return { name, type: null };
};
