import { dirname, resolve } from 'node:path';
import { whyUnread } from '../assets/unreadable.js';
import { error } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { AxisValues } from '../manifest/manifest.js';
import type { Cell, Datum } from '../values/datum.js';
import { text } from '../values/datum.js';
import { impossible } from '../values/impossible.js';
import type { Place } from '../values/place.js';
import type { GlobContext } from './glob.js';
import { globPaths } from './glob.js';
import { randomAt } from './random.js';
import { rangeValues } from './range.js';
import { nearby, openTable } from './tables/open.js';
import { lines } from './tables/records.js';
import type { Table } from './tables/table.js';
import { textChunks } from './tables/text.js';

export interface AxisContext extends GlobContext {
  readonly show: (absolute: string) => string;
}

/** The values of an axis: how many, and the n-th. */
export interface AxisCells {
  readonly count: number;
  readonly get: (index: number) => Cell;
  /** The table that they come from; null: none. */
  readonly table: Table | null;
}

/** Reads an axis' values; null when there is a mistake, which is in `problems`. */
export const axisCells = async (
  name: string,
  values: AxisValues,
  context: AxisContext,
  problems: Problems,
): Promise<AxisCells | null> => {
  const fail = (...args: Parameters<typeof error>): null => {
    problems.add(error(...args));
    return null;
  };
  switch (values.is) {
    case 'list':
      return values.items.length === 0
        ? fail('E0308', values.at, `axis "${name}" has no values`)
        : held(values.items.map(({ value, at }) => cell(value, context.dir, at)));
    case 'range': {
      const numbers = rangeValues(values);
      return numbers.ok
        ? {
            count: numbers.count,
            get: (at) => cell(number(numbers.get(at)), context.dir, values.at),
            table: null,
          }
        : fail('E0309', values.at, `axis "${name}": ${numbers.why}`);
    }
    case 'random':
      return randomCells(name, values, context, problems);
    case 'glob': {
      const paths = await globPaths(name, values, context, problems);
      return paths === null
        ? null
        : held(paths.map((path) => cell(text(path), context.dir, values.at)));
    }
    case 'lines': {
      const path = resolve(context.dir, values.path);
      const found = await linesOf(path, values, context, problems);
      if (found === null) return null;
      return found.length === 0
        ? fail('E0308', values.at, `${context.show(path)} has no lines with text`)
        : held(found);
    }
    case 'file': {
      const table = await openTable(values.source, context, problems);
      if (table === null) return null;
      const records: Cell[] = [];
      for await (const rows of table.rows(problems))
        for (const row of rows) {
          const entries = table.columns.map(
            ({ name: column }, at) => [column, row.cells[at] ?? absentDatum] as const,
          );
          const datum: Datum = { is: 'map', entries: new Map(entries) };
          records.push({ datum, dir: table.dir, at: () => row.at(0) });
        }
      return { ...held(records), table };
    }
    default:
      return impossible(values);
  }
};

const absentDatum: Datum = { is: 'absent' };

const cell = (datum: Datum, dir: string, at: Place): Cell => ({ datum, dir, at: () => at });

const number = (digits: string): Datum => ({ is: 'scalar', text: digits, type: 'number' });

const held = (cells: readonly Cell[]): AxisCells => ({
  count: cells.length,
  table: null,
  get: (index) => {
    const found = cells[index];
    if (found === undefined) throw new RangeError(`axis value ${index} of ${cells.length}`);
    return found;
  },
});

const randomCells = (
  name: string,
  values: AxisValues & { is: 'random' },
  context: AxisContext,
  problems: Problems,
): AxisCells | null => {
  const { min, max, count, seed, at } = values;
  const whole = /^-?\d+$/;
  if (!whole.test(min) || !whole.test(max) || BigInt(max) < BigInt(min)) {
    problems.add(
      error(
        'E0309',
        at,
        `axis "${name}": "min" and "max" must be whole numbers, min not above max`,
      ),
    );
    return null;
  }
  const range = BigInt(max) - BigInt(min) + 1n;
  return {
    count,
    table: null,
    get: (index) =>
      cell(number(String(BigInt(min) + randomAt(seed, index, range))), context.dir, at),
  };
};

const linesOf = async (
  path: string,
  values: AxisValues & { is: 'lines' },
  context: AxisContext,
  problems: Problems,
): Promise<Cell[] | null> => {
  const before = problems.errors;
  const file = context.show(path);
  const facts = await context.files.facts(path);
  if (!facts.ok && facts.is === 'missing') {
    const { why, hint } = whyUnread(facts, file);
    const other = await nearby(values.path, context.dir, context.files);
    problems.add(error('E0301', values.at, `${file} ${why}`, { hint: hint ?? other }));
    return null;
  }
  const source = {
    path,
    file,
    encoding: values.encoding,
    named: values.at,
    typed: values.path,
    key: 'lines' as const,
  };
  const found: Cell[] = [];
  let line = 0;
  for await (const value of lines(textChunks(source, context.files, problems))) {
    line += 1;
    const content = line === 1 ? value.replace(/^\ufeff/, '') : value;
    if (content.trim() === '') continue;
    const at = { file, line, column: 1, length: content.length, text: content };
    found.push(cell(text(content), dirname(path), at));
  }
  return problems.errors > before ? null : found;
};
