import { createHash } from 'node:crypto';
import type { RunId, TaskId } from '../values/ids.js';
import { isPromptId } from '../values/ids.js';

/** What the prompt of an attempt is called: a canonical UUID, as servers of 2026 want it. */
export const promptIdFor = (run: RunId, attempt: number, at: number): TaskId => {
  const hex = createHash('sha256').update(`rh-batch\n${run}\n${attempt}\n${at}`).digest('hex');
  const variant = ((parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  if (!isPromptId(id)) throw new Error('sha256 gave no hex digits');
  return id;
};
