import { boundedText } from '../../edges/bounded-text.js';
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
    const text = await boundedText(body, maxBytes);
    return text === null ? { ok: false, message: `${url}: more than 32 MB` } : { ok: true, text };
  } catch (cause) {
    return {
      ok: false,
      message: `${url}: ${cause instanceof Error ? cause.message : 'broken off'}`,
    };
  } finally {
    await http.close();
  }
};
