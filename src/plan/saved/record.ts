import { hash } from 'node:crypto';
import type { OverrideRecord, PlannedInShard, RunInputs } from '../../journal/event.js';
import { toPlain } from '../../values/json-plain.js';
import type { Override, PlannedRun } from '../plan.js';
import { assetsOf } from '../plan.js';

/** An override as journal, reports and `plan --json` write it. */
export const recordOf = ({
  node,
  title,
  class: classType,
  field,
  value,
}: Override): OverrideRecord => {
  const target = { node, title, class: classType, field };
  switch (value.is) {
    case 'json':
      return { ...target, value: toPlain(value.json) };
    case 'asset':
      return { ...target, value: value.path, asset: value.sha256 };
    case 'assets':
      return {
        ...target,
        value: value.items.map((item) => (item.is === 'asset' ? item.path : toPlain(item.json))),
        // One text for all of them: the list is another when one of its files is.
        asset: hash('sha256', assetsOf(value).join('\n')),
      };
    case 'asSaved':
      return { ...target, value: null, asSaved: true };
  }
};

/** What the journal keeps of a run with its first intent. `base`: the sha256 of `plan.base`. */
export const toRunInputs = (run: PlannedRun, base: string): RunInputs => ({
  index: run.index,
  name: run.name,
  row: run.row,
  tags: run.tags,
  values: Object.fromEntries(run.values),
  overrides: run.overrides.map(recordOf),
  base,
  repeat: run.repeat,
});

/** What a sharded journal keeps of a run, submitted or not. */
export const toPlanned = (run: PlannedRun): PlannedInShard => ({
  type: 'planned',
  run: run.id,
  index: run.index,
  name: run.name,
  row: run.row,
  tags: run.tags,
  values: [...run.values],
  overrides: run.overrides.map(recordOf),
  twinOf: run.twinOf,
});
