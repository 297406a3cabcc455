import type { Clock } from '../../edges/clock.js';
import { Http } from '../http/http.js';
import { defaultTimeouts } from '../http/timeouts.js';

const maxBytes = 32 * 1024 * 1024;

/** GET of a public page as text; no key is sent. */
export const fetchText = async (
  url: string,
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Promise<
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string }
> => {
  const http = new Http({ env, clock, ...defaultTimeouts });
  try {
    const opened = await http.open(url, {}, undefined);
    if (opened.is === 'none') return { ok: false, message: `${url}: ${opened.why}` };
    const { statusCode, body } = opened.answer;
    if (statusCode !== 200) return { ok: false, message: `${url}: HTTP ${statusCode}` };
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) continue;
      bytes += chunk.length;
      if (bytes > maxBytes) return { ok: false, message: `${url}: more than 32 MB` };
      chunks.push(chunk);
    }
    return { ok: true, text: Buffer.concat(chunks).toString('utf8') };
  } catch (cause) {
    return {
      ok: false,
      message: `${url}: ${cause instanceof Error ? cause.message : 'broken off'}`,
    };
  } finally {
    await http.close();
  }
};
