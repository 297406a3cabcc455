import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Connection } from './hub.js';
import { FrameReader, frame, handshake, opcodes } from '../../http/frames.js';

/** What happens on a socket once it is open. */
export interface SocketEvents {
  text(message: string): void;
  closed(): void;
}

/** Answers the handshake; `opened` gets the connection and says what happens on it. */
export const acceptSocket = (
  request: IncomingMessage,
  socket: Duplex,
  opened: (connection: Connection) => SocketEvents,
): void => {
  socket.on('error', () => socket.destroy());
  socket.write(handshake(request, 'upgrade', ['Server: Python/3.12 aiohttp/3.12.15']));
  const send = (opcode: number, payload: Buffer): void => {
    if (socket.writable) socket.write(frame(opcode, payload));
  };
  const events = opened({
    text: (message) => send(opcodes.text, Buffer.from(message)),
    binary: (message) => send(opcodes.binary, message),
  });
  const reader = new FrameReader();
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    events.closed();
  };
  // A client that only stops sending is gone too.
  socket.on('end', () => {
    end();
    socket.end();
  });
  socket.on('close', () => {
    end();
    socket.destroy();
  });
  socket.on('data', (chunk: Buffer) => {
    const messages = reader.read(chunk);
    if (messages === null) {
      // 1002: a mistake in the protocol.
      socket.end(frame(opcodes.close, Buffer.from([0x03, 0xea])));
      end();
      return;
    }
    for (const { opcode, payload } of messages) {
      if (opcode === opcodes.text) events.text(payload.toString('utf8'));
      else if (opcode === opcodes.ping) send(opcodes.pong, payload);
      else if (opcode === opcodes.close) {
        end();
        socket.end(frame(opcodes.close, payload.subarray(0, 2)));
      }
    }
  });
};
