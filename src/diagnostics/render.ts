import stringWidth from 'string-width';
import type { Place } from '../values/place.js';
import { onLine, withoutCommands } from '../values/printable.js';
import type { Diagnostic, Severity } from './diagnostic.js';
import type { Problems } from './problems.js';

/** Paints a text; identity without colour. */
export type Paint = (
  style: 'error' | 'warning' | 'notice' | 'dim' | 'hint',
  text: string,
) => string;

const plainPaint: Paint = (_style, text) => text;

const maxExcerpt = 100;

/** One diagnostic as people read it: `file:line:column severity: message`, excerpt, notes, hint. */
const renderDiagnostic = (diagnostic: Diagnostic, paint: Paint = plainPaint): string => {
  const { at, severity, message, notes, hint, related } = diagnostic;
  const lines = [`${where(at)}${paint(severity, `${severity}:`)} ${printable(message)}`];
  if (at !== null) lines.push(...excerpt(at, severity, paint));
  lines.push(...notes.map((note) => `  ${printable(note)}`));
  for (const other of related) {
    lines.push(`  ${where(other.at)}${printable(other.message)}`);
    lines.push(...excerpt(other.at, 'notice', paint));
  }
  if (hint !== null) lines.push(`  ${paint('hint', 'hint:')} ${printable(hint)}`);
  return lines.join('\n');
};

/** All of a pass, with counts of what was not shown. */
export const renderProblems = (problems: Problems, paint: Paint = plainPaint): string => {
  const shown = problems.kept.map((diagnostic) => renderDiagnostic(diagnostic, paint));
  for (const { code, count } of problems.more) shown.push(`… and ${count} more of ${code}`);
  const { mistakes } = problems;
  if (mistakes > 0)
    shown.push(`${mistakes} ${mistakes === 1 ? 'error' : 'errors'}; nothing was sent`);
  return shown.length === 0 ? '' : `${shown.join('\n')}\n`;
};

/** The same as data: `--json`. */
export const diagnosticJson = ({
  code,
  severity,
  at,
  message,
  hint,
  notes,
}: Diagnostic): Record<string, unknown> => ({
  code,
  severity,
  file: at?.file ?? null,
  line: at === null || at.line === 0 ? null : at.line,
  column: at === null || at.column === 0 ? null : at.column,
  message,
  hint,
  ...(notes.length > 0 ? { notes } : {}),
});

const where = (at: Place | null): string => {
  if (at === null) return '';
  const file = onLine(at.file);
  if (at.line === 0) return `${file} `;
  return at.column === 0 ? `${file}:${at.line} ` : `${file}:${at.line}:${at.column} `;
};

const excerpt = (at: Place, severity: Severity, paint: Paint): string[] => {
  if (at.text === null || at.line === 0) return [];
  const number = String(at.line).padStart(5);
  const gutter = paint('dim', ' '.repeat(5) + ' |');
  const { text, from } = clipAround(at);
  const before = visible(text.slice(0, Math.max(0, at.column - 1 - from)));
  const marked = visible(
    text.slice(Math.max(0, at.column - 1 - from), at.column - 1 - from + at.length),
  );
  const line = `${paint('dim', `${number} |`)} ${withoutCommands(visible(text))}`;
  if (at.column === 0) return [line];
  const carets = '^'.repeat(Math.max(1, stringWidth(marked)));
  return [line, `${gutter} ${' '.repeat(stringWidth(before))}${paint(severity, carets)}`];
};

/** Long lines are cut around the marked stretch. */
const clipAround = ({ text, column }: Place): { text: string; from: number } => {
  const line = text ?? '';
  if (line.length <= maxExcerpt) return { text: line, from: 0 };
  const from = Math.max(0, Math.min(column - 30, line.length - maxExcerpt));
  return { text: line.slice(from, from + maxExcerpt), from };
};

/** One line without control characters or anything that turns text round. */
const visible = (text: string): string =>
  text
    .replaceAll('\t', '  ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '·');

const printable = (text: string): string =>
  text
    .split('\n')
    .map((line) => withoutCommands(visible(line)))
    .join('\n    ');
