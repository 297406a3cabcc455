/** How an output is shown. */
export type Medium = 'image' | 'video' | 'audio' | 'text' | 'file';

/** By the file's ending, else by what the service calls it. */
export const mediumOf = (path: string | null, type: string): Medium => {
  const ending = (/\.([^./]+)$/.exec(path ?? '')?.[1] ?? type).toLowerCase();
  return media.find(([, endings]) => endings.has(ending))?.[0] ?? 'file';
};

/** What an embedded output is called in its data URL. */
export const mimeOf = (path: string): string => {
  const ending = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const medium = mediumOf(path, '');
  if (medium === 'file') return 'application/octet-stream';
  if (medium === 'text') return 'text/plain;charset=utf-8';
  return `${medium}/${mimeNames[ending] ?? ending}`;
};

/** Where the ending is not the name. */
const mimeNames: Readonly<Record<string, string>> = {
  jpg: 'jpeg',
  svg: 'svg+xml',
  m4v: 'mp4',
  mov: 'mp4',
  mkv: 'webm',
  ogv: 'ogg',
  mp3: 'mpeg',
  oga: 'ogg',
  opus: 'ogg',
  m4a: 'mp4',
};

/** A link from the report to a file beside it. Works for any name: CJK, `#`, `%`, blanks. */
export const relativeUrl = (path: string): string =>
  `./${path.split('/').map(encodePart).join('/')}`;

/** A link that the service gave; null where it is none that a browser should follow. */
export const webUrl = (url: string | null): string | null =>
  url !== null && /^https?:\/\//i.test(url) ? url : null;

/** encodeURIComponent throws on half a character. */
const encodePart = (part: string): string => encodeURIComponent(part.replace(half, '\ufffd'));

const half = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const media: readonly (readonly [Medium, ReadonlySet<string>])[] = [
  ['image', new Set(['png', 'jpg', 'jpeg', 'webp', 'gif', 'avif', 'bmp', 'svg', 'apng'])],
  ['video', new Set(['mp4', 'webm', 'mov', 'm4v', 'mkv', 'ogv'])],
  ['audio', new Set(['mp3', 'wav', 'flac', 'ogg', 'oga', 'm4a', 'aac', 'opus'])],
  ['text', new Set(['txt', 'json', 'md', 'csv', 'srt', 'log'])],
];
