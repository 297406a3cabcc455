/** Branded ids. Each is made in one place only, where its text was checked. */

declare const brand: unique symbol;

/**
 * A task of RunningHub, or a prompt of a ComfyUI server. Always text: the 19 digits of a task do
 * not fit a double (runninghub-api 1.5); a prompt has a UUID (comfyui-api 2.1).
 */
export type TaskId = string & { readonly [brand]: 'TaskId' };

/** The first 16 hex digits of a run's fingerprint. */
export type RunId = string & { readonly [brand]: 'RunId' };

const taskIdPattern = /^[1-9]\d{0,24}$/;
const promptIdPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const runIdPattern = /^[0-9a-f]{16}$/;

export const isTaskId = (text: string): text is TaskId =>
  taskIdPattern.test(text) || isPromptId(text);
/** Of a ComfyUI server: a UUID in small letters. */
export const isPromptId = (text: string): text is TaskId => promptIdPattern.test(text);
export const isRunId = (text: string): text is RunId => runIdPattern.test(text);
