/**
 * rh-batch as a library: the functions behind the commands, without a terminal. Nothing here
 * prints, ends the process, or throws for what users, files, network or service do.
 */
export { apply } from './batch/apply.js';
export type { ApplyResult, Batch, BatchEvent } from './batch/apply.js';
export type { ApplyOptions, BatchOptions } from './batch/options.js';
export { plan } from './batch/plan.js';
export type { PlanResult } from './batch/plan.js';
export type { Diagnostic } from './diagnostics/diagnostic.js';
export type { Cost, JournalEvent, LiveEvent, OverrideRecord, RunError } from './journal/event.js';
export type { PlannedJson } from './plan/saved/plan-json.js';
export type { Estimate, PlannedUpload, PlanSummary } from './plan/plan.js';
export type { BatchReport, ReportOutput, ReportRun, RunStatus } from './report/model.js';
export type { RunId, TaskId } from './values/ids.js';
