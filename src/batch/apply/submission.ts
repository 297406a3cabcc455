import { wayOut, whileWaiting } from '../way-out.js';
import { submitQuery } from '../../runninghub/receiver.js';
import { whyNotOutput } from '../../assets/kind.js';
import type { Ledger } from '../../assets/ledger.js';
import { Uploader } from '../../assets/uploader.js';
import { Problems } from '../../diagnostics/problems.js';
import { NodeOutputFiles } from '../../edges/files/output-files.js';
import type { EngineResult } from '../../engine/engine.js';
import { runBatch } from '../../engine/engine.js';
import type { OtherAccountTasks } from '../../engine/other-accounts.js';
import { protectOtherAccounts } from '../../engine/other-accounts.js';
import { steadyPolicy } from '../../engine/watch/steady.js';
import { foreignTasks } from '../../journal/accounts.js';
import type { LiveEvent, Recorded } from '../../journal/event.js';
import type { Store } from '../../journal/store.js';
import { durationsOf } from '../../forecast/durations.js';
import type { Forecast } from '../../forecast/forecast.js';
import { Outlook } from '../../forecast/outlook.js';
import type { Plan } from '../../plan/plan.js';
import { toRunInputs } from '../../plan/saved/record.js';
import { requestOf } from '../../plan/request.js';
import type { Fault, Service } from '../../runninghub/service.js';
import { oneLine } from '../../terminal/format.js';
import type { RunId, TaskId } from '../../values/ids.js';
import { askBalance } from '../plan/balance.js';
import type { Connection, Identity, RunClient } from '../connect.js';
import { connect } from '../connect.js';
import { exit } from '../exit.js';
import type { Follower, Listener } from './follower.js';
import type { Io } from '../../edges/io.js';
import type { Listened } from '../listen.js';
import type { ApplyOptions } from '../options/options.js';
import type { Proposals } from '../options/proposals.js';
import type { Left } from './other-accounts.js';
import { leftAlone, waysOut } from './other-accounts.js';
import type { Outcome } from './outcome.js';
import { codeOf, nothingDone, waitingWords } from './outcome.js';
import type { Preflight } from './preflight.js';
import { preflight, toldWhenSlow } from './preflight.js';
import type { Project } from '../load/project.js';
import type { ServerConnection } from '../servers/connect-servers.js';
import { inFlightOn, openServers } from '../servers/open-servers.js';
import { socketsFor } from './sockets-for.js';
import { serverPreflight } from '../servers/server-preflight.js';

/** How long a silent service is waited for, in service time. */
const patienceMs = 10 * 60_000;
const patienceText = '10 minutes';

export interface SubmissionParts {
  readonly options: ApplyOptions;
  readonly proposals: Proposals;
  readonly io: Io;
  readonly follower: Follower;
  readonly project: Project;
  readonly identity: Identity;
  readonly store: Store;
  readonly plan: Plan;
  readonly ledger: Ledger;
  readonly listened: Listened | null;
  /** Records that this apply begins; called when the service let it. */
  readonly begin: () => Promise<void>;
}

/** The service's part of an apply: connects, checks, submits, follows, fetches. */
export class Submission {
  readonly #names = new Map<RunId, string>();
  #outlook: Outlook | null = null;
  #slots = 0;

  constructor(private readonly parts: SubmissionParts) {}

  /** Of a run that was looked at already. */
  nameOf(run: RunId): string | null {
    return this.#names.get(run) ?? null;
  }

  /** null: it has not begun, or nothing is known of such tasks. */
  forecast(now: number): Forecast | null {
    return this.#outlook?.forecast(now) ?? null;
  }

  async run(progress: Listener, interrupted: AbortSignal): Promise<Outcome> {
    const { options, io, project, identity, plan, listened } = this.parts;
    const saved = plan.target.saved(plan.manifest.target.id, project.workflowText);
    const hidden = listened === null ? [] : [listened.secret];
    const { servers } = plan.manifest.target;
    const connection: Connection<RunClient> | ServerConnection =
      servers.length > 0
        ? await openServers(this.parts, saying(progress))
        : await connect(identity, saved, options, io, hidden);
    try {
      const checked =
        'servers' in connection
          ? await this.#checkServers(connection, progress, interrupted)
          : await this.#check(connection, progress, interrupted);
      switch (checked.is) {
        case 'go':
          await this.parts.begin();
          return await this.#submit(connection, checked, progress, interrupted);
        case 'mismatch':
          return { ...nothingDone, code: exit.badInput, stop: checked.message };
        case 'stop':
          io.err.write(
            `error: ${oneLine(checked.message)}\n${hintLine(wayOut(checked.message, this.parts.identity))}`,
          );
          return { ...nothingDone, code: exit.service, stop: checked.message };
      }
    } finally {
      await connection.close();
    }
  }

  /** What is found before the first submit; where nothing will be submitted, nothing is asked. */
  async #check(
    { client, clock }: Connection<RunClient>,
    progress: Listener,
    interrupted: AbortSignal,
  ): Promise<Preflight> {
    const { follower, store, plan, identity } = this.parts;
    const detail = plan.target.check?.what ?? 'the account';
    progress.on({ type: 'phase', phase: 'check', detail });
    if (!submits(plan)) return { is: 'go', drifted: [], room: null };
    const problems = new Problems();
    const theirs = this.#theirs();
    const inFlight = [...store.state.runs.values()].filter(
      ({ state }) => state.is === 'inFlight' && !theirs.has(state.taskId),
    );
    const say = saying(progress);
    const waiting = ({ message }: Fault, tries: number): void => {
      say(`${client.site}, try ${tries}: ${message}; asked again for up to ${patienceText}`);
      const way = tries === 1 ? whileWaiting(message, identity) : null;
      if (way !== null) say(way);
    };
    const edges = { service: client, clock, patienceMs, waiting };
    const checked = await toldWhenSlow(
      preflight(plan, inFlight.length, edges, problems, interrupted),
      () => say(`${client.site} has not answered for 3 s; waited for up to ${patienceText}`),
    );
    const short = checked.is === 'go' ? await askBalance(plan.estimate, client, interrupted) : null;
    if (short !== null) problems.add(short);
    follower.problems(problems);
    return checked;
  }

  async #checkServers(
    { servers, clock }: ServerConnection,
    progress: Listener,
    interrupted: AbortSignal,
  ): Promise<Preflight> {
    const { follower, plan, identity } = this.parts;
    progress.on({ type: 'phase', phase: 'check', detail: 'the nodes of the server' });
    if (!submits(plan)) return { is: 'go', drifted: [], room: null };
    const problems = new Problems();
    const edges = {
      clock,
      patienceMs,
      say: saying(progress),
      wayOut: (message: string) => whileWaiting(message, identity),
    };
    const checked = await serverPreflight(plan, servers, edges, problems, interrupted);
    follower.problems(problems);
    return checked;
  }

  async #submit(
    connection: Connection<RunClient> | ServerConnection,
    { drifted, room }: Preflight & { readonly is: 'go' },
    progress: Listener,
    interrupted: AbortSignal,
  ): Promise<Outcome> {
    const { store, plan, project, identity, listened, options, proposals } = this.parts;
    const { client, clock } = connection;
    const outlook = this.#lookAhead();
    const others = await this.#others(client.speaking(plan.target.family));
    const tell = (event: Recorded | LiveEvent): void => {
      outlook.on(event, clock.now());
      // What goes beyond the limit is a question to the service, not a slot.
      if (event.type === 'slots')
        this.#slots = Math.max(this.#slots, Math.min(event.limit, event.inFlight));
      // The engine knows no command line; what it proposes is completed here.
      progress.on(
        event.type === 'notice'
          ? { ...event, message: proposals.complete(event.message, options) }
          : event,
      );
    };
    store.onEvent(tell);
    progress.on({ type: 'phase', phase: 'run', detail: '' });
    const uploader = this.#uploader(connection, progress);
    const { create } = plan.manifest;
    const sockets = options.live === true ? await socketsFor(connection, identity) : null;
    const result = await runBatch(
      plan,
      {
        service: protectOtherAccounts(client.speaking(plan.target.family), others),
        journal: store,
        uploads: uploader,
        files: new NodeOutputFiles({
          dir: project.outputsDir,
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
        request: (run, names, attempt) => {
          this.#names.set(run.id, run.name);
          const query = submitQuery({ run: run.id, attempt });
          const told =
            listened === null
              ? create
              : { ...create, webhookUrl: `${listened.webhookUrl}${query}` };
          return requestOf(plan, run, drifted, names, told);
        },
        inputs: (run) => {
          this.#names.set(run.id, run.name);
          return toRunInputs(run, plan.base.sha256);
        },
        policy: steadyPolicy(),
        expectedMs: ({ values }) => outlook.expectedMs(values),
        room,
        nodes: plan.keptNodes,
        leave: others.left,
        interrupted,
        outageTimeoutMs: patienceMs,
        ...inFlightOn(plan.manifest),
        // Of an earlier process's emulator nothing is left; a server of one's own is believed when it
        // says that a file is gone, since it costs nothing to make it again.
        ...(project.emulated || ('servers' in connection && !connection.paid)
          ? { linkLifeMs: 0 }
          : {}),
      },
    );
    await sockets?.close();
    if (listened?.receiver.events === 0 && result.accepted > result.inFlight.length) {
      const message = 'no webhook event arrived: the public URL does not lead to --listen';
      progress.on({ type: 'notice', message });
    }
    return this.#outcomeOf(result, connection, uploader);
  }

  /** Tasks that were submitted for other accounts. */
  #theirs(): ReadonlySet<TaskId> {
    const { store, identity } = this.parts;
    const foreign = foreignTasks(store.state, identity.account);
    return new Set([...foreign.values()].map(({ taskId }) => taskId));
  }

  /** `--adopt`: those that this key knows, since it is of the same account. */
  async #others(service: Pick<Service, 'outputs'>): Promise<OtherAccountTasks> {
    const [left, adopted] = [new Set<string>(), new Set<string>()];
    const { store, identity, options } = this.parts;
    for (const [{ state }, { taskId }] of foreignTasks(store.state, identity.account)) {
      const adopt =
        options.adopt === true && (state.is !== 'inFlight' || (await isKnown(taskId, service)));
      (adopt ? adopted : left).add(taskId);
    }
    return { left, adopted };
  }

  /** What is left of them, for which this key could not ask; `--adopt` asks all the same. */
  #leftAlone(): Left {
    const { store, identity } = this.parts;
    const foreign = foreignTasks(store.state, identity.account);
    return leftAlone(foreign, waysOut(this.parts));
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

  #uploader({ client, clock }: Connection<RunClient>, progress: Listener): Uploader {
    const { ledger, plan, project } = this.parts;
    return new Uploader({
      service: client.speaking(plan.target.family),
      loras: client,
      ledger,
      files: project.files,
      clock,
      random: Math.random,
      show: (event) => progress.on(event),
    });
  }

  #outcomeOf(result: EngineResult, { client }: Connection<RunClient>, uploader: Uploader): Outcome {
    const { io } = this.parts;
    const { stop, blocked, unfetched, inFlight } = result;
    if (stop?.is === 'journal' || stop?.is === 'lock' || stop?.is === 'defect') {
      io.err.write(`error: ${stop.message}\nNothing more was submitted.\n`);
      for (const taskId of inFlight) io.err.write(`in flight: ${taskId}\n`);
    }
    const { create, outputs } = client.requests();
    const left = this.#leftAlone();
    if (left.stop !== null) io.err.write(`notice: ${left.stop}\n${left.wayOut}`);
    return {
      code: codeOf(result, left.stop !== null),
      stop: stop?.message ?? left.stop ?? waitingWords(unfetched),
      held: new Map([...left.held, ...blocked, ...unfetched]),
      uploads: { count: uploader.uploads, bytes: uploader.uploadedBytes },
      requests: { create, outputs },
      submits: result.accepted,
      slots: this.#slots,
    };
  }
}

const submits = ({ summary }: Plan): boolean =>
  summary.new + summary.changed + summary.retry + summary.unknown > 0;

/** For people: why something is waited for. */
const saying =
  (progress: Listener) =>
  (message: string): void =>
    progress.on({ type: 'waiting', for: 'service', message });

const hintLine = (hint: string | null): string => (hint === null ? '' : `  hint: ${hint}\n`);

const isKnown = async (taskId: TaskId, service: Pick<Service, 'outputs'>): Promise<boolean> =>
  (await service.outputs(taskId)).is !== 'missing';
