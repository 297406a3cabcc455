import { exit } from '../../batch/exit.js';
import { shownFrom } from '../../batch/load/locate.js';
import { mergeShards } from '../../batch/reports/merge-shards.js';
import { tellGithub, writeReports } from '../../batch/reports/results.js';
import { Problems } from '../../diagnostics/problems.js';
import type { Io } from '../../edges/io.js';
import { summaryJson } from '../../report/files/summary.js';
import { painter } from '../../terminal/colour.js';
import { summaryText } from '../../terminal/summary-text.js';
import { shellWord } from '../../values/shell-words.js';
import type { Call } from '../argv/call.js';
import { commandFor } from '../argv/typed.js';
import { sayProblems } from '../say.js';

/** `rh-batch merge DIR…`: one report of shards that were applied apart. Needs no manifest, sends nothing. */
export const merge = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const asked = { dirs: call.args, outDir: call.text('outDir'), copy: call.flag('copy') };
  const merged = await mergeShards(asked, io, problems);
  sayProblems(problems, call, io);
  if (merged === null) return exit.badInput;
  const { report, outDir, folders } = merged;
  const written = await writeReports(
    report,
    outDir,
    {
      inlineLimit: null,
      folders,
      again: commandFor('merge', call, { words: call.args.map((word) => shellWord(word)) }),
    },
    io,
  );
  await tellGithub(report, io);
  if (call.flag('json')) io.out.write(`${summaryJson(report)}\n`);
  else
    io.out.write(
      summaryText(report, {
        reportPath: written.htmlPath === null ? null : shownFrom(io.cwd)(written.htmlPath),
        command: null,
        merged: true,
        paint: painter(io.env, io.out.isTTY),
        width: io.out.columns(),
      }),
    );
  if (written.failed) return exit.machine;
  return report.counts.succeeded === report.counts.total ? exit.done : exit.someFailed;
};
