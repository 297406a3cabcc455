import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunError } from '../../journal/event.js';
import type { BatchState } from '../../journal/state.js';
import type { Manifest } from '../../manifest/manifest.js';
import type { Plan, PlannedRun } from '../../plan/plan.js';
import { reportFiles } from '../../report/files/files.js';
import { githubSummary, runAnnotations } from '../../report/files/github.js';
import type { BatchFacts, BatchReport, ReportRun } from '../../report/model.js';
import { makeReport } from '../../report/model.js';
import type { Comparison } from '../../report/compare/compare.js';
import { planEmbedding } from '../../report/html/embed.js';
import type { HtmlOptions } from '../../report/html/page.js';
import { buildRun, factsOfPlanned } from '../../report/run.js';
import { runsDigest } from '../../report/runs-digest.js';
import { count, fileSize } from '../../values/amounts.js';
import { inRepository, isGithub } from '../../terminal/ci.js';
import { isInUse } from '../../edges/files/rename.js';
import type { Io } from '../../edges/io.js';
import { marksBeside } from '../picks/page-marks.js';
import { programBuild } from '../../edges/version.js';
import { KeptParts, writeReport } from './kept-parts.js';
import { outputReader } from './output-reader.js';
import { thumbnailHint, thumbnailsFor } from './thumbnails.js';
import { noThumbnails } from '../../thumbnails/folder.js';

/** Joins the plan's runs with what the journal knows of them now. */
export const reportOf = async (
  plan: Plan,
  state: BatchState,
  facts: Omit<BatchFacts, 'assets'> & { readonly assets: Omit<BatchFacts['assets'], 'referenced'> },
  /** By run id: why a pending run got no further. */
  held: ReadonlyMap<string, RunError>,
  isOfThisApply: (run: PlannedRun) => boolean,
): Promise<BatchReport> => {
  const runs: ReportRun[] = [];
  for await (const run of plan.runs())
    runs.push(
      buildRun(factsOfPlanned(run), state.runs.get(run.id), {
        since: facts.startedAt,
        held: held.get(run.id) ?? null,
        thisApply: isOfThisApply(run),
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

/** What report.html needs beside the report. */
export interface PageOptions {
  /** What the user types to apply the batch again. */
  readonly command?: string;
  /** What writes the reports again. */
  readonly again: string;
  /** Outputs up to so many bytes in all become part of the page; null: none does. */
  readonly inlineLimit: number | null;
  readonly comparison?: Comparison;
  /** Absolute folders whose files the page may show the content of. */
  readonly folders?: readonly string[];
}

/**
 * Writes every report, cleaned of keys. What cannot be written is told and does not stop the
 * others. `stateDir`: where it is noted what was written, so that what lists the runs need not be
 * made again while they are the same.
 */
export const writeReports = async (
  report: BatchReport,
  outputsDir: string,
  page: PageOptions,
  io: Io,
  stateDir: string | null = null,
): Promise<{ readonly htmlPath: string | null; readonly failed: boolean }> => {
  let htmlPath: string | null = null;
  let failed = false;
  const html = await htmlOptions(report, outputsDir, page, io);
  const kept = stateDir === null ? null : await keptParts(stateDir, report, html, io);
  for (const file of reportFiles(report, html)) {
    const path = join(outputsDir, file.name);
    try {
      await writeReport(path, file, kept, (text) => io.clean(text));
      if (file.name === 'report.html') htmlPath = path;
    } catch (cause) {
      failed = true;
      const detail = cause instanceof Error ? cause.message : String(cause);
      const cure = isInUse(cause) ? 'close what has it open, such as a spreadsheet; then ' : '';
      io.err.write(
        `error: ${file.name} cannot be written (${detail}); ${cure}${page.again} writes it again\n`,
      );
    }
  }
  await kept?.write();
  return { htmlPath, failed };
};

/** null: it is not known what is taken out of the files. */
const keptParts = async (
  stateDir: string,
  report: BatchReport,
  { thumbnails = noThumbnails }: HtmlOptions,
  { cleaning }: Io,
): Promise<KeptParts | null> =>
  cleaning === undefined
    ? null
    : KeptParts.open(
        stateDir,
        runsDigest(report, [programBuild(), cleaning(), ...thumbnails.values()]),
      );

const htmlOptions = async (
  report: BatchReport,
  outputsDir: string,
  { inlineLimit, folders = [], again, ...options }: PageOptions,
  io: Io,
): Promise<HtmlOptions> => {
  const thumbnails = await thumbnailsFor(outputsDir, folders);
  const page = { ...options, thumbnails, marks: await marksBeside(outputsDir) };
  const read = outputReader(outputsDir, [outputsDir, ...folders]);
  if (inlineLimit === null)
    return { ...page, read, hint: thumbnailHint(report, thumbnails, again) };
  const runs = [...report.runs, ...(page.comparison?.earlier.runs ?? [])];
  const embedding = planEmbedding(
    runs.flatMap(({ outputs }) => outputs),
    inlineLimit,
  );
  const { left } = embedding;
  if (left.files > 0)
    io.err.write(
      `notice: --inline embeds ${count(embedding.places.size, 'output')} (${fileSize(embedding.bytes)}); ` +
        `${count(left.files, 'output')} (${fileSize(left.bytes)}) would go beyond --inline-limit ${fileSize(inlineLimit)} and ${left.files === 1 ? 'stays a link' : 'stay links'}\n`,
    );
  return { ...page, read, embedding };
};

/** In a GitHub job: annotations on the rows of runs in trouble, and the job summary. */
export const tellGithub = async (report: BatchReport, io: Io): Promise<void> => {
  const { GITHUB_STEP_SUMMARY: summary } = io.env;
  if (isGithub(io)) io.err.write(runAnnotations(report, inRepository(io)));
  if (summary !== undefined && summary !== '')
    await appendFile(summary, io.clean(githubSummary(report))).catch(() => undefined);
};
