import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import { WebSocket } from 'undici';
import { JsonNumber } from '../values/json.js';
import type { Json } from '../values/json.js';
import { isObject, parseJson } from '../values/json-text.js';
import { textOf } from './envelope.js';
import { isOwnAddress } from './own-hosts.js';
import { dispatcherOf } from './http/proxies.js';
import type { SocketNews } from './service.js';

/** Previews are pictures; nothing else that a socket tells is large. */
const maxFrameBytes = 4 * 1024 * 1024;
const maxTextLength = 64 * 1024;
/** A task has some thousand steps; who tells more is not a task. */
const maxMessages = 100_000;
const patienceMs = 10_000;

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
    this.#dispatcher = dispatcherOf(env, {
      connect: { timeout: patienceMs },
      headersTimeout: patienceMs,
    });
    // Not as an option: where a proxy is named, undici does not hand it on.
    Object.defineProperty(this.#dispatcher, 'webSocketOptions', {
      value: { maxPayloadSize: maxFrameBytes, maxFragments: 1024 },
    });
  }

  /** Never throws. `closed` comes once, whoever closes it; nothing is told after it. */
  open(
    url: string,
    on: (news: SocketNews) => void,
    closed: () => void,
  ): {
    close(): void;
  } {
    const wires = new Set<Duplex>();
    let over = false;
    const close = (): void => {
      if (over) return;
      over = true;
      // A closing handshake that nobody answers would keep the process alive.
      for (const wire of wires) wire.destroy();
      closed();
    };
    if (!isOwnAddress(url, this.site, 'socket')) {
      close();
      return { close };
    }
    try {
      const socket = new WebSocket(url, { dispatcher: this.#dispatcher.compose(keeping(wires)) });
      let messages = 0;
      socket.addEventListener('message', ({ data }: { data: unknown }) => {
        messages += 1;
        if (messages > maxMessages) close();
        if (over || typeof data !== 'string' || data.length > maxTextLength) return;
        const news = readNews(data);
        if (news !== null) on(news);
      });
      socket.addEventListener('error', close);
      socket.addEventListener('close', close);
      socket.addEventListener('open', () => {
        // Closed while it was being opened.
        if (over) for (const wire of wires) wire.destroy();
      });
    } catch {
      // The address is none.
      close();
    }
    return { close };
  }

  close(): Promise<void> {
    return this.#dispatcher.destroy();
  }
}

/** Keeps the connections that are upgraded: undici lets go of them. */
const keeping =
  (wires: Set<Duplex>): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) =>
    dispatch(options, {
      onRequestStart: (...args) => handler.onRequestStart?.(...args),
      onRequestUpgrade: (controller, status, headers, wire) => {
        wires.add(wire);
        wire.once('close', () => wires.delete(wire));
        handler.onRequestUpgrade?.(controller, status, headers, wire);
      },
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    });

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
      const [value, max] = [numberOf(data.get('value')), numberOf(data.get('max'))];
      const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : NaN;
      return { is: 'at', node, share: Number.isFinite(share) ? share : null };
    }
    case 'execution_success':
    case 'execution_error':
    case 'execution_interrupted':
      return { is: 'over' };
    default:
      return null;
  }
};

/** An id of the graph: short, as text or as a number. */
const nodeOf = (value: Json | undefined): string | null => {
  const id = value instanceof JsonNumber ? value.source : textOf(value);
  return id === null || id === '' || id.length > 64 ? null : id;
};

const numberOf = (value: Json | undefined): number =>
  value instanceof JsonNumber ? Number(value.source) : NaN;
