import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Written } from '../../manifest/manifest.js';
import type { MapReader } from '../../manifest/reader.js';

const example = 'server: http://127.0.0.1:8188';

/**
 * RunningHub's native ComfyUI API (runninghub-api 19.5), by the word that stands for it and the path
 * below which it is served. Its addresses hold the key, so they are made in memory alone.
 */
const nativePaths: ReadonlyMap<string, string> = new Map([
  ['runninghub', 'proxy'],
  ['runninghub-plus', 'proxy-plus'],
]);

/** null: it is a server of one's own. */
export const nativePath = (server: string): string | null => nativePaths.get(server) ?? null;

/** The addresses of `server:`, without a slash at their end; mistakes are in `problems`. */
export const serversIn = (top: MapReader, problems: Problems): readonly Written<string>[] => {
  const servers: Written<string>[] = [];
  for (const { value, at } of top.list('server')) {
    const read = addressOf(value);
    if (!read.ok) {
      if (read.secret) problems.hide(at);
      problems.add(error('E0175', at, read.why, { hint: read.hint }));
    } else if (servers.some((known) => known.value === read.address))
      problems.add(
        error('E0175', at, `"${read.address}" is named twice`, {
          hint: 'one server runs one prompt at a time: name each once',
        }),
      );
    else servers.push({ value: read.address, at });
  }
  const native = servers.find(({ value }) => nativePath(value) !== null);
  if (native !== undefined && servers.length > 1)
    problems.add(
      error('E0175', native.at, `"${native.value}" shares no batch with other servers`, {
        hint: `server: ${native.value}, alone; or write it in a profile of its own`,
      }),
    );
  return servers;
};

/** On RunningHub whatever stands there is a key; elsewhere only what looks like one. */
const pastedKey =
  /(?:runninghub\.(?:cn|ai)(?::\d+)?\/+(?:proxy(?:-plus)?|%70roxy(?:-plus)?)(?:\/|%2f|$)|\/(?:proxy|proxy-plus)(?:\/|%2f)+[0-9a-z_-]{24,})/i;

type Address =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly why: string; readonly hint: string; readonly secret: boolean };

/** `http://host:8188`, also below a path: `https://host/comfy/`. */
export const addressOf = (written: string): Address => {
  const text = written.trim();
  const wrong = (why: string, hint: string, secret = false): Address => ({
    ok: false,
    why,
    hint,
    secret,
  });
  if (nativePath(text) !== null) return { ok: true, address: text };
  const pasted = pastedKey.exec(text);
  if (pasted !== null)
    return wrong(
      '"server" holds an API key of RunningHub, which would be stored and shared',
      `server: runninghub${/-plus/i.test(pasted[0]) ? '-plus' : ''}, with the key in the environment: RUNNINGHUB_API_KEY`,
      true,
    );
  if (!/^https?:\/\//i.test(text)) {
    const bare = /^(?:[\w.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?(?:\/\S*)?$/i.test(text);
    return wrong(
      `"server" must be an address that begins with http:// or https://`,
      bare ? `server: http://${text}` : example,
      text.includes('@'),
    );
  }
  if (!URL.canParse(text)) return wrong(`"server" is no address`, example, text.includes('@'));
  const { username, password, search, hash, pathname, origin } = new URL(text);
  if (username !== '' || password !== '')
    return wrong(
      '"server" holds a name or a password, which would be stored and shared',
      'take them out, and export COMFYUI_USERNAME=… and COMFYUI_PASSWORD=…, or put them into a file of --env',
      true,
    );
  if (search !== '' || hash !== '')
    return wrong(
      '"server" is an address without a query: nothing may stand behind "?" or "#"',
      'a token goes into the environment: export COMFYUI_TOKEN=…',
      true,
    );
  return { ok: true, address: `${origin}${pathname.replace(/\/+$/, '')}` };
};
