import { Problems } from '../../diagnostics/problems.js';
import type { Io } from '../../edges/io.js';
import { untilStopped } from '../../edges/io.js';
import { exit } from '../../batch/exit.js';
import type { Listener } from '../../batch/apply/follower.js';
import type { ApplyOptions } from '../../batch/options/options.js';
import type { Proposals } from '../../batch/options/proposals.js';
import type { Project } from '../../batch/load/project.js';
import type { View } from '../../batch/view/view-batch.js';
import type { Plan } from '../../plan/plan.js';

/** `apply --view`: the page of the batch, served by the process that runs it. */
export class PageBeside {
  #view: View | null = null;

  constructor(
    private readonly options: ApplyOptions,
    private readonly io: Io,
    private readonly proposals: Proposals,
  ) {}

  /** Where the page cannot be served, that is told, and the apply goes on without it. */
  async open(project: Project, plan: Plan): Promise<void> {
    const { viewBatch } = await import('../../batch/view/view-batch.js');
    const problems = new Problems();
    const around = { io: this.io, proposals: this.proposals };
    const read = { project, plan };
    const viewed = await viewBatch({ batch: this.options, port: null }, around, problems, read);
    switch (viewed.is) {
      case 'open':
        this.#view = viewed.view;
        this.io.err.write(`page: ${viewed.view.address}\n`);
        return;
      case 'elsewhere':
        this.io.err.write(`page: ${viewed.address ?? 'just being opened'} (by ${viewed.who})\n`);
        return;
      case 'refused':
        for (const { message } of problems.kept) this.io.err.write(`warning: --view: ${message}\n`);
    }
  }

  /** The page is told what no journal holds, such as the node that is at work. */
  told(listener: Listener): Listener {
    return {
      on: (event) => {
        listener.on(event);
        if (!('seq' in event)) this.#view?.onLive(event);
      },
      stop: () => listener.stop(),
    };
  }

  /** After the apply. Where a person sits at a terminal the page stays until Ctrl-C. */
  async end(exitCode: number): Promise<void> {
    const view = this.#view;
    if (view === null) return;
    const wasStopped = exitCode === exit.sigint || exitCode === exit.sigterm;
    if (this.io.err.isTTY && !wasStopped) {
      this.io.err.write(`page: ${view.address} stays until Ctrl-C\n`);
      await untilStopped(this.io);
    }
    await this.close();
  }

  async close(): Promise<void> {
    const view = this.#view;
    this.#view = null;
    await view?.close();
  }
}
