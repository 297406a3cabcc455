import { resolve, sep } from 'node:path';
import { error } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import type { AxisSpec, AxisValues, Manifest } from '../../manifest/manifest.js';
import { evaluate, hasTemplate, parseTemplate, templatePaths } from '../../template/template.js';
import { text as textDatum } from '../../values/datum.js';
import { unknownName } from '../../template/expression.js';
import { leaves } from '../../plan/names/output-path.js';
import type { Place } from '../../values/place.js';

/** What outputs.dir and seeds may read: it is the same for all runs of one command. */
interface BatchFacts {
  readonly name: string;
  /** YYYY-MM-DD in UTC. */
  readonly date: string;
}

export const dateOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/** The manifest with `${{ batch.date }}` and `${{ batch.name }}` of outputs.dir and of seeds filled in. */
export const withBatchFacts = (manifest: Manifest, date: string, problems: Problems): Manifest => {
  const fill = filler({ name: manifest.name, date }, problems);
  const { outputs, matrix } = manifest;
  const { dir } = outputs;
  return {
    ...manifest,
    outputs: { ...outputs, dir: dir === null ? null : filledDir(dir, fill, problems) },
    matrix: {
      ...matrix,
      axes: matrix.axes.map((axis) => filledAxis(axis, fill)),
      sample:
        matrix.sample === null
          ? null
          : {
              ...matrix.sample,
              value: {
                ...matrix.sample.value,
                seed: fill(matrix.sample.value.seed, matrix.sample.at),
              },
            },
    },
  };
};

type Fill = (text: string, at: Place) => string;

const filler =
  (facts: BatchFacts, problems: Problems): Fill =>
  (written, at) => {
    if (!hasTemplate(written)) return written;
    const template = parseTemplate(written, at, problems);
    if (template === null) return written;
    const known = new Map([
      ['date', facts.date],
      ['name', facts.name],
    ]);
    const before = problems.errors;
    for (const path of templatePaths(template))
      if (path.length !== 2 || path[0] !== 'batch' || !known.has(path[1] ?? ''))
        problems.add(unknownName(path, at, ['batch.date', 'batch.name']));
    if (problems.errors > before) return written;
    const made = evaluate(template, {
      lookup: ([, name = '']) => textDatum(known.get(name) ?? ''),
    });
    if (made.ok && made.datum.is === 'scalar') return made.datum.text;
    if (!made.ok) problems.add(error('E0404', made.at ?? at, made.message, { hint: made.hint }));
    return written;
  };

const filledDir = (
  dir: NonNullable<Manifest['outputs']['dir']>,
  fill: Fill,
  problems: Problems,
): typeof dir => {
  const value = fill(dir.value, dir.at);
  if (value !== dir.value && leaves(value))
    problems.add(error('E0121', dir.at, `"outputs.dir" must stay below the manifest's folder`));
  return { ...dir, value };
};

const filledAxis = (axis: AxisSpec, fill: Fill): AxisSpec => {
  switch (axis.is) {
    case 'rows':
      return axis;
    case 'axis':
      return { ...axis, values: filledValues(axis.values, fill) };
    case 'zip':
      return {
        ...axis,
        groups: axis.groups.map((group) => ({
          ...group,
          axes: group.axes.map(({ name, values }) => ({
            name,
            values: filledValues(values, fill),
          })),
        })),
      };
  }
};

const filledValues = (values: AxisValues, fill: Fill): AxisValues =>
  values.is === 'random' ? { ...values, seed: fill(values.seed, values.at) } : values;

const someDay = '2000-01-01';

/** Paths below the outputs' folder of any day; null: outputs.dir names no day. */
export const outputsOfAnyDay = (written: Manifest, suffix: string): RegExp | null => {
  const { dir } = withBatchFacts(written, someDay, new Problems()).outputs;
  if (dir === null || dir.value === written.outputs.dir?.value || !dir.value.includes(someDay))
    return null;
  const path = `${resolve(written.dir, `${dir.value}${suffix}`)}${sep}`;
  const parts = path.split(someDay).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('\\d{4}-\\d{2}-\\d{2}')}`);
};
