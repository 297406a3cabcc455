import type { ServerResponse } from 'node:http';

/** One event of a feed. `id`: what its reader names when it comes back after a break. */
export interface Message {
  readonly event: string;
  readonly data: string;
  readonly id?: string;
}

/** What a reader may leave unread before it is sent away; it comes back by itself. */
const mostUnread = 32 * 1024 * 1024;
/** How long a browser waits before it comes back. */
const againMs = 1_000;

/** Server-sent events for all pages that are open. */
export class Feed {
  readonly #readers = new Set<ServerResponse>();

  get size(): number {
    return this.#readers.size;
  }

  /** `first`: what this reader does not know yet. */
  join(response: ServerResponse, first: readonly Message[]): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    response.write(`retry: ${againMs}\n\n${first.map(textOf).join('')}`);
    this.#readers.add(response);
    response.once('close', () => this.#readers.delete(response));
  }

  send(message: Message): void {
    const text = textOf(message);
    for (const reader of this.#readers) {
      if (reader.writableLength > mostUnread) reader.destroy();
      else reader.write(text);
    }
  }

  close(): void {
    for (const reader of this.#readers) reader.end();
  }
}

/** JSON has no line ends of its own. */
const textOf = ({ event, data, id }: Message): string =>
  `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data.replace(/[\r\n]+/g, ' ')}\n\n`;
