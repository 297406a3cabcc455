import { loads } from '../python/loads.js';
import { dumps } from '../python/dumps.js';
import { Raised } from '../python/raised.js';
import type { Py, PyDict } from '../python/value.js';
import { dict, isPyDict, isPyList, truth } from '../python/value.js';

/** One open WebSocket. */
export interface Connection {
  text(message: string): void;
  binary(message: Buffer): void;
}

/**
 * Who is told what (ComfyUI notes, section 9): one socket an id. Of two with one id only the newer
 * gets messages, and when the older one closes the newer gets nothing any more.
 */
export class Hub {
  readonly #sockets = new Map<string, Connection>();
  readonly #flags = new Map<string, PyDict>();

  constructor(
    /** Null: this version does not talk about them. */
    private readonly features: PyDict | null,
  ) {}

  /** Null as `to`: to all. An id that is no key ends the whole server (section 2.5). */
  send(type: string, data: Py, to: Py): void {
    const message = dumps(dict({ type, data }));
    for (const socket of this.#those(to)) socket.text(message);
  }

  sendBinary(event: number, data: Buffer, to: Py): void {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(event);
    for (const socket of this.#those(to)) socket.binary(Buffer.concat([head, data]));
  }

  wants(flag: string, id: Py): boolean {
    return typeof id === 'string' && truth(this.#flags.get(id)?.get(flag));
  }

  open(id: string, socket: Connection): void {
    this.#sockets.delete(id);
    this.#sockets.set(id, socket);
    this.#flags.set(id, dict({}));
  }

  closed(id: string): void {
    this.#sockets.delete(id);
    this.#flags.delete(id);
  }

  /** The first text of a client may tell what it understands. */
  firstText(id: string, text: string): void {
    if (this.features === null) return;
    const message = parsed(text);
    if (!isPyDict(message) || message.get('type') !== 'feature_flags') return;
    const flags = message.get('data');
    this.#flags.set(id, isPyDict(flags) ? flags : dict({}));
    this.send('feature_flags', this.features, id);
  }

  #those(to: Py): Connection[] {
    if (to === null) return [...this.#sockets.values()];
    if (isPyList(to) || isPyDict(to)) throw new Raised('TypeError', 'unhashable type');
    const socket = typeof to === 'string' ? this.#sockets.get(to) : undefined;
    return socket === undefined ? [] : [socket];
  }
}

const parsed = (text: string): Py => {
  try {
    return loads(text);
  } catch {
    return null;
  }
};
