import { decode } from '../codec.js';
import type { Recorded } from '../event.js';
import type { Fold } from '../fold.js';
import type { StoreProblem } from '../store.js';
import type { Database } from './database.js';
import { numberOf, textOf } from './database.js';

const pageSize = 5_000;

/** Reads the records of a batch behind `after`, in order, and folds them. */
export const readRecords = async (
  database: Database,
  batch: number,
  shown: string,
  after: number,
  each: (event: Recorded) => void,
): Promise<{ readonly last: number; readonly problem: StoreProblem | null }> => {
  let last = after;
  for (;;) {
    const rows = await database.query(
      'select seq, body from rh_batch.event where batch = $1 and seq > $2 order by seq limit $3',
      [batch, last, pageSize],
    );
    for (const row of rows) {
      const seq = numberOf(row, 'seq') ?? last + 1;
      const decoded = decode(textOf(row, 'body') ?? '');
      if (decoded.is === 'newer')
        return {
          last,
          problem: {
            is: 'newer',
            message: `the store ${shown} holds records of a newer rh-batch (journal version ${decoded.version})`,
            hint: 'use that version on every machine that shares the store',
          },
        };
      if (decoded.is === 'garbage')
        return {
          last,
          problem: {
            is: 'damaged',
            message: `the store ${shown} is damaged: record ${seq} of the batch (${decoded.why})`,
            hint: 'restore the database from a copy',
          },
        };
      each({ ...decoded.event, seq });
      last = seq;
    }
    if (rows.length < pageSize) return { last, problem: null };
  }
};

export const foldRecords = (
  database: Database,
  batch: number,
  shown: string,
  fold: Fold,
): ReturnType<typeof readRecords> =>
  readRecords(database, batch, shown, fold.lastSeq, (event) => fold.apply(event));
