import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { nearest } from '../../diagnostics/nearest.js';
import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Place } from '../../values/place.js';
import { mayBeSeveral } from '../../matrix/tables/csv/delimiter.js';
import type { Matrix, TableOrigin } from '../../matrix/combination.js';

/** The names of a table were read as one, and this name means nothing. */
export const wrongDelimiter = (
  { delimiterHint: hint, columns, at }: TableOrigin,
  name = columns.find(mayBeSeveral),
  place: Place | null = at,
): Diagnostic | null => {
  if (hint === null || name === undefined) return null;
  return error('E0331', place, `"${name}" was read as one column: no field has this name`, {
    hint,
  });
};

/** The table of which a variable is a column, with names that another delimiter would part. */
export const unparted = ({ tables }: Matrix, name: string): TableOrigin | null =>
  tables.find(
    ({ variables, delimiterHint }) =>
      delimiterHint !== null && mayBeSeveral(name) && variables.includes(name),
  ) ?? null;

/**
 * A table none of whose columns is read would make as many runs as it has rows, all of them
 * alike and paid for. @returns the variables that such tables gave: they need no word of their own.
 */
export const checkTables = (
  { tables }: Matrix,
  used: ReadonlySet<string>,
  problems: Problems,
): ReadonlySet<string> => {
  const told = new Set<string>();
  for (const table of tables) {
    const { file, at, columns, variables } = table;
    if (variables.length === 0 || variables.some((name) => used.has(name))) continue;
    for (const name of variables) told.add(name);
    problems.add(
      wrongDelimiter(table) ??
        error('E0331', at, `none of the columns of ${file} is used`, {
          notes: [`its columns: ${columns.join(', ')}`],
          hint: `${columns.length === 1 ? 'remove the first line if it is a title: the first line of a table names its columns; else ' : ''}name a column as the field that it sets (Positive Prompt.text), or read it: set: { Positive Prompt.text: \${{ ${columns.find((name) => !name.startsWith('_')) ?? 'column'} }} }`,
        }),
    );
  }
  return told;
};

/** Whether a name may be missing because the only one of a table is a title above the names. */
export const mayBeTitled = (path: readonly string[], { tables }: Matrix): boolean =>
  tables.some(
    ({ columns }) => columns.length === 1 && nearest(path.join('.'), columns).length === 0,
  );
