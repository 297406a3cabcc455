/** A change of colour or a move of the cursor, whole. */
const sequence = /(?:\u001b\[|\u009b)[0-9;?]*[ -/]*[@-~]/g;
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
/** Line ends and tabs may stand in a text of several lines. */
const controlsInText = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]+/g;
/** What turns text round. Letters of right-to-left scripts need none of them to be read. */
const turns = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/**
 * Text of users and of the service on one line: without line ends, and without what would move
 * the cursor, change colours, turn the text round, or be a command to a CI's log.
 */
export const oneLine = (text: string): string => onLine(text).trim();

/** The same with the blanks at its ends. */
export const onLine = (text: string): string =>
  withoutCommands(text.replace(sequence, '').replace(turns, ' ').replace(controls, ' '));

/** Text of several lines, as it is but for what acts on a terminal or turns it round. */
export const plainText = (text: string): string =>
  text.replace(sequence, '').replace(controlsInText, '').replace(turns, '');

/**
 * GitHub takes a line for a command that begins with `::`, blanks aside, or has `##[` anywhere;
 * Azure one with `##vso[`. What follows is what others wrote, so a blank is put in between.
 */
export const withoutCommands = (line: string): string =>
  line.replace(/^(\s*:):/, '$1 :').replace(/##(?=(?:vso)?\[)/g, '# #');

/** At most so many characters; `…` tells that something is missing. */
export const clipped = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;

/** For names of files. */
export const withoutTurns = (text: string): string => text.replace(turns, '');
