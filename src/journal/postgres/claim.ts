import { errorCode } from '../../edges/error-code.js';
import type { Database } from './database.js';
import type { Boss, JobAttempt } from './packages.js';
import { loadBoss } from './packages.js';
import { bossSchema } from './schema.js';

/** After this without a sign of life a claim goes to who waits for it. The least that pg-boss knows. */
export const leaseMs = 10_000;
const beatMs = 3_000;
/** A submit that is let go now must have left this machine by the end of the lease. */
const marginMs = 3_000;
/** pg-boss ends a claim after 24 hours, counted from its beginning: a batch may take longer. */
const claimSeconds = 24 * 3600;
const renewMs = 3600_000;
const manyTries = 1_000_000;

/** Elections: of all processes that ask for one account, one is let do its work. */
export class Elections {
  private constructor(
    private readonly boss: Boss,
    private readonly database: Database,
  ) {}

  static async open(database: Database): Promise<Elections> {
    const PgBoss = await loadBoss();
    const boss = new PgBoss({
      db: { executeSql: (text: string, values?: unknown[]) => database.raw(text, values) },
      schema: bossSchema,
      supervise: false,
      schedule: false,
      reindex: false,
      monitorVacuum: false,
      registerInstance: false,
      monitorIntervalSeconds: 1,
      openTelemetry: { enabled: false },
    });
    // What fails is asked again; who needs the answer is told.
    boss.on('error', () => undefined);
    boss.on('warning', () => undefined);
    await boss.start();
    return new Elections(boss, database);
  }

  async prepare(queue: string): Promise<void> {
    await this.boss.createQueue(queue, {
      policy: 'exclusive',
      heartbeatSeconds: leaseMs / 1000,
      expireInSeconds: claimSeconds,
      retryLimit: manyTries,
      retryDelay: 0,
      deleteAfterSeconds: 3600,
    });
  }

  /** null: another process has it, or may have it. */
  async tryFor(queue: string): Promise<Claim | null> {
    // Claims whose holder gives no sign of life are let go, of whatever account.
    await this.boss.supervise();
    await this.boss.send(queue, {}, {});
    const asked = instant();
    const [job] = await this.boss.fetch(queue, { includeMetadata: true });
    return job === undefined
      ? null
      : new Claim(
          this.boss,
          this.database,
          queue,
          { id: job.id, retryCount: job.retryCount },
          asked,
        );
  }

  async close(): Promise<void> {
    await this.boss.stop({ close: false, graceful: false }).catch(() => undefined);
  }
}

interface Instant {
  readonly monotonic: number;
  readonly wall: number;
}

const instant = (): Instant => ({ monotonic: performance.now(), wall: Date.now() });

/** A machine that slept has a monotonic clock that slept, too: the longer of both is believed. */
const msSince = ({ monotonic, wall }: Instant): number =>
  Math.max(performance.now() - monotonic, Date.now() - wall);

/** What one process holds while it leads an account. */
export class Claim {
  #confirmed: Instant;
  #renewedAt = performance.now();
  #lost = false;
  #beating: Promise<void> | null = null;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly boss: Boss,
    private readonly database: Database,
    readonly queue: string,
    readonly job: JobAttempt,
    confirmed: Instant,
  ) {
    this.#confirmed = confirmed;
    this.#timer = setInterval(() => void this.beat(), beatMs);
    this.#timer.unref();
  }

  /** It is known that another process may have it. */
  get lost(): boolean {
    return this.#lost;
  }

  /** By any other way than a heartbeat it was found that the claim is not held any more. */
  isGone(): void {
    this.#lost = true;
  }

  /** Whether nobody else can have it before a request that goes out now has left this machine. */
  async holds(): Promise<boolean> {
    if (this.#fresh) return true;
    await this.beat();
    return this.#fresh;
  }

  get #fresh(): boolean {
    return !this.#lost && msSince(this.#confirmed) < leaseMs - marginMs;
  }

  /** A sign of life. Never throws: a database that does not answer is asked again. */
  beat(): Promise<void> {
    this.#beating ??= this.#touch().finally(() => {
      this.#beating = null;
    });
    return this.#beating;
  }

  async #touch(): Promise<void> {
    if (this.#lost) return;
    const asked = instant();
    try {
      const { affected } = await this.boss.touch(this.queue, this.job);
      if (affected === 0) this.#lost = true;
      else {
        this.#confirmed = asked;
        if (asked.monotonic - this.#renewedAt > renewMs) await this.#renew(asked.monotonic);
      }
    } catch (cause) {
      // Of a database that was made anew nothing is held.
      if (errorCode(cause) === '42P01') this.#lost = true;
    }
  }

  async #renew(now: number): Promise<void> {
    await this.database.query(
      `update rh_batch_boss.job set started_on = now()
         where name = $1 and id = $2 and retry_count = $3 and state = 'active'`,
      [this.queue, this.job.id, this.job.retryCount],
    );
    this.#renewedAt = now;
  }

  /** Lets the next one in at once. Never throws. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    if (!this.#lost) await this.boss.deleteJob(this.queue, this.job).catch(() => undefined);
    this.#lost = true;
  }
}
