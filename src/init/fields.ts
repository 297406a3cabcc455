import { dirname, relative, resolve, sep } from 'node:path';
import type { Problems } from '../diagnostics/problems.js';
import type { Files } from '../edges/files/files.js';
import type { Column, SetValue } from './draft.js';
import { nearbyPatterns, notNearby } from './nearby.js';
import type { Offer } from './offers.js';
import { cellOf, columnAddress, isPromptName, needsValue, offersOf } from './offers.js';
import type { SentField } from '../targets/target.js';
import type { Asker } from '../terminal/ask.js';
import type { Json } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { findAddress, resolveAddress } from '../workflow/address.js';
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

/** A field that may be chosen; `field` null: only a call tells of it. */
interface Candidate {
  readonly address: string;
  readonly field: Field | null;
  /** The value that the first row gets unless another is chosen. */
  readonly cell: string | null;
  readonly now: string | null;
  /** By --from-curl. */
  readonly given: SentField | null;
  readonly suggested: boolean;
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
  return { columns, set };
};

const candidatesOf = ({ workflow, task }: Material): Candidate[] => {
  const given = task?.values ?? [];
  const of = (node: string, field: string): SentField | null =>
    given.findLast((value) => value.node === node && value.field === field) ?? null;
  const known = (workflow === null ? [] : offersOf(workflow)).map((offer) =>
    fromOffer(offer, of(offer.field.node, offer.field.name), task !== null),
  );
  const has = (value: SentField): boolean =>
    workflow?.nodes.get(value.node)?.fields.has(value.field) === true;
  const others = given.filter((value) => !has(value)).map(fromCall);
  const all = [...known, ...others];
  // A call whose values are none that batches mostly vary: any of them may be what was meant.
  return task === null || all.some(({ suggested }) => suggested)
    ? all
    : all.map((candidate) => ({ ...candidate, suggested: candidate.given !== null }));
};

const fromOffer = (
  { address, field, now, suggested }: Offer,
  given: SentField | null,
  called: boolean,
): Candidate => ({
  address,
  field,
  cell: given === null ? now : cellOf(given.json),
  now: given === null ? now : cellOf(given.json),
  given,
  suggested: suggested && (!called || given !== null),
});

/** Without its file, the id is all that is known of a node. */
const fromCall = (given: SentField): Candidate => ({
  address: `id:${given.node}.${given.field}`,
  field: null,
  cell: cellOf(given.json),
  now: cellOf(given.json),
  given,
  suggested: isPromptName(given.field) || (typeof given.json === 'string' && isRemote(given.json)),
});

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
    const fields = workflow === null ? null : resolveAddress(workflow, address, null, problems);
    const candidate =
      candidates.find((one) => one.address === address) ??
      candidates.find(({ field }) => field !== null && field === fields?.[0]);
    if (candidate === undefined) {
      // Without the file an address cannot be looked up; plan does, as soon as there is one.
      if (workflow !== null) continue;
    }
    const name = columnName(address, candidate, workflow);
    const first = candidate ?? bare(address);
    const column = columns.get(name) ?? { first, cells: [] };
    columns.set(name, column);
    if (value !== null) column.cells.push(await asCell(value, first.field, context));
  }
  if (problems.errors > before) return null;
  return [...columns].map(([address, { first, cells }]) => ({
    address,
    cells: cells.length > 0 ? cells : [first.cell],
  }));
};

const bare = (address: string): Candidate => ({
  address,
  field: null,
  cell: null,
  now: null,
  given: null,
  suggested: false,
});

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
    candidates.some((one) => one.address === address) ||
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
      .map(({ address, cell }) => ({ address, cells: [cell] }));
  const picked = await asker.many(
    'Which fields vary from run to run?',
    candidates.map(({ address, now, suggested }) => ({
      value: address,
      label: address,
      detail: now ?? '(no value)',
      picked: suggested,
    })),
    false,
  );
  if (picked === null) return 'left';
  const columns: Column[] = [];
  for (const candidate of candidates.filter(({ address }) => picked.includes(address))) {
    const cells = await cellsFor(candidate, asker, context);
    if (cells === null) return 'left';
    columns.push({ address: candidate.address, cells });
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
