import type { RemoteOutput, RunError, SavedFile } from '../journal/event.js';
import type { RunOptions } from '../manifest/manifest.js';
import { unmet } from '../plan/expect.js';
import type { Plan, PlannedRun } from '../plan/plan.js';
import type { DownloadAnswer } from '../runninghub/service.js';
import type { TaskId } from '../values/ids.js';
import { impossible } from '../values/impossible.js';
import { backoffMs } from './backoff.js';
import type { EngineEdges } from './edges.js';
import { errorOf, localError } from './errors.js';

export type Collected =
  /** All outputs are on the disk. `error` is what `run.expect` found wanting. */
  | { readonly is: 'saved'; readonly files: readonly SavedFile[]; readonly error: RunError | null }
  /** Not now: the task stays paid for and its outputs are fetched by the next apply. */
  | { readonly is: 'later'; readonly error: RunError; readonly disk: boolean };

export interface CollectOptions {
  readonly expect: RunOptions['expect'];
  /** Ids of the nodes whose outputs are kept; null: all. */
  readonly nodes: ReadonlySet<string> | null;
  readonly signal: AbortSignal;
}

const tries = 6;
const backoff = { firstMs: 1_000, maxMs: 30_000 };
/** How often dead links are asked for again. */
const refreshes = 2;

type Fetched =
  | { readonly is: 'saved'; readonly file: SavedFile }
  | { readonly is: 'expired'; readonly error: RunError }
  | { readonly is: 'later'; readonly error: RunError; readonly disk: boolean };

/** Fetches a succeeded task's outputs to their final names and judges them by `run.expect`. */
export const collect = async (
  plan: Plan,
  run: PlannedRun,
  taskId: TaskId,
  outputs: readonly RemoteOutput[],
  edges: Pick<EngineEdges, 'service' | 'files' | 'clock' | 'random'>,
  options: CollectOptions,
): Promise<Collected> => {
  let links = kept(outputs, options.nodes);
  const files: SavedFile[] = [];
  let refreshed = 0;
  for (let index = 0; index < links.length;) {
    const output = links[index];
    if (output === undefined) break;
    const path = plan.outputPath(run, {
      index,
      ext: extension(output),
      node: output.node,
      name: baseName(output.url),
    });
    const fetched = await fetchOne(path, output, edges, options.signal);
    if (fetched.is === 'saved') {
      files.push(fetched.file);
      index += 1;
    } else if (fetched.is === 'later') return fetched;
    else if (refreshed < refreshes) {
      refreshed += 1;
      const fresh = await edges.service.outputs(taskId, options.signal);
      if (fresh.is === 'succeeded' && fresh.outputs.length > 0)
        links = kept(fresh.outputs, options.nodes);
      else if (fresh.is === 'unread')
        return { is: 'later', error: errorOf(fresh.fault), disk: false };
    } else return { is: 'saved', files, error: fetched.error };
  }
  const wrong = unmet(files, options.expect);
  return { is: 'saved', files, error: wrong && localError(wrong.code, wrong.message) };
};

const kept = (
  outputs: readonly RemoteOutput[],
  nodes: ReadonlySet<string> | null,
): readonly RemoteOutput[] =>
  nodes === null ? outputs : outputs.filter(({ node }) => node === null || nodes.has(node));

const fetchOne = async (
  path: string,
  output: RemoteOutput,
  edges: Pick<EngineEdges, 'service' | 'files' | 'clock' | 'random'>,
  signal: AbortSignal,
): Promise<Fetched> => {
  let last: RunError = localError('download', 'The output could not be fetched');
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
      case 'whole': {
        const done = await edges.files.finish(path, output.url);
        return done.ok
          ? {
              is: 'saved',
              file: { ...done.file, url: output.url, node: output.node, type: output.type },
            }
          : {
              is: 'later',
              error: localError(done.exists ? 'exists' : 'disk', done.message),
              disk: !done.exists,
            };
      }
      case 'disk':
        return { is: 'later', error: localError('disk', result.message), disk: true };
      case 'expired':
        return { is: 'expired', error: errorOf(result.fault) };
      case 'short':
      case 'refused':
        last = localError('download', result.message);
        break;
      case 'failed':
        last = errorOf(result.fault);
        break;
      default:
        return impossible(result);
    }
    if (attempt < tries)
      await edges.clock.sleep(
        backoffMs(
          backoff,
          attempt,
          edges.random,
          result.is === 'failed' ? result.fault.retryAfterMs : null,
        ),
        signal,
      );
  }
  return { is: 'later', error: last, disk: false };
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

/** From the service's own word for the type, else from the link. Letters and digits only. */
const extension = (output: RemoteOutput): string => {
  const named = output.type.toLowerCase();
  if (/^[a-z0-9]{1,10}$/.test(named)) return named;
  return /\.([a-z0-9]{1,10})$/i.exec(pathOf(output.url))?.[1]?.toLowerCase() ?? 'bin';
};

const baseName = (url: string): string => {
  const last = pathOf(url).split('/').at(-1) ?? '';
  return last.replace(/\.[^.]*$/, '');
};

const pathOf = (url: string): string => url.replace(/[?#].*$/, '');
