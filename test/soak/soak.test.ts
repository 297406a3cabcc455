import { expect, test } from 'vitest';
import { soak } from './soak.js';

/** `npm run test:soak` asks for 20,000; the plain test run for a few. */
const runs = Number(process.env['SOAK_RUNS'] ?? 40);
/** What client and emulator together keep of one run: its plan, its record, its task. */
const bytesPerRun = 64_000;
/** Intent, answer, end and file of a run and of its attempts. */
const journalBytesPerRun = 4_000;

test(
  `${runs} runs with faults, changing slots, two restarts and a kill: bill, journal and report agree`,
  { timeout: 14_400_000 },
  async () => {
    const report = await soak(runs);
    const { samples, ...rest } = report;
    if (runs > 100) {
      console.table(samples);
      console.log(rest);
    }
    expect(report).toMatchObject({
      duplicates: 0,
      notInJournal: [],
      notInBill: [],
      succeeded: runs,
    });
    expect(report.coins.journal).toBe(report.coins.bill);
    expect(report.coins.report).toBe(report.coins.bill);
    expect(report.faults).toBeGreaterThan(0);
    expect(report.applies).toBeGreaterThanOrEqual(6);
    // It is rewritten where half of it is refusals for want of room (test/journal/compact.test.ts);
    // short of that it grows with what was paid for, and with nothing else.
    expect(report.journal.compacted).toBeLessThanOrEqual(report.journal.longest);
    expect(report.journal.longest).toBeLessThan(journalBytesPerRun * runs);
    const [first] = samples;
    const last = samples.at(-1);
    const grown = (last?.heapBytes ?? 0) - (first?.heapBytes ?? 0);
    expect(grown).toBeLessThan(bytesPerRun * Math.max(runs, 1000));
    // Other tests of this process may have left some.
    const held = Math.max(...samples.map(({ handles }) => handles));
    expect(held - (first?.handles ?? 0)).toBeLessThan(200);
  },
);
