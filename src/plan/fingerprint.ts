import { hash } from 'node:crypto';
import type { Target } from '../manifest/manifest.js';
import { impossible } from '../values/impossible.js';
import type { RunId } from '../values/ids.js';
import { isRunId } from '../values/ids.js';
import { JsonNumber } from '../values/json.js';
import { canonicalJson } from '../values/json-text.js';
import { sameDecimal } from '../values/decimal.js';
import type { GraphIdentity } from '../workflow/identity.js';
import type { Field } from '../workflow/workflow.js';
import { sameNumberText } from '../values/decimal.js';
import type { OverrideValue } from './plan.js';

/**
 * What makes a run the same run (DESIGN 6). Not in it, so never a reason to run again: name,
 * tags, order, output names, execution settings, row, node ids, titles, paths, mtimes.
 */
export interface Fingerprint {
  /** Of this object. Another one would run everything again. */
  readonly format: 1;
  /** Of the base graph with the resolved values in place (workflow/identity). */
  readonly graph: string;
  readonly instance: string;
  /** 0, unless the same inputs are to run several times. */
  readonly repeat: number;
  readonly target: { readonly kind: string; readonly id: string };
}

/** Makes the fingerprints of one plan. About 30 µs each, nearly all of it the graph's digest. */
export class Fingerprints {
  readonly #target: Fingerprint['target'];
  readonly #instance: string;

  constructor(
    target: Target,
    instance: string | null,
    private readonly graph: GraphIdentity,
  ) {
    this.#target = { kind: target.kind, id: target.id };
    this.#instance = instance ?? 'default';
  }

  of(values: Iterable<readonly [Field, OverrideValue]>, repeat: number): Fingerprint {
    const replacements = new Map<string, Map<string, string>>();
    for (const [field, value] of values) {
      let fields = replacements.get(field.node);
      if (fields === undefined) replacements.set(field.node, (fields = new Map<string, string>()));
      fields.set(field.name, identityText(field, value));
    }
    return {
      format: 1,
      graph: this.graph.digestWith(replacements),
      instance: this.#instance,
      repeat,
      target: this.#target,
    };
  }
}

/** The first 16 hex digits of the sha256 over its canonical JSON: keys are sorted already. */
export const runIdOf = ({ format, graph, instance, repeat, target }: Fingerprint): RunId => {
  const { id, kind } = target;
  const digest = hash(
    'sha256',
    JSON.stringify({ format, graph, instance, repeat, target: { id, kind } }),
  );
  const short = digest.slice(0, 16);
  if (!isRunId(short)) throw new Error('sha256 gave no hex digits');
  return short;
};

/**
 * Equal texts for values that run alike: an asset is its bytes, numbers are their value, and
 * an override that repeats the base value is the base value.
 */
const identityText = (field: Field, value: OverrideValue): string => {
  switch (value.is) {
    case 'asset':
      return `asset ${value.sha256}`;
    case 'assets':
      return JSON.stringify(value.items.map((item) => identityText(field, item)));
    case 'asSaved':
      return 'as saved';
    case 'json': {
      const { json } = value;
      if (!(json instanceof JsonNumber)) return canonicalJson(json);
      const base = field.value;
      if (base instanceof JsonNumber && sameDecimal(base.source, json.source)) return base.source;
      return sameNumberText(json.source);
    }
    default:
      return impossible(value);
  }
};
