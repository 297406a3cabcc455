import { dirname, join } from 'node:path';
import type { Ledger } from '../../assets/ledger.js';
import { openLedger } from '../../assets/ledger.js';
import type { Clock } from '../../edges/clock.js';
import type { Family } from '../../runninghub/service.js';

interface LedgerOf {
  /** Of the batch: the ledger lies beside it, shared by the manifests of the folder. */
  readonly stateDir: string;
  /** Hash over site and key. */
  readonly account: string;
  /** What one family of endpoints calls an upload means nothing to the other. */
  readonly family: Family;
  readonly maxAgeMs: number;
  readonly clock: Clock;
}

export const ledgerOf = ({
  stateDir,
  account,
  family,
  maxAgeMs,
  clock,
}: LedgerOf): Promise<Ledger> =>
  openLedger(
    join(dirname(stateDir), 'uploads.jsonl'),
    family === 'classic' ? account : `${account}-${family}`,
    maxAgeMs,
    clock,
  );
