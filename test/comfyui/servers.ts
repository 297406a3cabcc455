import { afterEach } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import type { Script } from './scripted-server.js';
import { ScriptedServer } from './scripted-server.js';

export const graph = {
  '1': { class_type: 'EmptyImage', inputs: { width: 16, height: 16, batch_size: 1, color: 0 } },
  '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 't' } },
};

export interface Batch {
  readonly p: Project;
  readonly servers: readonly ScriptedServer[];
  readonly server: ScriptedServer;
}

export interface BatchOptions {
  /** Keys of the manifest beside version, server, api, matrix and set. */
  readonly keys?: string;
  readonly servers?: readonly Partial<Script>[];
  readonly api?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  /** Matrix and set; three runs of different colours by default. */
  readonly runs?: string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

const colours = 'matrix: { colour: [1, 2, 3] }\nset: { EmptyImage.color: "${{ colour }}" }';

/** Starts batches on scripted servers, and closes both after each test of the file. */
export const batches = (): ((options?: BatchOptions) => Promise<Batch>) => {
  const project = projects();
  const started: ScriptedServer[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.down()));
  });
  return async (options = {}) => {
    const { keys = '', servers: scripts = [{}], api = graph, env = {}, runs = colours } = options;
    const p = await project({
      env,
      files: { 'api.json': JSON.stringify(api), ...options.files },
    });
    const servers = await Promise.all(
      scripts.map((script) => ScriptedServer.start({ now: p.now, ...script })),
    );
    started.push(...servers);
    const [server] = servers;
    if (server === undefined) throw new Error('a batch has a server');
    const list = servers.map(({ url }) => url).join(', ');
    p.write('manifest.yaml', `version: 1\nserver: [${list}]\napi: api.json\n${runs}\n${keys}\n`);
    return { p, servers, server };
  };
};

export const statuses = (p: Project): string[] => p.results().map(({ status }) => status);
