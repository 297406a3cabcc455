import type { PageData, PageField, PageRun } from '../../html/page-data.js';

/** Something that has a value in each run: a variable of the matrix, or a field that was sent. */
export interface Column {
  /** `csv.style`, `KSampler.seed` */
  readonly name: string;
  /** `style`, `seed` */
  readonly short: string;
  /** Its place among the columns: the variables come first. */
  readonly at: number;
  /** Its text only says again what a variable has: it is no value of its own. */
  readonly repeats: boolean;
  /** null: it is not given. */
  readonly of: (run: Valued) => string | null;
}

export type Valued = Pick<PageRun, 'values' | 'overrides'>;

/** `style` of `csv.style`: the last part of a variable's name. */
export const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** `Positive Prompt.text` */
export const fieldName = (field: PageField): string => `${titleOf(field)}.${field.field}`;

export const titleOf = ({ title, class: type }: PageField): string =>
  title === null || title === '' ? type : title;

export const columnsOf = ({
  variables,
  fields,
  runs,
}: Pick<PageData, 'variables' | 'fields' | 'runs'>): readonly Column[] => {
  const sample = spread(runs, 200);
  const ofMatrix = variables.map((name, at): Column => ({
    name,
    short: shortName(name),
    at,
    repeats: false,
    of: ({ values }) => values[at] ?? null,
  }));
  const sent = fields.map((field, place): Column => {
    const of = (run: Valued): string | null => sentAt(run, place);
    return {
      name: nameAmong(fields, field),
      short: field.field,
      at: variables.length + place,
      repeats: sample.every((run) => saysAgain(of(run), run.values)),
      of,
    };
  });
  return [...ofMatrix, ...sent];
};

/** Two nodes of one title are told apart by their number. */
const nameAmong = (fields: readonly PageField[], field: PageField): string => {
  const name = fieldName(field);
  const like = fields.filter((other) => fieldName(other) === name);
  return like.length > 1 ? `${name} (node ${field.node})` : name;
};

const sentAt = ({ overrides }: Valued, place: number): string | null => {
  for (const override of overrides) if (override[0] === place) return override[1];
  return null;
};

const saysAgain = (text: string | null, values: readonly (string | null)[]): boolean =>
  text === null ||
  values.some(
    (value) => value !== null && (value === text || (value.length > 2 && text.includes(value))),
  );

/** At most `most` of them, from the beginning to the end. */
const spread = <T>(items: readonly T[], most: number): readonly T[] => {
  if (items.length <= most) return items;
  const step = items.length / most;
  return Array.from({ length: most }, (_, at) => items[Math.floor(at * step)]).filter(
    (item) => item !== undefined,
  );
};

/** Those in which these runs are not all alike, as far as they say something of their own. */
export const differing = (
  columns: readonly Column[],
  runs: readonly Valued[],
): readonly Column[] => {
  const [first, ...others] = runs;
  if (first === undefined) return [];
  return columns.filter(({ repeats, of }) => {
    if (repeats) return false;
    const text = of(first);
    return others.some((run) => of(run) !== text);
  });
};
