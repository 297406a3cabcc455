import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { readAddress } from '../../src/journal/postgres/address.js';
import { postgresStores } from '../../src/journal/postgres/stores.js';
import type { Stores } from '../../src/journal/stores.js';
import { journalContract } from '../support/journal-contract.js';
import { named, noPostgres, password, Postgres } from '../support/postgres.js';

describe.skipIf(noPostgres() !== null)(named('a journal in PostgreSQL'), () => {
  const dir = mkdtempSync(join(tmpdir(), 'rh-contract-'));
  let server: Postgres;
  let stores: Stores;
  beforeAll(async () => {
    server = await Postgres.start();
    const read = readAddress(server.url(), password);
    if (!read.ok) throw new Error(read.why);
    stores = postgresStores(read.address);
  });
  afterAll(async () => {
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  });
  journalContract(() => ({
    stores,
    place: (name) => ({ name, stateDir: join(dir, name) }),
  }));
});
