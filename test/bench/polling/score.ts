import { steadyPolicy } from '../../../src/engine/watch/steady.js';
import type { Forecast } from '../../../src/forecast/forecast.js';
import type { Scenario } from './scenario.js';
import { play } from './scenario.js';

/** How far the forecast was from what then happened; 0.1: a tenth too long, or too dear. */
export interface Score {
  /** Runs that had ended, as a share of all. */
  readonly at: number;
  /** Of the time that was left. */
  readonly time: number;
  /** Of the coins of the whole batch. */
  readonly coins: number;
}

export const shares = [0.1, 0.5, 0.9] as const;

/** Plays a batch without any history, and asks what is to come after a tenth, a half and nine tenths. */
export const score = async (scenario: Scenario, seed: number): Promise<Score[]> => {
  const asked: {
    readonly at: number;
    readonly now: number;
    readonly spent: number;
    readonly made: Forecast;
  }[] = [];
  let settled = 0;
  let spent = 0;
  let end = 0;
  await play(scenario, steadyPolicy(), seed, (event, outlook, now) => {
    if (event.type !== 'settled') return;
    settled += 1;
    spent += Number(event.cost.coins ?? 0);
    end = now;
    const at = shares.find((share) => settled === Math.round(share * scenario.runs));
    const made = at === undefined ? null : outlook.forecast(now);
    if (at !== undefined && made !== null) asked.push({ at, now, spent, made });
  });
  return asked.map(({ at, now, spent: before, made }) => ({
    at,
    time: made.wallTimeMs / (end - now) - 1,
    coins: (before + (made.coins ?? 0)) / spent - 1,
  }));
};
