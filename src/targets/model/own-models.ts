/**
 * RunningHub's own open models stand in its documentation and not in the list that it publishes
 * (runninghub-api 19.1). Beginnings of their names there, and of their paths.
 */
const families: readonly (readonly [name: string, path: string])[] = [
  ['ltx-2.3/', 'rhart-video/ltx-2.3/'],
  ['wan-2.2/', 'rhart-video/wan-2.2/'],
  ['z-image/', 'rhart-image/z-image/'],
  ['z-image-turbo/', 'rhart-image/z-image-turbo/'],
  ['qwen-image/', 'rhart-image/qwen-image/'],
  ['f-2-dev/', 'rhart-image/f-2-dev/'],
  ['f-2-klein-4b/', 'rhart-image/f-2-klein-4b/'],
  ['f-2-klein-9b/', 'rhart-image/f-2-klein-9b/'],
  ['f-kontext-', 'rhart-video/f-kontext/'],
];

/** The path of a model that its documentation calls so; null: it is none of them. */
export const ownModelPath = (name: string): string | null => {
  const typed = name.trim().toLowerCase();
  for (const [start, path] of families) {
    if (typed.startsWith(path)) return typed;
    if (typed.startsWith(start)) return `${path}${typed.slice(start.length)}`;
  }
  return null;
};
