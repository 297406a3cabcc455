import type { StoreProblem } from '../store.js';
import type { Database } from './database.js';
import { numberOf, textOf } from './database.js';
import { appendFunction, takeFunction } from './functions.js';
import { bossVersion } from './packages.js';

export const bossSchema = 'rh_batch_boss';

/**
 * What each version of the schema adds. A migration that was published is never changed: what
 * follows from it is a new one. All of them run in one transaction with the version's number.
 */
const migrations: readonly string[] = [
  `
  create table rh_batch.meta (
    one boolean primary key default true check (one),
    version int not null,
    min_reader int not null,
    min_writer int not null,
    boss_version text not null
  );
  create table rh_batch.batch (
    id bigint generated always as identity primary key,
    name text not null unique,
    target text,
    account text,
    seq bigint not null default 0,
    claim_queue text,
    claim_id uuid,
    claim_attempt int,
    claim_by text,
    created_at timestamptz not null default now()
  );
  create table rh_batch.event (
    batch bigint not null references rh_batch.batch,
    seq bigint not null,
    writer uuid not null,
    n bigint not null,
    kind text not null,
    run text,
    attempt int,
    body text not null,
    machine text not null,
    written_at timestamptz not null default now(),
    primary key (batch, seq),
    unique (batch, writer, n)
  );
  create index event_run on rh_batch.event (batch, run) where kind in ('intent', 'resolved');
  ${takeFunction}
  ${appendFunction}
  `,
  `
  create table rh_batch.upload (
    account text not null,
    sha256 text not null,
    file_name text,
    kept boolean not null,
    at timestamptz not null,
    by text not null,
    primary key (account, sha256)
  );
  `,
];

export const schemaVersion = migrations.length;

/** null: there is no store in this database yet. */
export interface SchemaFound {
  readonly version: number;
  readonly minReader: number;
  readonly minWriter: number;
  readonly bossVersion: string;
}

export const findSchema = async (database: Database): Promise<SchemaFound | null> => {
  const [there] = await database.query(`select to_regclass('rh_batch.meta')::text as name`);
  if (textOf(there, 'name') === null) return null;
  const [meta] = await database.query('select * from rh_batch.meta');
  return {
    version: numberOf(meta, 'version') ?? 0,
    minReader: numberOf(meta, 'min_reader') ?? 0,
    minWriter: numberOf(meta, 'min_writer') ?? 0,
    bossVersion: textOf(meta, 'boss_version') ?? '',
  };
};

/** Why this rh-batch must leave a store alone; null: it need not. `to`: what it is opened for. */
export const refusalOf = (
  found: SchemaFound | null,
  to: 'read' | 'write',
  shown: string,
): StoreProblem | null => {
  if (found === null) return null;
  const least = to === 'read' ? found.minReader : found.minWriter;
  const newer = to === 'write' && isNewer(found.bossVersion, bossVersion);
  if (least > schemaVersion || newer)
    return {
      is: 'newer',
      message: `the store ${shown} was made by a newer rh-batch (its version ${found.version}; this one knows ${schemaVersion})`,
      hint: 'use that version on every machine that shares the store',
    };
  // Who only reads changes nothing, also not the schema.
  if (to === 'read' && found.version < schemaVersion)
    return {
      is: 'store',
      message: `the store ${shown} was made by an older rh-batch (its version ${found.version}; this one wants ${schemaVersion})`,
      hint: 'the next apply with this version brings it up to date',
    };
  return null;
};

const isNewer = (one: string, other: string): boolean => {
  const [a, b] = [one, other].map((text) => text.split('.').map(Number));
  for (let part = 0; part < 3; part += 1) {
    const difference = (a?.[part] ?? 0) - (b?.[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
};

/** Brings the tables to this version, or to `upTo`. Others that come at the same time wait. */
export const migrate = async (
  database: Database,
  found: SchemaFound | null,
  upTo = schemaVersion,
): Promise<void> => {
  const from = found?.version ?? 0;
  if (from >= upTo) return;
  // Checked again inside: another process may have been faster.
  await database.query(`
    begin;
    select pg_advisory_xact_lock(hashtext('rh_batch migrate'));
    create schema if not exists rh_batch;
    do $migrate$
    begin
      if to_regclass('rh_batch.meta') is not null then
        if (select version from rh_batch.meta) <> ${from} then
          raise exception 'another process migrates' using errcode = '40001';
        end if;
      elsif ${from} <> 0 then
        raise exception 'another process migrates' using errcode = '40001';
      end if;
    end
    $migrate$;
    ${migrations.slice(from, upTo).join('\n')}
    insert into rh_batch.meta (version, min_reader, min_writer, boss_version)
      values (${upTo}, 1, 1, '${bossVersion}')
      on conflict (one) do update set version = ${upTo}, boss_version = '${bossVersion}';
    commit;
  `);
};
