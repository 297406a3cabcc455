import { rootCertificates } from 'node:tls';
import { Agent, Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import type { Env } from './proxy-settings.js';
import { readProxies } from './proxy-settings.js';

/** An own dispatcher, through the proxy that the environment names. */
export const dispatcherOf = (env: Env, options: Agent.Options): Dispatcher => {
  const read = readProxies(env);
  // A command tells this before it makes a request; no request goes past a proxy that was meant.
  if (!read.ok) return new Failing(new Error(`${read.variable} ${read.why}`));
  const { httpProxy, httpsProxy } = read.proxies;
  if (httpProxy === '' && httpsProxy === '') return new Agent(options);
  // Told to the agent in so many words, or it would read the process' own environment.
  return new PastLoopback(
    new Agent(options),
    // To the service behind a proxy, an agent speaks TLS by options of its own.
    new EnvHttpProxyAgent({
      ...options,
      ...read.proxies,
      clientFactory: toProxy,
      ...(typeof options.connect === 'object' ? { requestTls: options.connect } : {}),
    }),
  );
};

/**
 * A proxy that makes no way through is one that cannot be reached: nothing of a request was sent.
 * Where it just closes the connection, undici would ask it again without end.
 */
const toProxy = (origin: URL, options: object): Dispatcher => {
  const pool = new Pool(origin, options);
  const connect = pool.connect.bind(pool);
  const closed = (why: string): Error =>
    Object.assign(new Error(`the proxy ${origin.host} makes no way through: ${why}`), {
      code: 'ECONNREFUSED',
    });
  return Object.assign(pool, {
    connect: async (call: Dispatcher.ConnectOptions) => {
      const way = await connect(call).catch((cause: unknown) => {
        throw closed(cause instanceof Error ? cause.message : String(cause));
      });
      if (way.statusCode === 200) return way;
      way.socket.destroy();
      throw closed(`HTTP ${way.statusCode}`);
    },
  });
};

/** For `connect`: certificates beside those that every browser trusts. */
export const trusting = (pem: string | undefined): { readonly ca?: string[] } =>
  pem === undefined ? {} : { ca: [...rootCertificates, pem] };

/** This machine, whatever it is called: no proxy can reach it for us. */
const isLoopback = (hostname: string): boolean =>
  /^(?:127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]|(?:.+\.)?localhost\.?)$/.test(
    hostname,
  );

class PastLoopback extends Dispatcher {
  constructor(
    private readonly direct: Dispatcher,
    private readonly proxied: Dispatcher,
  ) {
    super();
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    const origin = String(options.origin);
    const local = URL.canParse(origin) && isLoopback(new URL(origin).hostname);
    return (local ? this.direct : this.proxied).dispatch(options, handler);
  }

  override close(): Promise<void> {
    return Promise.all([this.direct.close(), this.proxied.close()]).then(() => undefined);
  }

  override destroy(): Promise<void> {
    return Promise.all([this.direct.destroy(), this.proxied.destroy()]).then(() => undefined);
  }
}

class Failing extends Dispatcher {
  constructor(private readonly why: Error) {
    super();
  }

  override dispatch(): boolean {
    throw this.why;
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  override destroy(): Promise<void> {
    return Promise.resolve();
  }
}
