import type { Phase } from '../../journal/event.js';
import type { Selection } from '../../plan/select/selection.js';
import type { BatchReport } from '../../report/model.js';
import { count, oneLine } from '../../terminal/format.js';
import { planSummaryText } from '../../terminal/plan-text.js';
import { exit } from '../exit.js';
import { tellChangedSources } from '../load/changed-sources.js';
import type { Project } from '../load/project.js';
import type { Notifier } from '../notify.js';
import type { ApplyOptions } from '../options/options.js';
import { applyCommand, sameCommand } from '../options/proposals.js';
import { reportOf, titleOf, writeReports } from '../reports/results.js';
import type { PageDuring } from '../view/page-during.js';
import { beginBatch } from './begin-batch.js';
import { moveFiles } from './move-files.js';
import type { Outcome } from './outcome.js';
import { nothingDone } from './outcome.js';
import { rescueText } from './rescue-text.js';
import { watchSignals } from './signals.js';
import type { SubmissionParts } from './submission.js';
import { toDoOf } from '../../plan/plan.js';

/** How an apply ended that was let begin. */
export interface Ended {
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
}

export interface Parts extends Omit<SubmissionParts, 'begin'> {
  readonly selection: Selection;
  readonly notifier: Notifier | null;
}

/** The work of an apply, from its plan to its reports; the state is held by the caller. */
export class Apply {
  constructor(private readonly parts: Parts) {}

  async run(): Promise<Ended> {
    const { io, follower, plan, store, identity } = this.parts;
    const startedAt = Math.floor(identity.clock.now());
    const busy = this.#hasWork();
    const during = busy ? await this.#pageDuring() : null;
    // Without a record of its own even a shard with nothing to do could not be merged.
    const early = this.parts.selection.shard !== null || plan.moves.length > 0;
    if (early) await this.#begin(startedAt);
    await this.#moveFiles();
    const signals = watchSignals(io);
    signals.interrupted.addEventListener('abort', () => store.hurry?.(), { once: true });
    const begin = early ? (): Promise<void> => Promise.resolve() : () => this.#begin(startedAt);
    // Nothing to do: what talks to the service is not even loaded.
    const submission = busy
      ? new (await import('./submission.js')).Submission({ ...this.parts, begin })
      : null;
    const told = await follower.progress({
      clock: identity.clock,
      total: () => toDoOf(plan.summary),
      nameOf: (run) => submission?.nameOf(run) ?? store.state.runs.get(run)?.inputs.name ?? null,
      forecast: () => submission?.forecast(identity.clock.now()) ?? null,
    });
    const progress = during?.told(told) ?? told;
    const enter = (phase: Phase, detail: string): void => {
      if (submission !== null) progress.on({ type: 'phase', phase, detail });
    };
    try {
      enter('plan', planSummaryText(plan));
      const outcome = (await submission?.run(progress, signals.interrupted)) ?? nothingDone;
      await during?.stop(signals.interrupted.aborted);
      enter('report', '');
      const report = await this.#report(outcome, startedAt);
      const code = signals.code() ?? (outcome.code === exit.done ? codeOf(report) : outcome.code);
      const taken = (await store.stillHeld()).is === 'taken';
      if ((early || busy) && !taken) await this.#end(code, outcome, report.finishedAt);
      const ended = { ...report, exitCode: code };
      await tellChangedSources(this.parts.project, this.parts.io);
      // Journal and reports are those of the process that took over.
      if (taken) return this.#leave(ended, code);
      const again = await this.#rescue();
      // The same command finds the same mistakes until they are mended.
      const command = code === exit.badInput ? null : again;
      return await this.#finish(ended, code, command, signals.interrupted);
    } finally {
      await during?.stop(true);
      await progress.stop();
      signals.stop();
    }
  }

  async #pageDuring(): Promise<PageDuring> {
    const { io, project, plan, store } = this.parts;
    const { PageDuring } = await import('../view/page-during.js');
    return new PageDuring({ io, project, plan, store, command: applyCommand(this.parts) });
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
    // Of a prompt with a name of ours it can be found out what became of it.
    const findsLost = this.parts.plan.manifest.target.servers.length > 0;
    const states = [...this.parts.store.state.runs.values()];
    return (
      summary.new + summary.changed + summary.retry + summary.download > 0 ||
      (summary.unknown > 0 && (onUnknown === 'resubmit' || findsLost)) ||
      states.some(({ state }) => state.is === 'inFlight' || state.is === 'fetching')
    );
  }

  async #begin(startedAt: number): Promise<void> {
    const { store, plan, project, selection, identity, options, proposals } = this.parts;
    await beginBatch(store, plan, project, {
      selection,
      typed: proposals.selection(options),
      account: identity.account,
      profile: options.profile ?? null,
      startedAt,
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
        finishedAt: Math.floor(identity.clock.now()),
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

  async #end(
    exitCode: number,
    { stop, uploads, requests, slots, held }: Outcome,
    finishedAt: number | null,
  ): Promise<void> {
    const { store } = this.parts;
    const told = {
      uploads,
      requests,
      ...(slots === 0 ? {} : { slots }),
      held: Object.fromEntries(held),
    };
    try {
      const at = finishedAt === null ? {} : { finishedAt: new Date(finishedAt).toISOString() };
      await store.append({ type: 'end', exitCode, stop, ...at, told });
    } catch {
      // Told already, with the tasks in flight.
    }
  }

  #leave(report: BatchReport, exitCode: number): Ended {
    const { options, project } = this.parts;
    const command = sameCommand(this.parts);
    return { is: 'ended', exitCode, report, options, project, htmlPath: null, command };
  }

  /** @returns what goes on with this batch; null: nothing does without paying twice. */
  async #rescue(): Promise<string | null> {
    const { io, project, store, options, proposals } = this.parts;
    const rescued = await store.rescue();
    const told = rescueText(rescued, project.show);
    if (told !== null) io.err.write(proposals.complete(told, options));
    return rescued.is === 'failed' ? null : sameCommand(this.parts);
  }

  async #finish(
    report: BatchReport,
    code: number,
    command: string | null,
    interrupted: AbortSignal,
  ): Promise<Ended> {
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

const codeOf = ({ thisApply }: BatchReport): number =>
  thisApply.succeeded === thisApply.total ? exit.done : exit.someFailed;
