import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { moveFiles } from '../../src/batch/apply/move-files.js';
import type { JournalEvent, SavedFile } from '../../src/journal/event.js';
import { emptyState } from '../../src/journal/fold.js';
import type { FileMoves } from '../../src/plan/names/moves.js';
import { isNumbered } from '../../src/plan/names/moves.js';
import { isRunId, isTaskId } from '../../src/values/ids.js';

/** Few enough to meet: chains, circles, names that differ in letter case alone, and a folder. */
const pool = ['a.png', 'A.png', 'b.png', 'B.png', 'c.png', 'd/a.png', 'd/b.png'];

const wholes = fc
  .record({
    now: fc.shuffledSubarray(pool, { minLength: 1 }),
    then: fc.array(fc.constantFrom(...pool), {
      minLength: pool.length,
      maxLength: pool.length,
    }),
    /** Whether targets are all different, as those of a plan mostly are. */
    apart: fc.option(fc.shuffledSubarray(pool, { minLength: pool.length })),
    foreign: fc.subarray(pool),
  })
  .map(({ now, then, apart, foreign }) => ({
    files: now.map((from, at) => ({ from, to: (apart ?? then)[at] ?? from })),
    foreign: foreign.filter((path) => !now.includes(path)),
  }));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

const moveOf = (dir: string, from: string, to: string, at: number): FileMoves => {
  const [run, taskId] = [String(at).padStart(16, '0'), `19${String(at).padStart(10, '0')}`];
  if (!isRunId(run) || !isTaskId(taskId)) throw new Error('ids');
  const text = `content ${String(at)}`;
  write(join(dir, from), text);
  const file: SavedFile = {
    path: from,
    url: null,
    node: null,
    type: 'png',
    bytes: text.length,
    sha256: sha256(text),
    mtimeMs: 0,
  };
  const how = from === to ? ('keep' as const) : ('rename' as const);
  return { run, taskId, files: [{ file, from: join(dir, from), to, how }] };
};

const filesIn = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test('whatever goes where: every file keeps its content, gets its name, and replaces no other', async () => {
  await fc.assert(
    fc.asyncProperty(wholes, async ({ files, foreign }) => {
      const dir = mkdtempSync(join(tmpdir(), 'rh-moves-'));
      try {
        const moves = files.map(({ from, to }, at) => moveOf(dir, from, to, at));
        for (const path of foreign) write(join(dir, path), `foreign ${path}`);
        const events: JournalEvent[] = [];
        const told = await moveFiles(moves, dir, {
          state: emptyState(),
          appendLater: (event) => void events.push(event),
          flush: () => Promise.resolve(),
        });
        expect(told.left).toEqual([]);
        const saved = events.flatMap((event) => (event.type === 'saved' ? event.files : []));
        expect(saved).toHaveLength(files.length);
        expect(new Set(saved.map(({ path }) => path)).size).toBe(files.length);
        for (const [at, { path, sha256: sum }] of saved.entries()) {
          expect(sha256(readFileSync(join(dir, path), 'utf8'))).toBe(sum);
          const to = files[at]?.to ?? '';
          const wanted =
            files.filter((each) => each.to === to).length + (foreign.includes(to) ? 1 : 0);
          if (wanted === 1) expect(path).toBe(to);
          else expect(path === to || isNumbered(path, to)).toBe(true);
        }
        for (const path of foreign)
          expect(readFileSync(join(dir, path), 'utf8')).toBe(`foreign ${path}`);
        // Nothing in passing, nothing twice.
        expect(filesIn(dir)).toHaveLength(files.length + foreign.length);
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    }),
    { numRuns: 150 },
  );
});
