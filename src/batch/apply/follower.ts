import type { Problems } from '../../diagnostics/problems.js';
import type { Clock } from '../../edges/clock.js';
import type { LiveEvent, Recorded } from '../../journal/event.js';
import type { Forecast } from '../../forecast/forecast.js';
import type { BatchOptions } from '../options/options.js';
import type { RunId } from '../../values/ids.js';
import type { Files } from '../../edges/files/files.js';
import type { Io } from '../../edges/io.js';
import type { Plan } from '../../plan/plan.js';
import type { Project } from '../load/project.js';
import type { Proposals } from '../options/proposals.js';

/** Who follows an apply: the terminal of the command, the event stream of the API. */
export interface Follower {
  /**
   * Mistakes and warnings, as soon as a stage has found all of its own. `about`: whose batch they
   * are about, where that is known; a saved plan is given in the place of its manifest.
   */
  problems(problems: Problems, about?: BatchOptions): void;
  /** Asked once, when the plan stands; from then on it is told every event. */
  progress(facts: ApplyFacts): Promise<Listener>;
}

/** What an apply needs of those who start it. */
export interface Surroundings {
  readonly io: Io;
  readonly follower: Follower;
  readonly proposals: Proposals;
  /** Where manifest, workflow and tables are read; absent: on the disk. */
  readonly files?: Files;
  /** Called once the plan stands, before anything runs. */
  readonly planned?: (project: Project, plan: Plan) => Promise<void>;
}

/** A Progress is one. */
export interface Listener {
  on(event: Recorded | LiveEvent): void;
  stop(): Promise<void>;
}

interface ApplyFacts {
  readonly clock: Clock;
  /** Runs that this apply sets out to do. */
  readonly total: () => number;
  readonly nameOf: (run: RunId) => string | null;
  readonly forecast: () => Forecast | null;
}
