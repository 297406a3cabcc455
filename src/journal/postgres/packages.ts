import type { EventEmitter } from 'node:events';

/** What of the driver is used. */
interface Pg {
  readonly Pool: new (options: object) => EventEmitter & {
    query(text: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }>;
    end(): Promise<void>;
  };
}

/** What of pg-boss is used. A claim is one of its jobs, named by its id and its number of tries. */
export interface Boss extends EventEmitter {
  start(): Promise<unknown>;
  stop(options: { close: boolean; graceful: boolean }): Promise<void>;
  createQueue(name: string, options: object): Promise<void>;
  send(name: string, data: object, options: object): Promise<string | null>;
  fetch(
    name: string,
    options: { includeMetadata: true },
  ): Promise<readonly { readonly id: string; readonly retryCount: number }[]>;
  touch(name: string, job: JobAttempt): Promise<{ readonly affected: number }>;
  deleteJob(name: string, job: JobAttempt): Promise<unknown>;
  supervise(name?: string): Promise<void>;
}

export interface JobAttempt {
  readonly id: string;
  readonly retryCount: number;
}

type MakeBoss = new (options: object) => Boss;

/** Exactly this one: its table is read to fence submits, and its schema moves with its versions. */
export const bossVersion = '12.38.0';
const leastNode = [22, 12] as const;
const install = `npm install pg-boss@${bossVersion} pg`;

/** What a store needs is not here: the message says what to do. */
export class MissingPackage extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

export const loadPg = async (): Promise<Pg> => {
  const module = await load('pg');
  const found = isRecord(module['default']) ? module['default'] : module;
  const { Pool } = found;
  if (typeof Pool === 'function') return { Pool: Pool as Pg['Pool'] };
  throw new MissingPackage('the package pg is not one that a store can use', install);
};

export const loadBoss = async (): Promise<MakeBoss> => {
  const module = await load('pg-boss');
  const { PgBoss } = module;
  if (typeof PgBoss === 'function') return PgBoss as MakeBoss;
  throw new MissingPackage(`a store needs pg-boss ${bossVersion}`, install);
};

const load = async (name: string): Promise<Record<string, unknown>> => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < leastNode[0] || (major === leastNode[0] && minor < leastNode[1]))
    throw new MissingPackage(
      `a store needs Node ${leastNode.join('.')} or newer; this is ${process.versions.node}`,
      'all else runs on this one: without --store the journal is in a folder',
    );
  try {
    const module: unknown = await import(name);
    if (isRecord(module)) return module;
  } catch {
    // Told below: whatever it is, installing it anew mends it.
  }
  throw new MissingPackage(`a store needs the packages pg-boss ${bossVersion} and pg`, install);
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
