/** Branded ids. Each is made in one place only, where its text was checked. */

declare const brand: unique symbol;

/**
 * A RunningHub task. Always text: its 19 digits do not fit a double.
 * Source: runninghub-api 1.5.
 */
export type TaskId = string & { readonly [brand]: 'TaskId' };

/** The first 16 hex digits of a run's fingerprint. */
export type RunId = string & { readonly [brand]: 'RunId' };

const taskIdPattern = /^[1-9]\d{0,24}$/;
const runIdPattern = /^[0-9a-f]{16}$/;

export const isTaskId = (text: string): text is TaskId => taskIdPattern.test(text);
export const isRunId = (text: string): text is RunId => runIdPattern.test(text);
