import { plainText, withoutCommands } from '../values/printable.js';
import type { Diagnostic, Severity } from './diagnostic.js';

/** GitHub shows this many of a kind per step and drops the others without a word. */
const shownPerKind = 10;

/**
 * GitHub workflow commands that mark the lines: the first of each kind, then how many more there
 * are. `more`: beyond `diagnostics`. `pathOf`: a file as it is called in the repository.
 */
export const githubAnnotations = (
  diagnostics: readonly Diagnostic[],
  more: number,
  pathOf: (file: string) => string,
): string => {
  const seen: Record<Severity, number> = { error: 0, warning: 0, notice: 1 };
  const shown = diagnostics.filter(({ severity }) => (seen[severity] += 1) <= shownPerKind);
  const left = more + diagnostics.length - shown.length;
  const lines = shown.map((diagnostic) => annotation(diagnostic, pathOf));
  // A notice, since an eleventh error would not be shown.
  if (left > 0) lines.push(`::notice::and ${left} more; the log and the report have all of them`);
  return lines.map((line) => `${line}\n`).join('');
};

const annotation = (
  { severity, at, code, message, hint }: Diagnostic,
  pathOf: (file: string) => string,
): string => {
  const place =
    at === null
      ? []
      : [
          `file=${property(pathOf(at.file))}`,
          ...(at.line > 0 ? [`line=${at.line}`] : []),
          ...(at.column > 0 ? [`col=${at.column}`] : []),
        ];
  const text = hint === null ? message : `${message}\nhint: ${hint}`;
  return `::${severity} ${[...place, `title=${property(code)}`].join(',')}::${data(text)}`;
};

const data = (text: string): string =>
  withoutCommands(plainText(text))
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
