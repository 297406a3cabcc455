import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The answer that opens a WebSocket (RFC 6455), with the server's spelling of `Connection`. */
export const handshake = (
  { headers }: IncomingMessage,
  connection: 'upgrade' | 'Upgrade',
  more: readonly string[] = [],
): string => {
  const accept = createHash('sha1')
    .update(`${headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    `Connection: ${connection}`,
    `Sec-WebSocket-Accept: ${accept}`,
    ...more,
    '\r\n',
  ].join('\r\n');
};

/** A server's WebSocket frame (RFC 6455): whole, not masked. */
export const frame = (opcode: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  if (head.length === 2) head[1] = payload.length;
  else if (head.length === 4) {
    head[1] = 126;
    head.writeUInt16BE(payload.length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  return Buffer.concat([head, payload]);
};

export const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Message {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Longest message that is taken from a client. */
const mostBytes = 4 * 1024 * 1024;

/** Puts a client's frames together as they come; null: what came is no WebSocket. */
export class FrameReader {
  #buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];
  #opcode = 0;

  read(chunk: Buffer): Message[] | null {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    const messages: Message[] = [];
    for (;;) {
      const size = headSize(this.#buffer);
      if (size === null) return messages;
      const length = lengthOf(this.#buffer);
      const [first = 0, second = 0] = this.#buffer;
      // A client's frames are masked, and no extension was agreed upon.
      if (length > mostBytes || (second & 0x80) === 0 || (first & 0x70) !== 0) return null;
      if (this.#buffer.length < size + length) return messages;
      const mask = this.#buffer.subarray(size - 4, size);
      const payload = Buffer.from(this.#buffer.subarray(size, size + length)).map(
        (byte, at) => byte ^ (mask[at & 3] ?? 0),
      );
      this.#buffer = this.#buffer.subarray(size + length);
      const message = this.#message(first, Buffer.from(payload));
      if (message !== null) messages.push(message);
    }
  }

  #message(first: number, payload: Buffer): Message | null {
    const opcode = first & 0x0f;
    const isLast = (first & 0x80) !== 0;
    // Control frames may stand between the parts of a message.
    if (opcode >= 8) return { opcode, payload };
    if (opcode !== 0) this.#opcode = opcode;
    this.#parts.push(payload);
    if (!isLast) return null;
    const whole = Buffer.concat(this.#parts);
    this.#parts = [];
    return { opcode: this.#opcode, payload: whole };
  }
}

/** Of a whole head with its mask; null where more has to come. */
const headSize = (buffer: Buffer): number | null => {
  if (buffer.length < 2) return null;
  const short = (buffer[1] ?? 0) & 0x7f;
  const size = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + 4;
  return buffer.length < size ? null : size;
};

const lengthOf = (buffer: Buffer): number => {
  const short = (buffer[1] ?? 0) & 0x7f;
  return short === 126
    ? buffer.readUInt16BE(2)
    : short === 127
      ? Number(buffer.readBigUInt64BE(2))
      : short;
};
