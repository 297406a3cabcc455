import { expect, test } from 'vitest';
import type { ComfyCrashReport } from '../support/comfy-crash.js';
import { comfyCrash } from '../support/comfy-crash.js';

/** `npm run test:crash` asks for 100 and more; the plain test run for a few. */
const wanted = Number(process.env['CRASH_ROUNDS'] ?? 5);
const perBatch = 10;

test(
  `${wanted} rounds in which apply or the server is killed queue nothing twice and lose nothing`,
  { timeout: 3_600_000 },
  async () => {
    const reports: ComfyCrashReport[] = [];
    const first = Number(process.env['CRASH_SEED'] ?? 1);
    for (let left = wanted; left > 0; left -= perBatch) {
      const rounds = Math.min(perBatch, left);
      const seed = first + reports.length;
      reports.push(await comfyCrash({ seed, rounds, runs: 6 * rounds + 4 }));
      expect(reports.at(-1), `seed ${seed}`).toMatchObject({ doubles: 0, lost: 0, torn: 0 });
    }
    const fields = ['kills', 'restarts', 'applies', 'runs', 'queued', 'doubles', 'lost'] as const;
    const total = (field: (typeof fields)[number]): number =>
      reports.reduce((sum, report) => sum + report[field], 0);
    console.log(fields.map((field) => `${field} ${total(field)}`).join(' · '));
    // Blows that hit nothing would prove nothing; of many, some hit prompts that were under way.
    expect(total('kills') + total('restarts')).toBeGreaterThan(0);
    if (wanted >= 50) expect(total('queued')).toBeGreaterThan(total('runs'));
  },
);
