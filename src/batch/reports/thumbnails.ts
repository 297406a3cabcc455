import { isAbsolute, join, relative, sep } from 'node:path';
import type { Io } from '../../edges/io.js';
import type { BatchReport, ReportRun } from '../../report/model.js';
import type { Thumbnails } from '../../thumbnails/folder.js';
import { contentOf, thumbnailsIn } from '../../thumbnails/folder.js';
import type { Output } from '../../thumbnails/maker.js';
import { ThumbnailMaker, wantsThumbnail } from '../../thumbnails/maker.js';
import { canPaint } from '../../thumbnails/painter.js';
import { count, fileSize } from '../../values/amounts.js';

/** Of the outputs' folder, and of others whose outputs the page shows. */
export const thumbnailsFor = async (
  outputsDir: string,
  others: readonly string[] = [],
): Promise<Thumbnails> => {
  const found = new Map<string, string>();
  for (const dir of others)
    for (const [content, path] of await thumbnailsIn(dir)) {
      const placed = relative(outputsDir, join(dir, path));
      // On Windows another drive has no relative path.
      if (!isAbsolute(placed)) found.set(content, placed.split(sep).join('/'));
    }
  for (const [content, path] of await thumbnailsIn(outputsDir)) found.set(content, path);
  return found;
};

const outputsOf = (runs: readonly ReportRun[]): readonly Output[] =>
  runs.flatMap(({ outputs }) => outputs);

const without = (runs: readonly ReportRun[], known: Thumbnails): readonly Output[] =>
  outputsOf(runs).filter(
    (output) =>
      wantsThumbnail(output) && !(output.sha256 !== null && known.has(contentOf(output.sha256))),
  );

/** So many full files are no burden for a page. */
const few = 40;

/** For people: that the page shows many full files, and what helps; undefined: it does not. */
export const thumbnailHint = (
  { runs }: Pick<BatchReport, 'runs'>,
  known: Thumbnails,
  /** What makes them, once they can be made. */
  command: string,
  isPossible = canPaint(),
): string | undefined => {
  const missing = without(runs, known);
  if (missing.length <= few) return undefined;
  const bytes = missing.reduce((sum, output) => sum + (output.bytes ?? 0), 0);
  const what = `${count(missing.length, 'picture')} (${fileSize(bytes)}) shown from their full files, which makes a page of this size slow.`;
  return isPossible
    ? `${what} ${command} makes thumbnails of them.`
    : `${what} The package sharp makes thumbnails: npm install sharp where rh-batch is installed, then ${command}.`;
};

/** Tells the first failure. */
export const thumbnailMaker = (outputsDir: string, { err }: Pick<Io, 'err'>): ThumbnailMaker =>
  new ThumbnailMaker(outputsDir, (text) => err.write(`notice: ${text}\n`));

/** Makes those that are missing; it takes its time. */
export const makeThumbnails = async (
  { runs }: Pick<BatchReport, 'runs'>,
  outputsDir: string,
  io: Io,
): Promise<void> => {
  const missing = without(runs, await thumbnailsIn(outputsDir));
  if (missing.length === 0 || !canPaint()) return;
  if (missing.length > few) io.err.write(`notice: making ${count(missing.length, 'thumbnail')}\n`);
  const maker = thumbnailMaker(outputsDir, io);
  maker.add(missing);
  await maker.finish();
};
