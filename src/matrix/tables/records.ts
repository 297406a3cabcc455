import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { error } from '../../diagnostics/diagnostic.js';
import { LineIndex, wholeFile } from '../../diagnostics/lines.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Files } from '../../edges/files/files.js';
import type { Tree } from '../../manifest/tree.js';
import { datumOf } from '../../manifest/tree.js';
import { readYaml } from '../../manifest/yaml.js';
import type { Datum } from '../../values/datum.js';
import { absent } from '../../values/datum.js';
import type { Json } from '../../values/json.js';
import { isList, isObject, locateJson, parseJson, parseJsonItems } from '../../values/json-text.js';
import { datumWithLineFeeds } from '../../values/line-ends.js';
import type { Place } from '../../values/place.js';
import { datumFromJson } from '../../values/datum-json.js';
import { jsonHint } from './json-hint.js';
import { emptyRows } from './empty-rows.js';
import type { Row, Table } from './table.js';
import type { TextSource } from './text.js';
import { textChunks, wholeText } from './text.js';

type Source = TextSource & { readonly dir: string };

interface Record {
  readonly values: ReadonlyMap<string, Datum>;
  readonly line: number;
  readonly at: (key: string) => Place | null;
}

/** A table of records that are held in memory: JSON, YAML, XLSX, inline maps. null: none gives anything. */
export const heldTable = (
  file: string,
  dir: string,
  all: readonly Record[],
  problems: Problems,
): Table | null => {
  const records = all.filter(givesSomething);
  const [first] = all.filter((record) => !givesSomething(record));
  if (first !== undefined) problems.add(emptyRows(file, all.length - records.length, first.line));
  if (records.length === 0) {
    problems.add(noRows(file));
    return null;
  }
  const columns = new Map<string, Place | null>();
  for (const record of records)
    for (const key of record.values.keys()) if (!columns.has(key)) columns.set(key, record.at(key));
  const names = [...columns.keys()];
  return {
    file,
    dir,
    columns: [...columns].map(([name, at]) => ({ name, at })),
    count: records.length,
    delimiterHint: null,
    // eslint-disable-next-line @typescript-eslint/require-await -- held rows need no waiting
    rows: async function* () {
      yield records.map((record) => rowOf(record, names));
    },
  };
};

const givesSomething = ({ values }: Record): boolean => {
  for (const datum of values.values()) if (datum.is !== 'absent') return true;
  return false;
};

const noRows = (file: string): Diagnostic =>
  error('E0303', wholeFile(file), 'the table has no rows', {
    hint: 'each row is a run: write one that gives a value, such as { prompt: a fox }',
  });

const rowOf = (record: Record, names: readonly string[]): Row => ({
  line: record.line,
  cells: names.map((name) => record.values.get(name) ?? absent),
  at: (column) => record.at(names[column] ?? ''),
});

const wantList = 'a table is a list of maps: [{ "prompt": "a fox" }, …]';
const listHint = 'put the rows in [ ], each of them { "prompt": "a fox", "seed": 7 }';

export const jsonTable = async (
  source: Source,
  files: Files,
  problems: Problems,
): Promise<Table | null> => {
  const text = await wholeText(source, files, problems);
  if (text === null) return null;
  const lines = new LineIndex(source.file, text);
  const read = parseJsonItems(text);
  if (!read.ok) {
    problems.add(
      error('E0306', lines.place(read.offset, 1), `not valid JSON: ${read.message}`, {
        hint: jsonHint(text, read.offset, false),
      }),
    );
    return null;
  }
  if (!isList(read.value)) {
    problems.add(error('E0306', wholeFile(source.file), wantList, { hint: listHint }));
    return null;
  }
  const records = read.value.flatMap((item, index): Record[] => {
    const values = mapOf(item);
    const { offset, length } = read.items[index] ?? { offset: 0, length: 1 };
    if (values === null) {
      problems.add(error('E0306', lines.place(offset, length), wantList, { hint: listHint }));
      return [];
    }
    // Asked only where something is wrong: the item alone is looked through, not the whole text.
    const at = (key: string): Place => {
      const span = locateJson(text.slice(offset, offset + length), [key]);
      return span === null
        ? lines.place(offset, length)
        : lines.place(offset + span.offset, span.length);
    };
    return [{ values, line: lines.lineAt(offset), at }];
  });
  return heldTable(source.file, source.dir, records, problems);
};

export const yamlTable = async (
  source: Source,
  files: Files,
  problems: Problems,
): Promise<Table | null> => {
  const text = await wholeText(source, files, problems);
  const tree = text === null ? null : readYaml(source.file, text, problems);
  if (tree === null) return null;
  if (tree.is !== 'list') {
    problems.add(
      error('E0306', tree.at, 'a table is a list of maps', {
        hint: 'begin each row with "- ": - { prompt: a fox, seed: 7 }',
      }),
    );
    return null;
  }
  return heldTable(source.file, source.dir, treeRecords(tree.items, problems), problems);
};

const treeRecords = (items: readonly Tree[], problems: Problems): Record[] =>
  items.flatMap((item): Record[] => {
    if (item.is !== 'map') {
      problems.add(
        error('E0306', item.at, 'a row is a map of columns', {
          hint: '- { prompt: a fox, seed: 7 }',
        }),
      );
      return [];
    }
    const { entries, at } = item;
    return [
      {
        values: new Map(
          [...entries].map(([key, { value }]) => [key, datumWithLineFeeds(datumOf(value))]),
        ),
        line: at.line,
        at: (key) => entries.get(key)?.value.at ?? at,
      },
    ];
  });

/** One JSON object per line, streamed; columns are gathered by the counting walk. */
export const jsonlTable = async (
  source: Source,
  files: Files,
  problems: Problems,
): Promise<Table | null> => {
  const before = problems.errors;
  const columns = new Map<string, Place | null>();
  let count = 0;
  let empty = 0;
  let firstEmpty = 0;
  for await (const record of jsonlRecords(source, files, problems)) {
    const { values, at, line } = record;
    if (!givesSomething(record)) {
      empty += 1;
      if (empty === 1) firstEmpty = line;
      continue;
    }
    count += 1;
    for (const key of values.keys()) if (!columns.has(key)) columns.set(key, at(key));
  }
  if (empty > 0) problems.add(emptyRows(source.file, empty, firstEmpty));
  if (count === 0 && problems.errors === before) problems.add(noRows(source.file));
  if (problems.errors > before) return null;
  const names = [...columns.keys()];
  return {
    file: source.file,
    dir: source.dir,
    columns: [...columns].map(([name, at]) => ({ name, at })),
    count,
    delimiterHint: null,
    rows: async function* (rowProblems) {
      for await (const record of jsonlRecords(source, files, rowProblems))
        if (givesSomething(record)) yield [rowOf(record, names)];
    },
  };
};

async function* jsonlRecords(
  source: Source,
  files: Files,
  problems: Problems,
): AsyncGenerator<Record> {
  let line = 0;
  for await (const text of lines(textChunks(source, files, problems))) {
    line += 1;
    if (text.trim() === '') continue;
    const read = parseJson(text);
    const at = (offset: number, length: number): Place => ({
      file: source.file,
      line,
      column: offset + 1,
      length,
      text,
    });
    const values = read.ok ? mapOf(read.value) : null;
    if (values === null)
      problems.add(
        read.ok
          ? error('E0306', at(0, text.length), 'every line is one JSON object', {
              hint: '{ "prompt": "a fox", "seed": 7 }',
            })
          : error('E0306', at(read.offset, 1), `not valid JSON: ${read.message}`, {
              hint: /^\s*[[\]]/.test(text)
                ? 'a list is the format json: { file: …, format: json }; in jsonl every line is one object'
                : jsonHint(text, read.offset, true),
            }),
      );
    else {
      const here = line;
      yield {
        values,
        line: here,
        at: (key) => {
          const span = locateJson(text, [key]);
          return span === null ? null : { ...at(span.offset, span.length), line: here };
        },
      };
    }
  }
}

/** Lines without their ends. */
export async function* lines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest.replace(/\r$/, '');
}

const mapOf = (json: Json): ReadonlyMap<string, Datum> | null =>
  isObject(json)
    ? new Map([...json].map(([key, value]) => [key, datumWithLineFeeds(datumFromJson(value))]))
    : null;
