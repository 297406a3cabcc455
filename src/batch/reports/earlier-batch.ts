import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { error, warning } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Files } from '../../edges/files/files.js';
import type { EarlierBatch } from '../../report/compare/compare.js';
import { readResults, readSummary } from '../../report/compare/earlier.js';
import type { ReportOutput, ReportRun } from '../../report/model.js';
import type { Project } from '../load/project.js';
import { unreadable } from '../load/locate.js';

/** Below what one text can hold. */
const maxResultsBytes = 500_000_000;
const maxSummaryBytes = 64 * 1024 * 1024;

/** `report --compare DIR`: the batch whose results.jsonl is in `dir`; null: a problem says why not. */
export const readEarlier = async (
  typed: string,
  dir: string,
  {
    outputsDir,
    manifest,
    files,
    show,
  }: Pick<Project, 'outputsDir' | 'manifest' | 'files' | 'show'>,
  problems: Problems,
): Promise<EarlierBatch | null> => {
  if (resolve(dir) === resolve(outputsDir)) {
    problems.add(
      error('E0709', null, `--compare ${typed} is the folder of this very report`, {
        hint: 'give a copy of an earlier outputs folder, or apply with another --out-dir',
      }),
    );
    return null;
  }
  const results = await textOf(join(dir, 'results.jsonl'), maxResultsBytes, files);
  if (typeof results !== 'string') {
    problems.add(
      error('E0709', null, unreadable(show(join(dir, 'results.jsonl')), results).message, {
        hint: 'DIR is the outputs folder of an earlier apply: it holds results.jsonl and the outputs',
      }),
    );
    return null;
  }
  const read = readResults(results);
  if (!read.ok) {
    const at = { file: show(join(dir, 'results.jsonl')), line: read.line };
    problems.add(
      error('E0709', null, `${at.file}:${at.line} is no result of rh-batch: ${read.why}`),
    );
    return null;
  }
  const summary = await textOf(join(dir, 'summary.json'), maxSummaryBytes, files);
  const facts = typeof summary === 'string' ? readSummary(summary) : null;
  const target = facts?.target ?? null;
  if (target !== null && target !== manifest.target.id)
    problems.add(
      warning('E0710', null, `${typed} is of ${target}, this batch of ${manifest.target.id}`),
    );
  return {
    shown: typed,
    name: facts?.name ?? null,
    target,
    startedAt: facts?.startedAt ?? null,
    runs: read.runs.map((run) => placed(run, dir, outputsDir)),
  };
};

const textOf = async (path: string, maxBytes: number, files: Files) => {
  const read = await files.read(path, maxBytes);
  return read.ok ? new TextDecoder().decode(read.value) : read;
};

/** Outputs as the new report finds them. */
const placed = (run: ReportRun, dir: string, outputsDir: string): ReportRun => ({
  ...run,
  outputs: run.outputs.map((output) => ({ ...output, path: pathOf(output, dir, outputsDir) })),
});

const pathOf = ({ path }: ReportOutput, dir: string, outputsDir: string): string | null => {
  if (path === null) return null;
  const found = relative(outputsDir, resolve(dir, path));
  // On Windows another drive has no relative path.
  return isAbsolute(found) ? null : found.split(sep).join('/');
};
