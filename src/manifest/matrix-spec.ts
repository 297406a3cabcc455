import { error } from '../diagnostics/diagnostic.js';
import { didYouMean, nearest } from '../diagnostics/nearest.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Datum } from '../values/datum.js';
import type {
  AxisSpec,
  AxisValues,
  FileRows,
  MatrixSpec,
  RowsSpec,
  Written,
  ZipGroup,
} from './manifest.js';
import { MapReader } from './reader.js';
import type { MapTree, Tree } from './tree.js';
import { datumOf } from './tree.js';

const formats = ['csv', 'tsv', 'json', 'jsonl', 'yaml', 'xlsx'] as const;
const axisForms =
  '[a, b], { from, to }, { random, min, max, seed }, { glob }, { lines } or { file }';

/** The `matrix` section, in manifest order. */
export const matrixSpec = (tree: Tree | null, problems: Problems): MatrixSpec => {
  const map = tree?.is === 'map' ? tree : null;
  const reader = new MapReader(map, problems);
  const axes: AxisSpec[] = [];
  for (const [key, { keyAt, value }] of reader.entries()) {
    switch (key) {
      case 'include':
      case 'exclude':
      case 'sample':
      case 'repeat':
        break;
      case 'rows':
        axes.push({ is: 'rows', sources: rowSources(value, problems), at: keyAt });
        break;
      case 'zip':
        axes.push({ is: 'zip', groups: zipGroups(value, problems), at: keyAt });
        break;
      default: {
        const values = axisValues(value, problems);
        if (values !== null) axes.push({ is: 'axis', name: { value: key, at: keyAt }, values });
      }
    }
  }
  const sample = reader.section('sample');
  const count = sample.number('count');
  const sampleAt = reader.at('sample');
  return {
    axes,
    include: entries(reader.tree('include')),
    exclude: entries(reader.tree('exclude')),
    sample:
      count === null || sampleAt === null
        ? null
        : { value: { count, seed: sample.text('seed') ?? '' }, at: sampleAt },
    repeat: reader.number('repeat') ?? 1,
  };
};

const rowSources = (tree: Tree, problems: Problems): RowsSpec[] => {
  const items = tree.is === 'list' ? tree.items : [tree];
  const maps = items.filter((item): item is MapTree => item.is === 'map');
  const inline = maps.filter((map) => !isFileMap(map));
  const sources: RowsSpec[] = [];
  for (const item of items) {
    if (item.is === 'scalar') sources.push(tablePath(item.text, item.at));
    else if (item.is === 'map' && isFileMap(item)) {
      const source = fileRows(item, problems);
      if (source !== null) sources.push(source);
    } else if (item.is === 'map' && misspelt(item, problems)) continue;
    else if (item.is === 'map' && item === inline[0])
      sources.push({ is: 'inline', rows: inline.map(writtenMap), at: tree.at });
  }
  return sources;
};

const tableKeys = ['file', 'format', 'encoding', 'delimiter', 'sheet'];

/** `{ file: … }` names a table; any other map is a row. */
const isFileMap = (map: MapTree): boolean =>
  map.entries.has('file') && [...map.entries.keys()].every((key) => tableKeys.includes(key));

/** Whether all keys of a map are those of a table or like one of them: it was no row that was meant. */
const misspelt = (map: MapTree, problems: Problems): boolean => {
  const odd = [...map.entries].filter(([key]) => !tableKeys.includes(key));
  const near = odd.map(([key]) => nearest(key, tableKeys, 1)[0]);
  const meant = map.entries.has('file') || near.includes('file');
  if (!meant || near.includes(undefined)) return false;
  for (const [index, [key, { keyAt }]] of odd.entries())
    problems.add(
      error('E0112', keyAt, `unknown key "${key}" in "matrix.rows"`, {
        hint: `did you mean "${near[index] ?? ''}"?`,
      }),
    );
  return true;
};

const tablePath = (path: string, at: FileRows['at']): FileRows => ({
  is: 'table',
  path,
  format: null,
  encoding: null,
  delimiter: null,
  sheet: null,
  at,
});

const fileRows = (map: MapTree, problems: Problems): FileRows | null => {
  const reader = new MapReader(map, problems);
  const path = reader.written('file');
  if (path === null) return null;
  const named = reader.written('format');
  const format = formats.find((known) => known === named?.value) ?? null;
  if (named !== null && format === null)
    problems.add(error('E0113', named.at, `"format" must be one of ${formats.join(', ')}`));
  return {
    is: 'table',
    path: path.value,
    format,
    encoding: reader.text('encoding'),
    delimiter: reader.text('delimiter'),
    sheet: reader.text('sheet'),
    at: path.at,
  };
};

const zipGroups = (tree: Tree, problems: Problems): ZipGroup[] => {
  const groups = tree.is === 'list' ? tree.items : [tree];
  return groups.flatMap((group) =>
    group.is === 'map'
      ? [
          {
            at: group.at,
            axes: [...group.entries].flatMap(([key, { keyAt, value }]) => {
              const values = axisValues(value, problems, true);
              return values === null ? [] : [{ name: { value: key, at: keyAt }, values }];
            }),
          },
        ]
      : [],
  );
};

const axisValues = (tree: Tree, problems: Problems, inZip = false): AxisValues | null => {
  if (tree.is === 'list')
    return {
      is: 'list',
      items: tree.items.map((item) => ({ value: datumOf(item), at: item.at })),
      at: tree.at,
    };
  if (tree.is === 'map') return axisForm(tree, problems, inZip);
  problems.add(error('E0120', tree.at, `an axis is ${axisForms}`, { hint: `[${tree.text}]` }));
  return null;
};

const axisForm = (map: MapTree, problems: Problems, inZip: boolean): AxisValues | null => {
  const reader = new MapReader(map, problems);
  const kinds = ['from', 'random', 'glob', 'lines', 'file'].filter((key) => reader.has(key));
  const wrong = (message: string, hint: string | null = null): null => {
    problems.add(error('E0120', map.at, message, { hint }));
    return null;
  };
  const unknown = [...map.entries].filter(([key]) => !axisWords.has(key));
  // The schema tells them of an axis of its own, and not of those in zip.
  if (inZip)
    for (const [key, { keyAt }] of unknown)
      problems.add(
        error('E0112', keyAt, `unknown key "${key}" in an axis of "matrix.zip"`, {
          hint: didYouMean(key, axisWords) ?? `known here: ${[...axisWords].join(', ')}`,
        }),
      );
  if (unknown.length > 0) return null;
  if (kinds.length !== 1) return wrong(`an axis is ${axisForms}`);
  const allowed = axisKeys[kinds[0] ?? ''] ?? [];
  const stray = [...map.entries.keys()].filter((key) => !allowed.includes(key));
  if (stray.length > 0)
    return wrong(
      `${stray.map((key) => `"${key}"`).join(', ')} does not go with "${kinds[0] ?? ''}"`,
      `with it go: ${allowed.join(', ')}`,
    );
  switch (kinds[0] ?? '') {
    case 'from': {
      const [to, count] = [reader.text('to'), reader.number('count')];
      if ((to === null) === (count === null))
        return wrong('a range needs either "to" or "count"', '{ from: 1, to: 4 }');
      const step = reader.text('step');
      return { is: 'range', from: reader.text('from') ?? '', to, count, step, at: map.at };
    }
    case 'random': {
      const [min, max, seed] = [reader.text('min'), reader.text('max'), reader.text('seed')];
      if (min === null || max === null || seed === null)
        return wrong(
          'random values need "min", "max" and "seed": without a seed every plan would differ',
          '{ random: 3, min: 0, max: 4294967295, seed: 2026 }',
        );
      return { is: 'random', count: reader.number('random') ?? 0, min, max, seed, at: map.at };
    }
    case 'glob':
      return {
        is: 'glob',
        patterns: reader.texts('glob'),
        exclude: reader.texts('exclude'),
        allowEmpty: reader.flag('allowEmpty') ?? false,
        at: map.at,
      };
    case 'lines':
      return {
        is: 'lines',
        path: reader.text('lines') ?? '',
        encoding: reader.text('encoding'),
        at: map.at,
      };
    default: {
      const source = fileRows(map, problems);
      return source === null ? null : { is: 'file', source, at: map.at };
    }
  }
};

const axisKeys: Readonly<Record<string, readonly string[]>> = {
  from: ['from', 'to', 'count', 'step'],
  random: ['random', 'min', 'max', 'seed'],
  glob: ['glob', 'exclude', 'allowEmpty'],
  lines: ['lines', 'encoding'],
  file: ['file', 'format', 'encoding', 'delimiter', 'sheet'],
};

const axisWords: ReadonlySet<string> = new Set(Object.values(axisKeys).flat());

const entries = (tree: Tree | null): Written<ReadonlyMap<string, Written<Datum>>>[] =>
  tree?.is === 'list'
    ? tree.items.flatMap((item) => (item.is === 'map' ? [writtenMap(item)] : []))
    : [];

const writtenMap = (map: MapTree): Written<ReadonlyMap<string, Written<Datum>>> => ({
  value: new Map(
    [...map.entries].map(([key, { value }]) => [key, { value: datumOf(value), at: value.at }]),
  ),
  at: map.at,
});
