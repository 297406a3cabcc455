import type { Json, JsonObject } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { isObject } from '../values/json-text.js';
import { codeOfName, errorRow, fault } from './errors.js';
import type { Reply } from './http/http.js';
import type { Fault } from './service.js';

/** An answer of the old family, or of V2 management: `{ code, msg | message, data }` (1.4). */
export interface Envelope {
  readonly code: string;
  readonly text: string;
  readonly data: Json;
  /** Of a flat answer that came wrapped in `data`, what was in there. */
  readonly body: JsonObject;
  /** The flat answer of V2. */
  readonly flat: boolean;
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
      const envelope = envelopeOf(reply.body);
      if (envelope !== null) return { is: 'envelope', reply, envelope };
      const why = 'an answer without a code';
      return { is: 'fault', sent: true, fault: otherFault({ ...reply, why }) };
    }
  }
};

/** What a body says, whatever its shape; null: it has no code. */
export const envelopeOf = (body: Json): Envelope | null => {
  if (!isObject(body)) return null;
  const code = codeIn(body.get('code'));
  if (code === null) return isFlat(body) ? flatEnvelope(body) : null;
  const text = textIn(body, 'msg', 'message', 'errorMessage', 'error_message');
  const data = body.get('data') ?? null;
  // Whole answers of V2 come wrapped, too (runninghub-api 19.1).
  if (isGood(code) && isObject(data) && isFlat(data)) return flatEnvelope(data);
  return { code, text, data, body, flat: false };
};

/** Digits, or a name in their place; null: neither. */
const codeIn = (value: Json | undefined): string | null => {
  const number = digits(value);
  if (number !== null) return number;
  const word = textOf(value)?.trim() ?? '';
  return word === '' ? null : (codeOfName(word) ?? word.slice(0, maxCodeLength));
};

/** What is longer is no code, and would only fill a message. */
const maxCodeLength = 64;

/** The flat answer of V2, whose code is a text that is empty when all is well (1.4). */
const isFlat = (body: JsonObject): boolean =>
  body.has('errorCode') ||
  body.has('error_code') ||
  body.has('results') ||
  (stateWord(body.get('status')) !== '' && (body.has('taskId') || body.has('task_id')));

const flatEnvelope = (body: JsonObject): Envelope => {
  const code = codeIn(body.get('errorCode') ?? body.get('error_code')) ?? '0';
  const text = textIn(body, 'errorMessage', 'error_message', 'msg', 'message');
  return { code, text, data: null, body, flat: true };
};

const textIn = (body: JsonObject, ...names: readonly string[]): string =>
  names.map((name) => textOf(body.get(name))).find((text) => text !== null) ?? '';

/**
 * The word of a task's state, in capitals; '' where there is none. Some answers wrap it in an
 * object (runninghub-api 16, 19.1).
 */
export const stateWord = (value: Json | undefined): string => {
  if (isObject(value)) {
    const inner = ['status', 'taskStatus', 'task_status', 'value', 'name', 'code', 'state'];
    const found = inner.map((name) => textOf(value.get(name))).find((text) => text !== null);
    return found?.trim().toUpperCase() ?? '';
  }
  return textOf(value)?.trim().toUpperCase() ?? '';
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
  if (status === 413)
    return fault('input', 'http-413', 'The request is larger than the service takes (HTTP 413)');
  if (status >= 300 && status < 400)
    return fault(
      'transient',
      `http-${status}`,
      `The service answered HTTP ${status}, a redirect: check the base URL`,
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
