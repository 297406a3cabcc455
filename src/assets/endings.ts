/** Endings that stand for one and the same container or format. */
const families: readonly ReadonlySet<string>[] = [
  new Set(['jpg', 'jpeg', 'jfif']),
  new Set(['tif', 'tiff']),
  new Set(['mp4', 'mov', 'm4v', 'qt', 'quicktime']),
  new Set(['m4a', 'mp4', 'aac']),
  new Set(['webm', 'mkv']),
  new Set(['mp3', 'mpeg', 'mpga']),
  new Set(['ogg', 'oga', 'opus']),
  new Set(['heic', 'heif']),
];

/** Whether a file of this ending is one of those that a field takes; null: of any. */
export const isAmong = (ext: string, endings: readonly string[] | null): boolean =>
  endings === null ||
  endings.includes(ext) ||
  families.some((family) => family.has(ext) && endings.some((ending) => family.has(ending)));
