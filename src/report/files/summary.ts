import type { Comparison } from '../compare/compare.js';
import { amount } from '../cost.js';
import { exactJson } from '../../values/json-plain.js';
import type { BatchReport, Counts, ReportRun } from '../model.js';
import { durationOf } from '../model.js';
import { isoTime } from '../time.js';
import type { Trouble } from '../troubles.js';
import { groupTroubles } from '../troubles.js';

/**
 * summary.json: the apply in numbers (DESIGN 10, schemas/summary.schema.json); `indent` 0: one
 * line. What `report --compare --json` prints has `comparison` beside it.
 */
export const summaryJson = (report: BatchReport, comparison?: Comparison, indent = 2): string =>
  jsonOf(report, comparison === undefined ? {} : { comparison: comparisonOf(comparison) }, indent);

/** The same with what went wrong, each reason once: what `apply --json` prints. */
export const resultJson = (report: BatchReport): string =>
  jsonOf(report, {
    troubles: groupTroubles(report.runs).slice(0, maxTroubles).map(troubleOf),
  });

const jsonOf = (report: BatchReport, more: Readonly<Record<string, unknown>>, indent = 2) => {
  const { assets, outputs, cost, requests } = report;
  const summary = {
    version: 1,
    name: report.name,
    workflowId: report.target,
    startedAt: isoTime(report.startedAt),
    finishedAt: isoTime(report.finishedAt),
    durationMs: durationOf(report),
    exitCode: report.exitCode,
    stop: report.stop,
    emulated: report.emulated,
    counts: countsOf(report.counts),
    thisApply: countsOf(report.thisApply),
    submits: report.submits,
    assets: {
      referenced: assets.referenced,
      unique: assets.unique,
      uploaded: assets.uploaded,
      bytes: assets.bytes,
    },
    outputs: { files: outputs.files, bytes: outputs.bytes },
    cost: {
      coins: amount(cost.coins),
      money: amount(cost.money),
      taskTimeMs: cost.taskTimeMs,
    },
    requests: { create: requests.create, outputs: requests.outputs },
    possibleDuplicates: report.possibleDuplicates,
    ...more,
  };
  return `${exactJson(summary, indent)}\n`;
};

/** results.jsonl has every run. */
const maxTroubles = 100;

const troubleOf = ({ first: { id, name, status, row, error }, runs }: Trouble<ReportRun>) => ({
  status,
  runs,
  first: { id, name, row },
  code: error?.code ?? null,
  message: error?.message ?? null,
  node: error?.node ?? null,
});

const countsOf = (counts: Counts): Counts => ({
  total: counts.total,
  succeeded: counts.succeeded,
  reused: counts.reused,
  failed: counts.failed,
  cancelled: counts.cancelled,
  unknown: counts.unknown,
  pending: counts.pending,
});

/** Runs that are the same are counted and not listed. */
const comparisonOf = ({ earlier, pairs, counts, cost, runMs }: Comparison) => ({
  before: { dir: earlier.shown, name: earlier.name, startedAt: isoTime(earlier.startedAt) },
  counts,
  cost: {
    before: { coins: amount(cost.before.coins), money: amount(cost.before.money) },
    after: { coins: amount(cost.after.coins), money: amount(cost.after.money) },
  },
  runMs,
  runs: pairs
    .filter(({ verdict }) => verdict !== 'same')
    .map(({ verdict, before, after, ...pair }) => ({
      verdict,
      matchedBy: 'matchedBy' in pair ? pair.matchedBy : null,
      before: before === null ? null : sideOf(before),
      after: after === null ? null : sideOf(after),
    })),
});

const sideOf = ({ index, id, name, status, outputs, runMs, cost }: ReportRun) => ({
  index,
  id,
  name,
  status,
  outputs: outputs.map(({ path, sha256 }) => ({ path, sha256 })),
  runMs,
  coins: amount(cost.coins),
  money: amount(cost.money),
});
