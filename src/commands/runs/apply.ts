import { join } from 'node:path';
import { resultJson } from '../../report/files/summary.js';
import { painter } from '../../terminal/colour.js';
import { summaryText } from '../../terminal/summary-text.js';
import type { Progress } from '../../terminal/live/progress.js';
import { Problems } from '../../diagnostics/problems.js';
import type { Follower, Surroundings } from '../../batch/apply/follower.js';
import { applyBatch } from '../../batch/apply/apply-batch.js';
import type { Call } from '../argv/call.js';
import { optionsOf } from '../argv/options.js';
import { logGroup } from '../../terminal/ci.js';
import type { Io } from '../../edges/io.js';
import { besideProgress, liveWanted, modeFor, progressFor } from '../argv/progress.js';
import { tellGithub } from '../../batch/reports/results.js';
import { sayProblems } from '../say.js';
import { PageBeside } from './page-beside.js';
import { proposalsOf } from '../argv/typed.js';

/** `rh-batch apply` */
export const apply = async (call: Call, io: Io): Promise<number> => {
  const beside = besideProgress(io);
  const problems = new Problems();
  const proposals = proposalsOf(call);
  const options = { ...optionsOf(call, problems), live: liveWanted(call, io, problems) };
  const page = call.flag('view') ? new PageBeside(options, beside.io, proposals) : null;
  const follower: Follower = {
    problems: (found, about) => sayProblems(found, call, beside.io, about),
    progress: async ({ clock, ...facts }) => {
      const progress = beside.watch(
        folded((await progressFor(call, io))(io, clock, facts), call, io),
      );
      return page?.told(progress) ?? progress;
    },
  };
  const around: Surroundings = {
    ...{ io: beside.io, follower, proposals },
    planned: async (project, plan) => page?.open(project, plan),
  };
  const applied = await applyBatch(options, around, problems).catch(async (cause: unknown) => {
    await page?.close();
    throw cause;
  });
  if (applied.is === 'refused') {
    await page?.close();
    return applied.exitCode;
  }
  const { report, options: used, project, htmlPath, exitCode, command } = applied;
  const aboutRun =
    (name: string) =>
    (run: string): string =>
      proposals.command(name, used, { words: [run], manifest: project.manifest.file });
  await tellGithub(report, io);
  if (call.flag('json')) io.out.write(`${resultJson(report)}\n`);
  else
    io.out.write(
      summaryText(report, {
        reportPath: htmlPath === null ? null : project.show(htmlPath),
        command,
        resolve: aboutRun('resolve'),
        explain: aboutRun('explain'),
        shown: (path) => project.show(join(project.outputsDir, path)),
        paint: painter(io.env, io.out.isTTY),
        width: io.out.columns(),
      }),
    );
  await page?.end(exitCode);
  return exitCode;
};

/** In a CI's log the progress is folded up; what stays in sight is how it ended. */
const folded = (progress: Progress, call: Call, io: Io): Progress => {
  const group = modeFor(call, io) === 'plain' ? logGroup(io) : null;
  if (group === null) return progress;
  io.err.write(group.open('rh-batch: progress'));
  return {
    on: (event) => progress.on(event),
    stop: async () => {
      await progress.stop();
      io.err.write(group.close());
    },
  };
};
