import type { ServerResponse } from 'node:http';
import type { Clock } from '../../edges/clock.js';
import type { Json } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isObject, jsonText } from '../../values/json-text.js';
import { map, number, refusal, v2Refused } from './answers.js';
import type { FaultRule } from './faults.js';
import { inOtherShape } from './other-shapes.js';
import { withTextRepeated } from './repeated-text.js';
import { refuse } from './refusal.js';
import { drip, hang } from './slow.js';
import type { Envelope } from '../routes/route.js';

/** Where answers go out, whole or changed by a fault. */
export interface Outlet {
  readonly response: ServerResponse;
  readonly envelope: Envelope;
  /** Aborted when the emulator closes: nothing may hang longer. */
  readonly closing: AbortSignal;
  readonly clock: Clock;
}

/** Faults that come before any effect; false when this is none of them. */
export const answerInstead = async (fault: FaultRule, outlet: Outlet): Promise<boolean> => {
  const { response } = outlet;
  switch (fault.kind) {
    case 'http500':
      sendJson(response, 500, coded(outlet, 500, fault.msg ?? 'UNKNOWN_ERROR'));
      return true;
    case 'http502':
      sendHtml(response, 502);
      return true;
    case 'http503':
      response.writeHead(503, retryHeader(fault)).end();
      return true;
    case 'http429':
      response
        .writeHead(429, { ...retryHeader(fault, 1), 'content-type': 'text/plain' })
        .end('slow down');
      return true;
    case 'html200':
      sendHtml(response, 200);
      return true;
    case 'emptyBody':
      response.writeHead(200, { 'content-type': 'application/json' }).end();
      return true;
    case 'httpStatus':
      sendJson(
        response,
        fault.code ?? 400,
        coded(outlet, fault.code ?? 400, fault.msg ?? 'REFUSED'),
      );
      return true;
    case 'firewall':
      sendHtml(response, fault.code ?? 403);
      return true;
    case 'unauthorized':
      // Seen with good keys now and then (API notes, section 1.3).
      sendJson(response, 401, refusal(refuse(-1, 'ApiKey verification failed')));
      return true;
    case 'code':
      sendJson(response, 200, coded(outlet, fault.code ?? 500, fault.msg ?? 'UNKNOWN_ERROR'));
      return true;
    case 'resetBefore':
      response.socket?.resetAndDestroy();
      return true;
    case 'hangBefore':
      await hang(outlet);
      return true;
    default:
      return false;
  }
};

/**
 * Sends the answer, or what a fault makes of it: the effect has happened. True when its content
 * went out.
 */
export const deliver = async (
  answer: Json,
  fault: FaultRule | null,
  outlet: Outlet,
): Promise<boolean> => {
  const { response, closing, clock } = outlet;
  const body = jsonText(answer);
  switch (fault?.kind) {
    case 'resetAfter':
      response.socket?.resetAndDestroy();
      return false;
    case 'hangAfter':
      await hang(outlet);
      return false;
    case 'http502After':
      sendHtml(response, 502);
      return false;
    case 'codeAfter':
      sendJson(response, 200, coded(outlet, fault.code ?? 500, fault.msg ?? 'UNKNOWN_ERROR'));
      return false;
    case 'truncatedJson':
      sendText(response, 200, body.slice(0, Math.floor(body.length / 3)));
      return false;
    case 'wrongTypes':
      sendJson(response, 200, map({ code: map({}), msg: [], data: number(7), taskId: [] }));
      return false;
    case 'nullData':
      sendJson(response, 200, changed(changed(answer, 'data', null), 'taskId', null));
      return false;
    case 'repeatText':
      sendJson(response, 200, withTextRepeated(answer, fault.msg ?? ''));
      return true;
    case 'nullMsg':
      sendJson(response, 200, ['msg', 'message', 'errorMessage'].reduce(nulled, answer));
      return true;
    case 'codeAsString':
      sendJson(response, 200, otherwiseTyped(answer));
      return true;
    case 'delay':
      await clock.sleep(fault.ms ?? 200, closing);
      sendText(response, 200, body);
      return true;
    case 'slowDrip':
      response.writeHead(200, { 'content-type': 'application/json' });
      await drip(Buffer.from(body), fault.ms ?? 160, outlet);
      return true;
    default: {
      const shaped = inOtherShape(fault?.kind, answer);
      sendText(response, 200, shaped === null ? body : jsonText(shaped));
      return true;
    }
  }
};

const coded = ({ envelope }: Outlet, code: number, msg: string): Json => {
  switch (envelope) {
    case 'old':
      return refusal(refuse(code, msg));
    case 'v2Upload':
      return map({ code: number(code), message: msg, data: null });
    case 'v2Flat':
      return v2Refused({ code, msg });
  }
};

/** Only what is there is changed. */
const changed = (answer: Json, key: string, value: Json): Json =>
  isObject(answer) && answer.has(key) ? new Map(answer).set(key, value) : answer;

const nulled = (answer: Json, key: string): Json => changed(answer, key, null);

/** `code` as a text, `errorCode` as a number. */
const otherwiseTyped = (answer: Json): Json => {
  if (!isObject(answer)) return answer;
  const [code, errorCode] = [answer.get('code'), answer.get('errorCode')];
  if (code instanceof JsonNumber) return changed(answer, 'code', code.source);
  return typeof errorCode === 'string'
    ? changed(answer, 'errorCode', new JsonNumber(errorCode === '' ? '0' : errorCode))
    : answer;
};

const retryHeader = ({ retryAfter }: FaultRule, otherwise?: number): Record<string, string> => {
  const seconds = retryAfter ?? otherwise;
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
};

export const sendJson = (response: ServerResponse, status: number, body: Json): void =>
  sendText(response, status, jsonText(body));

export const sendText = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
};

const sendHtml = (response: ServerResponse, status: number): void => {
  response.writeHead(status, { 'content-type': 'text/html' });
  response.end(
    `<html><head><title>${status === 200 ? 'Welcome' : `${status} Bad Gateway`}</title></head><body>nginx</body></html>\n`,
  );
};
