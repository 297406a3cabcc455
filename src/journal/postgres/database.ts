import { errorCode } from '../../edges/error-code.js';
import type { StoreProblem } from '../store.js';
import type { StoreAddress } from './address.js';
import { loadPg } from './packages.js';

export type Row = Readonly<Record<string, unknown>>;

/** A pool of connections to one database. */
export interface Database {
  /** One statement, which commits by itself; or several without values, as a transaction of its own. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** The driver's own answer, for a library that brings its own statements. */
  raw(text: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }>;
  close(): Promise<void>;
}

const connectMs = 5_000;
/** A connection that was cut without a word is given up after this. */
const answerMs = 10_000;

/** Connects on the first query. */
export const openDatabase = async (address: StoreAddress): Promise<Database> => {
  const pg = await loadPg();
  const pool = new pg.Pool({
    connectionString: address.url,
    application_name: 'rh-batch',
    max: 4,
    connectionTimeoutMillis: connectMs,
    query_timeout: answerMs,
    keepAlive: true,
    allowExitOnIdle: true,
  });
  // Of an idle connection that was cut: the next query opens another.
  pool.on('error', () => undefined);
  const raw = (text: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }> =>
    pool.query(text, values);
  return {
    query: async (text, values) => {
      const answer: unknown = await raw(text, values === undefined ? undefined : [...values]);
      // Several statements have several answers, of which none is asked for.
      return isRow(answer) && Array.isArray(answer['rows']) ? answer['rows'].filter(isRow) : [];
    },
    raw,
    close: () => pool.end().catch(() => undefined),
  };
};

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null;

export const textOf = (row: Row | undefined, column: string): string | null => {
  const value = row?.[column];
  return typeof value === 'string' ? value : null;
};

/** Numbers of 64 bits come as text. */
export const numberOf = (row: Row | undefined, column: string): number | null => {
  const value = row?.[column];
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
};

/** What PostgreSQL calls it; null: it did not answer at all. */
const stateOf = (cause: unknown): string | null => {
  const code = errorCode(cause);
  return code !== null && /^[0-9A-Z]{5}$/.test(code) ? code : null;
};

/**
 * Whether it may pass: no connection, a server that starts or ends, a full disk, too many
 * connections, a copy that can only be read until it takes over.
 */
export const mayPass = (cause: unknown): boolean => {
  // A defect of ours passes never.
  if (cause instanceof TypeError) return false;
  const state = stateOf(cause);
  if (state === null) return true;
  return /^(08|40|53|57P|55P03|25006|58)/.test(state);
};

/** Two processes were in each other's way; the same thing again does what it should. */
export const collides = (cause: unknown): boolean => stateOf(cause)?.startsWith('40') === true;

/** Why a store cannot be used, for people. The password is in none of it. */
export const problemOf = (cause: unknown, { shown, password }: StoreAddress): StoreProblem => {
  const detail = detailOf(cause, password);
  const say = (what: string, hint: string): StoreProblem => ({
    is: 'store',
    message: `the store ${shown} ${what} (${detail})`,
    hint,
  });
  switch (stateOf(cause)) {
    case '28P01':
    case '28000':
      return say('does not let this user in', 'PGPASSWORD or RH_BATCH_STORE holds the password');
    case '3D000':
      return say('has no such database', 'createdb makes one; rh-batch makes its tables in it');
    case '42501':
      return say(
        'does not allow what is needed',
        'the user must own the schemas rh_batch and rh_batch_boss, or be allowed to create them: GRANT CREATE ON DATABASE … TO …',
      );
    case '25006':
      return say('can only be read', 'name the primary server: a replica takes no journal');
    case '53300':
      return say('has no connection left', 'each process needs up to 4: raise max_connections');
    case '53100':
      return say('has no space left', 'make room there; the same command goes on');
    case null:
      return say('cannot be reached', 'is it running, and are host and port right?');
    default:
      return say('refuses', 'see the log of the server');
  }
};

const detailOf = (cause: unknown, password: string | null): string => {
  const told = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause;
  const text = told instanceof Error ? told.message : String(told);
  const [first = ''] = (text === '' ? (errorCode(told) ?? 'no answer') : text).split('\n');
  return password === null ? first : first.replaceAll(password, '[password]');
};
