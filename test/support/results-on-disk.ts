import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A run in `results.jsonl`, as far as a crash is judged by it. */
export interface Result {
  readonly id: string;
  readonly status: string;
  readonly taskId: string | null;
  readonly values: Readonly<Record<string, string>>;
  readonly outputs: readonly { readonly path: string; readonly sha256: string }[];
}

/** What the report of `manifest.yaml` in this folder tells; empty where there is none yet. */
export const resultsOf = (dir: string): Result[] => {
  const path = join(dir, 'out/manifest/results.jsonl');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result);
};

/** sha256 of a file; null where there is none. */
export const hashOf = (path: string): string | null =>
  existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : null;
