import { error } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import { isOfMachine, machineText } from '../../edges/machine.js';
import { removeLeftOver } from '../../edges/files/temporary.js';
import type { Phase } from '../../journal/event.js';
import { openStore } from '../../journal/store.js';
import type { Plan } from '../../plan/plan.js';
import type { Selection } from '../../plan/select/selection.js';
import type { BatchReport } from '../../report/model.js';
import { count, oneLine } from '../../terminal/format.js';
import { planSummaryText } from '../../terminal/plan-text.js';
import { approvedBy, checkApproved, originOf } from '../plan/approved-plan.js';
import { beginBatch } from './begin-batch.js';
import { tellChangedSources } from '../load/changed-sources.js';
import { identify } from '../connect.js';
import type { ApplyOptions } from '../options/options.js';
import { selectionOf } from '../options/options.js';
import type { Proposals } from '../options/proposals.js';
import { applyCommand, sameCommand } from '../options/proposals.js';
import { ofDay } from '../load/day.js';
import { exit } from '../exit.js';
import { lookElsewhere, takeOver } from '../plan/elsewhere.js';
import type { Follower } from './follower.js';
import type { Io } from '../../edges/io.js';
import type { Listened } from '../listen.js';
import { listeningOf, startListening } from '../listen.js';
import { moveFiles } from './move-files.js';
import type { Notifier } from '../notify.js';
import { notifierOf } from '../notify.js';
import { planProject } from '../plan/planning.js';
import { probeOutputs } from './probe.js';
import type { Project } from '../load/project.js';
import { loadProject, readEnvFile } from '../load/project.js';
import { rescueText } from './rescue-text.js';
import { reportOf, titleOf, writeReports } from '../reports/results.js';
import { watchSignals } from './signals.js';
import { writeOwner } from '../load/state-owner.js';
import type { Outcome } from './outcome.js';
import { nothingDone } from './outcome.js';
import type { SubmissionParts } from './submission.js';
import { settleState } from './take-over.js';
import { ledgerOf } from '../plan/uploads-ledger.js';

export type Applied =
  /** A mistake, or another process holds the state. Nothing was submitted. */
  | { readonly is: 'refused'; readonly exitCode: number }
  | {
      readonly is: 'ended';
      readonly exitCode: number;
      readonly report: BatchReport;
      /** As given; of an approved plan, those that it was made with. */
      readonly options: ApplyOptions;
      readonly project: Project;
      /** Of report.html; null: it could not be written. */
      readonly htmlPath: string | null;
      /** What goes on with this batch without paying for anything twice; null: nothing does. */
      readonly command: string | null;
    };

/** What an apply needs of those who start it. */
export interface Surroundings {
  readonly io: Io;
  readonly follower: Follower;
  readonly proposals: Proposals;
}

const refused = (exitCode: number): Applied => ({ is: 'refused', exitCode });

/**
 * Runs what is missing or changed, and writes the reports. Lines for people that are no
 * diagnostics go to `io.err`; nothing goes to `io.out`.
 */
export const applyBatch = async (
  given: ApplyOptions,
  { io, follower, proposals }: Surroundings,
  /** With what is wrong in the options already. */
  problems = new Problems(),
): Promise<Applied> => {
  const before = problems.errors;
  const approved = await approvedBy(given, proposals, io, problems);
  if (problems.errors > before) {
    follower.problems(problems);
    return refused(exit.badInput);
  }
  const options = approved?.options ?? given;
  const env = await readEnvFile(options, io, problems);
  const loaded = await loadProject(options, io, problems, env, approved?.madeAt ?? 'now');
  const selection = selectionOf(options);
  const identity = identify(options, io, env, problems);
  const listening =
    loaded === null || identity === null ? null : listeningOf(options, loaded, identity, problems);
  if (loaded === null || identity === null || problems.errors > 0) {
    follower.problems(problems);
    return refused(exit.badInput);
  }
  const settled = await settleState(loaded, new Date(identity.clock.now()).toISOString());
  if (!settled.ok) {
    problems.add(error(settled.locked ? 'E0701' : 'E0702', null, settled.message));
    follower.problems(problems);
    return refused(settled.locked ? exit.locked : exit.badInput);
  }
  const project: Project = { ...loaded, stateDir: settled.stateDir, movesTo: null };
  const opened = await openStore(project.stateDir, {
    clock: identity.clock,
    command: 'rh-batch apply',
  });
  if (!opened.ok) {
    const { is, message, hint } = opened.problem;
    problems.add(error(is === 'locked' ? 'E0701' : 'E0702', null, message, { hint }));
    follower.problems(problems);
    return refused(is === 'locked' ? exit.locked : exit.badInput);
  }
  const { store, notices } = opened;
  if ('notBefore' in identity.clock) identity.clock.notBefore((store.state.lastAt ?? 0) + 1);
  let listened: Listened | null = null;
  try {
    for (const notice of notices) io.err.write(`notice: ${notice}\n`);
    const { clock } = identity;
    await removeLeftOver(project.outputsDir);
    const ledger = await ledgerOf({
      stateDir: project.stateDir,
      // The emulator of this process knows no upload of an earlier one.
      account: project.emulated ? `emulated-${process.pid}-${Date.now()}` : identity.account,
      family: project.target.family,
      maxAgeMs: project.manifest.assets.maxAgeMs,
      clock,
    });
    const notifier = notifierOf(project, env, io, problems);
    const elsewhere = await lookElsewhere(project, store.state);
    if ('notBefore' in clock) clock.notBefore((elsewhere?.lastAt ?? 0) + 1);
    const plan = await planProject(
      project,
      { history: store.state, selection, env, clock, ledger, elsewhere, now: approved?.madeAt },
      problems,
    );
    if (approved !== null && plan !== null && problems.errors === 0) {
      const { account } = identity;
      const from = { project, account, history: store.state, madeAt: approved.madeAt };
      await checkApproved(
        approved,
        given.manifest ?? '',
        plan,
        originOf(options, io, from),
        proposals,
        io,
        problems,
      );
    }
    if (listening !== null && plan !== null && problems.errors === 0)
      listened = await startListening(listening, io, problems);
    if (plan !== null && problems.errors === 0)
      await probeOutputs(project, submitsOf(plan), problems);
    follower.problems(problems);
    if (plan === null || problems.errors > 0) return refused(exit.badInput);
    if (selection.failed && plan.summary.total === 0)
      io.err.write(
        'notice: --failed: no run has failed or was cancelled, so there is nothing to do\n',
      );
    const { stateDir, manifestPath, manifestBytes, manifest } = project;
    // Where the disk refuses it, the journal will say so.
    await writeOwner(stateDir, manifestPath, manifestBytes, manifest.target.id).catch(
      () => undefined,
    );
    const taken = elsewhere === null ? 0 : await takeOver(elsewhere, plan, store);
    if (taken > 0) io.err.write(`notice: ${count(taken, 'run')} taken over from other batches\n`);
    return await new Apply({
      // After midnight, too, what is printed is about the batch that this one was.
      options: ofDay(options, manifestBytes, project.date),
      proposals,
      io,
      follower,
      project,
      identity,
      store,
      plan,
      selection,
      ledger,
      listened,
      notifier,
    }).run();
  } catch (cause) {
    if (!isOfMachine(cause)) throw cause;
    const message = `this machine refuses: ${machineText(cause)}`;
    problems.add(error('E0702', null, message, { hint: 'mend that; the same command goes on' }));
    follower.problems(problems);
    return refused(store.state.creates > 0 ? exit.machine : exit.badInput);
  } finally {
    await listened?.receiver.close();
    await store.close();
  }
};

interface Parts extends Omit<SubmissionParts, 'begin'> {
  readonly selection: Selection;
  readonly notifier: Notifier | null;
}

class Apply {
  constructor(private readonly parts: Parts) {}

  async run(): Promise<Applied> {
    const { io, follower, plan, store, identity } = this.parts;
    const startedAt = identity.clock.now();
    // Without a record of its own even a shard with nothing to do could not be merged.
    const early = this.parts.selection.shard !== null || plan.moves.length > 0;
    if (early) await this.#begin();
    await this.#moveFiles();
    const signals = watchSignals(io);
    const begin = early ? (): Promise<void> => Promise.resolve() : () => this.#begin();
    const busy = this.#hasWork();
    // Nothing to do: what talks to the service is not even loaded.
    const submission = busy
      ? new (await import('./submission.js')).Submission({ ...this.parts, begin })
      : null;
    const progress = await follower.progress({
      clock: identity.clock,
      total: () => plan.summary.total - plan.summary.upToDate,
      nameOf: (run) => submission?.nameOf(run) ?? store.state.runs.get(run)?.inputs.name ?? null,
      forecast: () => submission?.forecast(identity.clock.now()) ?? null,
    });
    const enter = (phase: Phase, detail: string): void => {
      if (submission !== null) progress.on({ type: 'phase', phase, detail });
    };
    try {
      enter('plan', planSummaryText(plan));
      const outcome = (await submission?.run(progress, signals.interrupted)) ?? nothingDone;
      enter('report', '');
      const report = await this.#report(outcome, startedAt);
      const code = signals.code() ?? (outcome.code === exit.done ? codeOf(report) : outcome.code);
      const taken = (await store.stillHeld()).is === 'taken';
      if ((early || busy) && !taken) await this.#end(code, outcome);
      const ended = { ...report, exitCode: code };
      await tellChangedSources(this.parts.project, this.parts.io);
      // Journal and reports are those of the process that took over.
      if (taken) return this.#leave(ended, code);
      const command = await this.#rescue();
      return await this.#finish(ended, code, command, signals.interrupted);
    } finally {
      await progress.stop();
      signals.stop();
    }
  }

  /** Kept files go where the plan says before new ones come. */
  async #moveFiles(): Promise<void> {
    const { io, plan, project, store } = this.parts;
    if (plan.moves.length === 0) return;
    const { renamed, linked, left } = await moveFiles(plan.moves, project.outputsDir, store);
    const parts = [
      ...(renamed > 0 ? [`${count(renamed, 'file')} renamed`] : []),
      ...(linked > 0 ? [`${count(linked, 'file')} linked from where they were`] : []),
    ];
    if (parts.length > 0) io.err.write(`notice: ${parts.join(', ')}\n`);
    for (const line of left) io.err.write(`warning: ${oneLine(line)}\n`);
  }

  /** A finished batch is a no-op: no request, no event. */
  #hasWork(): boolean {
    const { summary } = this.parts.plan;
    const { onUnknown } = this.parts.plan.manifest.execution;
    const states = [...this.parts.store.state.runs.values()];
    return (
      summary.new + summary.changed + summary.retry + summary.download > 0 ||
      (summary.unknown > 0 && onUnknown === 'resubmit') ||
      states.some(({ state }) => state.is === 'inFlight' || state.is === 'fetching')
    );
  }

  async #begin(): Promise<void> {
    const { store, plan, project, selection, identity, options, proposals } = this.parts;
    await beginBatch(store, plan, project, {
      selection,
      typed: proposals.selection(options),
      account: identity.account,
      profile: options.profile ?? null,
    });
  }

  async #report(outcome: Outcome, startedAt: number): Promise<BatchReport> {
    const { plan, store, identity, project } = this.parts;
    return reportOf(
      plan,
      store.state,
      {
        name: plan.manifest.name,
        title: titleOf(plan.manifest),
        target: plan.manifest.target.id,
        startedAt,
        finishedAt: identity.clock.now(),
        exitCode: outcome.code,
        stop: outcome.stop,
        emulated: project.emulated,
        submits: outcome.submits,
        assets: {
          unique: plan.assets.size,
          uploaded: outcome.uploads.count,
          bytes: outcome.uploads.bytes,
        },
        requests: outcome.requests,
        slots: outcome.slots || (store.state.told?.slots ?? null),
      },
      outcome.held,
      ({ selected }) => selected,
    );
  }

  async #end(exitCode: number, { stop, uploads, requests, slots, held }: Outcome): Promise<void> {
    const { store } = this.parts;
    const told = {
      uploads,
      requests,
      ...(slots === 0 ? {} : { slots }),
      held: Object.fromEntries(held),
    };
    try {
      await store.append({ type: 'end', exitCode, stop, told });
    } catch {
      // Told already, with the tasks in flight.
    }
  }

  #leave(report: BatchReport, exitCode: number): Applied {
    const { options, project } = this.parts;
    const command = applyCommand(this.parts);
    return { is: 'ended', exitCode, report, options, project, htmlPath: null, command };
  }

  /** @returns what goes on with this batch; null: nothing does without paying twice. */
  async #rescue(): Promise<string | null> {
    const { io, project, store } = this.parts;
    const rescued = await store.rescue();
    const told = rescueText(rescued, project.show);
    if (told !== null) io.err.write(told);
    return rescued.is === 'failed' ? null : sameCommand(this.parts);
  }

  async #finish(
    report: BatchReport,
    code: number,
    command: string | null,
    interrupted: AbortSignal,
  ): Promise<Applied> {
    const { options, proposals, io, project, notifier } = this.parts;
    const page = {
      command: applyCommand(this.parts),
      again: proposals.command('report', options, { manifest: project.manifest.file }),
      inlineLimit: options.inlineLimit ?? null,
    };
    const { htmlPath, failed } = await writeReports(
      report,
      project.outputsDir,
      page,
      io,
      project.stateDir,
    );
    const exitCode = code === exit.done && failed ? exit.machine : code;
    const untold = (await notifier?.tell({ ...report, exitCode }, interrupted)) ?? null;
    if (untold !== null) io.err.write(`warning: notify: ${untold}\n`);
    return { is: 'ended', exitCode, report, options, project, htmlPath, command };
  }
}

const submitsOf = ({ summary }: Plan): boolean => summary.new + summary.changed + summary.retry > 0;

const codeOf = ({ thisApply }: BatchReport): number =>
  thisApply.succeeded === thisApply.total ? exit.done : exit.someFailed;
