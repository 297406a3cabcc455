import type { BaseKnown, OverrideRecord, RunInputs } from '../journal/event.js';
import { impossible } from '../values/impossible.js';
import { changeOf, shortHash } from './words.js';

/** One thing in which two runs differ. Values are JSON text; null: it was not there. */
export type Difference =
  | {
      readonly is: 'value';
      readonly address: string;
      readonly from: string | null;
      readonly to: string | null;
      /** Written in api.json, or by the manifest and its matrix. */
      readonly in: 'base' | 'matrix';
    }
  | { readonly is: 'asset'; readonly path: string; readonly from: string; readonly to: string }
  | { readonly is: 'wiring' }
  | { readonly is: 'instance'; readonly from: string; readonly to: string }
  | { readonly is: 'target'; readonly from: string; readonly to: string }
  | { readonly is: 'repeat'; readonly from: number; readonly to: number };

/** One side of a comparison: what a run is, and the base graph that it rests on. */
export interface Side {
  /** What it is called on the service; null where that is not known. */
  readonly target: string | null;
  readonly inputs: Pick<RunInputs, 'overrides' | 'repeat'>;
  /** null: the journal has lost it. */
  readonly base: BaseKnown | null;
}

/**
 * In what `now` differs from `before`, field by field, matrix first. Empty where nothing that
 * is known of them differs. `addressOf` names a field of the present graph; null: not in it.
 */
export const differences = (
  before: Side,
  now: Side,
  addressOf: (override: OverrideRecord) => string | null,
): Difference[] => {
  const pairs = pairUp(before.inputs.overrides, now.inputs.overrides);
  const found: Difference[] = [];
  const set = new Set<string>();
  for (const { from, to } of pairs) {
    const known = to ?? from;
    const address = known === null ? null : addressOf(known);
    if (known === null) continue;
    const shown = address ?? `${known.title ?? known.class}.${known.field}`;
    set.add(shown);
    const difference = compare(
      shown,
      { override: from, base: before.base?.fields[shown] },
      { override: to, base: now.base?.fields[shown] },
    );
    if (difference !== null) found.push(difference);
  }
  if (before.base !== null && now.base !== null)
    found.push(...baseDifferences(before.base, now.base, set));
  if (before.target !== null && now.target !== null && before.target !== now.target)
    found.push({ is: 'target', from: before.target, to: now.target });
  if (before.inputs.repeat !== now.inputs.repeat)
    found.push({ is: 'repeat', from: before.inputs.repeat, to: now.inputs.repeat });
  return found;
};

/** What the manifest calls things: `api.json`, `workflowId`. */
export interface ReasonWords {
  readonly file: string;
  readonly target: string;
}

/** In words. */
export const reasonText = (difference: Difference, { file, target }: ReasonWords): string => {
  switch (difference.is) {
    case 'value': {
      const { address, from, to } = difference;
      const where = difference.in === 'base' ? ` in ${file}` : '';
      if (from === null) return `${address} is new${where}: ${changeOf('', to ?? '').slice(3)}`;
      if (to === null) return `${address} is gone${where}`;
      return `${address} ${changeOf(from, to)}${where}`;
    }
    case 'asset':
      return `${difference.path} changed: ${shortHash(difference.from)} → ${shortHash(difference.to)}`;
    case 'wiring':
      return `wiring of ${file} changed`;
    case 'instance':
      return `instance ${difference.from} → ${difference.to}`;
    case 'target':
      return `${target} ${difference.from} → ${difference.to}`;
    case 'repeat':
      return `repeat ${difference.from} → ${difference.to}`;
    default:
      return impossible(difference);
  }
};

interface Held {
  readonly override: OverrideRecord | null;
  /** JSON text of the field in the base graph. */
  readonly base: string | undefined;
}

/** A field that is not set has its base value. */
const compare = (address: string, before: Held, now: Held): Difference | null => {
  const [from, to] = [before.override, now.override];
  if (from?.asset !== undefined && to?.asset !== undefined) {
    if (from.asset === to.asset) return null;
    if (JSON.stringify(from.value) === JSON.stringify(to.value))
      return { is: 'asset', path: String(to.value), from: from.asset, to: to.asset };
  }
  const left = from === null ? before.base : textOf(from, before.base);
  const right = to === null ? now.base : textOf(to, now.base);
  if (left === right) return null;
  return { is: 'value', address, from: left ?? null, to: right ?? null, in: 'matrix' };
};

const textOf = (override: OverrideRecord, base: string | undefined): string => {
  if (override.asSaved === true) return 'as saved';
  if (override.asset !== undefined)
    return typeof override.value === 'string' ? override.value : JSON.stringify(override.value);
  // Digits that the journal keeps as text, since a double would lose some, are still a number.
  if (typeof override.value === 'string' && base !== undefined && number.test(base))
    return override.value;
  return JSON.stringify(override.value);
};

const number = /^-?\d/;

interface Pair {
  readonly from: OverrideRecord | null;
  readonly to: OverrideRecord | null;
}

/** Ways to tell that two overrides are of one field, surest first: node ids may be renumbered, titles renamed. */
const sameField: readonly ((override: OverrideRecord) => string)[] = [
  ({ node, class: type, title, field }) => JSON.stringify([node, type, title, field]),
  ({ class: type, title, field }) => JSON.stringify([type, title, field]),
  ({ node, class: type, field }) => JSON.stringify([node, type, field]),
];

const pairUp = (before: readonly OverrideRecord[], now: readonly OverrideRecord[]): Pair[] => {
  const partner = new Map<OverrideRecord, OverrideRecord>();
  const left = new Set(before);
  for (const key of sameField) {
    const open = new Map([...left].map((override) => [key(override), override]));
    for (const to of now) {
      const from = partner.has(to) ? undefined : open.get(key(to));
      if (from === undefined || !left.delete(from)) continue;
      partner.set(to, from);
    }
  }
  return [
    ...now.map((to) => ({ from: partner.get(to) ?? null, to })),
    ...[...left].map((from) => ({ from, to: null })),
  ];
};

/** Literal fields that no override hides, the wiring and the machine. */
const baseDifferences = (
  before: BaseKnown,
  now: BaseKnown,
  hidden: ReadonlySet<string>,
): Difference[] => {
  const found: Difference[] = [];
  const sameWiring = before.wiring === now.wiring;
  for (const [address, to] of Object.entries(now.fields)) {
    const from = before.fields[address] ?? null;
    if (from === to || hidden.has(address) || (from === null && !sameWiring)) continue;
    found.push({ is: 'value', address, from, to, in: 'base' });
  }
  if (sameWiring)
    for (const [address, from] of Object.entries(before.fields))
      if (now.fields[address] === undefined && !hidden.has(address))
        found.push({ is: 'value', address, from, to: null, in: 'base' });
  if (!sameWiring) found.push({ is: 'wiring' });
  const [from, to] = [before.instance ?? 'default', now.instance ?? 'default'];
  if (from !== to) found.push({ is: 'instance', from, to });
  return found;
};
