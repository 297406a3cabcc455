import { dirname, join } from 'node:path';
import type { Ledger } from '../../assets/ledger.js';
import { openLedger } from '../../assets/ledger.js';
import type { Clock } from '../../edges/clock.js';
import { mask } from '../../edges/secrets/secret.js';
import type { SharedUploads } from '../../journal/stores.js';
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
  /** Of machines that share a store; absent: a file beside the state. */
  readonly shared?: SharedUploads | undefined;
}

export const ledgerOf = ({
  stateDir,
  account,
  family,
  maxAgeMs,
  clock,
  shared,
}: LedgerOf): Promise<Ledger> => {
  const owner = family === 'classic' ? account : `${account}-${family}`;
  return shared === undefined
    ? openLedger(join(dirname(stateDir), 'uploads.jsonl'), owner, maxAgeMs, clock)
    : sharedLedger(shared, owner, maxAgeMs, clock);
};

/** What any machine has uploaded for this account. */
const sharedLedger = async (
  uploads: SharedUploads,
  account: string,
  maxAgeMs: number,
  clock: Clock,
): Promise<Ledger> => {
  const known = new Map((await uploads.all(account)).map((upload) => [upload.sha256, upload]));
  return {
    find: (sha256) => {
      const upload = known.get(sha256);
      if (upload === undefined) return null;
      return upload.kept || clock.now() - upload.at < maxAgeMs ? upload.fileName : null;
    },
    record: async (sha256, fileName, kept = false) => {
      const upload = { sha256, fileName, at: clock.now(), kept };
      known.set(sha256, upload);
      // A name that held the key is known to this process alone: the next one uploads again.
      if (!fileName.includes(mask)) await uploads.put(account, upload);
    },
    forget: (sha256) => {
      known.delete(sha256);
      void uploads.put(account, { sha256, fileName: null, at: clock.now(), kept: false });
    },
  };
};
