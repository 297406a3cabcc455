import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { error } from '../../diagnostics/diagnostic.js';
import { wholeFile } from '../../diagnostics/lines.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Files } from '../../edges/files/files.js';
import type { Datum } from '../../values/datum.js';
import { absent } from '../../values/datum.js';
import { withLineFeeds } from '../../values/line-ends.js';
import type { Place } from '../../values/place.js';
import type { CellSpan } from './csv/cell.js';
import { cellSpan, cellSpans } from './csv/cell.js';
import {
  delimiterHint,
  markName,
  otherDelimiter,
  surelyOther,
  wrongDelimiter,
} from './csv/delimiter.js';
import type { HeaderCell } from './csv/header.js';
import { columnsOf, warnOfShortRows } from './csv/header.js';
import { tellQuotes } from './csv/quotes.js';
import type { CsvShape } from './csv/scan.js';
import { CsvScan } from './csv/scan.js';
import { emptyRows } from './empty-rows.js';
import { lines } from './records.js';
import { tooWide } from './size-limits.js';
import type { Row, Table } from './table.js';
import type { TextSource } from './text.js';
import { textChunks } from './text.js';

export interface CsvOptions {
  /** As the manifest says; null: what the file's first line says, else the usual one. */
  readonly delimiter: string | null;
  readonly usual: string;
}

/** Opens a CSV: reads its header, counts its records. Rows are streamed on every walk. */
export const csvTable = async (
  source: TextSource & { readonly dir: string },
  options: CsvOptions,
  files: Files,
  problems: Problems,
): Promise<Table | null> => {
  const before = problems.errors;
  const format = await formatOf(source, options, files, problems);
  if (format === null) return null;
  const shape = await shapeOf(source, format, files, problems);
  if (shape === null) return null;
  const header = await readHeader(source, format, files, problems);
  if (header === null) return null;
  const wide = tooWide(header.length, header[0]?.at ?? null);
  if (wide !== null) {
    problems.add(wide);
    return null;
  }
  const kept = columnsOf(header, shape, problems);
  const columns = kept.map((column) => header[column] ?? { name: '', at: null });
  const names = columns.map(({ name }) => name);
  const mark = otherDelimiter(names, format.delimiter);
  const hint = mark === null ? null : delimiterHint(source.typed, mark);
  const { count: empty, first: firstEmpty } = shape.empty;
  if (empty > 0) problems.add(emptyRows(source.file, empty, firstEmpty));
  if (shape.records < 2)
    problems.add(
      error('E0303', wholeFile(source.file), 'the table has a header but no rows', {
        hint: 'write a row below it: each row is a run',
      }),
    );
  if (hint !== null && names.length === 1 && shape.long.count > 0)
    problems.add(wrongDelimiter(names[0] ?? '', columns[0]?.at ?? null, hint));
  if (problems.errors > before) return null;
  warnOfShortRows(source.file, shape.short, problems);
  return {
    file: source.file,
    dir: source.dir,
    columns,
    count: shape.records - 1,
    delimiterHint: hint,
    rows: (rowProblems) => walk(source, format, files, { kept, width: header.length }, rowProblems),
  };
};

/** As much of a text as shows how it is made. */
const headChars = 65_536;

/** How the text is to be read; null: not as it is said, or not at all. */
const formatOf = async (
  source: TextSource,
  { delimiter: written, usual }: CsvOptions,
  files: Files,
  problems: Problems,
): Promise<Format | null> => {
  const before = problems.errors;
  let head = '';
  for await (const chunk of textChunks(source, files, problems)) {
    head += chunk;
    if (head.length >= headChars) break;
  }
  if (problems.errors > before) return null;
  const sep = readSepLine(head);
  const said = written ?? sep?.delimiter ?? null;
  const delimiter = said ?? usual;
  const other = said === null ? surelyOther(head, delimiter, head.length < headChars) : null;
  if (other === null) return { delimiter, skipped: sep?.length ?? 0 };
  const [text = ''] = head.replace(/^\ufeff/, '').split(/\r\n|\n|\r/, 1);
  const at = { file: source.file, line: 1, column: 1, length: Math.max(1, text.length), text };
  problems.add(wrongDelimiter(text, at, delimiterHint(source.typed, other)));
  return null;
};

/** A look over all of the text; null: rows of it cannot be read, all of which are told. */
const shapeOf = async (
  source: TextSource,
  format: Format,
  files: Files,
  problems: Problems,
): Promise<CsvShape | null> => {
  const before = problems.errors;
  const line = format.skipped === 0 ? 0 : 1;
  const scan = new CsvScan(format.delimiter, line + 1);
  for await (const chunk of tableText(source, format, files, problems)) scan.add(chunk);
  const shape = scan.end();
  if (problems.errors === before && shape.misquoted)
    await tellQuotes(
      lines(tableText(source, format, files, problems)),
      { file: source.file, delimiter: format.delimiter, line },
      problems,
    );
  return problems.errors > before ? null : shape;
};

/** What is known of the text before the first record is read. */
interface Format {
  readonly delimiter: string;
  /** Characters of a `sep=` line before the header. */
  readonly skipped: number;
}

/** The first line as Excel reads it: it names the delimiter and is no row. */
const sepLine = /^\ufeff?"?sep=([^\r\n"])\1*"?[ \t]*(?:\r\n|\n|\r|$)/i;

const readSepLine = (
  head: string,
): { readonly delimiter: string; readonly length: number } | null => {
  const [line, delimiter] = sepLine.exec(head) ?? [];
  return line === undefined || delimiter === undefined ? null : { delimiter, length: line.length };
};

/** The text from the header on. */
async function* tableText(
  source: TextSource,
  { skipped }: Format,
  files: Files,
  problems: Problems,
): AsyncGenerator<string> {
  let left = skipped;
  for await (const chunk of textChunks(source, files, problems)) {
    const rest = left === 0 ? chunk : chunk.slice(left);
    left = Math.max(0, left - chunk.length);
    if (rest !== '') yield rest;
  }
}

interface RawRecord {
  readonly record: readonly string[];
  readonly raw: string;
  /** Physical line where the record begins. */
  readonly line: number;
}

/** Records with their raw text, as many as are there; ends at a malformed one, which is told. */
async function* records(
  source: TextSource,
  format: Format,
  files: Files,
  problems: Problems,
): AsyncGenerator<readonly RawRecord[]> {
  const parser = parse({
    delimiter: format.delimiter,
    raw: true,
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: 64 * 1024 * 1024,
  });
  const input = Readable.from(tableText(source, format, files, problems), { objectMode: true });
  input.on('error', (cause) => parser.destroy(cause));
  input.pipe(parser);
  try {
    let line = format.skipped === 0 ? 1 : 2;
    for await (const items of readBatches(parser))
      yield items.map((item) => {
        const { record, raw } = item as Omit<RawRecord, 'line'>;
        // Blank lines that were skipped stand before the record's own text.
        const own = /^[\r\n]/.test(raw) ? raw.replace(/^[\r\n]+/, '') : raw;
        const start = own === raw ? line : line + breaks(raw.slice(0, raw.length - own.length));
        line += breaks(raw);
        return { record, raw: own, line: start };
      });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    problems.add(malformed(source, cause));
  } finally {
    input.destroy();
  }
}

/** Records at a time: what is held is bounded by it. */
const batchSize = 256;

/** What a stream of objects has ready, at every turn. */
async function* readBatches(stream: Readable): AsyncGenerator<readonly unknown[]> {
  for await (const first of stream) {
    const batch: unknown[] = [first];
    while (batch.length < batchSize) {
      const next: unknown = stream.read();
      if (next === null) break;
      batch.push(next);
    }
    yield batch;
  }
}

/** Quotes that cannot be read were told before. */
const malformed = (source: TextSource, cause: CsvError): ReturnType<typeof error> => {
  const at = { ...wholeFile(source.file), line: Number(cause['lines'] ?? 0) };
  return error(
    'E0306',
    at,
    cause.code === 'CSV_MAX_RECORD_SIZE' ? 'a row is larger than 64 MB' : cause.message,
  );
};

const readHeader = async (
  source: TextSource,
  options: Format,
  files: Files,
  problems: Problems,
): Promise<readonly HeaderCell[] | null> => {
  const before = problems.errors;
  for await (const batch of records(source, options, files, problems)) {
    const head = batch.find(({ record, raw }) => !isEmpty(record, raw));
    if (head === undefined) continue;
    const { record, raw, line } = head;
    const place = placesOf(source.file, line, raw, options.delimiter);
    return record.map((name, index) => ({ name: withLineFeeds(name.trim()), at: place(index) }));
  }
  if (problems.errors === before)
    problems.add(error('E0303', wholeFile(source.file), 'the table is empty'));
  return null;
};

/** Which cells of a record are read, and how many the header has, those without a name included. */
interface Layout {
  readonly kept: readonly number[];
  readonly width: number;
}

async function* walk(
  source: TextSource,
  { delimiter, ...format }: Format,
  files: Files,
  { kept, width }: Layout,
  problems: Problems,
): AsyncGenerator<readonly Row[]> {
  let header = true;
  const asItIs = kept.length === width;
  for await (const batch of records(source, { delimiter, ...format }, files, problems))
    yield batch.flatMap(({ record, raw, line }): Row[] => {
      if (isEmpty(record, raw)) return [];
      if (header) {
        header = false;
        return [];
      }
      const place = (column: number): Place => placeOf(source.file, line, raw, column, delimiter);
      if (record.length > width && isLong(record, raw, width, delimiter)) {
        problems.add(ragged(record.length, width, delimiter, place(width)));
        return [];
      }
      const cells = cellsOf(record, raw, delimiter);
      if (asItIs && record.length === width) return [{ line, cells, at: place }];
      return [
        {
          line,
          cells: kept.map((column) => cells[column] ?? absent),
          at: (column) => place(kept[column] ?? width),
        },
      ];
    });
}

/** Whether there is something beyond the header. */
const isLong = (
  record: readonly string[],
  raw: string,
  width: number,
  delimiter: string,
): boolean =>
  record.slice(width).some((cell) => cell.trim() !== '') ||
  cellSpans(raw, delimiter)
    .slice(width)
    .some(({ quoted }) => quoted);

/** Cells of blanks alone, none of them in quotes, as spreadsheets leave them below a table. */
const isEmpty = (record: readonly string[], raw: string): boolean =>
  record.every((value) => value.trim() === '') && !raw.includes('"');

const ragged = (
  cells: number,
  width: number,
  delimiter: string,
  at: Place,
): ReturnType<typeof error> =>
  error(
    'E0305',
    at,
    `this row has ${cells} ${cells === 1 ? 'cell' : 'cells'}, the header has ${width}`,
    { hint: raggedHint(at.text ?? '', delimiter) },
  );

/** Quotes that are none to a CSV, as a word processor or a programmer writes them. */
const raggedHint = (line: string, delimiter: string): string => {
  const needs = `a cell that holds ${markName(delimiter)} needs quotes around it`;
  const cells = line.split(delimiter).map((cell) => cell.trim());
  const [mark] = cells.flatMap((cell) => /^[“”„‟«「'‘]/u.exec(cell) ?? []);
  return mark === undefined ? needs : `${needs}: straight ones, ", and not ${mark}`;
};

/** An empty cell is not given; a quoted `""` is the empty text. Told apart only where needed. */
const cellsOf = (record: readonly string[], raw: string, delimiter: string): Datum[] => {
  const cells: Datum[] = [];
  let spans: readonly CellSpan[] | null = raw.includes('""') ? null : [];
  for (const [index, value] of record.entries())
    cells.push(
      value !== '' || (spans ??= cellSpans(raw, delimiter))[index]?.quoted === true
        ? { is: 'scalar', text: withLineFeeds(value), type: 'text' }
        : absent,
    );
  return cells;
};

const breaks = (text: string): number => {
  if (!/[\r\n]/.test(text)) return 0;
  return text.split(/\r\n|\n|\r/).length - 1;
};

/** Of every cell of a record: in one walk where it stands on one line, as nearly all do. */
const placesOf = (
  file: string,
  line: number,
  raw: string,
  delimiter: string,
): ((column: number) => Place) => {
  const text = raw.split(/\r\n|\n|\r/, 1)[0] ?? '';
  const spans = cellSpans(raw, delimiter);
  return (column) => {
    const span = spans[column];
    if (span === undefined || (spans.at(-1)?.to ?? 0) > text.length)
      return placeOf(file, line, raw, column, delimiter);
    const { from, to } = span;
    return { file, line, column: from + 1, length: Math.max(1, to - from), text };
  };
};

const placeOf = (
  file: string,
  line: number,
  raw: string,
  column: number,
  delimiter: string,
): Place => {
  const span = cellSpan(raw, column, delimiter);
  const before = raw.slice(0, span.from).split(/\r\n|\n|\r/);
  const lineStart = span.from - (before.at(-1) ?? '').length;
  const text = raw.slice(lineStart).split(/\r\n|\n|\r/, 1)[0] ?? '';
  return {
    file,
    line: line + before.length - 1,
    column: span.from - lineStart + 1,
    length: Math.max(1, Math.min(span.to, lineStart + text.length) - span.from),
    text,
  };
};
