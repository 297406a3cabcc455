import { EOL } from 'node:os';
import { DefaultRenderer, Listr, Spinner } from 'listr2';
import type { Phase } from '../../journal/event.js';
import type { Paint } from '../colour.js';
import { clipPainted } from './row.js';

/**
 * The one file that knows listr2. The phases are its tasks, and its default renderer composes the
 * view: which phases are listed, their marks and spinner, their titles, and below the phase at
 * work its output, which goes when the phase ends.
 *
 * Three things it cannot do here, so they are overridden or done in `screen.ts`:
 * - It fits lines to `process.stdout.columns`. The view goes to stderr, and stdout is often a file.
 * - It writes with log-update, which erases the block before it writes it, and counts the lines
 *   that it wrote, not those that a terminal made of them when it became narrower; it redraws by
 *   its own timer. (tmux moves wrapped rows to its scrollback, where no program can erase them.)
 * - It takes over `process.stdout` and `process.stderr`, past the redaction of keys.
 *
 * Logs without a terminal do not use listr2 (see `plain.ts`): its simple renderer prints two lines
 * for each phase, and has no time since the start.
 */
export interface PhaseList {
  /** Ends the phases before it; one that is left out is not listed. Again: only the detail changes. */
  begin(phase: Phase, detail: string): void;
  hasBegun(phase: Phase): boolean;
  /** The whole view, at most `height` lines. */
  lines(block: Block): readonly string[];
  end(): Promise<void>;
}

/** What is told of the phase `run` below its title. */
interface Block {
  readonly height: number;
  /** Lines that stay when the phase ends. */
  readonly facts: readonly string[];
  /** Lines for as long as it goes on, at most `room`. */
  readonly live: (room: number) => readonly string[];
}

const order = ['plan', 'check', 'run', 'report'] as const satisfies readonly Phase[];
const nameWidth = 8;

export interface PhaseListOptions {
  /** Asked when a phase ends. */
  readonly failed: (phase: Phase) => boolean;
  readonly paint: Paint;
  /** Of a line; asked at every draw. */
  readonly width: () => number;
}

export const startPhases = ({ failed, paint, width }: PhaseListOptions): PhaseList => {
  const gates = order.map((phase) => new Gate(phase, paint('dim', phase)));
  const spinner = new Spinner();
  let compose = (): readonly string[] => [];
  const listr = new Listr<unknown, RendererClass>(
    gates.map((gate) => ({
      title: gate.title,
      enabled: () => gate.isListed(),
      task: async () => {
        // The renderer keeps the output only of tasks that it has composed once.
        compose();
        if (await gate.left) throw new Error(`${gate.phase} had failures`);
      },
    })),
    {
      renderer: rendererFor(width, (lines) => (compose = lines)),
      rendererOptions: { ...styleOf(paint), spinner, showErrorMessage: false },
      exitOnError: false,
      // Signals are the command's business: listr2 would end the process on its own terms.
      registerSignalListeners: false,
    },
  );
  const finished = listr.run();
  const leave = (gate: Gate): void => gate.leave(() => failed(gate.phase));
  const runAt = order.indexOf('run');
  return {
    begin: (phase, detail) => {
      const at = order.indexOf(phase);
      gates.slice(0, at).forEach(leave);
      const gap = ' '.repeat(Math.max(1, nameWidth - phase.length));
      const task = listr.tasks[at];
      const title = paint('strong', phase) + (detail === '' ? '' : gap + detail);
      gates[at]?.enter(title);
      if (task !== undefined) task.title$ = title;
    },
    hasBegun: (phase) => gates[order.indexOf(phase)]?.open === true,
    lines: ({ height, facts, live }) => {
      const run = listr.tasks[runAt];
      const listed = listr.tasks.filter((task) => task.isEnabled());
      if (run === undefined) return [];
      run.title$ = [gates[runAt]?.title ?? '', ...facts].join('\n');
      const active = listed.find((task) => task.isPending());
      const others = active === run ? listed.length - 1 : 0;
      // With two lines at least for what runs. What is taller than the terminal cannot be drawn over.
      const whole = listed.length + facts.length + (active === run ? 2 : 0);
      const short = whole > height;
      if (active === run) {
        const room = height - 1 - facts.length - (short ? 0 : others);
        run.output$ = live(room).slice(0, Math.max(0, room)).join('\n');
      }
      spinner.spin();
      const lines = compose();
      if (!short) return lines;
      // Only the phase at work. The others before and behind it have as many lines as their titles.
      const at = active === undefined ? listed.length : listed.indexOf(active);
      const sum = (tasks: typeof listed): number =>
        tasks.reduce((all, { title }) => all + (title ?? '').split('\n').length, 0);
      const until = lines.length - sum(listed.slice(at + 1));
      return lines.slice(sum(listed.slice(0, at)), until).slice(0, Math.max(1, height));
    },
    end: async () => {
      gates.forEach(leave);
      await finished;
    },
  };
};

const styleOf = (paint: Paint) => ({
  icon: { WAITING: '·', OUTPUT: '' },
  color: {
    WAITING: (text = '') => paint('dim', text),
    PENDING: (text = '') => paint('accent', text),
    COMPLETED: (text = '') => paint('good', text),
    FAILED: (text = '') => paint('error', text),
  },
});

type RendererClass = typeof DefaultRenderer;

/** listr2's default renderer without its way to the terminal; `ready` is given what composes. */
const rendererFor = (
  width: () => number,
  ready: (compose: () => readonly string[]) => void,
): RendererClass =>
  class extends DefaultRenderer {
    /** It asks `process.stdout`, which is not where the view goes. */
    static override nonTTY = true;

    override render(): Promise<void> {
      ready(() => this.create().split(EOL));
      return Promise.resolve();
    }

    /** Drawn when the clock of the view says so. */
    override update(): void {}

    override end(): void {}

    protected override format(message: string, icon: string | null, level: number): string[] {
      if (message.trim() === '') return [];
      const [first = '', ...rest] = message.split('\n');
      const [head, below] = icon === null || icon === '' ? ['', ''] : [`${icon} `, '  '];
      return [head + first, ...rest.map((line) => below + line)].map((line) =>
        clipPainted('  '.repeat(level) + line, width()),
      );
    }
  };

/** A phase that begins and ends when the events say so; a listr2 task waits on it. */
class Gate {
  open = false;
  /** True: it ended with failures. */
  readonly left: Promise<boolean>;
  #listed = false;
  /** False: the phase was left out. */
  readonly #entered: Promise<boolean>;
  #enter: (entered: boolean) => void = () => undefined;
  #leave: (failed: boolean) => void = () => undefined;

  constructor(
    readonly phase: Phase,
    public title: string,
  ) {
    this.#entered = new Promise((resolve) => {
      this.#enter = resolve;
    });
    this.left = new Promise((resolve) => {
      this.#leave = resolve;
    });
  }

  /**
   * listr2 asks for all tasks at the start, and for each again when its turn has come: until it
   * is known that a phase is left out, it is listed as waiting.
   */
  isListed(): boolean | Promise<boolean> {
    if (this.#listed) return this.#entered;
    this.#listed = true;
    return true;
  }

  enter(title: string): void {
    this.open = true;
    this.title = title;
    this.#enter(true);
  }

  leave(failed: () => boolean): void {
    this.#enter(false);
    this.#leave(this.open && failed());
  }
}
