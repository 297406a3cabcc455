import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { error } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import { jsonText } from '../values/json-text.js';
import type { Place } from '../values/place.js';
import type { RunCore } from './evaluate.js';
import type { OverrideValue } from './plan.js';

/** Shorter texts hold no key. */
const shortest = 8;

/** No form of a key holds it, nor is it left out as blanks are. */
const between = '\ue001';

/** Runs whose texts would take the key along: into a field, a name, the journal, the reports. */
export const checkKeys = (
  cores: readonly RunCore[],
  holds: (text: string) => boolean,
  problems: Problems,
): void => {
  // All at once: in nearly all batches there is none.
  const all = new Set(cores.flatMap((core) => textsOf(core)));
  if (all.size === 0 || !holds([...all].join(between))) return;
  for (const core of cores) if (textsOf(core).some(holds)) tell(core, holds, problems);
};

const textsOf = ({ values, chosen, chosenName, tags }: RunCore): string[] =>
  [
    ...values.keys(),
    ...values.values(),
    ...chosen.flatMap(([, value]) => valueTexts(value)),
    ...(chosenName === null ? [] : [chosenName]),
    ...tags,
  ].filter(({ length }) => length >= shortest);

const valueTexts = (value: OverrideValue): string[] => {
  switch (value.is) {
    case 'json':
      return [typeof value.json === 'string' ? value.json : jsonText(value.json)];
    case 'asset':
      return [value.path];
    case 'assets':
      return value.items.flatMap(valueTexts);
    case 'asSaved':
      return [];
  }
};

const tell = (
  { combination: { variables, row, index }, values }: RunCore,
  holds: (text: string) => boolean,
  problems: Problems,
): void => {
  const cells = [...variables].filter(([name]) => holds(name) || holds(values.get(name) ?? ''));
  const where = row === null ? `run ${index}` : `the row in ${row.file}:${row.line} (run ${index})`;
  const places = cells.map(([, cell]) => cell.at()).filter((place) => place !== null);
  const rowAt: Place | null =
    row === null ? null : { file: row.file, line: row.line, column: 0, length: 1, text: null };
  for (const place of [...places, ...(rowAt === null ? [] : [rowAt])]) problems.hide(place);
  const what = cells.length > 0 ? 'a value' : 'what is made of the values';
  problems.add(keyInRun(places[0] ?? rowAt, `${what} of ${where} holds the API key`));
};

const keyInRun = (at: Place | null, message: string): Diagnostic =>
  error('E0115', at, message, {
    hint: 'take it out: it would be sent and stored; and make a new key if this file was shared',
  });
