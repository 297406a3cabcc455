import { amount } from './cost.js';
import { exactJson } from './exact-json.js';
import type { BatchReport } from './model.js';
import { durationOf } from './model.js';
import { isoTime } from './time.js';

/** summary.json: the apply in numbers (DESIGN 10, schemas/summary.schema.json). `indent` 0: one line. */
export const summaryJson = (report: BatchReport, indent = 2): string => {
  const { counts, assets, outputs, cost, requests } = report;
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
    counts: {
      total: counts.total,
      succeeded: counts.succeeded,
      reused: counts.reused,
      failed: counts.failed,
      cancelled: counts.cancelled,
      unknown: counts.unknown,
      pending: counts.pending,
    },
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
  };
  return `${exactJson(summary, indent)}\n`;
};
