import type { ServerResponse } from 'node:http';
import type { Clock } from '../../../edges/clock.js';
import type { FaultRule } from '../../http/faults.js';
import { drip, hang } from '../../http/slow.js';
import type { Answer } from './answers.js';
import { empty, json, ofProxy, serverError, text } from './answers.js';
import { dict } from '../python/value.js';

/** Where an answer goes out, whole or changed by a fault. */
export interface Outlet {
  readonly response: ServerResponse;
  readonly clock: Clock;
  /** Aborted when the emulator closes or its process is killed. */
  readonly closing: AbortSignal;
}

/** Faults that come before any effect; false when this is none of them. */
export const answerInstead = async (fault: FaultRule, outlet: Outlet): Promise<boolean> => {
  switch (fault.kind) {
    case 'resetBefore':
      outlet.response.socket?.resetAndDestroy();
      return true;
    case 'hangBefore':
      await hang(outlet);
      return true;
    default: {
      const answer = instead(fault);
      if (answer !== null) send(answer, outlet);
      return answer !== null;
    }
  }
};

const instead = (fault: FaultRule): Answer | null => {
  const retry: Readonly<Record<string, string>> =
    fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
  switch (fault.kind) {
    case 'http500':
      return serverError(undefined);
    case 'http502':
      return ofProxy(502, 'Bad Gateway');
    case 'http503':
      return ofProxy(503, 'Service Temporarily Unavailable', retry);
    case 'http429':
      return text(429, 'slow down', { 'retry-after': '1', ...retry });
    case 'html200':
      return ofProxy(200, 'Welcome');
    case 'emptyBody':
      return { ...json(null), body: Buffer.alloc(0) };
    case 'unauthorized':
      return ofProxy(401, 'Authorization Required', { 'www-authenticate': 'Basic realm="comfy"' });
    case 'firewall':
      return ofProxy(fault.code ?? 403, 'Forbidden');
    case 'httpStatus':
      return ofProxy(fault.code ?? 400, fault.msg ?? 'Refused');
    case 'code':
      return { ...empty(fault.code ?? 500), body: Buffer.from(fault.msg ?? '') };
    default:
      return null;
  }
};

/** Sends the answer, or what a fault makes of it: the effect has happened. False: it never came. */
export const deliver = async (
  answer: Answer,
  fault: FaultRule | null,
  outlet: Outlet,
): Promise<boolean> => {
  const { response, clock, closing } = outlet;
  const { body } = answer;
  switch (fault?.kind) {
    case 'resetAfter':
      response.socket?.resetAndDestroy();
      return false;
    case 'hangAfter':
      await hang(outlet);
      return false;
    case 'http502After':
      send(ofProxy(502, 'Bad Gateway'), outlet);
      return false;
    case 'codeAfter':
      send(ofProxy(fault.code ?? 504, fault.msg ?? 'Gateway Time-out'), outlet);
      return false;
    case 'truncatedJson':
    case 'halfFile':
      send({ ...answer, body: body.subarray(0, body.length >> 1) }, outlet);
      return false;
    case 'wrongTypes':
      send(json(dict({ prompt_id: 7n, number: '0', node_errors: [] })), outlet);
      return false;
    case 'wrongLength':
      response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
      response.write(body.subarray(0, body.length >> 1), () => response.destroy());
      return false;
    case 'delay':
      await clock.sleep(fault.ms ?? 200, closing);
      send(answer, outlet);
      return true;
    case 'slowDrip':
      response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
      await drip(body, fault.ms ?? 160, outlet);
      return true;
    default:
      send(answer, outlet);
      return true;
  }
};

export const send = ({ status, headers, body, closes }: Answer, { response }: Outlet): void => {
  const isHead = response.req.method === 'HEAD';
  response.writeHead(status, {
    ...(status === 304 ? {} : { 'content-length': body.length }),
    ...headers,
    server: 'Python/3.12 aiohttp/3.12.15',
    ...(closes === true ? { connection: 'close' } : {}),
  });
  response.end(isHead || status === 304 ? undefined : body);
};
