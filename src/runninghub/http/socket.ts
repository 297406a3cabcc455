import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import { WebSocket } from 'undici';
import { dispatcherOf } from './proxies.js';

/** Previews are pictures; nothing else that a socket tells is large. */
const maxFrameBytes = 4 * 1024 * 1024;
const maxTextLength = 64 * 1024;
const patienceMs = 10_000;

/** For sockets alone. */
export const socketDispatcher = (
  env: Readonly<Record<string, string | undefined>>,
  tls: { readonly ca?: string[] },
): Dispatcher => {
  const dispatcher = dispatcherOf(env, {
    connect: { timeout: patienceMs, ...tls },
    headersTimeout: patienceMs,
  });
  // Not as an option: where a proxy is named, undici does not hand it on.
  Object.defineProperty(dispatcher, 'webSocketOptions', {
    value: { maxPayloadSize: maxFrameBytes, maxFragments: 1024 },
  });
  return dispatcher;
};

/**
 * Opens a socket, of which texts alone are told. Never throws. `closed` comes once, whoever closes
 * it; nothing is told after it.
 */
export const openSocket = (
  {
    url,
    headers,
    dispatcher,
    maxMessages,
  }: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly dispatcher: Dispatcher;
    readonly maxMessages: number;
  },
  on: (text: string) => void,
  closed: () => void,
): { close(): void } => {
  const wires = new Set<Duplex>();
  let over = false;
  const close = (): void => {
    if (over) return;
    over = true;
    // A closing handshake that nobody answers would keep the process alive.
    for (const wire of wires) wire.destroy();
    closed();
  };
  try {
    const socket = new WebSocket(url, {
      dispatcher: dispatcher.compose(keeping(wires)),
      headers: { ...headers },
    });
    let messages = 0;
    socket.addEventListener('message', ({ data }: { data: unknown }) => {
      messages += 1;
      if (messages > maxMessages) close();
      if (!over && typeof data === 'string' && data.length <= maxTextLength) on(data);
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
};

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
