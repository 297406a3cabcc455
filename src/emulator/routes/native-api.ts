import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as httpRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ComfyEmulator } from '../comfyui/emulator.js';
import type { ComfyOptions } from '../comfyui/options.js';

/**
 * The native ComfyUI API (API notes, section 19.5): `/proxy/<key>` and `/proxy-plus/<key>` are a
 * ComfyUI each, which begins with the first request to it.
 */
export class NativeApi {
  readonly #machines = new Map<string, Promise<ComfyEmulator>>();

  constructor(
    private readonly options: Partial<ComfyOptions>,
    private readonly isKey: (key: string) => boolean,
  ) {}

  /** Whether a request is for it. */
  takes(url: string | undefined): boolean {
    return pathOf(url) !== null;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request.url);
    if (path === null) return;
    // Seen live: the nodes are told for any key.
    if (!this.isKey(path.key) && !/^(?:\/api)?\/object_info/.test(path.rest)) {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"code":802,"msg":"APIKEY_UNAUTHORIZED","data":null}');
      return;
    }
    const { url } = await this.machine(path.key, path.plus);
    const onward = httpRequest(`${url}${path.rest}`, {
      method: request.method,
      headers: { ...request.headers, host: new URL(url).host },
      agent: false,
    });
    onward.on('error', () => response.destroy());
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('error', () => response.destroy());
      answer.on('aborted', () => response.destroy());
      answer.pipe(response);
    });
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }

  async upgrade(request: IncomingMessage, socket: Duplex): Promise<void> {
    const path = pathOf(request.url);
    socket.on('error', () => socket.destroy());
    if (path === null || !this.isKey(path.key)) {
      socket.destroy();
      return;
    }
    const { url } = await this.machine(path.key, path.plus);
    const onward = httpRequest(`${url}${path.rest}`, {
      headers: { ...request.headers, host: new URL(url).host },
      agent: false,
    });
    onward.on('error', () => socket.destroy());
    onward.on('upgrade', ({ headers }, there) => {
      there.on('error', () => there.destroy());
      there.on('close', () => socket.destroy());
      socket.on('close', () => there.destroy());
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
      socket.write(['HTTP/1.1 101 Switching Protocols', ...lines, '\r\n'].join('\r\n'));
      socket.pipe(there).pipe(socket);
    });
    onward.end();
  }

  /** The machine of a key, of 24 GB or of 48. */
  machine(key: string, plus = false): Promise<ComfyEmulator> {
    const name = `${plus ? 'plus' : 'default'} ${key}`;
    const known = this.#machines.get(name);
    if (known !== undefined) return known;
    const started = import('../comfyui/server.js').then(({ startComfyEmulator }) =>
      startComfyEmulator(this.options),
    );
    this.#machines.set(name, started);
    return started;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#machines.values()].map(async (one) => (await one).close()));
  }
}

const pathOf = (
  url: string | undefined,
): { readonly key: string; readonly plus: boolean; readonly rest: string } | null => {
  const found = /^\/proxy(-plus)?\/([^/?]+)(.*)$/.exec(url ?? '');
  if (found === null) return null;
  const [, plus, key = '', rest = ''] = found;
  return { key, plus: plus !== undefined, rest: rest === '' ? '/' : rest };
};
