import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../edges/atomic.js';
import type { RunError } from '../journal/event.js';
import type { BatchState } from '../journal/state.js';
import type { Manifest } from '../manifest/manifest.js';
import type { Plan } from '../plan/plan.js';
import { reportFiles } from '../report/files.js';
import { githubSummary, runAnnotations } from '../report/github.js';
import type { BatchFacts, BatchReport, ReportRun } from '../report/model.js';
import { makeReport } from '../report/model.js';
import { buildRun, factsOfPlanned } from '../report/run.js';
import { inRepository, isGithub } from './ci.js';
import type { Io } from './io.js';
import type { Located } from './project.js';

/** Joins the plan's runs with what the journal knows of them now. */
export const reportOf = async (
  plan: Plan,
  state: BatchState,
  facts: Omit<BatchFacts, 'assets'> & { readonly assets: Omit<BatchFacts['assets'], 'referenced'> },
  /** By run id: why a pending run got no further. */
  held: ReadonlyMap<string, RunError>,
): Promise<BatchReport> => {
  const runs: ReportRun[] = [];
  for await (const run of plan.runs())
    runs.push(
      buildRun(factsOfPlanned(run), state.runs.get(run.id), {
        since: facts.startedAt,
        held: held.get(run.id) ?? null,
      }),
    );
  const referenced = runs.reduce(
    (sum, { overrides }) => sum + overrides.filter(({ asset }) => asset !== undefined).length,
    0,
  );
  return makeReport({ ...facts, assets: { referenced, ...facts.assets } }, runs);
};

/** Heading of the reports. */
export const titleOf = ({ report, name }: Manifest): string => report.title ?? name;

/** Writes every report, cleaned of keys. What cannot be written is told and does not stop the others. */
export const writeReports = async (
  report: BatchReport,
  {
    outputsDir,
    manifest,
  }: Pick<Located, 'outputsDir'> & { readonly manifest: Pick<Manifest, 'file'> | null },
  io: Io,
): Promise<{ readonly htmlPath: string | null; readonly failed: boolean }> => {
  let htmlPath: string | null = null;
  let failed = false;
  for (const file of reportFiles(report, { manifest: manifest?.file ?? null })) {
    const path = join(outputsDir, file.name);
    try {
      await writeAtomically(path, cleaned(await file.content(), io));
      if (file.name === 'report.html') htmlPath = path;
    } catch (cause) {
      failed = true;
      const detail = cause instanceof Error ? cause.message : String(cause);
      io.err.write(
        `error: ${file.name} cannot be written (${detail}); rh-batch report writes it again\n`,
      );
    }
  }
  return { htmlPath, failed };
};

/** In a GitHub job: annotations on the rows of runs in trouble, and the job summary. */
export const tellGithub = async (report: BatchReport, io: Io): Promise<void> => {
  const { GITHUB_STEP_SUMMARY: summary } = io.env;
  if (isGithub(io)) io.err.write(runAnnotations(report, inRepository(io)));
  if (summary !== undefined && summary !== '')
    await appendFile(summary, io.clean(githubSummary(report))).catch(() => undefined);
};

function* cleaned(chunks: Iterable<string>, io: Io): Generator<string> {
  for (const chunk of chunks) yield io.clean(chunk);
}
