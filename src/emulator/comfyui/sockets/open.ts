import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Answer } from '../http/answers.js';
import { dict } from '../python/value.js';
import type { Life } from '../run/life.js';
import { acceptSocket } from './accept.js';

/**
 * `/ws` (ComfyUI notes, section 9): the state of the queue first, and the running node where the
 * client's own prompt runs. An empty id: the server makes one.
 */
export const openSocket = (
  request: IncomingMessage,
  socket: Duplex,
  given: string,
  life: Life,
): void => {
  const id = given === '' ? randomUUID().replaceAll('-', '') : given;
  const { hub, executor } = life;
  acceptSocket(request, socket, (connection) => {
    hub.open(id, connection);
    hub.send('status', dict({ status: life.queueInfo, sid: id }), id);
    if (executor.client === id && executor.lastNode !== null)
      hub.send('executing', dict({ node: executor.lastNode }), id);
    let isFirst = true;
    return {
      text: (message) => {
        if (isFirst) hub.firstText(id, message);
        isFirst = false;
      },
      closed: () => hub.closed(id),
    };
  });
};

/** In place of a handshake. */
export const refuseSocket = (socket: Duplex, { status, body, headers }: Answer): void => {
  const lines = Object.entries({ ...headers, 'content-length': body.length, connection: 'close' });
  socket.end(
    [
      `HTTP/1.1 ${status} ${status === 404 ? 'Not Found' : 'Forbidden'}`,
      ...lines.map(([name, value]) => `${name}: ${value}`),
      `\r\n${body.toString('utf8')}`,
    ].join('\r\n'),
  );
};
