import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { errorCode } from '../../edges/error-code.js';
import type { Recorded } from '../event.js';
import type { Holder } from '../files/lock.js';
import { startOf } from '../files/holder.js';
import { Fold } from '../fold.js';
import type { Opened, StoreOptions, StoreProblem } from '../store.js';
import type { JournalPlace } from '../stores.js';
import type { StoreAddress } from './address.js';
import type { AppendTo } from './append.js';
import { appendRecords, patienceMs } from './append.js';
import { BatchStore } from './batch-store.js';
import type { Claim } from './claim.js';
import { Elections, leaseMs } from './claim.js';
import type { Database } from './database.js';
import { collides, mayPass, numberOf, textOf } from './database.js';
import { leaderOf, readBy } from './holder.js';
import { foldRecords } from './records.js';
import { findSchema, migrate, refusalOf } from './schema.js';
import { forgetUnsent, readUnsent, stillNew } from './unsent.js';

const pauseMs = 1_000;
/** A claim that nobody seems to have is looked at so often, with so long between, before that is told. */
const manyLooks = 3;
const lookMs = 200;

/** Leads a batch: waits for that where it is told to, takes over what is under way. */
export const openBatch = async (
  database: Database,
  address: StoreAddress,
  place: JournalPlace,
  options: StoreOptions,
): Promise<Opened> => {
  const refusal = refusalOf(await findSchema(database), 'write', address.shown);
  if (refusal !== null) return { ok: false, problem: refusal };
  const elections = await Elections.open(database);
  const outdated = await bringUpToDate(database, address);
  if (outdated !== null) {
    await elections.close();
    return { ok: false, problem: outdated };
  }
  const by = await ownHolder(options);
  const led = await lead(database, elections, place, options, by);
  if ('problem' in led) {
    await elections.close();
    return { ok: false, problem: led.problem };
  }
  const { claim, batch } = led;
  const release = async (): Promise<void> => {
    await claim.release();
    await elections.close();
  };
  try {
    const to: AppendTo = {
      ...{ database, batch, claim, writer: randomUUID(), shown: address.shown },
      machine: by.host,
    };
    const taken = await takeOver(to, options);
    if ('problem' in taken) {
      await release();
      return { ok: false, problem: taken.problem };
    }
    await awaitLateAnswers(to, taken.fold, options);
    const store = new BatchStore({
      to: { ...to, writer: randomUUID() },
      ...{ fold: taken.fold, clock: options.clock, place, release },
    });
    const told = await tellUnsent(store, place, address);
    const notices = [
      ...(taken.lost === 0
        ? []
        : [`took over: ${taken.lost} submits of the process before were never answered`]),
      ...(told === 0
        ? []
        : [`${told} records that were kept on this machine are in the store now`]),
    ];
    return { ok: true, store, notices };
  } catch (cause) {
    await release();
    throw cause;
  }
};

/** Others may do the same at the same time: one is the first, and the rest look again. */
const bringUpToDate = async (
  database: Database,
  { shown }: StoreAddress,
): Promise<StoreProblem | null> => {
  for (;;) {
    const found = await findSchema(database);
    const refusal = refusalOf(found, 'write', shown);
    if (refusal !== null) return refusal;
    try {
      await migrate(database, found);
      return null;
    } catch (cause) {
      if (errorCode(cause) !== '40001') throw cause;
    }
  }
};

const ownHolder = async ({ clock, command }: StoreOptions): Promise<Holder> => ({
  pid: process.pid,
  started: await startOf(process.pid),
  host: hostname(),
  command,
  since: new Date(clock.now()).toISOString(),
  token: randomUUID(),
});

const manyCollisions = 5;

/** Does it once more where another process that did the same at the same time was in the way. */
const untilAlone = async (work: () => Promise<void>): Promise<void> => {
  for (let tries = 1; ; tries += 1)
    try {
      await work();
      return;
    } catch (cause) {
      if (tries === manyCollisions || !collides(cause)) throw cause;
      await wait(lookMs, null);
    }
};

type Led = { readonly claim: Claim; readonly batch: number } | { readonly problem: StoreProblem };

/** One account, one leader; and one of a batch, also where two accounts have it. */
const lead = async (
  database: Database,
  elections: Elections,
  place: JournalPlace,
  { account, standBy }: StoreOptions,
  by: Holder,
): Promise<Led> => {
  const queue = `account-${account ?? (await accountOf(database, place.name))}`;
  await untilAlone(() => elections.prepare(queue));
  let said: string | null = null;
  let unexplained = 0;
  let awaySince: number | null = null;
  for (;;) {
    const asked = await ask(database, elections, place, queue, by).catch((cause: unknown) => {
      awaySince ??= performance.now();
      // Who stands by outlasts a restart of the database, as who leads does.
      const isPassing = said !== null || collides(cause);
      const waits = isPassing && performance.now() - awaySince < patienceMs;
      if (!waits || !mayPass(cause) || standBy?.signal.aborted === true) throw cause;
      return null;
    });
    if (asked === null) {
      await wait(pauseMs, standBy?.signal ?? null);
      continue;
    }
    awaySince = null;
    if (asked.led !== null) return asked.led;
    // Another process that looks at the claims holds their rows for a moment.
    if (asked.holder === null && said === null && unexplained < manyLooks) {
      unexplained += 1;
      await wait(lookMs, standBy?.signal ?? null);
      continue;
    }
    const who = whoText(asked.holder);
    if (standBy === undefined || standBy.signal.aborted)
      return {
        problem: {
          is: 'locked',
          message: `another machine leads this account: ${who}`,
          hint: 'wait for it, or end it: it stops in an orderly way and lets go',
        },
      };
    if (said !== who) standBy.say(`standing by: ${who} leads this account`);
    said = who;
    await wait(pauseMs, standBy.signal);
  }
};

/** Whether this process may lead now, and who does where it may not. */
const ask = async (
  database: Database,
  elections: Elections,
  place: JournalPlace,
  queue: string,
  by: Holder,
): Promise<{
  readonly led: { readonly claim: Claim; readonly batch: number } | null;
  readonly holder: Holder | null;
}> => {
  const claim = await elections.tryFor(queue);
  if (claim === null) return { led: null, holder: await leaderOf(database, queue) };
  try {
    const [row] = await database.query('select * from rh_batch.take($1, $2, $3, $4, $5)', [
      place.name,
      queue,
      claim.job.id,
      claim.job.retryCount,
      JSON.stringify(by),
    ]);
    const heldBy = textOf(row, 'r_held_by');
    const batch = numberOf(row, 'r_id');
    if (batch !== null && heldBy === null) return { led: { claim, batch }, holder: null };
    await claim.release();
    return { led: null, holder: readBy(heldBy) };
  } catch (cause) {
    await claim.release();
    throw cause;
  }
};

const whoText = (holder: Holder | null): string =>
  holder === null
    ? 'a process that ended without letting go, or is about to begin'
    : `process ${holder.pid} on ${holder.host} (${holder.command}), since ${holder.since}`;

/** Of its last leader: what may be written without a key. */
const accountOf = async (database: Database, name: string): Promise<string> => {
  const [row] = await database.query(
    'select claim_queue as queue from rh_batch.batch where name = $1',
    [name],
  );
  return textOf(row, 'queue')?.replace(/^account-/, '') ?? 'none';
};

const wait = (ms: number, signal: AbortSignal | null): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });

type TakenOver =
  { readonly fold: Fold; readonly lost: number } | { readonly problem: StoreProblem };

/**
 * Reads the journal, and writes down that submits of a former leader were never answered: whatever
 * comes of them later is then a late answer. Nothing slips in between reading and writing.
 */
const takeOver = async (to: AppendTo, { clock }: StoreOptions): Promise<TakenOver> => {
  const fold = new Fold();
  for (;;) {
    const { last, problem } = await foldRecords(to.database, to.batch, to.shown, fold);
    if (problem !== null) return { problem };
    const at = new Date(clock.now()).toISOString();
    const lost = [...fold.state.runs.values()].flatMap(({ id, state }): Recorded[] =>
      state.is === 'submitting'
        ? [{ type: 'lost', run: id, attempt: state.attempt, why: endedText, seq: 0, at }]
        : [],
    );
    if (lost.length === 0) return { fold, lost: 0 };
    const records = lost.map((event, index) => ({ n: index + 1, event }));
    const written = await appendRecords({ ...to, writer: randomUUID() }, records, last);
    if (written.length === 0) continue;
    await foldRecords(to.database, to.batch, to.shown, fold);
    return { fold, lost: lost.length };
  }
};

/** What was not answered yet may be so now: a former leader writes it down whenever it comes. */
const awaitLateAnswers = async (
  to: AppendTo,
  fold: Fold,
  { clock, lateAnswersMs, standBy }: StoreOptions,
): Promise<void> => {
  if (lateAnswersMs === undefined) return;
  // What was sent at the end of a claim is answered by the end of a request.
  const longest = leaseMs + lateAnswersMs;
  const now = clock.now();
  const waits = [...fold.state.runs.values()].map(({ state }) =>
    state.is === 'unknown' ? Math.min(longest, state.since + longest - now) : 0,
  );
  const ms = Math.max(0, ...waits);
  if (ms === 0) return;
  standBy?.say(`waiting ${Math.ceil(ms / 1000)} s for late answers to the process before`);
  await wait(ms, standBy?.signal ?? null);
  await foldRecords(to.database, to.batch, to.shown, fold);
};

const endedText = 'the process that led before ended before the answer was recorded';

/** @returns how many records of an earlier apply here were new to the store. */
const tellUnsent = async (
  store: BatchStore,
  { stateDir, name }: JournalPlace,
  { shown }: StoreAddress,
): Promise<number> => {
  const of = { store: shown, name };
  const kept = await readUnsent(stateDir, of);
  let told = 0;
  for (const event of kept) {
    const news = stillNew(event, store.state);
    if (news === null) continue;
    await store.append(news);
    told += 1;
  }
  if (kept.length > 0) await forgetUnsent(stateDir, of);
  return told;
};
