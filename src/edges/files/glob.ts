import type { BoundedWalk } from './bounded-walk.js';

/** Regular files that match, sorted by bytes. */
export const globbed = async (
  dir: string,
  patterns: readonly string[],
  exclude: readonly string[],
  walk: Pick<BoundedWalk, 'readdir'>,
  caseless = false,
): Promise<readonly string[]> => {
  const { glob } = await import('tinyglobby');
  const found = await glob([...patterns], {
    cwd: dir,
    ignore: [...exclude],
    onlyFiles: true,
    dot: false,
    expandDirectories: false,
    caseSensitiveMatch: !caseless,
    fs: { readdir: walk.readdir },
  });
  const bytes = new Map(found.map((path) => [path, Buffer.from(path)]));
  const empty = Buffer.alloc(0);
  return [...bytes.keys()].sort((a, b) =>
    Buffer.compare(bytes.get(a) ?? empty, bytes.get(b) ?? empty),
  );
};

/** The folders that a pattern names before its first sign. */
export const baseOf = (pattern: string): string => {
  const parts = pattern.split('/');
  const magic = parts.findIndex((part) => /[*?[\]{}()!+@\\]/.test(part));
  return parts.slice(0, magic === -1 ? -1 : magic).join('/') || '.';
};
