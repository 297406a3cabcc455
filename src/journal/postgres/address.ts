/** Where a store is, and what lets one in. */
export interface StoreAddress {
  /** With the password, if there is one: for the driver alone. */
  readonly url: string;
  /** Without password and parameters: for people. */
  readonly shown: string;
  /** null: none is known here; the server may ask for none, or a password file has it. */
  readonly password: string | null;
}

export type ReadAddress =
  | { readonly ok: true; readonly address: StoreAddress }
  /** `why` repeats nothing of what was written: it may hold a password. */
  | { readonly ok: false; readonly why: string };

/** Reads `postgres://user@host:port/database`. `password`: of the environment, where the URL has none. */
export const readAddress = (written: string, password: string | null): ReadAddress => {
  let url: URL;
  try {
    url = new URL(written.trim());
  } catch {
    return { ok: false, why: 'is no URL' };
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:')
    return { ok: false, why: 'does not begin with postgres://' };
  const database = decoded(url.pathname.slice(1));
  if (database === null || database === '' || database.includes('/'))
    return { ok: false, why: 'names no database behind the host' };
  const own = passwordIn(written);
  const known = own ?? password;
  if (known !== null && url.host !== '') url.password = encodeURIComponent(known);
  return { ok: true, address: { url: url.href, shown: shownUrl(url), password: known } };
};

/** The password that a URL holds, as it is meant; null: none. Of text that is no URL, what looks like one. */
export const passwordIn = (written: string): string | null => {
  try {
    const url = new URL(written.trim());
    const text = url.password === '' ? url.searchParams.get('password') : url.password;
    return text === null || text === '' ? null : (decoded(text) ?? text);
  } catch {
    return /^[^:/@\s]*:\/\/[^:/@\s]*:(.+)@/.exec(written)?.[1] ?? null;
  }
};

const shownUrl = (url: URL): string => {
  const user = url.username === '' ? '' : `${url.username}@`;
  return `postgres://${user}${url.host}${url.pathname}`;
};

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};
