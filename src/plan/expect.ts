import type { RunError, SavedFile } from '../journal/event.js';
import type { RunOptions } from '../manifest/manifest.js';
import { count } from '../values/amounts.js';

/** What `run.expect` finds wanting in a task's outputs, as a code and a sentence; null: nothing. */
export const unmet = (
  files: readonly SavedFile[],
  { outputs: { min, max }, types, minBytes }: RunOptions['expect'],
): { readonly code: string; readonly message: string } | null => {
  const wrong = (what: string, message: string) => ({ code: `expect-${what}`, message });
  const outputs = `The task succeeded with ${count(files.length, 'output')}`;
  if (files.length < min) return wrong('outputs', `${outputs}, run.expect wants at least ${min}`);
  if (max !== null && files.length > max)
    return wrong('outputs', `${outputs}, run.expect wants at most ${max}`);
  for (const { path, type, bytes } of files) {
    if (types !== null && !types.includes(type.toLowerCase()))
      return wrong('types', `${path} is of type ${type}, run.expect wants ${types.join(' or ')}`);
    if (minBytes !== null && bytes < minBytes)
      return wrong('bytes', `${path} has ${bytes} bytes, run.expect wants at least ${minBytes}`);
  }
  return null;
};

/** Whether `run.expect` refused the outputs, all of which are here; other errors leave some out. */
export const isUnmet = ({ code }: RunError): boolean => code?.startsWith('expect-') === true;
