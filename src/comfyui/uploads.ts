import { fault } from '../runninghub/errors.js';
import type { Fault, UploadAnswer, UploadFile } from '../runninghub/service.js';
import type { Json } from '../values/json.js';
import { isList, isObject } from '../values/json-text.js';
import { textOf } from './read.js';
import type { ComfyServer } from './server.js';

/** Files of ours have a folder of their own among a server's inputs. */
const folder = 'rh-batch';

/**
 * Uploads by content (comfyui-api 7): the name tells it, so that writing over changes nothing. Every
 * server gets a file when it is uploaded; one that was away gets it before its first use.
 */
export class FileStore {
  /** By the name that stands in graphs. */
  readonly #files = new Map<string, UploadFile>();
  /** Where a server calls a file otherwise. */
  readonly #others = new Map<ComfyServer, Map<string, string>>();

  constructor(private readonly servers: readonly ComfyServer[]) {}

  async upload(file: UploadFile, signal: AbortSignal | undefined): Promise<UploadAnswer> {
    const name = `${folder}/${file.name}`;
    this.#files.set(name, file);
    const faults = await Promise.all(
      this.servers.map((server) => this.#put(server, name, file, signal)),
    );
    const [first] = faults;
    // Where one has it, the batch can go on there.
    return first !== undefined && first !== null && faults.every((found) => found !== null)
      ? { is: 'failed', fault: first }
      : { is: 'stored', fileName: name };
  }

  /** Uploads what a graph names and this server does not have; null: it has everything now. */
  async complete(
    server: ComfyServer,
    graph: Json,
    signal: AbortSignal | undefined,
  ): Promise<Fault | null> {
    if (this.#files.size === 0) return null;
    for (const name of textsIn(graph)) {
      const file = this.#files.get(name);
      if (file === undefined || server.files.has(name)) continue;
      const failed = await this.#put(server, name, file, signal);
      if (failed !== null) return failed;
    }
    return null;
  }

  /** The graph with the names that this server has for files. */
  named(server: ComfyServer, graph: Json): Json {
    const others = this.#others.get(server);
    return others === undefined ? graph : renamed(graph, others);
  }

  async #put(
    server: ComfyServer,
    name: string,
    file: UploadFile,
    signal: AbortSignal | undefined,
  ): Promise<Fault | null> {
    const read = await server.wire.upload(file, folder, signal);
    if (!read.ok) return read.fault;
    const stored = isObject(read.body) ? textOf(read.body.get('name')) : null;
    const subfolder = isObject(read.body) ? (textOf(read.body.get('subfolder')) ?? '') : '';
    if (stored === null)
      return fault(
        'transient',
        'bad-answer',
        `${server.address}: an upload was answered without a name`,
      );
    const own = subfolder === '' ? stored : `${subfolder.replaceAll('\\', '/')}/${stored}`;
    if (own !== name) {
      const others = this.#others.get(server) ?? new Map<string, string>();
      this.#others.set(server, others.set(name, own));
    }
    server.files.add(name);
    return null;
  }
}

function* textsIn(json: Json): Generator<string> {
  if (typeof json === 'string') yield json;
  else if (isList(json)) for (const item of json) yield* textsIn(item);
  else if (isObject(json)) for (const item of json.values()) yield* textsIn(item);
}

const renamed = (json: Json, names: ReadonlyMap<string, string>): Json => {
  if (typeof json === 'string') return names.get(json) ?? json;
  if (isList(json)) return json.map((item) => renamed(item, names));
  if (!isObject(json)) return json;
  return new Map([...json].map(([key, value]) => [key, renamed(value, names)]));
};
