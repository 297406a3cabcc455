import { count as amount } from '../values/amounts.js';
import { error } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { AxisSpec, MatrixSpec, RowsSpec, ZipGroup } from '../manifest/manifest.js';
import { absent } from '../values/datum.js';
import { impossible } from '../values/impossible.js';
import type { AxisContext } from './axis.js';
import { axisCells } from './axis.js';
import type { TableOrigin, Variable } from './combination.js';
import type { Dimension, Step } from './dimension.js';
import { openTable } from './tables/open.js';
import { heldTable } from './tables/records.js';
import type { Row, Table } from './tables/table.js';

/** The matrix' dimensions in manifest order, tables opened, values counted. */
export const readDimensions = async (
  spec: MatrixSpec,
  context: AxisContext,
  problems: Problems,
): Promise<Dimension[]> => {
  const dimensions: Dimension[] = [];
  for (const axis of spec.axes) {
    const outermost = dimensions.length === 0;
    dimensions.push(...(await readAxis(axis, outermost, context, problems)));
  }
  return dimensions;
};

const readAxis = async (
  axis: AxisSpec,
  outermost: boolean,
  context: AxisContext,
  problems: Problems,
): Promise<Dimension[]> => {
  switch (axis.is) {
    case 'rows':
      return rowsDimension(axis.sources, outermost, context, problems);
    case 'zip': {
      const groups = axis.groups.map((group) => zipDimension(group, context, problems));
      return (await Promise.all(groups)).flat();
    }
    case 'axis': {
      const { name, values } = axis;
      const cells = await axisCells(name.value, values, context, problems);
      if (cells === null) return [];
      const variable: Variable = { name: name.value, at: name.at, source: 'axis' };
      const get = (index: number): Step => ({
        cells: [[name.value, cells.get(index)]],
        row: null,
      });
      return [
        {
          label: name.value,
          count: cells.count,
          variables: [variable],
          tables: originsOf([cells.table], [name.value]),
          steps: { is: 'indexed', get },
        },
      ];
    }
    default:
      return impossible(axis);
  }
};

const zipDimension = async (
  group: ZipGroup,
  context: AxisContext,
  problems: Problems,
): Promise<Dimension[]> => {
  const read = await Promise.all(
    group.axes.map(async ({ name, values }) => ({
      name,
      cells: await axisCells(name.value, values, context, problems),
    })),
  );
  const axes = read.flatMap(({ name, cells }) => (cells === null ? [] : [{ name, cells }]));
  const [first] = axes;
  if (first === undefined || axes.length < read.length) return [];
  const odd = axes.find(({ cells }) => cells.count !== first.cells.count);
  if (odd !== undefined) {
    problems.add(
      error(
        'E0311',
        odd.name.at,
        `axes of one zip group must be equally long: "${first.name.value}" has ${amount(first.cells.count, 'value')}, "${odd.name.value}" has ${odd.cells.count}`,
        {
          hint: `give each of them ${Math.max(first.cells.count, odd.cells.count)} values; axes outside of zip multiply, whatever their lengths`,
        },
      ),
    );
    return [];
  }
  return [
    {
      label: `zip(${axes.map(({ name }) => name.value).join(', ')})`,
      count: first.cells.count,
      variables: axes.map(({ name }) => ({ name: name.value, at: name.at, source: 'axis' })),
      tables: axes.flatMap(({ name, cells }) => originsOf([cells.table], [name.value])),
      steps: {
        is: 'indexed',
        get: (index) => ({
          cells: axes.map(({ name, cells }) => [name.value, cells.get(index)]),
          row: null,
        }),
      },
    },
  ];
};

/** Several tables one behind the other; a column that a table lacks is not given there. */
const rowsDimension = async (
  sources: readonly RowsSpec[],
  outermost: boolean,
  context: AxisContext,
  problems: Problems,
): Promise<Dimension[]> => {
  const opened = await Promise.all(
    sources.map((source) =>
      source.is === 'inline'
        ? Promise.resolve(inlineTable(source, context.dir, problems))
        : openTable(source, context, problems),
    ),
  );
  const tables = opened.filter((table) => table !== null);
  if (tables.length < sources.length || tables.length === 0) return [];
  const variables = new Map<string, Variable>();
  for (const { columns } of tables)
    for (const { name, at } of columns)
      if (!variables.has(name)) variables.set(name, { name, at, source: 'column' });
  const names = [...variables.keys()];
  const count = tables.reduce((total, table) => total + table.count, 0);
  const walk = (rowProblems: Problems): AsyncIterable<readonly Step[]> =>
    stepsOf(tables, names, rowProblems);
  const dimension = {
    label: 'rows',
    count,
    variables: [...variables.values()],
    tables: originsOf(tables, null),
  };
  if (outermost) return [{ ...dimension, steps: { is: 'streamed', walk } }];
  // Turned over again and again by the axes before it: held.
  const held: Step[] = [];
  for await (const steps of walk(problems)) held.push(...steps);
  const get = (index: number): Step => held[index] ?? { cells: [], row: null };
  return [{ ...dimension, count: held.length, steps: { is: 'indexed', get } }];
};

/** `variables`: what is made of each of them; null: its columns are variables themselves. */
const originsOf = (
  tables: readonly (Table | null)[],
  variables: readonly string[] | null,
): TableOrigin[] =>
  tables.flatMap((table) => {
    if (table === null) return [];
    const { file, columns, delimiterHint } = table;
    const names = columns.map(({ name }) => name);
    const at = columns[0]?.at ?? null;
    return [{ file, at, variables: variables ?? names, columns: names, delimiterHint }];
  });

async function* stepsOf(
  tables: readonly Table[],
  names: readonly string[],
  problems: Problems,
): AsyncGenerator<readonly Step[]> {
  for (const table of tables) {
    const columns = new Map(table.columns.map(({ name }, index) => [name, index]));
    for await (const rows of table.rows(problems))
      yield rows.map((row) => stepOf(table, row, names, columns));
  }
}

const stepOf = (
  table: Table,
  row: Row,
  names: readonly string[],
  columns: ReadonlyMap<string, number>,
): Step => ({
  row: { file: table.file, line: row.line },
  cells: names.map((name) => {
    const index = columns.get(name);
    const datum = index === undefined ? absent : (row.cells[index] ?? absent);
    return [
      name,
      { datum, dir: table.dir, at: () => (index === undefined ? null : row.at(index)) },
    ];
  }),
});

const inlineTable = (
  source: RowsSpec & { is: 'inline' },
  dir: string,
  problems: Problems,
): Table | null =>
  heldTable(
    source.at.file,
    dir,
    source.rows.map(({ value, at }) => ({
      values: new Map([...value].map(([key, written]) => [key, written.value])),
      line: at.line,
      at: (key) => value.get(key)?.at ?? at,
    })),
    problems,
  );
