import { timingSafeEqual } from 'node:crypto';

/** Who may come in: whoever knows the address that was printed, and no page of another site. */
export interface Door {
  readonly port: number;
  readonly token: string;
}

/** What a person opens. */
export const addressOf = ({ port, token }: Door): string => `http://127.0.0.1:${port}/${token}/`;

/** What of a request decides what it gets. */
export interface Knock {
  readonly method: string;
  readonly url: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** What a browser says of where the request comes from: `Sec-Fetch-Site`. */
  readonly site: string | undefined;
}

export type Asked =
  | { readonly is: 'page' }
  /** `since`: which state of the batch is known there. */
  | { readonly is: 'feed'; readonly since: string }
  | { readonly is: 'marks' }
  /** Relative to the outputs' folder, `/` between parts. */
  | { readonly is: 'file'; readonly path: string }
  | { readonly is: 'moved'; readonly to: string }
  | Refused;

interface Refused {
  readonly is: 'refused';
  readonly status: number;
  /** For people. It tells nothing of the batch. */
  readonly why: string;
}

const refuse = (status: number, why: string): Refused => ({ is: 'refused', status, why });

/**
 * What a request asks for. The host is checked, so that no name that somebody else points to this
 * machine opens it; then the token, so that neither other users of the machine nor other pages of
 * the browser do.
 */
export const askedOf = ({ method, url, host, origin, site }: Knock, door: Door): Asked => {
  if (!hostsOf(door).includes((host ?? '').toLowerCase()))
    return refuse(421, 'This address is not the one that rh-batch printed: open that one.');
  const [path = '', query = ''] = splitOnce(url, '?');
  const [empty, token = '', ...rest] = path.split('/');
  if (empty !== '' || !isSame(token, door.token))
    return refuse(
      404,
      'This address is not whole, or is of an earlier page: the one of now was printed where the page was opened.',
    );
  if (origin !== undefined && !hostsOf(door).some((known) => origin === `http://${known}`))
    return refuse(403, 'Only the page itself may ask for this.');
  if (site === 'cross-site' && method !== 'GET')
    return refuse(403, 'Only the page itself may ask for this.');
  if (rest.length === 0) return { is: 'moved', to: `/${token}/` };
  const inside = rest.length === 1 && rest[0] === '';
  if (method === 'POST' && inside) return { is: 'marks' };
  if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'Only the page itself asks so.');
  if (!inside) return fileIn(rest);
  const since = new URLSearchParams(query).get('since');
  return since === null ? { is: 'page' } : { is: 'feed', since };
};

const hostsOf = ({ port }: Door): readonly string[] => [`127.0.0.1:${port}`, `localhost:${port}`];

const isSame = (given: string, token: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
};

const splitOnce = (text: string, at: string): readonly string[] => {
  const found = text.indexOf(at);
  return found < 0 ? [text] : [text.slice(0, found), text.slice(found + 1)];
};

/** Each part is decoded once and must then be one name. */
const fileIn = (parts: readonly string[]): Asked => {
  const names: string[] = [];
  for (const part of parts) {
    const name = decoded(part);
    if (name === null || name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name))
      return refuse(404, 'There is no such file.');
    names.push(name);
  }
  return { is: 'file', path: names.join('/') };
};

const decoded = (part: string): string | null => {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
};
