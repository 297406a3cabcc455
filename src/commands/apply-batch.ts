import { whyNotOutput } from '../assets/kind.js';
import type { Ledger } from '../assets/ledger.js';
import { Uploader } from '../assets/uploader.js';
import { error } from '../diagnostics/diagnostic.js';
import { Problems } from '../diagnostics/problems.js';
import type { Clock } from '../edges/clock.js';
import { NodeOutputFiles } from '../edges/output-files.js';
import { runBatch } from '../engine/engine.js';
import type { EngineResult } from '../engine/engine.js';
import { predictivePolicy } from '../engine/predictive.js';
import type { LiveEvent, Phase, Recorded, RunError } from '../journal/event.js';
import { openStore } from '../journal/store.js';
import type { Store } from '../journal/store.js';
import { durationsOf } from '../plan/durations.js';
import type { Forecast } from '../plan/forecast.js';
import { Outlook } from '../plan/outlook.js';
import type { Plan } from '../plan/plan.js';
import { toRunInputs } from '../plan/record.js';
import { requestOf } from '../plan/request.js';
import type { Selection } from '../plan/selection.js';
import type { BatchReport } from '../report/model.js';
import { TaskSockets } from '../runninghub/sockets.js';
import { planSummaryText } from '../terminal/plan-text.js';
import type { RunId } from '../values/ids.js';
import { askBalance } from './balance.js';
import { beginBatch } from './begin-batch.js';
import type { Call } from './call.js';
import type { Connection, Identity } from './connect.js';
import { connect, identify } from './connect.js';
import { exit } from './exit.js';
import type { Listened } from './listen.js';
import { listeningOf, startListening } from './listen.js';
import { liveWanted } from './progress.js';
import type { Io } from './io.js';
import { applyCommand, inlineLimitOf } from './page-options.js';
import type { Notifier } from './notify.js';
import { notifierOf } from './notify.js';
import { planProject } from './planning.js';
import { preflight } from './preflight.js';
import type { Project } from './project.js';
import { loadProject, readEnvFile } from './project.js';
import { reportOf, titleOf, writeReports } from './results.js';
import { selectionOf } from './select.js';
import { watchSignals } from './signals.js';
import { ledgerOf } from './uploads-ledger.js';

/** How long a silent service is waited for, in service time. */
const patienceMs = 10 * 60_000;

/** Who follows an apply: the terminal of the command, the event stream of the API. */
export interface Follower {
  /** Mistakes and warnings, as soon as a stage has found all of its own. */
  problems(problems: Problems): void;
  /** Asked once, when the plan stands; from then on it is told every event. */
  progress(facts: ApplyFacts): Listener;
}

/** A Progress is one. */
export interface Listener {
  on(event: Recorded | LiveEvent): void;
  stop(): Promise<void>;
}

export interface ApplyFacts {
  readonly clock: Clock;
  /** Runs that this apply sets out to do. */
  readonly total: () => number;
  readonly nameOf: (run: RunId) => string | null;
  readonly forecast: () => Forecast | null;
}

export type Applied =
  /** A mistake, or another process holds the state. Nothing was submitted. */
  | { readonly is: 'refused'; readonly exitCode: number }
  | {
      readonly is: 'ended';
      readonly exitCode: number;
      readonly report: BatchReport;
      readonly project: Project;
      /** Of report.html; null: it could not be written. */
      readonly htmlPath: string | null;
    };

const refused = (exitCode: number): Applied => ({ is: 'refused', exitCode });

/**
 * Runs what is missing or changed, and writes the reports. Lines for people that are no
 * diagnostics go to `io.err`; nothing goes to `io.out`.
 */
export const applyBatch = async (call: Call, io: Io, follower: Follower): Promise<Applied> => {
  const problems = new Problems();
  const env = await readEnvFile(call, io, problems);
  const project = await loadProject(call, io, problems);
  const selection = selectionOf(call, problems);
  const inlineLimit = inlineLimitOf(call, problems);
  const identity = identify(call, io, env, problems);
  const live = liveWanted(call, io, problems);
  const listening =
    project === null || identity === null ? null : listeningOf(call, project, identity, problems);
  if (project === null || identity === null || problems.errors > 0) {
    follower.problems(problems);
    return refused(exit.badInput);
  }
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
    const ledger = await ledgerOf({
      stateDir: project.stateDir,
      // The emulator of this process knows no upload of an earlier one.
      account: project.emulated ? `emulated-${process.pid}-${Date.now()}` : identity.account,
      family: project.target.family,
      maxAgeMs: project.manifest.assets.maxAgeMs,
      clock,
    });
    const notifier = notifierOf(project.manifest, env, io, problems);
    const plan = await planProject(
      project,
      { history: store.state, selection, env, clock, ledger },
      problems,
    );
    if (listening !== null && plan !== null && problems.errors === 0)
      listened = await startListening(listening, io, problems);
    follower.problems(problems);
    if (plan === null || problems.errors > 0) return refused(exit.badInput);
    return await new Apply({
      call,
      io,
      follower,
      project,
      identity,
      store,
      plan,
      selection,
      ledger,
      listened,
      live,
      inlineLimit,
      notifier,
    }).run();
  } finally {
    await listened?.receiver.close();
    await store.close();
  }
};

interface Parts {
  readonly call: Call;
  readonly io: Io;
  readonly follower: Follower;
  readonly project: Project;
  readonly identity: Identity;
  readonly store: Store;
  readonly plan: Plan;
  readonly selection: Selection;
  readonly ledger: Ledger;
  readonly listened: Listened | null;
  /** Whether to show what running tasks do. */
  readonly live: boolean;
  /** For report.html; null: outputs stay beside it. */
  readonly inlineLimit: number | null;
  readonly notifier: Notifier | null;
}

/** What came of the service's part of an apply. */
interface Outcome {
  readonly code: number;
  readonly stop: string | null;
  readonly held: ReadonlyMap<RunId, RunError>;
  readonly uploads: { readonly count: number; readonly bytes: number };
  readonly requests: { readonly create: number; readonly outputs: number };
  readonly submits: number;
  /** The most slots in use at once. */
  readonly slots: number;
}

const nothingDone: Omit<Outcome, 'code' | 'stop'> = {
  held: new Map(),
  uploads: { count: 0, bytes: 0 },
  requests: { create: 0, outputs: 0 },
  submits: 0,
  slots: 0,
};

class Apply {
  readonly #names = new Map<RunId, string>();
  #outlook: Outlook | null = null;

  constructor(private readonly parts: Parts) {}

  async run(): Promise<Applied> {
    const { io, follower, plan, store, identity } = this.parts;
    const startedAt = identity.clock.now();
    // Without a record of its own even a shard with nothing to do could not be merged.
    const sharded = this.parts.selection.shard !== null;
    if (sharded) await this.#begin();
    const signals = watchSignals(io);
    const progress = follower.progress({
      clock: identity.clock,
      total: () => plan.summary.total - plan.summary.upToDate,
      nameOf: (run) => this.#names.get(run) ?? store.state.runs.get(run)?.inputs.name ?? null,
      forecast: () => this.#outlook?.forecast(identity.clock.now()) ?? null,
    });
    const busy = this.#hasWork();
    const enter = (phase: Phase, detail: string): void => {
      if (busy) progress.on({ type: 'phase', phase, detail });
    };
    try {
      enter('plan', planSummaryText(plan));
      const outcome = busy
        ? await this.#work(progress, signals.interrupted)
        : { ...nothingDone, code: exit.done, stop: null };
      enter('report', '');
      const report = await this.#report(outcome, startedAt);
      const code = signals.code() ?? (outcome.code === exit.done ? codeOf(report) : outcome.code);
      if (sharded || busy) await this.#end(code, outcome);
      return await this.#finish({ ...report, exitCode: code }, code, signals.interrupted);
    } finally {
      await progress.stop();
      signals.stop();
    }
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

  async #work(progress: Listener, interrupted: AbortSignal): Promise<Outcome> {
    const { call, io, project, identity, plan } = this.parts;
    const saved = plan.target.saved(plan.manifest.target.id, project.workflowText);
    const connection = await connect(identity, saved, call, io);
    try {
      return await this.#submitAll(connection, progress, interrupted);
    } finally {
      await connection.close();
    }
  }

  async #submitAll(
    connection: Connection,
    progress: Listener,
    interrupted: AbortSignal,
  ): Promise<Outcome> {
    const { io, follower, store, plan } = this.parts;
    const { client, clock } = connection;
    const problems = new Problems();
    progress.on({
      type: 'phase',
      phase: 'check',
      detail: plan.target.check?.what ?? 'the account',
    });
    const inFlight = [...store.state.runs.values()].filter(({ state }) => state.is === 'inFlight');
    const { summary } = plan;
    const toSubmit = summary.new + summary.changed + summary.retry + summary.unknown;
    const checked =
      toSubmit > 0
        ? await preflight(
            plan,
            inFlight.length,
            { service: client, clock, patienceMs },
            problems,
            interrupted,
          )
        : ({ is: 'go', drifted: [], room: null } as const);
    const short =
      checked.is === 'go' && toSubmit > 0
        ? await askBalance(plan.estimate, client, interrupted)
        : null;
    if (short !== null) problems.add(short);
    follower.problems(problems);
    if (checked.is === 'mismatch')
      return {
        ...nothingDone,
        code: exit.badInput,
        stop: `${plan.target.check?.what ?? 'the target'} differs`,
      };
    if (checked.is === 'stop') {
      io.err.write(`error: ${checked.message}\n`);
      return { ...nothingDone, code: exit.service, stop: checked.message };
    }
    if (this.parts.selection.shard === null) await this.#begin();
    const outlook = this.#lookAhead();
    let slots = 0;
    const tell = (event: Recorded | LiveEvent): void => {
      outlook.on(event, clock.now());
      // What goes beyond the limit is a question to the service, not a slot.
      if (event.type === 'slots') slots = Math.max(slots, Math.min(event.limit, event.inFlight));
      progress.on(event);
    };
    store.onEvent(tell);
    progress.on({ type: 'phase', phase: 'run', detail: '' });
    const uploader = this.#uploader(connection, progress);
    const { listened, live } = this.parts;
    const { create } = plan.manifest;
    const told = listened === null ? create : { ...create, webhookUrl: listened.webhookUrl };
    const sockets = live ? new TaskSockets(io.env) : null;
    const result = await runBatch(
      plan,
      {
        service: client.speaking(plan.target.family),
        journal: store,
        uploads: uploader,
        files: new NodeOutputFiles({
          dir: this.parts.project.outputsDir,
          onExist: plan.manifest.outputs.onExist,
          refuse: whyNotOutput,
        }),
        clock,
        random: Math.random,
        show: tell,
        ...(listened === null ? {} : { ends: listened.receiver }),
        ...(sockets === null ? {} : { sockets }),
      },
      {
        request: (run, names) => {
          this.#names.set(run.id, run.name);
          return requestOf(plan, run, checked.drifted, names, told);
        },
        inputs: (run) => {
          this.#names.set(run.id, run.name);
          return toRunInputs(run, plan.base.sha256);
        },
        policy: predictivePolicy(),
        expectedMs: ({ values }) => outlook.expectedMs(values),
        room: checked.room,
        nodes: plan.keptNodes,
        interrupted,
        patienceMs,
      },
    );
    await sockets?.close();
    if (listened?.receiver.events === 0 && result.accepted > result.inFlight.length) {
      const message = 'no webhook event arrived: the public URL does not lead to --listen';
      progress.on({ type: 'notice', message });
    }
    return { ...this.#outcomeOf(result, connection, uploader), slots };
  }

  #lookAhead(): Outlook {
    const { store, plan, identity } = this.parts;
    const { target, create } = plan.manifest;
    this.#outlook = new Outlook(
      durationsOf(store.state, target.id, create.instance),
      plan.pending.copy(),
      (run) => store.state.runs.get(run),
      identity.clock.now(),
    );
    return this.#outlook;
  }

  async #begin(): Promise<void> {
    const { store, plan, project, selection, identity, call } = this.parts;
    const profile = call.text('profile');
    await beginBatch(store, plan, project, { selection, account: identity.account, profile });
  }

  #uploader({ client, clock }: Connection, progress: Listener): Uploader {
    return new Uploader({
      service: client.speaking(this.parts.plan.target.family),
      loras: client,
      ledger: this.parts.ledger,
      files: this.parts.project.files,
      clock,
      random: Math.random,
      show: (event) => progress.on(event),
    });
  }

  #outcomeOf(
    result: EngineResult,
    { client }: Connection,
    uploader: Uploader,
  ): Omit<Outcome, 'slots'> {
    const { io } = this.parts;
    const { stop, blocked, unfetched, inFlight } = result;
    if (stop?.is === 'journal') {
      io.err.write(`error: ${stop.message}\nNothing more was submitted.\n`);
      for (const taskId of inFlight) io.err.write(`in flight: ${taskId}\n`);
    }
    const codes = {
      limit: exit.limit,
      service: exit.service,
      signal: exit.sigint,
      journal: exit.internal,
    };
    const code =
      stop !== null
        ? codes[stop.is]
        : unfetched.size > 0
          ? exit.service
          : blocked.size > 0
            ? exit.someFailed
            : exit.done;
    const { create, outputs } = client.requests();
    return {
      code,
      stop: stop?.message ?? null,
      held: new Map([...blocked, ...unfetched]),
      uploads: { count: uploader.uploads, bytes: uploader.uploadedBytes },
      requests: { create, outputs },
      submits: result.accepted,
    };
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

  async #finish(report: BatchReport, code: number, interrupted: AbortSignal): Promise<Applied> {
    const { call, io, project, inlineLimit, notifier } = this.parts;
    const page = { command: applyCommand(call, project), inlineLimit };
    const { htmlPath, failed } = await writeReports(report, project.outputsDir, page, io);
    const exitCode = code === exit.done && failed ? exit.service : code;
    const untold = (await notifier?.tell({ ...report, exitCode }, interrupted)) ?? null;
    if (untold !== null) io.err.write(`warning: notify: ${untold}\n`);
    return { is: 'ended', exitCode, report, project, htmlPath };
  }
}

const codeOf = ({ counts }: BatchReport): number =>
  counts.succeeded === counts.total ? exit.done : exit.someFailed;
