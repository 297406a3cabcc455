import type { Holder } from '../files/lock.js';
import { isHolder } from '../files/holder.js';
import type { Database, Row } from './database.js';
import { textOf } from './database.js';

const alive = `
  select b.claim_by as by from rh_batch.batch b join rh_batch_boss.job j
    on j.name = b.claim_queue and j.id = b.claim_id and j.retry_count = b.claim_attempt
  where j.state = 'active' and j.heartbeat_on + j.heartbeat_seconds * interval '1s' > now()`;

/** Who leads a batch and gives signs of life; null: nobody. */
export const holderOf = async (database: Database, batch: number): Promise<Holder | null> =>
  firstOf(await database.query(`${alive} and b.id = $1`, [batch]));

/** Who leads an account, whatever its batch. */
export const leaderOf = async (database: Database, queue: string): Promise<Holder | null> =>
  firstOf(await database.query(`${alive} and b.claim_queue = $1`, [queue]));

const firstOf = (rows: readonly Row[]): Holder | null => readBy(textOf(rows[0], 'by'));

export const readBy = (text: string | null): Holder | null => {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isHolder(value) ? value : null;
  } catch {
    return null;
  }
};
