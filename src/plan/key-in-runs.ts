import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { error, inRun } from '../diagnostics/diagnostic.js';
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
  const all = new Set<string>();
  for (const core of cores) addTexts(core, all);
  if (all.size === 0 || !holds([...all].join(between))) return;
  for (const core of cores) if (textsOf(core).some(holds)) tell(core, holds, problems);
};

const textsOf = (core: RunCore): string[] => {
  const texts = new Set<string>();
  addTexts(core, texts);
  return [...texts];
};

/** In loops: a batch may have a million runs, and each is looked through. */
const addTexts = ({ values, chosen, chosenName, tags }: RunCore, texts: Set<string>): void => {
  for (const [name, text] of values) {
    addText(name, texts);
    addText(text, texts);
  }
  for (const [, value] of chosen) addValue(value, texts);
  if (chosenName !== null) addText(chosenName, texts);
  for (const tag of tags) addText(tag, texts);
};

const addText = (text: string, texts: Set<string>): void => {
  if (text.length >= shortest) texts.add(text);
};

const addValue = (value: OverrideValue, texts: Set<string>): void => {
  switch (value.is) {
    case 'json':
      addText(typeof value.json === 'string' ? value.json : jsonText(value.json), texts);
      return;
    case 'asset':
      addText(value.path, texts);
      return;
    case 'assets':
      for (const item of value.items) addValue(item, texts);
      return;
    case 'asSaved':
      return;
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
  const found = keyInRun(places[0] ?? rowAt, `${what} of ${where} holds the API key`);
  problems.add({ ...found, foundIn: inRun(index) });
};

const keyInRun = (at: Place | null, message: string): Diagnostic =>
  error('E0115', at, message, {
    hint: 'take it out: it would be sent and stored; and make a new key if this file was shared',
  });
