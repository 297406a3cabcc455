import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4 } from 'node:net';

/**
 * Whether a request is refused for where it comes from (ComfyUI notes, section 1): an `Origin` and a
 * loopback `Host` that differ in host or, where both have one, port.
 */
export const isForeign = ({ host, origin }: IncomingHttpHeaders): boolean => {
  if (host === undefined || origin === undefined) return false;
  const here = partsOf(host);
  const there = partsOf(/^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(origin)?.[1] ?? '');
  if (!isLoopback(here.name)) return false;
  // A side without a port is compared by its host alone.
  const left = there.port === null ? here.name : here.all;
  const right = here.port === null ? there.name : there.all;
  return left !== '' && right !== '' && left !== right;
};

interface Parts {
  readonly all: string;
  readonly name: string;
  readonly port: string | null;
}

const partsOf = (authority: string): Parts => {
  const all = authority.toLowerCase();
  const [, bracketed, bare, port] =
    /^(?:[^@]*@)?(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(all) ?? [];
  return {
    all,
    name: bracketed ?? bare ?? '',
    port: port === undefined || port === '' ? null : port,
  };
};

const isLoopback = (name: string): boolean =>
  name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
