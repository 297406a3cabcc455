import { resolve } from 'node:path';
import { Problems } from '../../diagnostics/problems.js';
import { everything } from '../../plan/select/selection.js';
import { compareBatches } from '../../report/compare/compare.js';
import { selectedIn } from '../../report/run.js';
import { summaryJson } from '../../report/files/summary.js';
import { comparisonText } from '../../report/compare/compare-words.js';
import type { Call } from '../argv/call.js';
import { optionsOf } from '../argv/options.js';
import { readEarlier } from '../../batch/reports/earlier-batch.js';
import { ofDay } from '../../batch/load/day.js';
import { exit } from '../../batch/exit.js';
import type { Io } from '../../edges/io.js';
import { applyCommand } from '../../batch/options/proposals.js';
import { planProject } from '../../batch/plan/planning.js';
import { loadProject } from '../../batch/load/project.js';
import { readEnvFile } from '../../batch/load/environment.js';
import { factsOfJournal } from '../../batch/reports/journal-facts.js';
import { reportOf, tellGithub, writeReports } from '../../batch/reports/results.js';
import { makeThumbnails } from '../../batch/reports/thumbnails.js';
import { sayOne, sayProblems } from '../say.js';
import { proposalsOf } from '../argv/typed.js';

/** `rh-batch report`: writes the reports again from the journal; nothing is sent. */
export const report = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const options = optionsOf(call, problems);
  const env = await readEnvFile(options, io, problems);
  const project = await loadProject(options, io, problems, undefined, 'lastApply');
  const read = project === null ? null : await project.stores.read(project);
  if (read !== null && !read.ok) {
    sayOne('E0702', read.problem.message, read.problem.hint, call, io);
    return exit.badInput;
  }
  const plan =
    project === null || read === null
      ? null
      : await planProject(
          project,
          {
            history: read.state,
            selection: { ...everything, shard: read.state.scope?.shard ?? null },
            env,
            clock: io.clock,
          },
          problems,
        );
  const typed = call.text('compare');
  const dir = resolve(io.cwd, typed ?? '.');
  const earlier =
    project === null || typed === null ? null : await readEarlier(typed, dir, project, problems);
  sayProblems(problems, call, io);
  if (project === null || plan === null || read === null || problems.errors > 0)
    return exit.badInput;
  const { state } = read;
  const isSelected = selectedIn(state);
  const made = await reportOf(
    plan,
    state,
    factsOfJournal(plan, state, project.emulated),
    new Map(Object.entries(state.told?.held ?? {})),
    ({ id }) => isSelected(id),
  );
  const comparison = earlier === null ? undefined : compareBatches(earlier, made.runs);
  const about = ofDay(options, project.manifestBytes, project.date);
  const proposals = proposalsOf(call);
  await makeThumbnails(made, project.outputsDir, io);
  const written = await writeReports(
    made,
    project.outputsDir,
    {
      command: applyCommand({ proposals, options: about, project }),
      again: proposals.command('report', about, { manifest: project.manifest.file }),
      inlineLimit: options.inlineLimit ?? null,
      ...(comparison === undefined ? {} : { comparison, folders: [dir] }),
    },
    io,
  );
  await tellGithub(made, io);
  if (call.flag('json')) io.out.write(`${summaryJson(made, comparison)}\n`);
  else {
    if (comparison !== undefined) io.out.write(`${comparisonText(comparison)}\n`);
    if (written.htmlPath !== null) io.out.write(`report: ${project.show(written.htmlPath)}\n`);
  }
  return written.failed ? exit.machine : exit.done;
};
