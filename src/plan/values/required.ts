import type { Field, Workflow } from '../../workflow/workflow.js';

/** Fields that every run must set: they have no base value. */
export const requiredOf = ({ nodes }: Workflow): Field[] =>
  [...nodes.values()].flatMap(({ fields }) =>
    [...fields.values()].filter(({ rules, value }) => rules?.required === true && value === null),
  );
