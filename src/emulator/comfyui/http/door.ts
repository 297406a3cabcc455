import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Door } from '../options.js';
import type { Answer } from './answers.js';
import { ofProxy, text } from './answers.js';

/** Null: come in. A proxy refuses in HTML, a login extension in words (ComfyUI notes, section 10). */
export const refusedAtDoor = (
  door: Door | null,
  { authorization }: IncomingHttpHeaders,
  query: URLSearchParams,
): Answer | null => {
  if (door === null) return null;
  if (door.kind === 'basic') {
    const wanted = `Basic ${Buffer.from(`${door.user}:${door.password}`).toString('base64')}`;
    return same(authorization ?? '', wanted)
      ? null
      : ofProxy(401, 'Authorization Required', {
          'www-authenticate': 'Basic realm="Restricted"',
        });
  }
  const given = /^Bearer\s+(.*)$/i.exec(authorization ?? '')?.[1] ?? query.get('token') ?? '';
  return same(given, door.token) ? null : text(401, 'Invalid token');
};

const same = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};
