import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { error, inRun } from '../../diagnostics/diagnostic.js';
import type { Manifest } from '../../manifest/manifest.js';
import type { Combination } from '../../matrix/combination.js';
import type { Place } from '../../values/place.js';
import type { Workflow } from '../../workflow/workflow.js';
import { fileNameOf } from '../../workflow/workflow.js';
import type { Binding } from './bind.js';

/**
 * Without anything that could change a run, the workflow as it is must be what was meant: once,
 * or so many times as `repeat` says.
 */
export const runsAsItIs = ({ matrix, set }: Manifest): boolean =>
  matrix.axes.length === 0 && matrix.include.length === 0 && set.length === 0;

/** A matrix of which nothing reaches a field: every run would be the same one. */
export const nothingBound = (manifest: Manifest, workflow: Workflow): Diagnostic =>
  error(
    'E0440',
    manifest.matrix.axes.map(placeOf).find((at) => at !== null) ?? manifest.target.file.at,
    `the matrix gives no field a value: every run would be ${fileNameOf(workflow)} unchanged, and cost`,
    {
      hint: `name an axis or a column like a field ("KSampler.seed"), or read it in set; to run ${fileNameOf(workflow)} as it is, leave out matrix and set, or write only repeat: N in matrix`,
    },
  );

/** One run to which its row, its axes and `set` give nothing. */
export const nothingGiven = (
  { row, index, variables }: Combination,
  bindings: readonly Binding[],
  manifest: Manifest,
  workflow: Workflow,
): Diagnostic => {
  const base = fileNameOf(workflow);
  const cells = bindings.flatMap(({ value }) => {
    const cell = value.is === 'variable' ? variables.get(value.name) : undefined;
    return cell === undefined ? [] : [cell];
  });
  const at = cells.map((cell) => cell.at()).find((place) => place !== null);
  const where: Place | null =
    at ??
    (row === null ? null : { file: row.file, line: row.line, column: 0, length: 1, text: null });
  const who = row === null ? `run ${index}` : `the row in ${row.file}:${row.line} (run ${index})`;
  const names = bindings.map(({ address }) => address);
  return error(
    'E0440',
    where ?? manifest.set[0]?.address.at ?? manifest.target.file.at,
    `${who} gives no field a value: it would run ${base} unchanged, and cost`,
    {
      foundIn: inRun(index),
      notes: [`empty there: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}`],
      hint:
        row === null
          ? `give one of them a value, or exclude this combination; to run ${base} as it is, leave out matrix and set`
          : `fill the cells, remove the row, or write 1 into a column _skip; to run ${base} as it is, leave out matrix and set`,
    },
  );
};

const placeOf = (axis: Manifest['matrix']['axes'][number]): Place | null =>
  axis.is === 'axis' ? axis.name.at : axis.is === 'rows' ? axis.at : null;
