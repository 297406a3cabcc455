import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/edges/clock.js';
import type { JournalEvent } from '../../src/journal/event.js';
import type { StoreAddress } from '../../src/journal/postgres/address.js';
import { readAddress } from '../../src/journal/postgres/address.js';
import type { AppendTo } from '../../src/journal/postgres/append.js';
import { appendRecords, StoreAppender } from '../../src/journal/postgres/append.js';
import type { Claim } from '../../src/journal/postgres/claim.js';
import { Elections } from '../../src/journal/postgres/claim.js';
import type { Database } from '../../src/journal/postgres/database.js';
import { openDatabase } from '../../src/journal/postgres/database.js';
import { findSchema, migrate, schemaVersion } from '../../src/journal/postgres/schema.js';
import { postgresStores } from '../../src/journal/postgres/stores.js';
import { keepUnsent } from '../../src/journal/postgres/unsent.js';
import type { Store } from '../../src/journal/store.js';
import type { Stores } from '../../src/journal/stores.js';
import { accepted, began, intent, opened, runOf } from '../support/journal-contract.js';
import { named, noPostgres, password, Postgres } from '../support/postgres.js';

describe.skipIf(noPostgres() !== null)(named('records in a store'), () => {
  const [one, two] = [runOf('1'), runOf('2')];
  const at = '2026-11-29T12:00:00.000Z';
  let server: Postgres;
  let address: StoreAddress;
  let database: Database;
  let stores: Stores;
  let dir: string;
  let count = 0;
  beforeAll(async () => {
    server = await Postgres.start();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    count += 1;
    const read = readAddress(server.url(await server.create(`records${count}`)), password);
    if (!read.ok) throw new Error(read.why);
    address = read.address;
    stores = postgresStores(address);
    database = await openDatabase(address);
    dir = mkdtempSync(join(tmpdir(), 'rh-records-'));
  });
  afterEach(async () => {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const place = (): { readonly name: string; readonly stateDir: string } => ({
    name: 'hero',
    stateDir: dir,
  });
  const stateOf = async (): Promise<Store['state']> => {
    const read = await stores.read(place());
    if (!read.ok) throw new Error(read.problem.message);
    return read.state;
  };

  /** What two processes have in their hands of which the second took over from the first. */
  const succession = async (
    before: (first: AppendTo) => Promise<void>,
  ): Promise<{
    readonly first: AppendTo;
    readonly second: Store;
    readonly close: () => Promise<void>;
  }> => {
    const begun = await opened(stores, place());
    await begun.append(began());
    await begun.close();
    const elections = await Elections.open(database);
    await elections.prepare('account-a');
    const claim = await elections.tryFor('account-a');
    if (claim === null) throw new Error('nobody else asks');
    const [row] = await database.query(`select * from rh_batch.take($1, $2, $3, $4, '')`, [
      ...['hero', claim.queue, claim.job.id, claim.job.retryCount],
    ]);
    const first: AppendTo = {
      ...{ database, claim, batch: Number(row?.['r_id']), writer: randomUUID() },
      ...{ machine: 'first', shown: address.shown },
    };
    await before(first);
    // As pg-boss does with the job of a process that gives no sign of life.
    await database.query(`update rh_batch_boss.job set state = 'retry' where state = 'active'`);
    const result = await stores.open(place(), {
      ...{ clock: systemClock, command: 'second', account: 'a' },
    });
    if (!result.ok) throw new Error(result.problem.message);
    const second = result.store;
    return {
      ...{ first, second },
      close: async () => {
        await second.close();
        await claim.release();
        await elections.close();
      },
    };
  };
  const write = async (
    to: AppendTo,
    event: JournalEvent,
    n: number,
  ): Promise<string | undefined> => {
    const [row] = await appendRecords(to, [{ n, event: { ...event, seq: n, at } }]);
    const verdict = row?.['r_verdict'];
    return typeof verdict === 'string' ? verdict : undefined;
  };

  test('a group that was written although its answer was lost is kept once', async () => {
    const { first, second, close } = await succession(async (to) => {
      for (let tries = 0; tries < 3; tries += 1)
        expect(await write(to, intent(one), 1)).toBe('written');
    });
    expect(await write(first, intent(one), 1)).toBe('written');
    expect(second.state.runs.get(one)?.attempts).toHaveLength(1);
    await close();
  });

  test('who was followed by another leader writes no intent any more', async () => {
    const { first, second, close } = await succession(async (to) => {
      expect(await write(to, intent(one), 1)).toBe('written');
    });
    expect(await write(first, intent(two), 2)).toBe('fenced');
    expect(await write(first, { type: 'end', exitCode: 0, stop: null }, 3)).toBe('fenced');
    await expect(
      new StoreAppender({ ...first, writer: randomUUID() }).append({ ...intent(two), seq: 9, at }),
    ).rejects.toThrow('another machine leads this batch now');
    expect(first.claim.lost).toBe(true);
    expect((await stateOf()).runs.has(two)).toBe(false);
    await second.append(intent(two));
    await close();
  });

  test('an intent is refused also where the claim is over and nobody has taken it yet', async () => {
    const { close } = await succession(async (to) => {
      await database.query(`update rh_batch_boss.job set state = 'retry' where state = 'active'`);
      expect(await write(to, intent(one), 1)).toBe('fenced');
      // What is known of a task is true whoever holds what.
      expect(await write(to, accepted(one, '1001'), 2)).toBe('written');
    });
    await close();
  });

  test('a submit without an answer is unknown to who takes over, and a late answer settles it', async () => {
    const { first, second, close } = await succession(async (to) => {
      expect(await write(to, intent(one), 1)).toBe('written');
    });
    expect(second.state.runs.get(one)?.state.is).toBe('unknown');
    expect((await stateOf()).runs.get(one)?.state.is).toBe('unknown');
    expect(await write(first, accepted(one, '1001'), 2)).toBe('written');
    expect((await stateOf()).runs.get(one)?.state).toMatchObject({
      ...{ is: 'inFlight', taskId: '1001' },
    });
    await close();
  });

  test('a late answer to a run that went on never takes the place of its new task', async () => {
    const { first, second, close } = await succession(async (to) => {
      expect(await write(to, intent(one), 1)).toBe('written');
    });
    await second.append({ type: 'resolved', run: one, attempt: 1, how: { is: 'resubmit' } });
    await second.append(intent(one, 2));
    await second.append(accepted(one, '2002', 2));
    await new StoreAppender({ ...first, writer: randomUUID() }).append({
      ...accepted(one, '1001'),
      seq: 9,
      at,
    });
    const record = (await stateOf()).runs.get(one);
    expect(record?.state).toMatchObject({ is: 'inFlight', taskId: '2002' });
    expect(record?.attempts[0]?.candidates).toEqual(['1001']);
    await close();
  });

  test('two accounts never have one batch at the same time', async () => {
    const store = await opened(stores, place());
    await store.append(began());
    const other = await stores.open(place(), {
      ...{ clock: systemClock, command: 'other', account: 'b' },
    });
    expect(other).toMatchObject({ ok: false, problem: { is: 'locked' } });
    await store.append(intent(one));
    await store.close();
    const next = await stores.open(place(), {
      ...{ clock: systemClock, command: 'other', account: 'b' },
    });
    expect(next.ok).toBe(true);
    if (next.ok) await next.store.close();
  });

  test('what a store did not take is told by the next apply of this machine, once', async () => {
    const store = await opened(stores, place());
    await store.append(began());
    await store.append(intent(one));
    await store.close();
    const events = [{ ...accepted(one, '1001'), seq: 3, at }];
    const kept = { store: address.shown, name: 'hero', events };
    for (let times = 0; times < 2; times += 1) {
      await keepUnsent(dir, kept);
      await (await opened(stores, place())).close();
      const record = (await stateOf()).runs.get(one);
      expect(record?.state).toMatchObject({ is: 'inFlight', taskId: '1001' });
      expect(record?.attempts[0]?.candidates).toBeUndefined();
    }
  });

  test('a store of the first version is brought up to date, and loses nothing', async () => {
    await migrate(database, null, 1);
    await database.query(`insert into rh_batch.batch (name, seq) values ('hero', 2)`);
    const lines = [
      { ...began(), seq: 1, at },
      { ...intent(one), seq: 2, at },
    ];
    for (const { seq, type } of lines)
      await database.query(
        `insert into rh_batch.event (batch, seq, writer, n, kind, body, machine)
           values (1, $1, $2, $1, $3, $4, 'm')`,
        [seq, randomUUID(), type, JSON.stringify(lines[seq - 1])],
      );
    const older = await stores.read(place());
    expect(older).toMatchObject({ ok: false, problem: { is: 'store' } });
    expect(older.ok ? '' : older.problem.message).toContain('an older rh-batch');
    const store = await opened(stores, place());
    expect(store.state.runs.get(one)?.state.is).toBe('unknown');
    await store.close();
    expect((await findSchema(database))?.version).toBe(schemaVersion);
    expect((await stateOf()).runs.size).toBe(1);
  });

  test('many processes that make the tables at once get one store', async () => {
    const places = Array.from({ length: 4 }, (_, index) => ({
      ...{ name: `b${index}`, stateDir: dir },
    }));
    const results = await Promise.all(
      places.map((at) =>
        stores.open(at, { clock: systemClock, command: 'test', account: at.name }),
      ),
    );
    for (const result of results) {
      if (!result.ok) throw new Error(result.problem.message);
      await result.store.append(began());
      await result.store.close();
    }
  });

  test('a store that a newer rh-batch has made is left alone', async () => {
    await (await opened(stores, place())).close();
    await database.query('update rh_batch.meta set version = 99, min_reader = 1, min_writer = 99');
    const opening = await stores.open(place(), { clock: systemClock, command: 'test' });
    expect(opening).toMatchObject({ ok: false, problem: { is: 'newer' } });
    expect((await stores.read(place())).ok).toBe(true);
    await database.query('update rh_batch.meta set min_reader = 99');
    expect(await stores.read(place())).toMatchObject({ ok: false, problem: { is: 'newer' } });
  });

  test('a process that works while a newer rh-batch changes the store writes nothing more', async () => {
    const store = await opened(stores, place());
    await store.append(began());
    await database.query('update rh_batch.meta set version = 99, min_writer = 99');
    await expect(store.append(intent(one))).rejects.toThrow('a newer rh-batch has changed this');
    await store.close();
    expect((await stateOf()).runs.size).toBe(0);
  });

  test('what pg-boss calls a claim is what the fence reads', async () => {
    const elections = await Elections.open(database);
    await elections.prepare('account-f');
    const claim: Claim | null = await elections.tryFor('account-f');
    const [job] = await database.query(
      `select id, state, retry_count, heartbeat_seconds, policy from rh_batch_boss.job where name = 'account-f'`,
    );
    expect(job).toMatchObject({
      ...{ id: claim?.job.id, state: 'active', retry_count: claim?.job.retryCount },
      ...{ heartbeat_seconds: 10, policy: 'exclusive' },
    });
    expect(await elections.tryFor('account-f')).toBeNull();
    await claim?.release();
    expect(await elections.tryFor('account-f')).not.toBeNull();
    await elections.close();
  });
});
