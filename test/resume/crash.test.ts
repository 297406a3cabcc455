import { expect, test } from 'vitest';
import type { CrashReport } from '../support/crash.js';
import { crash } from '../support/crash.js';

/** `npm run test:crash` asks for 200 and more; the plain test run for a dozen. */
const wanted = Number(process.env['CRASH_KILLS'] ?? 12);
const perBatch = 20;

test(
  `${wanted} kills at random moments lose nothing and pay nothing twice`,
  { timeout: 3_600_000 },
  async () => {
    const reports: CrashReport[] = [];
    const total = (field: keyof CrashReport): number =>
      reports.reduce((sum, report) => sum + report[field], 0);
    for (let seed = 1; total('kills') < wanted; seed += 1) {
      const kills = Math.min(perBatch, wanted - total('kills'));
      reports.push(await crash({ seed, kills, runs: 3 * kills, withinMs: 900 }));
      expect(reports.at(-1), `seed ${seed}`).toMatchObject({ lost: 0, doubleSubmits: 0, torn: 0 });
    }
    const fields = [
      'kills',
      'applies',
      'runs',
      'unknown',
      'lost',
      'doubleSubmits',
      'torn',
    ] as const;
    console.log(fields.map((field) => `${field} ${total(field)}`).join(' · '));
    expect(total('kills')).toBeGreaterThanOrEqual(wanted);
  },
);
