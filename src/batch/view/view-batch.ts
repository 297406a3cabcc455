import { error } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import type { Io } from '../../edges/io.js';
import { machineText } from '../../edges/machine.js';
import type { LiveEvent } from '../../journal/event.js';
import { everything } from '../../plan/select/selection.js';
import { addressOf } from '../../view/door.js';
import type { ViewServer } from '../../view/server.js';
import { startViewServer } from '../../view/server.js';
import { readEnvFile } from '../load/environment.js';
import { loadProject } from '../load/project.js';
import type { BatchOptions } from '../options/options.js';
import type { Proposals } from '../options/proposals.js';
import { applyCommand } from '../options/proposals.js';
import { planProject } from '../plan/planning.js';
import type { OneView } from './one-view.js';
import { takeView } from './one-view.js';
import type { Read } from './viewed-batch.js';
import { ViewedBatch } from './viewed-batch.js';

export interface ViewOptions {
  readonly batch: BatchOptions;
  /** null: the one of the last view, else any that is free. */
  readonly port: number | null;
}

export interface Around {
  readonly io: Io;
  readonly proposals: Proposals;
}

export type Viewed =
  /** A mistake, which `problems` tells. */
  | { readonly is: 'refused' }
  /** Another process shows it already. */
  | { readonly is: 'elsewhere'; readonly address: string | null; readonly who: string }
  | { readonly is: 'open'; readonly view: View };

/** A page of the batch for this machine, that is told what happens until it is closed. */
export interface View {
  readonly address: string;
  /** Events that no journal holds. */
  onLive(event: LiveEvent): void;
  close(): Promise<void>;
}

/** How often the journal is looked at. */
const lookMs = 500;

/** Reads the batch as `report` does: nothing is sent. null: there are errors. */
const readForView = async (
  options: BatchOptions,
  io: Io,
  problems: Problems,
): Promise<Read | null> => {
  const env = await readEnvFile(options, io, problems);
  const project = await loadProject(options, io, problems, undefined, 'lastApply');
  if (project === null) return null;
  const read = await project.stores.read(project);
  if (!read.ok) {
    problems.add(error('E0702', null, read.problem.message, { hint: read.problem.hint }));
    return null;
  }
  const selection = { ...everything, shard: read.state.scope?.shard ?? null };
  const plan = await planProject(
    project,
    { history: read.state, selection, env, clock: io.clock },
    problems,
  );
  return plan === null || problems.errors > 0 ? null : { project, plan };
};

/** Opens the page of a batch. `first`: it was read already, for an apply that is about to begin. */
export const viewBatch = async (
  { batch, port }: ViewOptions,
  { io, proposals }: Around,
  problems: Problems,
  first: Read | null = null,
): Promise<Viewed> => {
  const read = first ?? (await readForView(batch, io, problems));
  if (read === null) return { is: 'refused' };
  const { stateDir } = read.project;
  let one: OneView;
  try {
    one = await takeView(stateDir, io.clock.now());
  } catch (cause) {
    const message = `${read.project.show(stateDir)} cannot be written: ${machineText(cause)}`;
    problems.add(error('E0780', null, message));
    return { is: 'refused' };
  }
  if (one.is === 'second') {
    const { place, holder } = one;
    const who = holder === null ? 'another process' : `process ${holder.pid}`;
    return { is: 'elsewhere', who, address: place === null ? null : addressOf(place) };
  }
  let server: ViewServer | null = null;
  const again = { ...batch, shard: undefined };
  const viewed = await ViewedBatch.open(read, {
    io,
    command: applyCommand({ proposals, options: batch, project: read.project }),
    viewCommand: proposals.command('view', batch, { manifest: read.project.manifest.file }),
    readAgain: () => readForView(again, io, new Problems()),
    send: (message) => server?.feed.send(message),
  });
  // Files of marks that are damaged are told now; they are left as they are.
  await viewed.tellMarks(problems);
  server = await listen(viewed, one, port, problems);
  if (server === null) {
    await one.leave();
    return { is: 'refused' };
  }
  await one.note(server.port).catch(() => undefined);
  viewed.makeThumbnails();
  return { is: 'open', view: new OpenView(viewed, server, one, io, first !== null) };
};

/** At the port that was asked for, else where the last view was, else anywhere; null: nowhere. */
const listen = async (
  viewed: ViewedBatch,
  { token, last }: OneView & { readonly is: 'first' },
  asked: number | null,
  problems: Problems,
): Promise<ViewServer | null> => {
  const ports = asked === null ? [...(last === null ? [] : [last.port]), 0] : [asked];
  let why = '';
  for (const port of ports) {
    const started = await startViewServer(viewed, { port, token });
    if (started.ok) return started.server;
    why =
      started.code === 'EADDRINUSE'
        ? 'another program listens there'
        : started.code === 'EACCES'
          ? 'the system does not let this user listen there'
          : started.why;
  }
  const at = asked === null ? '127.0.0.1' : `--port ${asked}`;
  problems.add(
    error('E0780', null, `${at}: ${why}`, {
      hint: asked === null ? null : 'without --port any free port is taken',
    }),
  );
  return null;
};

class OpenView implements View {
  readonly #closing = new AbortController();
  readonly #looking: Promise<void>;
  /** The next apply that begins is the one that this view was opened for. */
  #awaits: boolean;

  constructor(
    private readonly viewed: ViewedBatch,
    private readonly server: ViewServer,
    private readonly one: OneView & { readonly is: 'first' },
    private readonly io: Io,
    awaits: boolean,
  ) {
    this.#awaits = awaits;
    this.#looking = this.#look();
  }

  get address(): string {
    return this.server.address;
  }

  onLive(event: LiveEvent): void {
    this.viewed.onLive(event);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#looking;
    await this.server.close();
    await this.viewed.close();
    await this.one.leave();
  }

  async #look(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.io.clock.sleep(lookMs, signal);
      try {
        // The last look is after the end of what is followed, so that pages show it.
        const { began } = await this.viewed.look(this.#awaits);
        if (began) this.#awaits = false;
      } catch (cause) {
        // An apply in this process goes on, whatever happens to its page.
        this.io.err.write(`warning: the page was not told: ${machineText(cause)}\n`);
      }
    }
  }
}
