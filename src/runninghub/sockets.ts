import type { Dispatcher } from 'undici';
import { JsonNumber } from '../values/json.js';
import type { Json, JsonObject } from '../values/json.js';
import { isObject, parseJson } from '../values/json-text.js';
import { textOf } from './envelope.js';
import { isOwnAddress } from './own-hosts.js';
import { openSocket, socketDispatcher } from './http/socket.js';
import type { SocketNews } from './service.js';

/** A task has some thousand steps; who tells more is not a task. */
const maxMessages = 100_000;

/**
 * Sockets behind `netWssUrl` (runninghub-api 7.5). The address is a secret: it goes nowhere but
 * into the handshake. Documented as unstable, so nothing that happens to one is an error.
 */
export class TaskSockets {
  readonly #dispatcher: Dispatcher;

  /** `site`: sockets of other houses are not opened. */
  constructor(
    private readonly site: string,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.#dispatcher = socketDispatcher(env, {});
  }

  /** Never throws. `closed` comes once, whoever closes it; nothing is told after it. */
  open(
    url: string,
    on: (news: SocketNews) => void,
    closed: () => void,
  ): {
    close(): void;
  } {
    if (!isOwnAddress(url, this.site, 'socket')) {
      closed();
      return { close: () => undefined };
    }
    const told = (text: string): void => {
      const news = readNews(text);
      if (news !== null) on(news);
    };
    return openSocket(
      { url, headers: {}, dispatcher: this.#dispatcher, maxMessages },
      told,
      closed,
    );
  }

  close(): Promise<void> {
    return this.#dispatcher.destroy();
  }
}

/** One of ComfyUI's messages; null: it says nothing of use. */
const readNews = (text: string): SocketNews | null => {
  const read = parseJson(text);
  if (!read.ok || !isObject(read.value)) return null;
  const data = read.value.get('data');
  const node = isObject(data) ? nodeOf(data.get('node')) : null;
  switch (textOf(read.value.get('type')) ?? '') {
    case 'executing':
      // No node any more: the graph is through.
      if (isObject(data) && data.get('node') === null) return { is: 'over' };
      return node === null ? null : { is: 'at', node, share: null };
    case 'progress': {
      if (node === null || !isObject(data)) return null;
      return { is: 'at', node, share: shareOf(data) };
    }
    case 'execution_success':
    case 'execution_error':
    case 'execution_interrupted':
      return { is: 'over' };
    default:
      return null;
  }
};

/** From 0 to 1; null: it does not tell. */
export const shareOf = (data: JsonObject): number | null => {
  const [value, max] = [numberOf(data.get('value')), numberOf(data.get('max'))];
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : NaN;
  return Number.isFinite(share) ? share : null;
};

/** An id of the graph: short, as text or as a number. */
export const nodeOf = (value: Json | undefined): string | null => {
  const id = value instanceof JsonNumber ? value.source : textOf(value);
  return id === null || id === '' || id.length > 64 ? null : id;
};

const numberOf = (value: Json | undefined): number =>
  value instanceof JsonNumber ? Number(value.source) : NaN;
