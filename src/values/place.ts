/** A stretch of one line of a file that a person can open. */
export interface Place {
  /** As shown to people: relative to the working directory where that is shorter. */
  readonly file: string;
  /** 1-based physical line; 0 when the whole file is meant. */
  readonly line: number;
  /** 1-based, in UTF-16 code units as editors count; 0 when the whole line is meant. */
  readonly column: number;
  /** In UTF-16 code units, at least 1. */
  readonly length: number;
  /** The text of that line without its end, for the excerpt; null when it is not at hand. */
  readonly text: string | null;
}
