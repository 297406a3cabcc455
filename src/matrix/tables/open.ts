import { dirname, resolve } from 'node:path';
import { nearPath, pathHint } from '../../assets/near-path.js';
import { whyUnread } from '../../assets/unreadable.js';
import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Files } from '../../edges/files/files.js';
import type { FileRows } from '../../manifest/manifest.js';
import { jsonlTable, jsonTable, yamlTable } from './records.js';
import { tooLarge } from './size-limits.js';
import type { Table } from './table.js';
import { yamlWord } from './table.js';
import { doubtEncoding } from './text.js';
import { xlsxTable } from './xlsx.js';

export interface TableContext {
  readonly dir: string;
  readonly files: Files;
  readonly show: (absolute: string) => string;
}

type Format = NonNullable<FileRows['format']>;

const endings: Readonly<Record<string, Format>> = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  yaml: 'yaml',
  yml: 'yaml',
  xlsx: 'xlsx',
  xlsm: 'xlsx',
};

/** Formats of spreadsheets that are not read, by their endings. */
const foreign: Readonly<Record<string, string>> = {
  xls: 'a workbook of Excel 97-2003',
  xlsb: 'a binary workbook of Excel',
  ods: 'a table of LibreOffice',
  numbers: 'a table of Numbers',
  et: 'a table of WPS',
};

/** Opens a table by its format or its file's ending; null with diagnostics when it cannot be. */
export const openTable = async (
  rows: FileRows,
  { dir, files, show }: TableContext,
  problems: Problems,
): Promise<Table | null> => {
  const path = resolve(dir, rows.path);
  const file = show(path);
  const facts = await files.facts(path);
  if (!facts.ok) {
    const { why, hint } = whyUnread(facts, file);
    const other =
      facts.is === 'directory'
        ? await tableIn(path, file, files)
        : (hint ?? (await nearby(rows.path, dir, files)));
    problems.add(error('E0301', rows.at, `${file} ${why}`, { hint: other }));
    return null;
  }
  if (facts.value.bytes === 0) {
    problems.add(
      error('E0303', rows.at, `${file} is empty`, {
        hint: 'its first line names the columns, and each line below is a run',
      }),
    );
    return null;
  }
  const source = {
    path,
    file,
    encoding: rows.encoding,
    named: rows.at,
    typed: rows.path,
    key: 'file' as const,
    dir: dirname(path),
  };
  const format = rows.format ?? formatOf(path);
  const large = tooLarge(format, facts.value.bytes, source);
  if (large !== null) {
    problems.add(large);
    return null;
  }
  await doubtEncoding(source, files, problems);
  switch (format) {
    case 'csv':
    case 'tsv': {
      const usual = format === 'tsv' ? '\t' : ',';
      // Most batches have no CSV; csv-parse takes as long to load as a small table to read.
      const { csvTable } = await import('./csv.js');
      return csvTable(source, { delimiter: rows.delimiter, usual }, files, problems);
    }
    case 'json':
      return jsonTable(source, files, problems);
    case 'jsonl':
      return jsonlTable(source, files, problems);
    case 'yaml':
      return yamlTable(source, files, problems);
    case 'xlsx':
      return xlsxTable(source, rows.sheet, files, problems);
    case null: {
      const ending = endingOf(path);
      const what = Object.hasOwn(foreign, ending) ? foreign[ending] : undefined;
      if (what !== undefined) {
        problems.add(
          error('E0301', rows.at, `${file} is ${what}, which is not read`, {
            hint: 'save it as XLSX or as CSV (UTF-8), and name that file',
          }),
        );
        return null;
      }
      problems.add(
        error('E0301', rows.at, `the format of ${file} is not clear from its name`, {
          hint: `write { file: ${yamlWord(rows.path)}, format: csv } in place of its name, or another of csv, tsv, json, jsonl, yaml, xlsx`,
        }),
      );
      return null;
    }
  }
};

const formatOf = (path: string): Format | null => {
  const ending = endingOf(path);
  return Object.hasOwn(endings, ending) ? (endings[ending] ?? null) : null;
};

const endingOf = (path: string): string => /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';

/** In place of a folder: a table that lies in it. */
const tableIn = async (path: string, shown: string, files: Files): Promise<string> => {
  const found = (await files.names(path)).filter((name) => formatOf(name) !== null).sort()[0];
  return found === undefined
    ? 'write the path of a table: CSV, TSV, XLSX, JSON, JSONL or YAML'
    : `write the path of a table in it, such as ${shown}/${found}`;
};

/** What may be meant by a path that leads nowhere. */
export const nearby = async (path: string, dir: string, files: Files): Promise<string> =>
  (await nearPath(path, dir, files))?.hint ?? pathHint(path);
