import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { fileStores } from '../../src/journal/files/file-stores.js';
import { journalContract } from '../support/journal-contract.js';

const dir = mkdtempSync(join(tmpdir(), 'rh-contract-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('a journal in a folder', () => {
  journalContract(() => ({
    stores: fileStores,
    place: (name) => ({ name, stateDir: join(dir, name) }),
  }));
});
