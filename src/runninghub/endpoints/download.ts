import { fault } from '../errors.js';
import type { Http } from '../http/http.js';
import type { DownloadAnswer } from '../service.js';

/** GET of an output link (runninghub-api 13); `from` asks for the rest of a file. */
export const download = async (
  http: Http,
  url: string,
  from: number,
  signal: AbortSignal | undefined,
): Promise<DownloadAnswer> => {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    return { is: 'failed', fault: fault('transient', 'bad-link', 'The output link is no URL') };
  const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
  const opened = await http.open(url, headers, signal);
  if (opened.is === 'none')
    return {
      is: 'failed',
      fault: fault('transient', opened.code, `The download failed: ${opened.why}`),
    };
  const { statusCode, headers: got, body, discard } = opened.answer;
  const length = Number(got['content-length'] ?? NaN);
  const mediaType = typeof got['content-type'] === 'string' ? got['content-type'] : null;
  if (statusCode === 200)
    return { is: 'open', body, totalBytes: finite(length), offset: 0, mediaType };
  const range = /^bytes (\d+)-\d*\/(\d+|\*)$/.exec(String(got['content-range'] ?? ''));
  if (statusCode === 206 && range?.[1] !== undefined && Number(range[1]) === from)
    return {
      is: 'open',
      body,
      totalBytes: range[2] === '*' ? null : Number(range[2]),
      offset: from,
      mediaType,
    };
  await discard().catch(() => undefined);
  // The rest of a file that is already whole, or of another one: from the beginning.
  if (statusCode === 416 && from > 0) return download(http, url, 0, signal);
  const code = `http-${statusCode}`;
  if (statusCode === 403 || statusCode === 404 || statusCode === 410)
    return {
      is: 'expired',
      fault: fault('task', code, `The output link is dead (HTTP ${statusCode})`),
    };
  return {
    is: 'failed',
    fault: fault('transient', code, `The download was answered with HTTP ${statusCode}`),
  };
};

const finite = (value: number): number | null =>
  Number.isSafeInteger(value) && value >= 0 ? value : null;
