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
import type { CellSpan } from './csv-cell.js';
import { cellSpan, cellSpans } from './csv-cell.js';
import { emptyRows } from './empty-rows.js';
import { tooWide } from './size-limits.js';
import type { Row, Table } from './table.js';
import { shownDelimiter } from './table.js';
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
  { delimiter: written, usual }: CsvOptions,
  files: Files,
  problems: Problems,
): Promise<Table | null> => {
  const before = problems.errors;
  let head = '';
  for await (const chunk of textChunks(source, files, problems)) {
    head += chunk;
    if (head.length >= 65_536) break;
  }
  if (problems.errors > before) return null;
  const sep = readSepLine(head);
  const delimiter = written ?? sep?.delimiter ?? usual;
  const format: Format = { delimiter, skipped: sep?.length ?? 0 };
  const counter = new RecordCounter(delimiter, sep === null ? 1 : 2);
  for await (const chunk of tableText(source, format, files, problems)) counter.add(chunk);
  if (problems.errors > before) return null;
  const header = await readHeader(source, format, files, problems);
  if (header === null) return null;
  const wide = tooWide(header.length, header[0]?.at ?? null);
  if (wide !== null) {
    problems.add(wide);
    return null;
  }
  checkHeader(header, source, format, head.slice(format.skipped), problems);
  const { records, empty, firstEmpty } = counter.end();
  const count = records - 1;
  if (empty > 0) problems.add(emptyRows(source.file, empty, firstEmpty));
  if (count < 1)
    problems.add(error('E0303', wholeFile(source.file), 'the table has a header but no rows'));
  if (problems.errors > before) return null;
  const rest = otherDelimiter(header, delimiter);
  return {
    file: source.file,
    dir: source.dir,
    columns: header,
    count,
    otherDelimiter: rest,
    rows: (rowProblems) => walk(source, format, files, header.length, rowProblems),
  };
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

const marks = [',', ';', '\t', '|'];

/** Where all names stand in one cell: what seems to separate them. */
const otherDelimiter = ([only, ...more]: Header, delimiter: string): string | null => {
  if (only === undefined || more.length > 0) return null;
  const counted = marks
    .filter((mark) => mark !== delimiter)
    .map((mark) => ({ mark, parts: only.name.split(mark).length }))
    .filter(({ parts }) => parts > 1)
    .sort((a, b) => b.parts - a.parts);
  return counted[0]?.mark ?? null;
};

type Header = readonly { readonly name: string; readonly at: Place | null }[];

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

const malformed = (source: TextSource, cause: CsvError): ReturnType<typeof error> => {
  const lines = Number(cause['lines'] ?? 0);
  const at: Place = { file: source.file, line: lines, column: 0, length: 1, text: null };
  const code: string = cause.code;
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return error('E0306', at, 'a quoted cell is never closed', {
        hint: 'a quote inside a quoted cell is written twice: ""',
      });
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return error('E0306', at, 'a quote stands where it cannot', {
        hint: 'put the whole cell in quotes and write every quote inside it twice: ""',
      });
    case 'CSV_MAX_RECORD_SIZE':
      return error('E0306', at, 'a row is larger than 64 MB');
    default:
      return error('E0306', at, cause.message);
  }
};

const readHeader = async (
  source: TextSource,
  options: Format,
  files: Files,
  problems: Problems,
): Promise<Header | null> => {
  const before = problems.errors;
  for await (const [head] of records(source, options, files, problems)) {
    if (head === undefined) continue;
    const { record, raw, line } = head;
    const place = placesOf(source.file, line, raw, options.delimiter);
    return record.map((name, index) => ({ name: withLineFeeds(name.trim()), at: place(index) }));
  }
  if (problems.errors === before)
    problems.add(error('E0303', wholeFile(source.file), 'the table is empty'));
  return null;
};

const checkHeader = (
  header: Header,
  source: TextSource,
  options: Format,
  head: string,
  problems: Problems,
): void => {
  const seen = new Map<string, Header[number]>();
  for (const [index, column] of header.entries()) {
    const { name } = column;
    const key = name.normalize('NFC');
    const first = seen.get(key);
    if (name === '')
      problems.add(
        error('E0304', column.at, `column ${index + 1} has no name`, {
          hint: 'name it, or "_" plus a name if it is only for people',
        }),
      );
    else if (first !== undefined)
      problems.add(
        error('E0304', column.at, `there are two columns "${name}"`, {
          related: first.at === null ? [] : [{ message: 'the first is here', at: first.at }],
        }),
      );
    seen.set(key, column);
  }
  const first = head.split(/\r?\n/, 1)[0] ?? '';
  const other = [';', '\t', '|'].find((mark) => first.split(mark).length > 2);
  if (header.length === 1 && options.delimiter === ',' && other !== undefined)
    problems.add(
      error(
        'E0306',
        wholeFile(source.file),
        `the table has one column, but many "${shownDelimiter(other)}"`,
        {
          hint: `rows: { file: …, delimiter: "${shownDelimiter(other)}" }`,
        },
      ),
    );
};

async function* walk(
  source: TextSource,
  options: Format,
  files: Files,
  width: number,
  problems: Problems,
): AsyncGenerator<readonly Row[]> {
  let header = true;
  for await (const batch of records(source, options, files, problems)) {
    yield batch.slice(header ? 1 : 0).flatMap(({ record, raw, line }): Row[] => {
      if (isEmpty(record, raw)) return [];
      const at = (column: number): Place =>
        placeOf(source.file, line, raw, column, options.delimiter);
      if (record.length === width)
        return [{ line, cells: cellsOf(record, raw, options.delimiter), at }];
      problems.add(ragged(record.length, width, at(Math.min(record.length, width) - 1)));
      return [];
    });
    header = false;
  }
}

/** Cells of blanks alone, none of them in quotes, as spreadsheets leave them below a table. */
const isEmpty = (record: readonly string[], raw: string): boolean =>
  record.every((value) => value.trim() === '') && !raw.includes('"');

const ragged = (cells: number, width: number, at: Place): ReturnType<typeof error> =>
  error(
    'E0305',
    at,
    `this row has ${cells} ${cells === 1 ? 'cell' : 'cells'}, the header has ${width}`,
    {
      hint:
        cells > width
          ? 'a cell that holds a comma needs quotes around it'
          : 'add the missing cells',
    },
  );

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

/** Counts records by scanning for line ends outside of quotes: a tenth of a parse. */
class RecordCounter {
  #records = 0;
  #empty = 0;
  #firstEmpty = 0;
  #quoted = false;
  #content = false;
  /** Cells without content: blanks and delimiters. */
  #cells = false;
  #afterReturn = false;
  readonly #delimiter: number;

  constructor(
    delimiter: string,
    private line: number,
  ) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  add(text: string): void {
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 34) this.#quoted = !this.#quoted;
      if (code === 10 || code === 13) this.#lineEnd(code);
      else if (code === this.#delimiter || isBlank(code)) this.#cells = true;
      else if (code !== 0xfeff) this.#content = true;
      this.#afterReturn = code === 13;
    }
  }

  end(): { readonly records: number; readonly empty: number; readonly firstEmpty: number } {
    this.#record();
    return { records: this.#records, empty: this.#empty, firstEmpty: this.#firstEmpty };
  }

  #lineEnd(code: number): void {
    if (code === 10 && this.#afterReturn) return;
    if (!this.#quoted) this.#record();
    this.line += 1;
  }

  #record(): void {
    if (this.#content) this.#records += 1;
    else if (this.#cells) {
      this.#empty += 1;
      if (this.#firstEmpty === 0) this.#firstEmpty = this.line;
    }
    this.#content = false;
    this.#cells = false;
  }
}

const isBlank = (code: number): boolean =>
  code === 32 || code === 9 || code === 0xa0 || code === 0x3000;
