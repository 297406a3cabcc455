import { logNormal, normal } from './draws.js';
import type { Scenario } from './scenario.js';

const fault = {
  class: 'transient',
  code: '500',
  message: 'refused',
  retryAfterMs: null,
  node: null,
  field: null,
  traceback: null,
} as const;

/** The yardstick: pictures of 30 s, more or less. */
const pictures = { runs: 400, slots: 5, runMs: logNormal(30_000, 0.4) } satisfies Scenario;

/** Another program's tasks, changing every minute and a half. */
const competitor = (elapsedMs: number): number =>
  [0, 3, 5, 1, 4][Math.floor(elapsedMs / 90_000) % 5] ?? 0;

/** By name, as the tables show them. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  '1 slot': { ...pictures, slots: 1 },
  '3 slots': { ...pictures, slots: 3 },
  '5 slots': pictures,
  '20 slots': { ...pictures, slots: 20, runs: 1_000 },
  '20 slots, 2 reads/s': {
    ...pictures,
    slots: 20,
    runs: 1_000,
    execution: { requestsPerSecond: 2 },
  },
  '100 slots, 2 reads/s': {
    ...pictures,
    slots: 100,
    runs: 2_000,
    execution: { requestsPerSecond: 2 },
  },
  '100 slots': { ...pictures, slots: 100, runs: 2_000 },
  '100 slots, 8 reads/s': {
    ...pictures,
    slots: 100,
    runs: 2_000,
    execution: { requestsPerSecond: 8 },
  },
  'constant 30 s': { ...pictures, runMs: () => 30_000 },
  'two sizes, 15 s and 60 s': {
    ...pictures,
    runMs: (_, random, index) =>
      (index % 2 === 0 ? 15_000 : 60_000) * Math.exp(0.1 * normal(random)),
    values: (index) => new Map([['size', index % 2 === 0 ? 'small' : 'large']]),
  },
  'drifting, ×2.5, then ÷5': {
    ...pictures,
    runMs: (n, random) =>
      30_000 * (n < 150 ? 1 : n < 250 ? 2.5 : 0.5) * Math.exp(0.3 * normal(random)),
  },
  'every tenth takes 5 min': {
    ...pictures,
    runMs: (_, random) => (random() < 0.1 ? 300_000 : 30_000) * Math.exp(0.3 * normal(random)),
  },
  'video, 10 min': { ...pictures, runs: 200, runMs: logNormal(600_000, 0.4) },
  'short, 5 s': { ...pictures, runMs: logNormal(5_000, 0.4) },
  'queue of 10': { ...pictures, queue: 10 },
  'queue of 1000': { ...pictures, queue: 1_000 },
  'another program, 8 slots': { ...pictures, slots: 8, foreign: competitor },
  'capacity 5, 2, 9': {
    ...pictures,
    slots: (elapsedMs) => [5, 2, 9][Math.floor(elapsedMs / 300_000) % 3] ?? 5,
  },
  'capacity 5, 2, 9, told': {
    ...pictures,
    told: true,
    slots: (elapsedMs) => [5, 2, 9][Math.floor(elapsedMs / 300_000) % 3] ?? 5,
  },
  '20 slots, told': { ...pictures, slots: 20, runs: 1_000, told: true },
  'another program, told': { ...pictures, slots: 8, foreign: competitor, told: true },
  'storm of 421 for 2 min': {
    ...pictures,
    slots: (elapsedMs) => (elapsedMs > 300_000 && elapsedMs < 420_000 ? 0 : 5),
  },
  'count refused': { ...pictures, account: () => ({ is: 'failed', fault }) },
  'count 5 s old': { ...pictures, countLagMs: 5_000 },
  'count always 0': { ...pictures, account: (truth) => ({ ...truth, tasksInFlight: 0 }) },
  '2 % HTTP 500': { ...pictures, failing: 0.02 },
  'run time told × 0.8': { ...pictures, toldMs: (ms) => Math.round(ms * 0.8) },
  'run time told × 0.05': { ...pictures, toldMs: (ms) => Math.round(ms * 0.05) },
  'run time told as 0': { ...pictures, toldMs: () => 0 },
  'run time not told': { ...pictures, toldMs: () => null },
  'run time told in s for ms': { ...pictures, toldMs: (ms) => Math.round(ms / 1_000) },
  'count always 5': { ...pictures, account: (truth) => ({ ...truth, tasksInFlight: 5 }) },
};

const medians = [1_000, 2_000, 3_000, 6_000, 30_000, 60_000];
const widths = [5, 20, 100];

/** How long an apply goes on after its last task has ended: medians of run time × slots. */
export const tails: Readonly<Record<string, Scenario>> = Object.fromEntries(
  widths.flatMap((slots) =>
    medians.map((medianMs) => [
      `${slots} slots, ${medianMs / 1_000} s`,
      { runs: 10 * slots, slots, runMs: logNormal(medianMs, 0.4) } satisfies Scenario,
    ]),
  ),
);
