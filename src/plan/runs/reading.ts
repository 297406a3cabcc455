import type { Problems } from '../../diagnostics/problems.js';
import { Members } from '../../template/members.js';
import { compile, pathsOf } from '../../template/expression.js';
import type { Surroundings } from '../../template/scope.js';
import { fileNameOf } from '../../workflow/workflow.js';
import { Evaluator } from '../evaluate.js';
import { Fingerprints } from '../fingerprint.js';
import { OutputNames } from '../names/output-names.js';
import { bindAll, checkNames, checkRequired } from '../values/bind.js';
import { nothingBound, runsAsItIs } from '../values/unchanged.js';
import { Values } from '../values/value.js';
import type { PlanInput } from './input.js';

/** What a manifest says of every run: its overrides and templates, read once. */
export interface Reading {
  readonly evaluator: Evaluator;
  readonly values: Values;
  readonly outputs: OutputNames;
  readonly members: Members;
  /** Each run would repeat a mistake that was told. */
  readonly everyRunIsWrong: boolean;
}

/** Reads it; mistakes go to `problems`. */
export const readTemplates = (input: PlanInput, problems: Problems): Reading => {
  const { manifest, target, workflow, matrix, edges } = input;
  const before = problems.errors;
  const surroundings = surroundingsOf(input);
  const bindings = bindAll(manifest, workflow, matrix, problems);
  checkRequired(workflow, bindings, manifest.target.file.at, problems);
  const naming = namingOf(input, problems);
  const outputs = new OutputNames(manifest, matrix, surroundings, problems);
  const uses = [
    ...bindings.flatMap(({ value }) =>
      value.is === 'expression' ? [{ expression: value.expression, stage: 'set' as const }] : [],
    ),
    ...(naming.name === null ? [] : [{ expression: naming.name, stage: 'name' as const }]),
    ...naming.tags.map(({ expression }) => ({ expression, stage: 'name' as const })),
    ...outputs.uses,
  ];
  checkNames(uses, bindings, matrix, surroundings, problems);
  const members = new Members(
    uses.flatMap(({ expression }) => pathsOf(expression)),
    new Set(matrix.variables.map(({ name }) => name)),
  );
  // Told once, not for every run.
  const everyRunIsWrong =
    bindings.length === 0 && !runsAsItIs(manifest) && problems.errors === before;
  if (everyRunIsWrong) problems.add(nothingBound(manifest, workflow));
  const values = new Values(fileNameOf(workflow), manifest.assets, edges.files);
  const { instance } = manifest.create;
  const evaluator = new Evaluator({
    manifest,
    workflow,
    bindings,
    values,
    fingerprints: new Fingerprints(manifest.target, instance, target.identity(workflow)),
    surroundings,
    naming,
    members,
    bound: problems.errors === before,
  });
  return { evaluator, values, outputs, members, everyRunIsWrong };
};

const surroundingsOf = ({ manifest, edges }: PlanInput): Surroundings => ({
  vars: manifest.vars,
  env: edges.env,
  batch: new Map([
    ['name', manifest.name],
    ['date', edges.date],
  ]),
});

const namingOf = ({ manifest }: PlanInput, problems: Problems) => {
  const { name, tags } = manifest.run;
  return {
    name:
      name === null
        ? null
        : compile({ is: 'scalar', text: name.value, type: 'text' }, name.at, problems),
    tags: tags.map(({ value, at }) => ({
      at,
      expression: compile({ is: 'scalar', text: value, type: 'text' }, at, problems),
    })),
  };
};
