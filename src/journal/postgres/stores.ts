import { hostname } from 'node:os';
import type { Recorded } from '../event.js';
import type { Holder } from '../files/lock.js';
import { Fold } from '../fold.js';
import type { BatchState } from '../state.js';
import type { StoreProblem } from '../store.js';
import type {
  JournalPlace,
  OtherJournal,
  ReadJournal,
  SharedUploads,
  Stores,
  Tail,
} from '../stores.js';
import type { StoreAddress } from './address.js';
import { failureOf } from './append.js';
import type { Database } from './database.js';
import { numberOf, openDatabase, problemOf, textOf } from './database.js';
import { holderOf } from './holder.js';
import { openBatch } from './open.js';
import { MissingPackage } from './packages.js';
import { foldRecords, readRecords } from './records.js';
import { findSchema, refusalOf } from './schema.js';

/** Journals in a PostgreSQL database that machines share. */
export const postgresStores = (address: StoreAddress): Stores => ({
  open: async (place, options) => {
    let database: Database | null = null;
    try {
      database = await openDatabase(address);
      const opened = await openBatch(database, address, place, options);
      if (!opened.ok) await database.close();
      return opened.ok ? { ...opened, store: closing(opened.store, database) } : opened;
    } catch (cause) {
      await database?.close();
      return { ok: false, problem: toldBy(cause, address) };
    }
  },
  read: (place) => readFolded(address, place, () => undefined),
  readEnded: (place) => readFolded(address, place, (fold) => fold.orphan()),
  follow: (place) => new StoreTail(address, place),
  holder: async (place) => {
    const tail = new StoreTail(address, place);
    try {
      return await tail.holder();
    } finally {
      await tail.close();
    }
  },
  shared: {
    others: (place, target) =>
      connectedTo(address, (database) => others(database, address, place, target)),
    uploads: uploadsIn(address),
  },
});

const connectedTo = async <T>(
  address: StoreAddress,
  work: (database: Database) => Promise<T>,
): Promise<T> => {
  const database = await openDatabase(address);
  try {
    return await work(database);
  } catch (cause) {
    throw failureOf(address.shown, cause);
  } finally {
    await database.close();
  }
};

const others = async (
  database: Database,
  address: StoreAddress,
  { name }: JournalPlace,
  target: string,
): Promise<OtherJournal[]> => {
  if ((await findSchema(database)) === null) return [];
  const rows = await database.query(
    'select id, name from rh_batch.batch where name <> $1 and target = $2 order by id desc',
    [name, target],
  );
  const found: OtherJournal[] = [];
  for (const row of rows) {
    const [batch, other] = [numberOf(row, 'id'), textOf(row, 'name')];
    if (batch === null || other === null) continue;
    const fold = new Fold();
    const { problem } = await foldRecords(database, batch, address.shown, fold);
    if (problem !== null) continue;
    fold.orphan();
    found.push({
      ...{ name: other, state: fold.state },
      events: (each) =>
        connectedTo(
          address,
          async (again) => (await readRecords(again, batch, address.shown, 0, each)).problem,
        ),
    });
  }
  return found;
};

const uploadsIn = (address: StoreAddress): SharedUploads => ({
  all: (account) =>
    connectedTo(address, async (database) => {
      if (((await findSchema(database))?.version ?? 0) < 2) return [];
      const rows = await database.query(
        `select sha256, file_name, kept, extract(epoch from at) * 1000 as at
           from rh_batch.upload where account = $1`,
        [account],
      );
      return rows.flatMap((row) => {
        const [sha256, at] = [textOf(row, 'sha256'), numberOf(row, 'at')];
        const fileName = textOf(row, 'file_name');
        return sha256 === null || at === null
          ? []
          : [{ sha256, fileName, at, kept: row['kept'] === true }];
      });
    }),
  put: (account, { sha256, fileName, at, kept }) =>
    connectedTo(address, async (database) => {
      await database.query(
        `insert into rh_batch.upload (account, sha256, file_name, kept, at, by)
           values ($1, $2, $3, $4, $5, $6)
           on conflict (account, sha256) do update
           set file_name = excluded.file_name, kept = excluded.kept, at = excluded.at, by = excluded.by`,
        [account, sha256, fileName, kept, new Date(at).toISOString(), hostname()],
      );
      // One that is not remembered costs an upload next time, never a run.
    }).catch(() => undefined),
});

const closing = <S extends { close(): Promise<void> }>(store: S, database: Database): S => {
  const close = store.close.bind(store);
  store.close = async () => {
    await close();
    await database.close();
  };
  return store;
};

const readFolded = async (
  address: StoreAddress,
  place: JournalPlace,
  then: (fold: Fold) => void,
): Promise<ReadJournal> => {
  const tail = new StoreTail(address, place);
  try {
    const fold = new Fold();
    const problem = await tail.into(fold);
    if (problem !== null) return { ok: false, problem };
    then(fold);
    return { ok: true, state: fold.state };
  } finally {
    await tail.close();
  }
};

/** Follows a journal that another machine writes. */
class StoreTail implements Tail {
  readonly #fold = new Fold();
  #database: Promise<Database> | null = null;
  #batch: number | null = null;

  constructor(
    private readonly address: StoreAddress,
    private readonly place: JournalPlace,
  ) {}

  get state(): BatchState {
    return this.#fold.state;
  }

  read(each: (event: Recorded) => void): Promise<StoreProblem | null> {
    return this.#reading(async (database, batch) => {
      const { lastSeq } = this.#fold;
      const { problem } = await readRecords(
        database,
        batch,
        this.address.shown,
        lastSeq,
        (event) => {
          this.#fold.apply(event);
          each(event);
        },
      );
      return problem;
    });
  }

  into(fold: Fold): Promise<StoreProblem | null> {
    return this.#reading(
      async (database, batch) =>
        (await foldRecords(database, batch, this.address.shown, fold)).problem,
    );
  }

  async exists(): Promise<boolean> {
    if (this.#fold.lastSeq > 0) return true;
    try {
      return (await this.#find(await this.#connected())) !== null;
    } catch {
      return false;
    }
  }

  async holder(): Promise<Holder | null> {
    try {
      const database = await this.#connected();
      const batch = await this.#find(database);
      return batch === null ? null : await holderOf(database, batch);
    } catch {
      return null;
    }
  }

  async close(): Promise<void> {
    const database = await this.#database?.catch(() => null);
    await database?.close();
  }

  async #reading(
    work: (database: Database, batch: number) => Promise<StoreProblem | null>,
  ): Promise<StoreProblem | null> {
    try {
      const database = await this.#connected();
      if (this.#batch === null) {
        const refusal = refusalOf(await findSchema(database), 'read', this.address.shown);
        if (refusal !== null) return refusal;
      }
      const batch = await this.#find(database);
      return batch === null ? null : await work(database, batch);
    } catch (cause) {
      return toldBy(cause, this.address);
    }
  }

  #connected(): Promise<Database> {
    this.#database ??= openDatabase(this.address);
    return this.#database;
  }

  async #find(database: Database): Promise<number | null> {
    if (this.#batch !== null) return this.#batch;
    if ((await findSchema(database)) === null) return null;
    const [row] = await database.query('select id from rh_batch.batch where name = $1', [
      this.place.name,
    ]);
    this.#batch = numberOf(row, 'id');
    return this.#batch;
  }
}

const toldBy = (cause: unknown, address: StoreAddress): StoreProblem =>
  cause instanceof MissingPackage
    ? { is: 'store', message: cause.message, hint: cause.hint }
    : problemOf(cause, address);
