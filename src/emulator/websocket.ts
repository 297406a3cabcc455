import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { clientIdOf } from './answers.js';
import type { ServiceModel } from './service.js';
import type { Task } from './task.js';

/** Real ms between two looks at a task. */
const period = 50;

/**
 * The socket behind `netWssUrl`: ComfyUI's messages about one task (runninghub-api 7.5). Clients
 * that insist on a socket get one; `execution_success` is no promise that files are there.
 */
export const acceptSocket = (
  request: IncomingMessage,
  socket: Duplex,
  model: ServiceModel,
): void => {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
      '\r\n',
    ].join('\r\n'),
  );
  const clientId = new URLSearchParams((request.url ?? '').split('?')[1] ?? '').get('clientId');
  const task = model.tasks.get(clientId?.replace(/^e+/, '') ?? '');
  const tell = (type: string, data: Readonly<Record<string, unknown>>): void => {
    if (socket.writable) socket.write(frame(0x1, Buffer.from(JSON.stringify({ type, data }))));
  };
  tell('status', { status: { exec_info: { queue_remaining: 1 } }, sid: clientId });
  const teller = task === undefined ? null : new Teller(task, model, tell);
  const timer = setInterval(() => {
    if (teller?.look() === 'over') clearInterval(timer);
  }, period);
  const end = (): void => {
    clearInterval(timer);
    socket.destroy();
  };
  socket.on('error', end);
  socket.on('close', end);
  socket.on('data', (chunk: Buffer) => {
    const opcode = (chunk[0] ?? 0) & 0x0f;
    if (opcode === 0x8) socket.end(frame(0x8, Buffer.alloc(0)));
    // A ping's content is masked, and nobody looks at it.
    if (opcode === 0x9) socket.write(frame(0xa, Buffer.alloc(0)));
  });
};

class Teller {
  #node: string | null = null;
  #started = false;

  constructor(
    private readonly task: Task,
    private readonly model: ServiceModel,
    private readonly tell: (type: string, data: Readonly<Record<string, unknown>>) => void,
  ) {}

  look(): 'under way' | 'over' {
    const prompt = { prompt_id: clientIdOf(this.task) };
    switch (this.model.statusOf(this.task)) {
      case 'QUEUED':
        return 'under way';
      case 'RUNNING':
        if (!this.#started) this.tell('execution_start', prompt);
        this.#started = true;
        this.#progress();
        return 'under way';
      case 'SUCCESS':
        this.tell('executing', { node: null, ...prompt });
        this.tell('execution_success', prompt);
        return 'over';
      case 'FAILED': {
        const { failure } = this.task;
        this.tell('execution_error', {
          ...prompt,
          node_id: failure?.node ?? '0',
          node_type: failure?.name ?? '',
          exception_type: failure?.type ?? '',
          exception_message: failure?.message ?? '',
        });
        return 'over';
      }
      case 'CANCEL':
        this.tell('execution_interrupted', prompt);
        return 'over';
    }
  }

  #progress(): void {
    const { startsAt, runMs, base } = this.task;
    const share = Math.min(0.999, (this.model.now() - (startsAt ?? 0)) / Math.max(1, runMs));
    const nodes = [...base.graph.keys()];
    const node = nodes[Math.floor(share * nodes.length)] ?? '0';
    if (node !== this.#node) this.tell('executing', { node });
    this.#node = node;
    this.tell('progress', { node, value: Math.floor(share * 20), max: 20 });
  }
}

/** A server's frame below 64 KB. */
const frame = (opcode: number, payload: Buffer): Buffer => {
  const head =
    payload.length < 126
      ? [0x80 | opcode, payload.length]
      : [0x80 | opcode, 126, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from(head), payload]);
};
