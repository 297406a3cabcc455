import type { Json, JsonObject } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { isObject } from '../values/json-text.js';
import { errorRow, fault } from './errors.js';
import type { Reply } from './http/http.js';
import type { Fault } from './service.js';

/** An answer of the old family, or of V2 management: `{ code, msg | message, data }` (1.4). */
export interface Envelope {
  readonly code: string;
  readonly text: string;
  readonly data: Json;
  readonly body: JsonObject;
}

export type Answer =
  | { readonly is: 'envelope'; readonly envelope: Envelope; readonly reply: Reply & { is: 'json' } }
  /** `sent`: the request may have had its effect. */
  | { readonly is: 'fault'; readonly fault: Fault; readonly sent: boolean };

/** Codes are numbers or texts of digits; `0`, and `200` on V2, mean success (1.4). */
export const isGood = (code: string): boolean => code === '0' || code === '200';

/** Reads an envelope; everything that is none is a fault of its own. */
export const readAnswer = (reply: Reply): Answer => {
  switch (reply.is) {
    case 'none':
      return {
        is: 'fault',
        sent: reply.sent,
        fault: fault(
          'transient',
          networkCode(reply.code),
          `The service cannot be reached: ${reply.why}`,
        ),
      };
    case 'other':
      return { is: 'fault', sent: true, fault: otherFault(reply) };
    case 'json': {
      const { body } = reply;
      if (isObject(body) && !body.has('code') && body.has('errorCode'))
        return { is: 'envelope', reply, envelope: flatEnvelope(body) };
      const code = isObject(body) ? digits(body.get('code')) : null;
      if (!isObject(body) || code === null)
        return {
          is: 'fault',
          sent: true,
          fault: otherFault({ ...reply, why: 'an answer without a code' }),
        };
      const text = textOf(body.get('msg')) ?? textOf(body.get('message')) ?? '';
      return {
        is: 'envelope',
        reply,
        envelope: { code, text, data: body.get('data') ?? null, body },
      };
    }
  }
};

/** The flat answer of V2, whose code is a text that is empty when all is well (1.4). */
const flatEnvelope = (body: JsonObject): Envelope => {
  const written = body.get('errorCode');
  const code = digits(written) ?? textOf(written) ?? '';
  return {
    code: code === '' ? '0' : code,
    text: textOf(body.get('errorMessage')) ?? '',
    data: null,
    body,
  };
};

const networkCode = (code: string): string =>
  ({ ECONNREFUSED: 'refused-connection', ECONNRESET: 'reset', UND_ERR_SOCKET: 'reset' })[code] ??
  code;

const otherFault = (reply: { status: number; why: string; retryAfterMs: number | null }): Fault => {
  const { status, why, retryAfterMs } = reply;
  if (status === 429) return fault('capacity', 'http-429', 'Too many requests', { retryAfterMs });
  if (status === 401 || status === 407)
    return fault(
      'account',
      `http-${status}`,
      `The service answered HTTP ${status}: the key was not accepted`,
    );
  const code = status >= 400 ? `http-${status}` : 'bad-answer';
  return fault('transient', code, `The service answered HTTP ${status} with ${why}`, {
    retryAfterMs,
  });
};

/** The fault of an envelope whose code is not good. */
export const envelopeFault = ({ code, text }: Envelope, reply: Reply & { is: 'json' }): Fault => {
  const { status, retryAfterMs } = reply;
  const found = errorRow(code, text);
  // Its code may say more than that: the account's limit, for one.
  if (status === 429 && found.row.class !== 'capacity')
    return fault('capacity', 'http-429', 'Too many requests', { retryAfterMs });
  if (status >= 500 && found.row.class === 'unknown')
    return fault('transient', `http-${status}`, said(`The service answered HTTP ${status}`, text), {
      retryAfterMs,
    });
  return fault(found.row.class, found.code, said(found.row.about, text, code), { retryAfterMs });
};

/** Our sentence, then the service's own words where they say more. */
export const said = (about: string, text: string, code?: string): string => {
  const own = text.replace(/\s+/g, ' ').trim().slice(0, 400);
  const number = code === undefined ? '' : `${code} `;
  return own === ''
    ? `${about}${code === undefined ? '' : ` (${code})`}`
    : `${about} (${number}${own})`;
};

/** Whole numbers, as numbers or as texts. */
export const digits = (value: Json | undefined): string | null => {
  const text = value instanceof JsonNumber ? value.source : value;
  return typeof text === 'string' && /^-?\d+$/.test(text.trim()) ? text.trim() : null;
};

export const textOf = (value: Json | undefined): string | null =>
  typeof value === 'string' ? value : null;

/** Decimals, as numbers or as texts; null where there is none. */
export const decimal = (value: Json | undefined): string | null => {
  const text = value instanceof JsonNumber ? value.source : value;
  return typeof text === 'string' && /^-?\d+(?:\.\d+)?$/.test(text.trim()) ? text.trim() : null;
};

export const countOf = (value: Json | undefined): number | null => {
  const text = digits(value);
  const count = text === null ? NaN : Number(text);
  return Number.isSafeInteger(count) && count >= 0 ? count : null;
};
