import { error, warning } from '../../diagnostics/diagnostic.js';
import { didYouMean } from '../../diagnostics/nearest.js';
import { Problems } from '../../diagnostics/problems.js';
import type { Manifest } from '../../manifest/manifest.js';
import type { Matrix } from '../../matrix/combination.js';
import type { Place } from '../../values/place.js';
import { looksLikeAddress, resolveAddress } from '../../workflow/address.js';
import type { Field, Workflow } from '../../workflow/workflow.js';
import { shortestAddress } from '../../workflow/shortest.js';
import type { Expression } from '../../template/expression.js';
import { compile, pathsOf, unknownName } from '../../template/expression.js';
import { requiredOf } from './required.js';
import { warnOfOtherBraces } from '../../template/other-braces.js';
import type { Stage, Surroundings } from '../../template/scope.js';
import { isKnown, knownNames, variableOf } from '../../template/scope.js';
import { checkTables, mayBeTitled, unparted, wrongDelimiter } from './tables.js';

/** What fills a field of every run: a column or axis whose name is an address, or an entry of `set`. */
export interface Binding {
  /** As written. */
  readonly address: string;
  readonly fields: readonly Field[];
  readonly at: Place | null;
  readonly value:
    | { readonly is: 'variable'; readonly name: string }
    | { readonly is: 'expression'; readonly expression: Expression };
}

/** Binds columns, axes and `set` to fields; every mistake goes to `problems`. */
export const bindAll = (
  manifest: Manifest,
  workflow: Workflow,
  matrix: Matrix,
  problems: Problems,
): Binding[] => {
  const bindings: Binding[] = [];
  for (const { name, at } of matrix.variables) {
    if (name.startsWith('_') || !looksLikeAddress(name)) continue;
    const table = unparted(matrix, name);
    const found = new Problems();
    const fields = resolveAddress(workflow, name, at, table === null ? problems : found);
    const wrong = fields === null && table !== null ? wrongDelimiter(table, name, at) : null;
    if (wrong !== null) problems.add(wrong);
    else if (table !== null) problems.addAll(found.kept);
    if (fields !== null)
      bindings.push({ address: name, fields, at, value: { is: 'variable', name } });
  }
  for (const { address, value } of manifest.set) {
    const fields = resolveAddress(workflow, address.value, address.at, problems);
    const expression = compile(value.value, value.at, problems);
    if (fields !== null)
      bindings.push({
        address: address.value,
        fields,
        at: address.at,
        value: { is: 'expression', expression },
      });
  }
  checkTwice(bindings, problems);
  return bindings;
};

const checkTwice = (bindings: readonly Binding[], problems: Problems): void => {
  const first = new Map<string, Binding>();
  for (const binding of bindings)
    for (const field of binding.fields) {
      const key = JSON.stringify([field.node, field.name]);
      const other = first.get(key);
      if (other === undefined) first.set(key, binding);
      else
        problems.add(
          error(
            'E0405',
            binding.at,
            `"${binding.address}" sets a field that "${other.address}" sets too`,
            {
              hint: 'keep one of the two',
              related: other.at === null ? [] : [{ message: 'the other is here', at: other.at }],
            },
          ),
        );
    }
};

/** Fields without a value that nothing binds: no run could be submitted. */
export const checkRequired = (
  workflow: Workflow,
  bindings: readonly Binding[],
  at: Place,
  problems: Problems,
): void => {
  const bound = new Set(bindings.flatMap(({ fields }) => fields));
  for (const field of requiredOf(workflow)) {
    const node = workflow.nodes.get(field.node);
    if (bound.has(field) || node === undefined) continue;
    const address = shortestAddress(workflow, node, field.name);
    problems.add(
      error('E0412', at, `nothing gives "${address}" a value, and it needs one`, {
        hint: `set: { ${address}: … }, or a column of that name`,
      }),
    );
  }
};

/** Names that templates read must exist; columns and vars that nothing reads are most likely a mistake. */
export const checkNames = (
  uses: readonly { readonly expression: Expression; readonly stage: Stage }[],
  bindings: readonly Binding[],
  matrix: Matrix,
  surroundings: Surroundings,
  problems: Problems,
): void => {
  const names = matrix.variables.map(({ name }) => name);
  const variables = new Set(names);
  const used = new Set<string>();
  const usedVars = new Set<string>();
  let readsRows = false;
  // Where a title stands above the names of a table, that is the mistake to be told first.
  const behind = new Problems();
  for (const { value } of bindings) if (value.is === 'variable') used.add(value.name);
  for (const { expression, stage } of uses)
    for (const { path, at } of pathsOf(expression)) {
      const variable = variableOf(path, variables);
      if (variable !== null) used.add(variable);
      else if (path[0] === 'row') readsRows = true;
      else if (path[0] === 'vars' && path[1] !== undefined) usedVars.add(path[1]);
      if (!isKnown(path, variables, surroundings, stage))
        (mayBeTitled(path, matrix) ? behind : problems).add(
          unknownName(path, at, knownNames(names, surroundings, stage)),
        );
    }
  warnOfOtherBraces(uses, names, surroundings, problems);
  const told = readsRows ? none : checkTables(matrix, usedInTables(matrix, used), problems);
  problems.absorb(behind);
  for (const { name, at, source } of matrix.variables)
    // A header that is an address and did not bind is an error already.
    if (!used.has(name) && !told.has(name) && !name.startsWith('_') && !looksLikeAddress(name))
      problems.add(
        warning(
          'E0407',
          at,
          `${source === 'column' ? 'column' : 'axis'} "${name}" is used nowhere`,
          {
            hint: source === 'column' ? `_${name} says that it is only for people` : null,
          },
        ),
      );
  // A slip in `--var` would run the whole batch without it.
  for (const [name, { at }] of surroundings.vars)
    if (!usedVars.has(name))
      problems.add(
        warning('E0407', at, `the variable "${name}" is used nowhere`, {
          hint: didYouMean(name, usedVars) ?? `\${{ vars.${name} }} reads it`,
        }),
      );
};

const none: ReadonlySet<string> = new Set();

/** What templates read, headers that are addresses (wrong ones are told already), and what include looks at. */
const usedInTables = (matrix: Matrix, used: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([
    ...used,
    ...matrix.variables.flatMap(({ name }) =>
      !name.startsWith('_') && looksLikeAddress(name) ? [name] : [],
    ),
    ...matrix.deciding,
  ]);
