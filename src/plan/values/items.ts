import type { Datum } from '../../values/datum.js';
import { isList, parseJson } from '../../values/json-text.js';
import type { Field } from '../../workflow/workflow.js';

type Given = Exclude<Datum, { is: 'absent' }>;

/** A value that says that the field is not to be sent, such as an empty text for a model. */
export const isLeftOut = (datum: Given, { rules, kind }: Field): boolean => {
  if (rules === null) return false;
  if (datum.is === 'scalar') return rules.leftOut.includes(datum.text.trim());
  return datum.is === 'list' && kind === 'list' && rules.items !== null && datum.items.length === 0;
};

/**
 * The texts of a field that takes several: a list of them, a JSON text of one, or one alone.
 * Blank ones are left out: `[a.png, "${{ second }}"]` is one where a row has no second. null: an
 * item that is no text.
 */
export const itemsOf = (datum: Exclude<Given, { is: 'map' }>): (string | null)[] => {
  const items = allOf(datum);
  return items.filter((item) => item === null || item.trim() !== '');
};

const allOf = (datum: Exclude<Given, { is: 'map' }>): (string | null)[] => {
  if (datum.is === 'list')
    return datum.items.map((item) =>
      item.is === 'scalar' ? item.text : item.is === 'absent' ? '' : null,
    );
  const read = datum.text.trimStart().startsWith('[') ? parseJson(datum.text) : null;
  return read?.ok === true && isList(read.value)
    ? read.value.map((item) => (typeof item === 'string' ? item : null))
    : [datum.text];
};

/** One value where several are taken: it goes out as a list of one. */
export const isOneOfMany = (
  { text }: Given & { is: 'scalar' },
  { rules, kind, file }: Field,
): boolean =>
  kind === 'list' && file === null && rules?.items != null && !text.trimStart().startsWith('[');
