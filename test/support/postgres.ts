import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './port.js';

/** Why no PostgreSQL can be used here, for the name of what is skipped; null: one can. */
export const noPostgres = (): string | null => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 12)) return 'needs Node 22.12';
  const resolve = createRequire(import.meta.url).resolve.bind(null);
  for (const name of ['pg', 'pg-boss'])
    try {
      resolve(name);
    } catch {
      return `needs the package ${name}`;
    }
  const bin = binaries();
  if (bin === null) return 'needs PostgreSQL on this machine';
  try {
    execFileSync(join(bin, 'postgres'), ['--version'], { ...owner(), cwd: '/', stdio: 'ignore' });
    return null;
  } catch {
    return 'needs PostgreSQL that runs as the user postgres';
  }
};

/** The name of a group of tests, which says why it is skipped where it is. */
export const named = (name: string): string => {
  const why = noPostgres();
  return why === null ? name : `${name} (skipped: ${why})`;
};

/** The folder with initdb and postgres; Debian keeps it off the PATH. */
const binaries = (): string | null => {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian)
    ? readdirSync(debian).map((version) => join(debian, version, 'bin'))
    : [];
  const paths = (process.env['PATH'] ?? '').split(delimiter);
  return [...versions.sort().reverse(), ...paths].find(holds) ?? null;
};

const holds = (dir: string): boolean => {
  try {
    for (const name of ['initdb', 'postgres']) accessSync(join(dir, name), constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** PostgreSQL refuses to run as root: Debian's own user is there for it. */
const owner = (): { readonly uid: number; readonly gid: number } | null => {
  if (process.getuid?.() !== 0) return null;
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
};

export const password = 'correct-horse-battery';

/** A server of its own, with nothing in it; everyone must know the password. */
export class Postgres {
  #process: ChildProcess | null = null;

  private constructor(
    private readonly bin: string,
    private readonly dir: string,
    readonly port: number,
  ) {}

  static async start(): Promise<Postgres> {
    const bin = binaries();
    if (bin === null) throw new Error('there is no PostgreSQL here');
    const user = owner();
    // Another user must come in, which the folder of these tests may not allow.
    const dir = mkdtempSync(join(user === null ? tmpdir() : '/tmp', 'rh-postgres-'));
    chmodSync(dir, 0o700);
    writeFileSync(join(dir, 'password'), password);
    if (user !== null) {
      chownSync(dir, user.uid, user.gid);
      chownSync(join(dir, 'password'), user.uid, user.gid);
    }
    execFileSync(
      join(bin, 'initdb'),
      [
        ...['-D', join(dir, 'data'), '-U', 'tester', '--auth=scram-sha-256', '--no-sync'],
        ...['-E', 'UTF8', '--locale=C', '--pwfile', join(dir, 'password')],
      ],
      { ...user, cwd: dir, stdio: 'pipe' },
    );
    const server = new Postgres(bin, dir, await freePort());
    await server.up();
    return server;
  }

  url(database = 'postgres', user = 'tester'): string {
    return `postgres://${user}@127.0.0.1:${String(this.port)}/${database}`;
  }

  withPassword(database = 'postgres', user = 'tester'): string {
    return this.url(database, user).replace('@', `:${password}@`);
  }

  async up(): Promise<void> {
    const options = { ...owner(), cwd: this.dir };
    const child = spawn(
      join(this.bin, 'postgres'),
      [
        ...['-D', join(this.dir, 'data'), '-p', String(this.port), '-k', this.dir],
        ...['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200'],
      ],
      { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#process = child;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.stderr.on('data', (bytes: Buffer) => {
        said += bytes.toString();
        if (said.includes('ready to accept connections')) resolve();
      });
      child.on('exit', () => reject(new Error(`PostgreSQL ended: ${said}`)));
    });
  }

  /** `immediate`: as if the power had failed. */
  async down(how: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  async query(
    text: string,
    database = 'postgres',
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: this.withPassword(database) });
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(text);
      return rows;
    } finally {
      await client.end();
    }
  }

  /** A database with nothing in it. */
  async create(name: string): Promise<string> {
    await this.query(`create database ${name}`);
    return name;
  }

  async close(): Promise<void> {
    await this.down('immediate');
    rmSync(this.dir, { recursive: true, force: true });
  }
}
