import { dirname, relative, resolve, sep } from 'node:path';
import { error } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Files } from '../edges/files/files.js';
import type { Column, SetValue } from './draft.js';
import { nearbyPatterns, notNearby } from './nearby.js';
import type { Candidate } from './candidates.js';
import { bare, candidatesOf, nameOf, says } from './candidates.js';
import { tellLoaders } from './fixed-loaders.js';
import { columnAddress, needsValue } from './offers.js';
import type { Asker } from '../terminal/ask.js';
import type { Json } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { findAddress, resolveAddress } from '../workflow/address.js';
import { shellWord } from '../values/shell-words.js';
import { isRemote } from '../workflow/loaders.js';
import type { Field, Workflow } from '../workflow/workflow.js';
import type { Call } from '../commands/argv/call.js';
import type { Io } from '../edges/io.js';
import type { Material } from './material.js';

/** What becomes of the fields: columns of the table, or entries of `set`. */
export interface Chosen {
  readonly columns: readonly Column[];
  readonly set: readonly (readonly [string, SetValue])[];
}

export interface ChoiceContext {
  readonly call: Call;
  readonly io: Io;
  readonly files: Files;
  readonly asker: Asker | null;
  /** Absolute path of the table. */
  readonly rows: string;
}

/** null: a mistake, which is in `problems`; 'left': the person left. */
export const chooseFields = async (
  material: Material,
  context: ChoiceContext,
  problems: Problems,
): Promise<Chosen | null | 'left'> => {
  const candidates = candidatesOf(material);
  const typed = context.call.texts('vary');
  const columns =
    typed.length > 0
      ? await typedColumns(typed, candidates, material.workflow, context, problems)
      : await chosenColumns(candidates, context);
  if (columns === null || columns === 'left') return columns;
  const varied = new Set(columns.map(({ address }) => address));
  const set = candidates.flatMap(({ address, field, given }) =>
    given === null || varied.has(address) ? [] : [[address, setValue(field, given.json)] as const],
  );
  if (context.asker === null) tellLoaders(candidates, columns, material.workflow, problems);
  const named = columns.flatMap(({ name, address }) =>
    name === address ? [] : [[address, { is: 'column', name }] as const],
  );
  return { columns, set: [...named, ...set] };
};

/** `--vary ADDRESS`, `--vary ADDRESS=VALUE`: again for the same address, the next row's value. */
const typedColumns = async (
  typed: readonly string[],
  candidates: readonly Candidate[],
  workflow: Workflow | null,
  context: ChoiceContext,
  problems: Problems,
): Promise<Column[] | null> => {
  const before = problems.errors;
  const columns = new Map<string, { readonly first: Candidate; readonly cells: string[] }>();
  for (const text of typed) {
    const { address, value } = splitVary(text, candidates, workflow);
    const worded = candidates.find(({ word }) => word === address.toLowerCase());
    if (worded === undefined && refusedWord(address, candidates, problems)) continue;
    const fields =
      workflow === null || worded !== undefined
        ? null
        : resolveAddress(workflow, address, null, problems);
    const candidate =
      worded ??
      candidates.find((one) => one.address === address) ??
      candidates.find(({ field }) => field !== null && field === fields?.[0]);
    if (candidate === undefined) {
      // Without the file an address cannot be looked up; plan does, as soon as there is one.
      if (workflow !== null) continue;
    }
    const name = worded?.word ?? columnName(address, candidate, workflow);
    const first = candidate ?? bare(address);
    const column = columns.get(name) ?? { first, cells: [] };
    columns.set(name, column);
    if (value !== null) column.cells.push(await asCell(value, first.field, context));
  }
  if (problems.errors > before) return null;
  return [...columns].map(([name, { first, cells }]) => ({
    name,
    address: name === first.word ? first.address : name,
    cells: cells.length > 0 ? cells : [first.cell],
  }));
};

/** "positive prompt" where there are several: which one is meant cannot be known. */
const refusedWord = (
  typed: string,
  candidates: readonly Candidate[],
  problems: Problems,
): boolean => {
  const wanted = typed.toLowerCase();
  const numbered = candidates.filter(({ word }) => word?.replace(/ \d+$/, '') === wanted);
  if (numbered.length === 0) return false;
  problems.add(
    error('E0001', null, `--vary "${typed}" can be ${numbered.length} fields`, {
      hint: `--vary ${shellWord(numbered[0]?.word ?? '')}, or another of these`,
      notes: numbered.map(({ word, address, now }) => `${word ?? ''}  ${address} = ${now ?? ''}`),
    }),
  );
  return true;
};

/** As typed, save where a column of that name would be for people alone. */
const columnName = (
  address: string,
  candidate: Candidate | undefined,
  workflow: Workflow | null,
): string => {
  const field = candidate?.field;
  const node = field == null ? undefined : workflow?.nodes.get(field.node);
  return address.startsWith('_') && field != null && node !== undefined && workflow !== null
    ? columnAddress(workflow, node, field.name)
    : address;
};

/** The longest beginning that is an address: titles may hold "=". */
const splitVary = (
  text: string,
  candidates: readonly Candidate[],
  workflow: Workflow | null,
): { readonly address: string; readonly value: string | null } => {
  const known = (address: string): boolean =>
    candidates.some(
      ({ address: own, word }) =>
        own === address ||
        word?.replace(/ \d+$/, '') === address.toLowerCase().replace(/ \d+$/, ''),
    ) ||
    (workflow !== null && findAddress(workflow, address) !== null);
  if (known(text)) return { address: text, value: null };
  for (let at = text.indexOf('='); at !== -1; at = text.indexOf('=', at + 1))
    if (known(text.slice(0, at))) return { address: text.slice(0, at), value: text.slice(at + 1) };
  const at = text.indexOf('=');
  return at === -1
    ? { address: text, value: null }
    : { address: text.slice(0, at), value: text.slice(at + 1) };
};

/** A file is typed as the shell sees it, and written as the table sees it. */
const asCell = async (
  value: string,
  field: Field | null,
  { io, files, rows }: ChoiceContext,
): Promise<string> => {
  if (field?.file == null || isRemote(value)) return value;
  const path = resolve(io.cwd, value);
  return (await files.facts(path)).ok ? fromTable(path, rows) : value;
};

const fromTable = (path: string, rows: string): string =>
  relative(dirname(rows), path).split(sep).join('/');

const chosenColumns = async (
  candidates: readonly Candidate[],
  context: ChoiceContext,
): Promise<Column[] | 'left'> => {
  const { asker } = context;
  if (asker === null)
    return candidates
      .filter(({ suggested }) => suggested)
      .map((candidate) => ({
        name: nameOf(candidate),
        address: candidate.address,
        cells: [candidate.cell],
      }));
  const offered = candidates.filter(({ shown }) => !shown);
  const picked = await asker.many(
    'Which fields vary from run to run?',
    offered.map(({ address, word, now, suggested }) => ({
      value: address,
      label: word === null || says(address, word) ? address : `${word}: ${address}`,
      detail: now ?? '(no value)',
      picked: suggested,
    })),
    false,
  );
  if (picked === null) return 'left';
  const columns: Column[] = [];
  for (const candidate of offered.filter(({ address }) => picked.includes(address))) {
    const cells = await cellsFor(candidate, asker, context);
    if (cells === null) return 'left';
    columns.push({ name: nameOf(candidate), address: candidate.address, cells });
  }
  return columns;
};

/** Files for a loader, a first value for what has none; null: the person left. */
const cellsFor = async (
  { address, field, cell }: Candidate,
  asker: Asker,
  context: ChoiceContext,
): Promise<readonly (string | null)[] | null> => {
  if (field === null) return [cell];
  const found = field.file === null ? [] : await nearby(field, context);
  if (found.length > 0) {
    const now = cell === null ? '' : `; none: it stays ${cell}`;
    const picked = await asker.many(
      `${address}: which files? One run each${now}`,
      found.map((path) => ({ value: path, label: path, detail: '', picked: false })),
      needsValue(field) && cell === null,
    );
    if (picked === null) return null;
    if (picked.length > 0) return found.filter((path) => picked.includes(path));
  }
  if (cell !== null || !needsValue(field)) return [cell];
  const answer = await asker.text(`${address} has no value yet. What is its first one?`, (text) =>
    text === '' ? 'every run needs one' : null,
  );
  return answer === null ? null : [await asCell(answer, field, context)];
};

const maxOffered = 500;

/** Files that may be meant, as the table names them. */
const nearby = async (field: Field, { files, rows, io }: ChoiceContext): Promise<string[]> => {
  const found = await files.glob(io.cwd, nearbyPatterns(field.file ?? 'any'), notNearby);
  return found.ok
    ? found.value.slice(0, maxOffered).map((path) => fromTable(resolve(io.cwd, path), rows))
    : [];
};

/** A call sends numbers as texts and names of files that are on the service. */
const setValue = (field: Field | null, json: Json): SetValue => {
  if (field?.file != null && typeof json === 'string' && json !== field.value && !isRemote(json))
    return { is: 'exact', json };
  if (typeof json !== 'string') return { is: 'plain', json };
  if (field?.kind === 'number' && /^-?\d+(?:\.\d+)?$/.test(json))
    return { is: 'plain', json: new JsonNumber(json) };
  if (field?.kind === 'boolean' && /^(?:true|false)$/.test(json))
    return { is: 'plain', json: json === 'true' };
  return { is: 'plain', json };
};
