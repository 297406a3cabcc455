import { cpSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { FaultRule } from '../../src/emulator/http/faults.js';
import { seeded } from '../../src/emulator/random.js';
import type { Ended } from '../support/project.js';
import { Project } from '../support/project.js';
import { resultsOf } from '../support/results-on-disk.js';

/** About five of a hundred requests, of every kind, go wrong. */
const faults: readonly FaultRule[] = [
  { endpoint: 'create', kind: 'http429', probability: 0.02 },
  { endpoint: 'create', kind: 'capacity', probability: 0.02 },
  { endpoint: 'create', kind: 'resetBefore', probability: 0.005 },
  { endpoint: 'create', kind: 'resetAfter', probability: 0.005 },
  { endpoint: 'outputs', kind: 'http502', probability: 0.02 },
  { endpoint: 'outputs', kind: 'resetAfter', probability: 0.01 },
  { endpoint: 'outputs', kind: 'truncatedJson', probability: 0.01 },
  { endpoint: 'outputs', kind: 'falseFailure', probability: 0.01 },
  { endpoint: 'download', kind: 'http500', probability: 0.025 },
  { endpoint: 'download', kind: 'wrongLength', probability: 0.025 },
  { endpoint: 'queue', kind: 'http500', probability: 0.05 },
];

/** Few beside the runs, so that every apply is in the midst of them when it is ended. */
const slotsFor = (runs: number): number => Math.min(20, Math.max(3, Math.floor(runs / 12)));

export interface Sample {
  readonly accepted: number;
  /** Live after a collection, of client and emulator together. */
  readonly heapBytes: number;
  /** Sockets, files and timers of the process. */
  readonly handles: number;
  readonly journalBytes: number;
}

export interface SoakReport {
  readonly runs: number;
  readonly applies: number;
  readonly faults: number;
  readonly billed: number;
  readonly duplicates: number;
  /** Settled by hand, as a person would who looks at the site. */
  readonly unknown: number;
  /** Tasks of the bill that no run of the journal names, and the other way round. */
  readonly notInJournal: readonly string[];
  readonly notInBill: readonly string[];
  readonly succeeded: number;
  /** Coins of all tasks: as the bill, the journal's settled tasks and the report have them. */
  readonly coins: { readonly bill: number; readonly journal: number; readonly report: number };
  readonly samples: readonly Sample[];
  readonly journal: { readonly longest: number; readonly compacted: number };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/**
 * A long batch on a virtual clock: faults, slots that change every few minutes, a SIGINT and a
 * SIGTERM with a restart each, and a kill. Everything of it is real but the time.
 */
export const soak = async (runs: number): Promise<SoakReport> => {
  const p = await Project.start({
    emulator: {
      seed: 20,
      slots: slotsFor(runs),
      maxPixels: 16,
      runTime: { kind: 'lognormal', medianMs: 20_000, sigma: 0.5 },
      faults,
    },
  });
  try {
    return await new Soak(p, runs).run();
  } finally {
    await p.close();
  }
};

class Soak {
  readonly #samples: Sample[] = [];
  #applies = 0;
  #longest = 0;
  #folder = 'a';

  constructor(
    private readonly p: Project,
    private readonly runs: number,
  ) {
    p.write('a/api.json', p.read('api.json'));
    p.write(
      'a/manifest.yaml',
      [
        p.read('manifest.yaml').trim(),
        `matrix: { n: { from: 1, to: ${runs} } }`,
        'set: { Positive Prompt.text: "prompt ${{ n }}" }',
        'limits: { maxRuns: 1000000 }',
        'execution: { retries: 3, requestsPerSecond: 20 }',
      ].join('\n'),
    );
  }

  async run(): Promise<SoakReport> {
    await this.#until(0.25, 'SIGINT');
    await this.#until(0.5, 'SIGTERM');
    await this.#until(0.75, 'kill');
    await this.#apply();
    const unknown = await this.#settle();
    this.p.service.setFaults([]);
    await this.#apply();
    this.#longest = Math.max(this.#longest, this.#journalBytes());
    // Nothing to do: it opens the journal, and shortens it.
    await this.#apply();
    return this.#judged(unknown);
  }

  /** Applies until this share of the runs was accepted, and ends it then. */
  async #until(share: number, how: 'SIGINT' | 'SIGTERM' | 'kill'): Promise<void> {
    const goal = Math.floor(share * this.runs);
    const applying = this.#start();
    const { ended } = applying;
    const state = { over: false };
    const end = ended.finally(() => (state.over = true));
    const random = seeded(goal);
    const { background } = this.p.virtual ?? {};
    let next = this.p.service.stats().accepted;
    while (!state.over && this.p.service.stats().accepted < goal) {
      await Promise.race([background?.sleep(2_000), end]);
      if (random() < 0.03) {
        const most = slotsFor(this.runs);
        this.p.service.setSlots(Math.ceil(most / 2) + Math.floor(random() * most));
      }
      if (this.p.service.stats().accepted < next) continue;
      next += Math.max(1, Math.floor(this.runs / 20));
      this.#sample();
    }
    if (how === 'kill') await this.#kill(applying);
    else applying.signal(how);
    await end;
    this.#longest = Math.max(this.#longest, this.#journalBytes());
  }

  /**
   * What a kill leaves is what is on the disk at that moment. The batch goes on with a copy of it.
   * The apply that is dead for it cannot be killed inside this process: it is kept from making
   * tasks, and what it writes from now on nobody reads.
   */
  async #kill(applying: ReturnType<Project['start']>): Promise<void> {
    await this.p.still(() => {
      cpSync(join(this.p.dir, 'a'), join(this.p.dir, 'b'), { recursive: true });
      // It names this process, which lives. An apply that ended by itself has left none.
      rmSync(join(this.p.dir, 'b/.rh-batch/manifest/lock'), { force: true });
      this.p.service.setFaults([{ endpoint: 'create', kind: 'resetBefore', probability: 1 }]);
      return Promise.resolve();
    });
    this.#folder = 'b';
    applying.signal('SIGINT');
    await applying.ended;
    this.p.service.setFaults(faults);
  }

  #start(): ReturnType<Project['start']> {
    this.#applies += 1;
    return this.p.start(['apply', '-q'], true, join(this.p.dir, this.#folder));
  }

  async #apply(): Promise<Ended> {
    const ended = await this.#start().ended;
    this.#sample();
    return ended;
  }

  /** What a person would do: look whether a task of that run exists, and say so. */
  async #settle(): Promise<number> {
    const unknown = this.#results().filter(({ status }) => status === 'unknown');
    const bill = this.p.service.bill();
    for (const { id, values } of unknown) {
      const task = bill.find(({ request }) =>
        request.includes(`"fieldValue":"prompt ${values['n'] ?? ''}"`),
      );
      const how = task === undefined ? ['--resubmit'] : ['--task', task.taskId];
      await this.p.runIn(this.#folder, 'resolve', id, ...how);
    }
    return unknown.length;
  }

  #results(): ReturnType<typeof resultsOf> {
    return resultsOf(join(this.p.dir, this.#folder));
  }

  get #journal(): string {
    return join(this.p.dir, this.#folder, '.rh-batch/manifest/journal.jsonl');
  }

  #journalBytes(): number {
    return statSync(this.#journal, { throwIfNoEntry: false })?.size ?? 0;
  }

  #sample(): void {
    collect();
    this.#samples.push({
      accepted: this.p.service.stats().accepted,
      heapBytes: process.memoryUsage().heapUsed,
      handles: process.getActiveResourcesInfo().length,
      journalBytes: this.#journalBytes(),
    });
  }

  #judged(unknown: number): SoakReport {
    const { service } = this.p;
    const { duplicates, faults: injected } = service.stats();
    const bill = service.bill();
    const events = readFileSync(this.#journal, 'utf8')
      .trim()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { type: string; taskId?: string; cost?: { coins?: string } },
      );
    const known = new Set(events.flatMap(({ taskId }) => taskId ?? []));
    const billed = new Set(bill.map(({ taskId }) => taskId));
    const settled = events.filter(({ type }) => type === 'settled');
    const sum = (coins: readonly unknown[]): number =>
      coins.reduce((total: number, each) => total + Math.round(Number(each ?? 0) * 1000), 0) / 1000;
    const results = this.#results();
    return {
      runs: this.runs,
      applies: this.#applies,
      faults: sum(Object.values(injected)),
      billed: bill.length,
      duplicates,
      unknown,
      notInJournal: [...billed].filter((task) => !known.has(task)),
      notInBill: [...known].filter((task) => !billed.has(task)),
      succeeded: results.filter(({ status }) => status === 'succeeded').length,
      coins: {
        bill: sum(bill.map(({ coins }) => coins)),
        journal: sum(settled.map(({ cost }) => cost?.coins)),
        report: sum(results.map((run) => (run as { coins?: unknown }).coins)),
      },
      samples: this.#samples,
      journal: { longest: this.#longest, compacted: this.#journalBytes() },
    };
  }
}
