/** What our own output has beside text: line ends, tabs, colours, moves of the cursor. */
const foreign =
  /\u001b(?!\[[0-9;?]*[A-Za-z])|[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f]/g;
const escaped =
  /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|#(?=(?:vso)?\[)/g;

/**
 * The last gate before a stream. Text of others was made plain where it was put into a line; what
 * comes through nevertheless, as data in JSON does, is escaped as JSON escapes it, and acts on no
 * terminal and no CI's log.
 */
export const shownText = (text: string): string =>
  text
    .replace(foreign, '')
    .replace(escaped, (char, at: number) =>
      char === '#' && text[at - 1] !== '#' ? char : escape(char),
    );

const escape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
