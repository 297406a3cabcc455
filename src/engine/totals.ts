import type { Cost } from '../journal/event.js';
import type { History } from '../forecast/history.js';
import { durations } from '../forecast/history.js';
import type { Usage } from './limits.js';

/** What this apply has spent and learned. Limits and evidence use these numbers. */
export class Totals {
  #accepted = 0;
  #failed = 0;
  #coins = 0;
  #money = 0;
  #taskTimeMs = 0;
  #coinCount = 0;
  #moneyCount = 0;
  #timeCount = 0;
  #shortestRunMs: number | null;
  #longestRunMs: number | null = null;

  constructor(private readonly history: History) {
    this.#shortestRunMs = history.shortestRunMs;
  }

  /** Shortest run time known, of succeeded and failed tasks: no task is known to have ended sooner. */
  get shortestRunMs(): number | null {
    return this.#shortestRunMs;
  }

  /** Longest run time in this apply. */
  get longestRunMs(): number | null {
    return this.#longestRunMs;
  }

  get acceptedCount(): number {
    return this.#accepted;
  }

  accepted(): void {
    this.#accepted += 1;
  }

  /** A run failed for good. */
  failed(): void {
    this.#failed += 1;
  }

  settled(
    runningAt: number | null,
    now: number,
    cost: Cost,
    outcome: 'succeeded' | 'failed' | 'cancelled',
  ): void {
    if (cost.coins !== null && Number.isFinite(Number(cost.coins))) {
      this.#coins += Number(cost.coins);
      this.#coinCount += 1;
    }
    if (cost.money !== null && Number.isFinite(Number(cost.money))) {
      // Rounded to millionths, so that floating point errors do not add up.
      this.#money = Math.round((this.#money + Number(cost.money)) * 1e6) / 1e6;
      this.#moneyCount += 1;
    }
    if (cost.taskTimeMs !== null) {
      this.#taskTimeMs += cost.taskTimeMs;
      this.#timeCount += 1;
    }
    // The time of a cancelled task says nothing of how long tasks run.
    if (outcome === 'cancelled') return;
    for (const ms of durations(runningAt, now, cost.taskTimeMs)) {
      this.#shortestRunMs = Math.min(this.#shortestRunMs ?? ms, ms);
      this.#longestRunMs = Math.max(this.#longestRunMs ?? ms, ms);
    }
  }

  usage(now: Pick<Usage, 'elapsedMs' | 'inFlight' | 'unanswered' | 'selected'>): Usage {
    return {
      ...now,
      accepted: this.#accepted,
      failed: this.#failed,
      coins: this.#coins,
      money: this.#money,
      taskTimeMs: this.#taskTimeMs,
      meanCoins: this.#coinCount > 0 ? this.#coins / this.#coinCount : this.history.meanCoins,
      meanMoney: this.#moneyCount > 0 ? this.#money / this.#moneyCount : this.history.meanMoney,
      meanTaskTimeMs:
        this.#timeCount > 0 ? this.#taskTimeMs / this.#timeCount : this.history.meanTaskTimeMs,
    };
  }
}
