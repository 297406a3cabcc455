export type Env = Readonly<Record<string, string | undefined>>;

/** What the environment says of proxies; a text is empty where it names none. */
interface Proxies {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

export type ProxiesRead =
  | { readonly ok: true; readonly proxies: Proxies }
  /** `why` does not repeat the value: a proxy's URL may hold a password. */
  | { readonly ok: false; readonly variable: string; readonly why: string };

/** The lower-case variable goes first, as with curl; a blank one is unset. */
export const readProxies = (env: Env): ProxiesRead => {
  const http = proxyOf(env, 'HTTP_PROXY');
  if (!http.ok) return http;
  const https = proxyOf(env, 'HTTPS_PROXY');
  if (!https.ok) return https;
  const noProxy = (named(env, 'NO_PROXY')?.value ?? '').split(/[,\s]+/).filter((at) => at !== '');
  return {
    ok: true,
    proxies: {
      httpProxy: http.url,
      httpsProxy: https.url,
      // One that stands for all hosts does so beside others too.
      noProxy: noProxy.includes('*') ? '*' : noProxy.join(','),
    },
  };
};

/** The variable that names the proxy to a site; null: none does. */
export const proxyVariable = (env: Env, site: string): string | null =>
  named(env, /^https:/i.test(site) ? 'HTTPS_PROXY' : 'HTTP_PROXY')?.name ?? null;

const named = (
  env: Env,
  name: string,
): { readonly name: string; readonly value: string } | null => {
  for (const spelt of [name.toLowerCase(), name]) {
    const value = env[spelt]?.trim() ?? '';
    if (value !== '') return { name: spelt, value };
  }
  return null;
};

const schemes: ReadonlySet<string> = new Set(['http:', 'https:', 'socks5:']);

const proxyOf = (
  env: Env,
  name: string,
): { readonly ok: true; readonly url: string } | (ProxiesRead & { readonly ok: false }) => {
  const found = named(env, name);
  if (found === null) return { ok: true, url: '' };
  const wrong = (why: string): ProxiesRead & { readonly ok: false } => ({
    ok: false,
    variable: found.name,
    why,
  });
  // `127.0.0.1:7890` and `proxy.local` are taken as curl takes them.
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(found.value)?.[1]?.toLowerCase() ?? null;
  const written = scheme === null ? `http://${found.value}` : found.value;
  // The host's name is looked up by the proxy in both.
  const text = written.replace(/^socks5h:/i, 'socks5:');
  if (!URL.canParse(text)) return wrong('is not the address of a proxy');
  const url = new URL(text);
  if (url.hostname === '') return wrong('is not the address of a proxy');
  if (!schemes.has(url.protocol))
    return wrong(`names a proxy of a kind that is not known here (${url.protocol}//)`);
  if (!isDecodable(url.username) || !isDecodable(url.password))
    return wrong('has a % in its user name or password that is not written as %25');
  return { ok: true, url: url.href };
};

const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};
