import type { Combination } from '../matrix/combination.js';
import type { Scope } from './template.js';
import type { Cell, Datum } from '../values/datum.js';
import { absent, text } from '../values/datum.js';
import type { Written } from '../manifest/manifest.js';

/** What templates can read apart from the matrix. */
export interface Surroundings {
  readonly vars: ReadonlyMap<string, Written<Datum>>;
  readonly env: ReadonlyMap<string, string>;
  readonly batch: ReadonlyMap<string, string>;
}

/** Where a template stands decides what it may read: a run's id is not known to its own fields. */
export type Stage = 'set' | 'name' | 'output';

const reserved = ['vars', 'env', 'row', 'run', 'batch', 'matrix'] as const;
const runFields: Readonly<Record<Stage, readonly string[]>> = {
  set: ['index'],
  name: ['index', 'id', 'key'],
  output: ['index', 'id', 'key', 'name'],
};
const outputFields = ['index', 'ext', 'node', 'name'];

/** Every name that a template may begin with here, for checks and for did-you-mean. */
export const knownNames = (
  variables: readonly string[],
  { vars, batch }: Surroundings,
  stage: Stage,
): string[] => [
  ...variables.filter((name) => /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name)),
  ...[...vars].flatMap(([name, { value }]) => membersOf(`vars.${name}`, value)),
  ...[...batch.keys()].map((name) => `batch.${name}`),
  ...runFields[stage].map((name) => `run.${name}`),
  'row.line',
  'row.file',
  ...(stage === 'output' ? outputFields.map((name) => `output.${name}`) : []),
];

/** Whether a path can mean anything; data decides about members of maps. */
export const isKnown = (
  path: readonly string[],
  variables: ReadonlySet<string>,
  { vars, batch }: Surroundings,
  stage: Stage,
): boolean => {
  const [first = '', second, ...rest] = path;
  if (first === 'matrix') return second !== undefined && variables.has(second);
  if (variables.has(first) && !isReserved(first)) return true;
  if (second === undefined) return false;
  if (first === 'vars') {
    const written = vars.get(second);
    return written !== undefined && hasMember(written.value, rest);
  }
  if (rest.length > 0) return false;
  switch (first) {
    case 'env':
      return true;
    case 'row':
      return second === 'line' || second === 'file';
    case 'batch':
      return batch.has(second);
    case 'run':
      return runFields[stage].includes(second);
    case 'output':
      return stage === 'output' && outputFields.includes(second);
    default:
      return false;
  }
};

/** The matrix variable that a path reads, if it reads one. */
export const variableOf = (
  path: readonly string[],
  variables: { has(name: string): boolean },
): string | null => {
  const [first = '', second] = path;
  if (first === 'matrix') return second ?? null;
  return variables.has(first) && !isReserved(first) ? first : null;
};

/** A name with the names below it. */
const membersOf = (name: string, datum: Datum): string[] => [
  name,
  ...(datum.is === 'map'
    ? [...datum.entries].flatMap(([key, member]) => membersOf(`${name}.${key}`, member))
    : []),
];

/** Whether there is such a name below a value, given or not. */
export const hasMember = (datum: Datum, path: readonly string[]): boolean => {
  const parent = descend(datum, path.slice(0, -1));
  const [last] = path.slice(-1);
  return last === undefined || (parent.is === 'map' && parent.entries.has(last));
};

const isReserved = (name: string): boolean => reserved.some((word) => word === name);

interface Names {
  get(name: string): string | undefined;
}
const nothing: Names = { get: () => undefined };

/** What names mean for one combination. `run` and `output` grow with the stage. */
export const scopeOf = (
  combination: Pick<Combination, 'variables' | 'row' | 'index'>,
  surroundings: Surroundings,
  run: Names = nothing,
  output: Names = nothing,
): Scope => ({
  lookup: (path) => {
    const variable = variableOf(path, combination.variables);
    if (variable !== null) {
      const rest = path.slice(path[0] === 'matrix' ? 2 : 1);
      return member(combination.variables.get(variable), rest);
    }
    const [group, name = ''] = path;
    switch (group ?? '') {
      case 'vars':
        return descend(surroundings.vars.get(name)?.value ?? absent, path.slice(2));
      case 'env':
        return given(surroundings.env.get(name));
      case 'batch':
        return given(surroundings.batch.get(name));
      case 'row':
        return given(rowField(combination, name));
      case 'run':
        return given(name === 'index' ? String(combination.index) : run.get(name));
      case 'output':
        return given(output.get(name));
      default:
        return undefined;
    }
  },
});

const given = (value: string | undefined): Datum => (value === undefined ? absent : text(value));

const rowField = ({ row }: Pick<Combination, 'row'>, name: string): string | undefined => {
  if (row === null) return undefined;
  return name === 'line' ? String(row.line) : row.file;
};

const member = (cell: Cell | undefined, path: readonly string[]): Datum =>
  descend(cell?.datum ?? absent, path);

export const descend = (datum: Datum, path: readonly string[]): Datum => {
  let at = datum;
  for (const key of path) {
    if (at.is !== 'map') return absent;
    at = at.entries.get(key) ?? absent;
  }
  return at;
};
