import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Written } from '../../manifest/manifest.js';
import type { MapReader } from '../../manifest/reader.js';

const example = 'server: http://127.0.0.1:8188';

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
  return servers;
};

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
  if (/\/proxy(?:-plus)?\//i.test(`${pathname}/`) && /[0-9a-f]{16}/i.test(pathname))
    return wrong(
      '"server" holds an API key of RunningHub, which would be stored and shared',
      'take it out; workflowId runs on RunningHub with the key of the environment',
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
