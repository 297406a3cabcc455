import type { Datum } from './datum.js';

/**
 * Line ends are no content: git and editors turn them over, and the runs must stay the same. A
 * text that came from a file has them as YAML has: `\n`.
 */
export const withLineFeeds = (text: string): string =>
  text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;

/** The same, at any depth. */
export const datumWithLineFeeds = (datum: Datum): Datum => {
  switch (datum.is) {
    case 'absent':
      return datum;
    case 'scalar':
      return datum.text.includes('\r') ? { ...datum, text: withLineFeeds(datum.text) } : datum;
    case 'list':
      return { is: 'list', items: datum.items.map(datumWithLineFeeds) };
    case 'map':
      return {
        is: 'map',
        entries: new Map(
          [...datum.entries].map(([key, value]) => [withLineFeeds(key), datumWithLineFeeds(value)]),
        ),
      };
  }
};
