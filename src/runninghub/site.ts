/**
 * Users paste what they see: `https://host/openapi/v2/` → `https://host`. Of the native API's
 * address nothing is kept either: the key stands in it.
 */
export const siteOf = (baseUrl: string): string =>
  baseUrl
    .trim()
    .replace(/(?<!\/)\/(?:openapi|task|api|uc|proxy|proxy-plus)(?:\/.*)?$/i, '')
    .replace(/\/+$/, '');
