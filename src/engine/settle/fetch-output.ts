import type { RemoteOutput, RunError, SavedFile } from '../../journal/event.js';
import type { DownloadAnswer } from '../../runninghub/service.js';
import { impossible } from '../../values/impossible.js';
import { backoffMs } from '../../edges/backoff.js';
import type { EngineEdges } from '../edges.js';
import { errorOf, localError } from '../errors.js';

export type Fetched =
  | { readonly is: 'saved'; readonly file: SavedFile }
  /** The link is dead, or leads to something that is not the file. */
  | { readonly is: 'dead'; readonly error: RunError }
  /** Not now: the network or the service. */
  | { readonly is: 'later'; readonly error: RunError }
  /** Another file has its name and `outputs.onExist` wants no way round: trying again is no use. */
  | { readonly is: 'exists'; readonly error: RunError }
  | { readonly is: 'disk'; readonly error: RunError };

const backoff = { firstMs: 1_000, maxMs: 30_000 };

/** Fetches one output under its final name. */
export const fetchOutput = async (
  path: string,
  output: RemoteOutput,
  edges: Pick<EngineEdges, 'service' | 'files' | 'clock' | 'random'>,
  tries: number,
  signal: AbortSignal,
): Promise<Fetched> => {
  let last: Fetched & { readonly is: 'later' | 'dead' } = {
    is: 'later',
    error: localError('download', 'The output was not fetched yet'),
  };
  for (let attempt = 1; attempt <= tries && !signal.aborted; attempt += 1) {
    const answer = await open(path, output, edges, signal);
    const result =
      answer.is === 'open'
        ? await edges.files.receive(path, output.url, answer.body, {
            offset: answer.offset,
            totalBytes: answer.totalBytes,
            type: output.type,
          })
        : answer;
    switch (result.is) {
      case 'whole':
        return finished(path, output, edges);
      case 'disk':
        return { is: 'disk', error: localError('disk', result.message) };
      case 'expired':
        return { is: 'dead', error: errorOf(result.fault) };
      case 'refused':
        last = { is: 'dead', error: localError('download', result.message) };
        break;
      case 'short':
        last = { is: 'later', error: localError('download', result.message) };
        break;
      case 'failed':
        last = { is: 'later', error: errorOf(result.fault) };
        break;
      default:
        return impossible(result);
    }
    const least = result.is === 'failed' ? result.fault.retryAfterMs : null;
    if (attempt < tries)
      await edges.clock.sleep(backoffMs(backoff, attempt, edges.random, least), signal);
  }
  return last;
};

const finished = async (
  path: string,
  { url, node, type }: RemoteOutput,
  { files }: Pick<EngineEdges, 'files'>,
): Promise<Fetched> => {
  const done = await files.finish(path, url);
  if (done.ok) return { is: 'saved', file: { ...done.file, url, node, type } };
  return done.exists
    ? { is: 'exists', error: localError('exists', done.message) }
    : { is: 'disk', error: localError('disk', done.message) };
};

/** A text result without a file (runninghub-api 5.4) is written like any other output. */
const open = async (
  path: string,
  output: RemoteOutput,
  edges: Pick<EngineEdges, 'service' | 'files'>,
  signal: AbortSignal,
): Promise<DownloadAnswer> => {
  if (output.url === '' && output.text !== null) {
    const bytes = new TextEncoder().encode(output.text);
    return {
      is: 'open',
      body: once(bytes),
      totalBytes: bytes.length,
      offset: 0,
      mediaType: 'text/plain',
    };
  }
  return edges.service.download(output.url, await edges.files.resumeAt(path, output.url), signal);
};

// eslint-disable-next-line @typescript-eslint/require-await -- an async iterable of what is at hand
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
