/**
 * Users paste what they see: `https://host/openapi/v2/` → `https://host`. Of the native API's
 * address nothing is kept either: the key stands in it.
 */
export const siteOf = (baseUrl: string): string =>
  baseUrl
    .trim()
    .replace(/(?<!\/)\/(?:openapi|task|api|uc|proxy|proxy-plus)(?:\/.*)?$/i, '')
    .replace(/\/+$/, '');

/** Whether requests can be sent there: a scheme and a host, nothing behind it, and no password. */
export const isSite = (site: string): boolean =>
  /^https?:\/\/[^/\s@?#]+$/i.test(site) && URL.canParse(site);

/** A name and a password in it are no part of a site, and the password is not shown. */
export const shownSite = (site: string): string => site.replace(/^([^/]*\/\/)?.*@/, '$1***@');

export const defaultSite = 'https://www.runninghub.cn';

/** What to write in place of what is no site. */
export const siteHint = (site: string): string => {
  const isLocal = /^(?:localhost|127\.|0\.0\.0\.0|\[::1?\])/i.test(site);
  const whole = `${isLocal ? 'http' : 'https'}://${site}`;
  const isHost = isLocal || /[^.]\.[a-z]/i.test(site);
  return isHost && isSite(whole) ? `write ${whole}` : `${defaultSite} or https://www.runninghub.ai`;
};
