import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { clientIdOf } from './answers.js';
import type { ServiceClock } from '../clock.js';
import type { FaultKind, FaultRule, Faults } from './faults.js';
import { frame, handshake } from './frames.js';
import type { ServiceModel } from '../service.js';
import type { Task } from '../tasks/task.js';

/** Of service time, between two looks at a task. */
const lookMs = 1_000;

/**
 * The socket behind `netWssUrl`: ComfyUI's messages about one task (API notes, section 7.5). Clients
 * that insist on a socket get one; `execution_success` is no promise that files are there.
 */
export const acceptSocket = (
  request: IncomingMessage,
  socket: Duplex,
  model: ServiceModel,
  faults: Faults,
): void => {
  socket.on('error', () => socket.destroy());
  const clientId = new URLSearchParams((request.url ?? '').split('?')[1] ?? '').get('clientId');
  const task = model.tasks.get(clientId?.replace(/^e+/, '') ?? '');
  const subject = task === undefined ? null : { taskId: task.taskId, status: model.statusOf(task) };
  const fault = faults.draw('socket', subject);
  if (fault !== null && refuseInstead(fault, socket)) return;
  socket.write(handshake(request, 'Upgrade'));
  if (fault?.kind === 'silent') return;
  const send = (bytes: Buffer): void => {
    if (socket.writable) socket.write(bytes);
  };
  const tell = (type: string, data: Readonly<Record<string, unknown>>): void =>
    send(frame(0x1, Buffer.from(JSON.stringify({ type, data }))));
  tell('status', { status: { exec_info: { queue_remaining: 1 } }, sid: clientId });
  for (const bytes of oddities(fault?.kind, task)) send(bytes);
  if (fault?.kind === 'closed') socket.end(frame(0x8, Buffer.alloc(0)));
  const messages = task === undefined ? null : new ProgressMessages(task, model, tell);
  const closed = new AbortController();
  socket.on('close', () => {
    closed.abort();
    socket.destroy();
  });
  if (messages !== null) void watch(messages, model.clock, closed.signal);
  socket.on('data', (chunk: Buffer) => {
    const opcode = (chunk[0] ?? 0) & 0x0f;
    if (opcode === 0x8) socket.end(frame(0x8, Buffer.alloc(0)));
    // A ping's content is masked, and nobody looks at it.
    if (opcode === 0x9) send(frame(0xa, Buffer.alloc(0)));
  });
};

const watch = async (
  messages: ProgressMessages,
  clock: ServiceClock,
  closed: AbortSignal,
): Promise<void> => {
  const pauseMs = clock.lookMs(lookMs);
  do await clock.real.sleep(pauseMs, closed);
  while (!closed.aborted && messages.look() !== 'over');
};

/** Faults in place of a handshake; false when this is none of them. */
const refuseInstead = ({ kind, code }: FaultRule, socket: Duplex): boolean => {
  const status = { http500: '500 Error', http503: '503 Busy', unauthorized: '401 Unauthorized' };
  switch (kind) {
    case 'http500':
    case 'http503':
    case 'unauthorized':
      socket.end(`HTTP/1.1 ${status[kind]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return true;
    case 'code':
      socket.end(`HTTP/1.1 ${code ?? 403} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return true;
    case 'resetBefore':
      socket.destroy();
      return true;
    case 'hangBefore':
      return true;
    default:
      return false;
  }
};

/** What a socket may send beside what it should. */
const oddities = (kind: FaultKind | undefined, task: Task | undefined): Buffer[] => {
  switch (kind) {
    case 'garbage':
      return [
        frame(0x1, Buffer.from('{"type":"progress","data":{"node":')),
        frame(0x1, Buffer.from('[{"type":7},null,"\\ud800"]')),
        frame(0x1, Buffer.from('{"type":"progress","data":{"node":{},"value":"x","max":-1}}')),
        frame(0x1, Buffer.from('{"type":"progress","data":{"node":"3","value":1e999,"max":0}}')),
        // No frame at all: reserved bits, a reserved opcode, an unfinished length.
        Buffer.alloc(64, 0xff),
      ];
    case 'binary':
      return [
        frame(0x2, Buffer.alloc(5_000, 0x7b)),
        frame(0x2, Buffer.from('{"type":"executing"}')),
      ];
    case 'hugeFrame': {
      // A text of 4 GB is announced, and some of it comes.
      const head = Buffer.from([0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0]);
      return [head, Buffer.alloc(1024 * 1024, 0x20)];
    }
    case 'falseEnd': {
      const data = { prompt_id: task === undefined ? '' : clientIdOf(task) };
      const end = Buffer.from(JSON.stringify({ type: 'execution_success', data }));
      return Array.from({ length: 50 }, () => frame(0x1, end));
    }
    default:
      return [];
  }
};

class ProgressMessages {
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
