import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/edges/clock.js';
import { readAddress } from '../../src/journal/postgres/address.js';
import type { Database } from '../../src/journal/postgres/database.js';
import { openDatabase } from '../../src/journal/postgres/database.js';
import { openBatch } from '../../src/journal/postgres/open.js';
import { named, noPostgres, password, Postgres } from '../support/postgres.js';

describe.skipIf(noPostgres() !== null)(named('a store that is opened'), () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await Postgres.start();
  });
  afterAll(() => server.close());

  /** Opens a batch; statements of claims that fit are answered so, the first few times. */
  const openAnswering = async (
    name: string,
    statement: RegExp,
    times: number,
    answer: () => { rows: unknown[] },
  ): Promise<{ ok: boolean; met: number }> => {
    const read = readAddress(server.url(await server.create(name)), password);
    if (!read.ok) throw new Error(read.why);
    const database = await openDatabase(read.address);
    let met = 0;
    const disturbed: Database = {
      ...database,
      raw: (text, values) => {
        if (!statement.test(text) || met === times) return database.raw(text, values);
        met += 1;
        return new Promise((resolve) => {
          resolve(answer());
        });
      },
    };
    try {
      const place = { name, stateDir: '/nowhere' };
      const options = { clock: systemClock, command: 'test', account: name };
      const opened = await openBatch(disturbed, read.address, place, options);
      if (opened.ok) await opened.store.close();
      return { ok: opened.ok, met };
    } finally {
      await database.close();
    }
  };

  test('another process that is in the way for a moment is no reason to give up', async () => {
    const deadlock = (): never => {
      throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    };
    expect(await openAnswering('deadlock', /skip locked/i, 2, deadlock)).toEqual({
      ok: true,
      met: 2,
    });
  });

  test('a claim whose row somebody else looks at is asked for again', async () => {
    const nothing = (): { rows: unknown[] } => ({ rows: [] });
    // Of all that pg-boss asks, this one takes a job.
    const fetch = /state = 'active'[^]*started_on = /i;
    expect(await openAnswering('skipped', fetch, 2, nothing)).toEqual({
      ok: true,
      met: 2,
    });
  });
});
