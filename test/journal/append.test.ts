import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/edges/clock.js';
import { JournalFailure } from '../../src/journal/files/append.js';
import type { Disk, DiskFile } from '../../src/journal/files/disk.js';
import { nodeDisk } from '../../src/journal/files/disk.js';
import type { JournalEvent } from '../../src/journal/event.js';
import type { Store } from '../../src/journal/store.js';
import { journalPath, openStore, readStore } from '../../src/journal/store.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rh-journal-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const began: JournalEvent = {
  type: 'batch',
  version: 1,
  program: '0.0.0',
  name: 'n',
  target: '1',
  manifest: 'm',
  account: 'a',
  emulated: false,
};

const open = async (disk: Disk = nodeDisk): Promise<Store> => {
  const opened = await openStore(dir, { clock: systemClock, command: 'test', disk });
  if (!opened.ok) throw new Error(opened.problem.message);
  return opened.store;
};

/** A disk whose n-th operation of one kind behaves as told. */
const spoiled = (
  kind: 'write' | 'datasync',
  at: number,
  how: (file: DiskFile, bytes: Uint8Array) => Promise<number>,
): Disk & { syncs: number } => {
  let count = 0;
  const disk = {
    ...nodeDisk,
    syncs: 0,
    open: async (path: string, flags: string, mode?: number): Promise<DiskFile> => {
      const file = await nodeDisk.open(path, flags, mode);
      return {
        ...file,
        write: (bytes) => {
          if (kind !== 'write') return file.write(bytes);
          count += 1;
          return count === at ? how(file, bytes) : file.write(bytes);
        },
        datasync: async () => {
          disk.syncs += 1;
          if (kind === 'datasync' && (count += 1) === at) await how(file, new Uint8Array());
          await file.datasync();
        },
      };
    },
  };
  return disk;
};

const noSpace = (): Promise<number> =>
  Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));

test('records that wait together share one sync, and stay in order', async () => {
  const disk = spoiled('datasync', 0, noSpace);
  const store = await open(disk);
  await Promise.all(Array.from({ length: 100 }, () => store.append(began)));
  await store.close();
  expect(disk.syncs).toBeLessThan(10);
  const seqs = readFileSync(journalPath(dir), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { seq: number }).seq);
  expect(seqs).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
});

test('a short write is completed', async () => {
  const store = await open(spoiled('write', 2, (file, bytes) => file.write(bytes.subarray(0, 5))));
  await store.append(began);
  await store.append(began);
  await store.close();
  expect(await readStore(dir)).toMatchObject({ ok: true, state: { lastSeq: 2 } });
});

test.each(['write', 'datasync'] as const)(
  'a full disk at %s: this append and all later ones fail, no half line stays',
  async (kind) => {
    const store = await open(
      spoiled(kind, 2, async (file, bytes) => {
        if (bytes.length > 0) await file.write(bytes.subarray(0, 10));
        return noSpace();
      }),
    );
    await store.append(began);
    await expect(store.append(began)).rejects.toThrow(JournalFailure);
    await expect(store.append(began)).rejects.toThrow(/ENOSPC/);
    await store.close();
    expect(readFileSync(journalPath(dir), 'utf8').trim().split('\n')).toHaveLength(1);
    const again = await open();
    await again.append(began);
    expect(again.state.lastSeq).toBe(2);
    await again.close();
  },
);

test('a journal that was replaced while open takes nothing more', async () => {
  const store = await open();
  await store.append(began);
  rmSync(journalPath(dir));
  await expect(store.append(began)).rejects.toThrow(/deleted or replaced/);
  await store.close();
});

test('a reader never waits for the writer', async () => {
  const store = await open();
  await store.append(began);
  expect(await readStore(dir)).toMatchObject({ ok: true, state: { name: 'n' } });
  await store.close();
});
