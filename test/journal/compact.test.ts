import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encode } from '../../src/journal/codec.js';
import { compact } from '../../src/journal/files/compact.js';
import type { Disk } from '../../src/journal/files/disk.js';
import { nodeDisk } from '../../src/journal/files/disk.js';
import type { JournalEvent, RunInputs } from '../../src/journal/event.js';
import { Fold } from '../../src/journal/fold.js';
import { readJournal } from '../../src/journal/files/read.js';
import type { RunRecord } from '../../src/journal/state.js';
import { isRunId, isTaskId } from '../../src/values/ids.js';

const inputs: RunInputs = {
  index: 0,
  name: 'r',
  row: null,
  tags: [],
  values: {},
  overrides: [],
  base: 'b',
  repeat: 0,
};
const error = {
  class: 'capacity',
  code: '421',
  message: 'm',
  node: null,
  field: null,
  traceback: null,
} as const;
const cost = { coins: '6', money: null, taskTimeMs: 30_000 };

/** What may happen to one run, as a sequence of whole attempts. */
const histories = fc.array(fc.constantFrom('capacity', 'final', 'lost', 'failed', 'done'), {
  minLength: 1,
  maxLength: 8,
});

const eventsOf = (run: number, kinds: readonly string[]): JournalEvent[] => {
  const id = run.toString(16).padStart(16, '0');
  if (!isRunId(id)) throw new Error('id');
  return kinds.flatMap((kind, at): JournalEvent[] => {
    const attempt = at + 1;
    const taskId = `19${run}${String(attempt).padStart(10, '0')}`;
    if (!isTaskId(taskId)) throw new Error('task');
    const intent: JournalEvent = {
      type: 'intent',
      run: id,
      attempt,
      inputs: at === 0 ? { ...inputs, index: run } : null,
    };
    const accepted: JournalEvent = { type: 'accepted', run: id, attempt, taskId };
    switch (kind) {
      case 'capacity':
        return [intent, { type: 'refused', run: id, attempt, error, then: 'capacity' }];
      case 'final':
        return [intent, { type: 'refused', run: id, attempt, error, then: 'final' }];
      case 'lost':
        return [intent, { type: 'lost', run: id, attempt, why: 'x' }];
      case 'failed':
        return [
          intent,
          accepted,
          {
            type: 'settled',
            run: id,
            taskId,
            outcome: { is: 'failed', error, then: 'retry' },
            cost,
          },
        ];
      default:
        return [
          intent,
          accepted,
          { type: 'settled', run: id, taskId, outcome: { is: 'succeeded', outputs: [] }, cost },
          { type: 'saved', run: id, taskId, files: [], error: null },
        ];
    }
  });
};

const write = (path: string, events: readonly JournalEvent[]): void => {
  const lines = events.map((event, at) =>
    encode({ ...event, seq: at + 1, at: new Date(at).toISOString() }),
  );
  writeFileSync(path, lines.join(''));
};

/** State without the attempts that a compaction may drop. */
const foldOf = async (path: string): Promise<Map<string, object>> => {
  const fold = new Fold();
  expect((await readJournal(nodeDisk, path, (event) => fold.apply(event))).is).toBe('whole');
  const shown = ({ state, failures, inputs: what, attempts }: RunRecord): object => ({
    state,
    failures,
    what,
    attempts: attempts.filter(
      ({ end }, at) =>
        at === attempts.length - 1 || !(end.is === 'refused' && end.then === 'capacity'),
    ),
  });
  return new Map([...fold.state.runs].map(([id, record]) => [id, shown(record)]));
};

const inFolder = async (work: (path: string) => Promise<void>): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), 'rh-compact-'));
  try {
    await work(join(dir, 'journal.jsonl'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

test('a compacted journal folds to the same state', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(histories, { minLength: 1, maxLength: 5 }), (runs) =>
      inFolder(async (path) => {
        write(
          path,
          runs.flatMap((kinds, run) => eventsOf(run, kinds)),
        );
        const before = await foldOf(path);
        await compact(nodeDisk, path);
        expect(await foldOf(path)).toEqual(before);
      }),
    ),
    { numRuns: 60 },
  );
});

test('a crash at any step of a compaction leaves the old journal or the new one', async () => {
  for (let step = 1; step < 12; step += 1)
    await inFolder(async (path) => {
      write(path, [
        ...eventsOf(1, ['capacity', 'capacity', 'done']),
        ...eventsOf(2, ['capacity', 'lost']),
      ]);
      const before = await foldOf(path);
      let count = 0;
      const crash = <T>(work: () => Promise<T>): Promise<T> =>
        (count += 1) === step ? Promise.reject(new Error('crash')) : work();
      const disk: Disk = {
        ...nodeDisk,
        open: async (file, flags, mode) => {
          const opened = await crash(() => nodeDisk.open(file, flags, mode));
          return flags === 'r'
            ? opened
            : {
                ...opened,
                write: (bytes) => crash(() => opened.write(bytes)),
                datasync: () => crash(() => opened.datasync()),
              };
        },
        rename: (from, to) => crash(() => nodeDisk.rename(from, to)),
        syncFolder: (dir) => crash(() => nodeDisk.syncFolder(dir)),
      };
      await compact(disk, path).catch(() => undefined);
      expect(readFileSync(path, 'utf8').endsWith('\n')).toBe(true);
      expect(await foldOf(path), `step ${step}`).toEqual(before);
    });
});
