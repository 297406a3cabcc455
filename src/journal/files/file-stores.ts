import { openStore, readEnded, readStore, lockPath } from '../store.js';
import type { Stores } from '../stores.js';
import { holderAtWork } from './lock.js';
import { JournalTail } from './tail.js';

/** Journals in the state folders beside the manifests: of one machine. */
export const fileStores: Stores = {
  open: ({ stateDir }, options) => openStore(stateDir, options),
  read: ({ stateDir }) => readStore(stateDir),
  readEnded: ({ stateDir }) => readEnded(stateDir),
  follow: ({ stateDir }) => new JournalTail(stateDir),
  holder: ({ stateDir }) => holderAtWork(lockPath(stateDir)),
};
