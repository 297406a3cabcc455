import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Clients that run in a browser read answers of another origin only where these headers allow it,
 * whatever the answer is: also refusals, faults and files. The documentation does not say which
 * headers the service sends; public clients call it from a browser (API notes, section 19).
 */
export const allowAnyOrigin = (request: IncomingMessage, response: ServerResponse): void => {
  const { origin } = request.headers;
  response.setHeader('access-control-allow-origin', origin ?? '*');
  response.setHeader('access-control-expose-headers', '*, content-length, content-range, etag');
  if (origin === undefined) return;
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('vary', 'origin');
};

/** What a browser asks before it sends a key or JSON: everything is allowed, for a day. */
export const answerPreflight = (response: ServerResponse): void => {
  const { req: request } = response;
  const asked = request.headers['access-control-request-headers'];
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE, OPTIONS',
    'access-control-allow-headers': asked ?? 'authorization, content-type',
    'access-control-max-age': '86400',
    ...(request.headers['access-control-request-private-network'] === 'true'
      ? { 'access-control-allow-private-network': 'true' }
      : {}),
  });
  response.end();
};
