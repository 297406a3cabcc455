import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Applied } from '../../../batch/apply/apply-batch.js';
import { applyBatch } from '../../../batch/apply/apply-batch.js';
import type { Follower } from '../../../batch/apply/follower.js';
import { exit } from '../../../batch/exit.js';
import { shownFrom } from '../../../batch/load/locate.js';
import type { ApplyOptions } from '../../../batch/options/options.js';
import type { Proposals } from '../../../batch/options/proposals.js';
import { tellGithub } from '../../../batch/reports/results.js';
import { Problems } from '../../../diagnostics/problems.js';
import type { Io } from '../../../edges/io.js';
import { machineText } from '../../../edges/machine.js';
import { amount } from '../../../report/cost.js';
import type { ReportRun } from '../../../report/model.js';
import { painter } from '../../../terminal/colour.js';
import { failureText, outputLines } from '../../../terminal/single-run-text.js';
import { summaryText } from '../../../terminal/summary-text.js';
import { exactJson } from '../../../values/json-plain.js';
import { Call } from '../../argv/call.js';
import { optionsOf } from '../../argv/options.js';
import { besideProgress, liveWanted, progressFor } from '../../argv/progress.js';
import { asTyped, commandFor } from '../../argv/typed.js';
import { sayProblems } from '../../say.js';
import { asFlags } from './as-flags.js';
import { withGiven } from './given-files.js';
import type { GivenRun } from './given-run.js';
import { givenRun } from './given-run.js';

/** `rh-batch run api.json --id ID --set ADDRESS=VALUE …`: a batch of one, without a manifest. */
export const run = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const typed = { ...optionsOf(call, problems), live: liveWanted(call, io, problems) };
  const given = await givenRun(call, io, problems);
  if (given === null || problems.errors > 0) {
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  const manifest = shownFrom(io.cwd)(given.path);
  const options = { ...typed, manifest, stateDir: typed.stateDir ?? given.stateDir };
  const others = new OtherCommands(call, options, manifest);
  const beside = besideProgress(io);
  const applied = await applyBatch(
    options,
    {
      io: beside.io,
      follower: followerOf(call, io, beside, given, others),
      proposals: others,
      files: withGiven(given),
    },
    problems,
  );
  const exitCode =
    applied.is === 'refused' ? applied.exitCode : await tell(applied, call, io, others);
  if (others.wantFile) await writeManifest(given, manifest, io);
  return exitCode;
};

/**
 * Commands that messages propose. This one goes on with its run by itself; the others take a
 * manifest, which is then written.
 */
class OtherCommands implements Proposals {
  wantFile = false;

  constructor(
    private readonly call: Call,
    private readonly options: ApplyOptions,
    private readonly manifest: string,
  ) {}

  command: Proposals['command'] = (name, options, about = {}) => {
    if (name === 'apply' || name === 'report')
      return commandFor('run', this.call, {
        without: [...(about.without ?? []), ...shownOnly],
        words: [...(about.words ?? []), ...this.call.args],
      });
    this.wantFile = true;
    return commandFor(name, this.call, { ...about, manifest: this.manifest }, options);
  };

  complete = (message: string): string => {
    const completed = asTyped(message, this.call, this.options);
    if (completed !== message) this.wantFile = true;
    return completed;
  };

  selection = (): readonly string[] => [];
}

/** How a call is shown, which does not belong to the next one. */
const shownOnly = ['only', 'force', 'json', 'quiet', 'verbose', 'progress', 'live'];

const followerOf = (
  call: Call,
  io: Io,
  beside: ReturnType<typeof besideProgress>,
  given: GivenRun,
  others: OtherCommands,
): Follower => {
  // Hints are completed already.
  const plainCall = new Call([], { json: call.flag('json'), quiet: call.flag('quiet') });
  const about = {
    manifest: shownFrom(io.cwd)(given.path),
    fields: call.args[0] ?? 'api.json',
    complete: others.complete,
  };
  return {
    problems: (found) => sayProblems(asFlags(found, given, about), plainCall, beside.io),
    progress: async ({ clock, ...facts }) =>
      beside.watch((await progressFor(call, io))(io, clock, facts)),
  };
};

/** @returns the exit code. */
const tell = async (
  applied: Applied & { readonly is: 'ended' },
  call: Call,
  io: Io,
  others: OtherCommands,
): Promise<number> => {
  const { report, options, project, htmlPath, exitCode, command } = applied;
  await tellGithub(report, io);
  const [only] = report.runs;
  const shown = (path: string): string => project.show(join(project.outputsDir, path));
  const reportPath = htmlPath === null ? null : project.show(htmlPath);
  if (call.flag('json')) {
    const outputs = only?.outputs.map((output) => ({
      ...output,
      path: output.path === null ? null : shown(output.path),
    }));
    const facts = { name: report.name, exitCode, stop: report.stop, report: reportPath };
    io.out.write(
      `${exactJson({ version: 1, ...facts, ...factsOf(only), outputs: outputs ?? [] })}\n`,
    );
    return exitCode;
  }
  const paint = painter(io.env, io.out.isTTY);
  if (only !== undefined)
    io.out.write(
      `${outputLines(only.outputs, shown)}${failureText(only, project.workflow.nodes, paint)}`,
    );
  const said = summaryText(report, {
    reportPath,
    command,
    resolve: (id) => others.command('resolve', options, { words: [id] }),
    paint: painter(io.env, io.err.isTTY),
    width: io.err.columns(),
    // What went wrong is told whole above.
    maxTroubles: 0,
  });
  if (!call.flag('quiet')) io.err.write(said);
  if (only?.reused === true && !call.flag('quiet'))
    io.err.write(
      'the same was run before: nothing was submitted or paid for; --force runs it again, which costs\n',
    );
  return exitCode;
};

const factsOf = (only: ReportRun | undefined): Readonly<Record<string, unknown>> =>
  only === undefined
    ? { run: null, status: null, reused: false, taskId: null, error: null, cost: null }
    : {
        run: only.id,
        status: only.status,
        reused: only.reused,
        taskId: only.taskId,
        error: only.error,
        cost: {
          coins: amount(only.spent.coins),
          money: amount(only.spent.money),
          taskTimeMs: only.spent.taskTimeMs,
        },
      };

/** So that what was proposed can be typed. */
const writeManifest = async ({ path, text }: GivenRun, shown: string, io: Io): Promise<void> => {
  if (existsSync(path)) return;
  try {
    await writeFile(path, io.clean(text), { flag: 'wx' });
    io.err.write(`notice: ${shown} was written: the manifest of this run, for other commands\n`);
  } catch (cause) {
    io.err.write(`warning: ${shown} could not be written: ${machineText(cause)}\n`);
  }
};
