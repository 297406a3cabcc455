import type { ManifestKey } from '../targets/target.js';
import type { Json } from '../values/json.js';
import type { Field } from '../workflow/workflow.js';
import { JsonNumber } from '../values/json.js';
import { isList, isObject, jsonText } from '../values/json-text.js';

/** A manifest that is still to be written. */
export interface Draft {
  /** What runs, the file with its fields, and options, in this order. */
  readonly keys: readonly ManifestKey[];
  /** Its table, relative to the manifest; null: one run. */
  readonly rows: string | null;
  /** Fields that are the same in every run. */
  readonly set: readonly (readonly [address: string, value: SetValue])[];
  /** For the editor; null: none is near. */
  readonly schema: string | null;
  /** New pictures every night; null: each picture once. */
  readonly nightly: {
    readonly seeds: readonly DatedSeed[];
    readonly takesCoins: boolean;
  } | null;
}

/** A seed that follows from the day. */
export interface DatedSeed {
  readonly address: string;
  readonly field: Field;
  readonly max: string;
}

export type SetValue =
  /** As a person would write it. */
  | { readonly is: 'plain'; readonly json: Json }
  /** Exactly this: no local file, no template (DESIGN 4.3). */
  | { readonly is: 'exact'; readonly json: Json }
  /** What a column of the table says. */
  | { readonly is: 'column'; readonly name: string };

/** A column of the first table. */
export interface Column {
  /** Its header: the address, or a word for people, which `set` then leads to the address. */
  readonly name: string;
  readonly address: string;
  /** Row by row; the last one goes on where others have more. null: not given. */
  readonly cells: readonly (string | null)[];
}

/** Text of the manifest. Values are JSON texts, which are YAML too and exact. */
export const manifestText = ({ keys, rows, set, schema, nightly }: Draft): string =>
  [
    ...(schema === null ? [] : [`# yaml-language-server: $schema=${schema}`]),
    'version: 1',
    ...keys.map(([name, value]) => `${name}: ${flow(value)}`),
    ...matrixLines(rows, set, nightly?.seeds ?? []),
    ...(set.length === 0
      ? []
      : ['set:', ...set.map(([address, value]) => `  ${key(address)}: ${valueText(value)}`)]),
    ...(nightly === null ? [] : nightlyLines(nightly)),
    '',
  ].join('\n');

const matrixLines = (
  rows: string | null,
  set: Draft['set'],
  seeds: readonly DatedSeed[],
): string[] => {
  if (rows === null && seeds.length === 0) return [];
  const worded = set.some(([, { is }]) => is === 'column');
  return [
    'matrix:',
    ...(rows === null
      ? []
      : [
          `  # One run per row. Headers are addresses${worded ? ', or words that "set" gives a place' : ''}; files are named from where the table lies.`,
          `  rows: ${flow(rows)}`,
        ]),
    ...(seeds.length === 0
      ? []
      : [
          '  # Each follows from the day (UTC): another one every night, and the same for that day.',
          ...seeds.map(
            ({ address, max }) =>
              `  ${key(address)}: { random: 1, min: 0, max: ${max}, seed: "\${{ batch.date }}" }`,
          ),
        ]),
  ];
};

const nightlyLines = ({ seeds, takesCoins }: NonNullable<Draft['nightly']>): string[] => [
  ...(seeds.length > 0
    ? []
    : [
        '# No seed can be set, so what is older than that is made again.',
        'reuse: { maxAge: 20h }',
      ]),
  '# Nothing more is begun that night once so much is spent, or so long was worked.',
  `budget: { ${takesCoins ? 'coins: 200, ' : ''}wallTime: 3h }`,
  'outputs:',
  '  dir: out/${{ batch.name }}/${{ batch.date }}',
];

/** Cells row by row, below the header. */
export const tableOf = (columns: readonly Column[]): (string | null)[][] => {
  const count = Math.max(0, ...columns.map(({ cells }) => cells.length));
  return Array.from({ length: count }, (_, at) =>
    columns.map(({ cells }) => cells[Math.min(at, cells.length - 1)] ?? null),
  );
};

const valueText = (value: SetValue): string => {
  if (value.is === 'column') return `\${{ matrix['${value.name}'] }}`;
  const { is, json } = value;
  const exact = is === 'exact' || isList(json) || isObject(json) || hasTemplate(json);
  return exact ? `{ value: ${flow(json)} }` : flow(json);
};

const hasTemplate = (json: Json): boolean => typeof json === 'string' && json.includes('{{');

/** A map takes its braces, and its keys, as people write them. */
const flow = (json: Json): string => {
  if (isList(json)) return `[${json.map(flow).join(', ')}]`;
  if (isObject(json))
    return json.size === 0
      ? '{}'
      : `{ ${[...json].map(([name, value]) => `${key(name)}: ${flow(value)}`).join(', ')} }`;
  if (typeof json === 'string') return /^\.{1,2}\/[\w./-]+$/.test(json) ? json : quoted(json);
  return json instanceof JsonNumber ? json.source : jsonText(json);
};

/** Plain where nobody could take it for something else. */
const key = (text: string): string =>
  /^[\p{L}][\p{L}\p{N}_ ./()-]*$/u.test(text) &&
  text.trim() === text &&
  !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : /^id:\d+(?::\d+)*\.[A-Za-z_]\w*$/.test(text)
      ? text
      : quoted(text);

/** JSON text leaves some characters bare that YAML does not print. */
const quoted = (text: string): string =>
  JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
