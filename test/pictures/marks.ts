import type { Mark } from '../../src/picks/mark.js';
import { lineOf } from '../../src/picks/mark.js';
import type { Project } from '../support/project.js';

/** A mark of a run's picture as a page makes it; of run `at` of results.jsonl. */
export const markOf = (
  p: Project,
  at: number,
  what: Partial<Mark>,
  dir = 'out/manifest',
  output = 0,
): Mark => {
  const run = p.results(dir)[at]!;
  const { path, sha256 } = run.outputs[output]!;
  return {
    at: `2026-11-28T10:00:${String(at).padStart(2, '0')}.000Z`,
    batch: 'manifest',
    run: run.id,
    output,
    file: path,
    sha256,
    ...what,
  };
};

export const write = (
  p: Project,
  marks: readonly Mark[],
  path = 'out/manifest/picks.jsonl',
): void => p.write(path, marks.map(lineOf).join(''));
