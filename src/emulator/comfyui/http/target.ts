/** What a request line names. */
export interface Target {
  /** Decoded, with the proxy's part. */
  readonly path: string;
  readonly query: URLSearchParams;
}

export const targetOf = (url: string): Target => {
  const mark = url.indexOf('?');
  return {
    path: decoded(mark < 0 ? url : url.slice(0, mark)),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
  };
};

/** What is left behind the path of a proxy; null: it lies beside it. */
export const belowBase = (path: string, base: string): string | null =>
  base === ''
    ? path
    : path === base
      ? '/'
      : path.startsWith(`${base}/`)
        ? path.slice(base.length)
        : null;

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};
