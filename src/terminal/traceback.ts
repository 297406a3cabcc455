import { clip, oneLine } from './format.js';

/** A traceback's lines as they may be printed: text of the service, read by its indents. */
export const tracebackLines = (traceback: string | null): readonly string[] => {
  const text = (traceback ?? '').trimEnd();
  return text === '' ? [] : text.split('\n').map(indented);
};

/** The end tells what went wrong; a line longer than this is some program's data. */
const [lastLines, maxColumns] = [6, 200];

/** Its last lines that say something, and whether there are more before them. */
export const tracebackTail = (
  traceback: string | null,
  columns: number | null,
): { readonly lines: readonly string[]; readonly cut: boolean } => {
  const all = tracebackLines(traceback).filter((line) => line.trim() !== '');
  const room = Math.max(20, Math.min(columns ?? maxColumns, maxColumns));
  return {
    lines: all.slice(-lastLines).map((line) => clip(line, room)),
    cut: all.length > lastLines,
  };
};

const indented = (line: string): string =>
  `${/^ */.exec(line)?.[0].slice(0, 20) ?? ''}${oneLine(line)}`;
