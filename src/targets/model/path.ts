/** `/openapi/v2/a/b`, as pages show it, is `a/b`. */
export const pathOf = (typed: string): string =>
  typed
    .trim()
    .replace(/^https?:\/\/[^/]+/, '')
    .replace(/[?#].*$/, '')
    .replace(/^\/+/, '')
    .replace(/^openapi\/v2\//, '')
    .replace(/\/+$/, '');

/**
 * Mostly of several parts, but `kling-elements` has one; `[Deprecated]` stands in some
 * (runninghub-api 19.1). Ids of workflows and apps are digits alone.
 */
export const isPath = (path: string): boolean =>
  /^[\w.\-[\]]+(?:\/[\w.\-[\]]+)*$/.test(path) && !path.includes('..') && /[a-z]/i.test(path);
