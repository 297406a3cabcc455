import type { Datum } from '../values/datum.js';
import { text } from '../values/datum.js';
import { datumJson } from '../values/datum-json.js';

export interface Filter {
  readonly name: string;
  readonly args: readonly string[];
}

type Result =
  | { readonly ok: true; readonly datum: Datum }
  /** A clause: `is required but not given`. */
  | { readonly ok: false; readonly why: string };

interface Definition {
  readonly args: number;
  readonly apply: (datum: Datum, args: readonly string[]) => Result;
}

const good = (datum: Datum): Result => ({ ok: true, datum });

/** Filters over a text; what is not given stays so. */
const onText =
  (change: (value: string, args: readonly string[]) => string) =>
  (datum: Datum, args: readonly string[]): Result => {
    if (datum.is === 'absent') return good(datum);
    if (datum.is !== 'scalar')
      return { ok: false, why: `is a ${datum.is}; this filter wants a text` };
    return good(text(change(datum.text, args)));
  };

const definitions: Readonly<Record<string, Definition>> = {
  default: {
    args: 1,
    apply: (datum, [value = '']) => good(datum.is === 'absent' ? text(value) : datum),
  },
  required: {
    args: 0,
    apply: (datum) =>
      datum.is === 'absent' || (datum.is === 'scalar' && datum.text === '')
        ? { ok: false, why: 'is required but not given' }
        : good(datum),
  },
  stem: { args: 0, apply: onText((path) => baseOf(path).replace(/(?!^)\.[^.]*$/, '')) },
  name: { args: 0, apply: onText((path) => baseOf(path)) },
  ext: { args: 0, apply: onText((path) => /(?!^)\.([^.]*)$/.exec(baseOf(path))?.[1] ?? '') },
  dir: {
    args: 0,
    apply: onText((path) =>
      path.slice(0, path.length - baseOf(path).length).replace(/(?!^)[/\\]$/, ''),
    ),
  },
  slug: { args: 0, apply: onText((value) => slug(value)) },
  pad: { args: 1, apply: onText((value, [width = '0']) => padded(value, Number(width))) },
  lower: { args: 0, apply: onText((value) => value.toLowerCase()) },
  upper: { args: 0, apply: onText((value) => value.toUpperCase()) },
  trim: { args: 0, apply: onText((value) => value.trim()) },
  json: { args: 0, apply: (datum) => good(text(datumJson(datum))) },
};

export const filterNames: readonly string[] = Object.keys(definitions);

/** What is wrong with a use of a filter; null when nothing is. */
export const checkFilter = (name: string, args: readonly string[]): string | null => {
  const definition = definitionOf(name);
  if (definition === undefined) return `there is no filter "${name}"`;
  if (args.length !== definition.args)
    return `${name} takes ${definition.args === 0 ? 'no argument' : `${definition.args} argument`}, not ${args.length}`;
  if (name === 'pad' && !/^\d{1,3}$/.test(args[0] ?? ''))
    return 'pad takes a number of digits, such as pad(3)';
  return null;
};

export const applyFilter = ({ name, args }: Filter, datum: Datum): Result =>
  definitionOf(name)?.apply(datum, args) ?? { ok: false, why: `has an unknown filter ${name}` };

const definitionOf = (name: string): Definition | undefined =>
  Object.hasOwn(definitions, name) ? definitions[name] : undefined;

const baseOf = (path: string): string => path.split(/[/\\]/).at(-1) ?? '';

/** Letters and digits of any script, joined by single hyphens. */
export const slug = (value: string): string =>
  value
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replace(/^-+|-+$/g, '');

/** Zeros in front; behind the sign of a number. */
const padded = (value: string, width: number): string => {
  const [, sign = '', rest = value] = /^([+-]?)(.*)$/s.exec(value) ?? [];
  return sign + rest.padStart(width - sign.length, '0');
};
