/** Text that a spreadsheet would run as a formula when a person opens the CSV. */
const formula = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u;

/** A plain number is none, whatever its sign. */
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The cell with an apostrophe in front where a spreadsheet would otherwise run it. */
export const inertCell = (text: string): string =>
  formula.test(text) && !number.test(text) ? `'${text}` : text;
