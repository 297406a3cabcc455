import type { Datum } from '../../values/datum.js';

/**
 * A map without values or a list, as it was most likely typed: YAML reads a text that begins with a
 * bracket and ends with it, such as {red|blue}, as one of them. null: it was no text.
 */
export const asText = (datum: Datum): string | null => {
  const text = textOf(datum);
  return text === null || text.length > 80 ? null : `a text in brackets goes in quotes: '${text}'`;
};

const textOf = (datum: Datum): string | null => {
  switch (datum.is) {
    case 'absent':
      return '';
    case 'scalar':
      return datum.text.includes("'") ? null : datum.text;
    case 'list':
      return inside('[', datum.items.map(textOf), ']');
    case 'map':
      return inside(
        '{',
        [...datum.entries].map(([key, value]) => (value.is === 'absent' ? key : null)),
        '}',
      );
  }
};

const inside = (open: string, parts: readonly (string | null)[], close: string): string | null =>
  parts.length === 0 || parts.includes(null) ? null : `${open}${parts.join(', ')}${close}`;
