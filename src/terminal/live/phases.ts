import { Listr } from 'listr2';
import type { Phase } from '../../journal/event.js';

/** The one file that knows listr2. It runs the phases as tasks; drawing is ours, see `live.ts`. */
export interface PhaseView {
  readonly phase: Phase;
  readonly state: 'waiting' | 'active' | 'done' | 'failed' | 'skipped';
  readonly detail: string;
}

export interface PhaseBoard {
  views(): readonly PhaseView[];
  /** Ends the phase before it; one that is left out is skipped. Again: only the detail changes. */
  begin(phase: Phase, detail: string): void;
  end(): Promise<void>;
}

const order: readonly Phase[] = ['plan', 'check', 'run', 'report'];

/** `failed` is asked when a phase ends. */
export const startPhases = (failed: (phase: Phase) => boolean): PhaseBoard => {
  const gates = order.map((phase) => new Gate(phase));
  const listr = new Listr(
    gates.map((gate) => ({
      title: gate.phase,
      task: async (_context: unknown, task: { readonly skip: () => void }) => {
        if (!(await gate.entered)) task.skip();
        else if (await gate.left) throw new Error(`${gate.phase} had failures`);
      },
    })),
    {
      renderer: 'silent',
      exitOnError: false,
      // Signals are the command's business: listr2 would end the process on its own terms.
      registerSignalListeners: false,
    },
  );
  const finished = listr.run();
  const leave = (gate: Gate): void => gate.leave(() => failed(gate.phase));
  return {
    views: () =>
      gates.map((gate, at) => {
        const task = listr.tasks[at];
        const { phase, detail } = gate;
        if (task?.hasFailed() === true) return { phase, detail, state: 'failed' };
        if (task?.isSkipped() === true) return { phase, detail, state: 'skipped' };
        if (task?.isCompleted() === true) return { phase, detail, state: 'done' };
        return { phase, detail, state: gate.open ? 'active' : 'waiting' };
      }),
    begin: (phase, detail) => {
      const at = order.indexOf(phase);
      gates.slice(0, at).forEach(leave);
      gates[at]?.enter(detail);
    },
    end: async () => {
      gates.forEach(leave);
      await finished;
    },
  };
};

/** A phase that begins and ends when the events say so; a listr2 task waits on it. */
class Gate {
  open = false;
  detail = '';
  /** False: the phase was left out. */
  readonly entered: Promise<boolean>;
  /** True: it ended with failures. */
  readonly left: Promise<boolean>;
  #enter: (entered: boolean) => void = () => undefined;
  #leave: (failed: boolean) => void = () => undefined;

  constructor(readonly phase: Phase) {
    this.entered = new Promise((resolve) => {
      this.#enter = resolve;
    });
    this.left = new Promise((resolve) => {
      this.#leave = resolve;
    });
  }

  enter(detail: string): void {
    this.open = true;
    this.detail = detail;
    this.#enter(true);
  }

  leave(failed: () => boolean): void {
    this.#enter(false);
    this.#leave(this.open && failed());
  }
}
