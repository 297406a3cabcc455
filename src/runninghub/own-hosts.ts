/** Where the service keeps files (runninghub-api 1.1, 4.3): its own buckets, and no others there. */
const storage: readonly RegExp[] = [
  /^rh-[a-z0-9-]+\.cos\.[a-z0-9-]+\.myqcloud\.com$/,
  /^(?:[a-z0-9-]+\.)*xiaoyaoyou\.com$/,
  /^(?:[a-z0-9-]+\.)*runninghub\.(?:cn|ai)$/,
];

/**
 * Whether an address that an answer names belongs to the site that was asked: a secret or a file
 * goes nowhere else. What was asked by https is not told without.
 */
export const isOwnAddress = (url: string, site: string, what: 'socket' | 'upload'): boolean => {
  if (!URL.canParse(url) || !URL.canParse(site)) return false;
  const there = new URL(url);
  const here = new URL(site);
  const plain = what === 'socket' ? 'ws:' : 'http:';
  const safe = what === 'socket' ? 'wss:' : 'https:';
  if (there.protocol !== safe && (there.protocol !== plain || here.protocol === 'https:'))
    return false;
  return (
    isSameHouse(there.hostname, here.hostname) ||
    (what === 'upload' && storage.some((pattern) => pattern.test(there.hostname)))
  );
};

/** The same host, or another below the same domain: `ws1.example.com` for `www.example.com`. */
const isSameHouse = (there: string, here: string): boolean => {
  if (there === here) return true;
  if (isNumeric(there) || isNumeric(here)) return false;
  const house = here.split('.').slice(-2).join('.');
  return house.includes('.') && !suffixes.has(house) && there.endsWith(`.${house}`);
};

/** Below these, neighbours have nothing to do with one another. */
const suffixes: ReadonlySet<string> = new Set([
  ...['com', 'net', 'org', 'gov', 'edu'].map((word) => `${word}.cn`),
  ...['co.uk', 'co.jp', 'co.kr', 'com.hk', 'com.tw', 'com.au', 'myqcloud.com', 'github.io'],
]);

const isNumeric = (host: string): boolean => /^[\d.]+$/.test(host) || host.startsWith('[');
