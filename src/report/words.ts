import type { RunError } from '../journal/event.js';
import type { ReportRun } from './model.js';

/** `prompts.csv:5` */
export const placeOf = ({ row }: Pick<ReportRun, 'row'>): string | null =>
  row === null ? null : `${row.file}:${row.line}`;

/** Where in the workflow: `node 6, field text`; null where the service did not tell. */
export const errorPlace = ({ node, field }: RunError): string | null => {
  if (node === null) return null;
  return field === null ? `node ${node}` : `node ${node}, field ${field}`;
};

/** One sentence: `node 3: out of memory (805)`. */
export const errorText = (error: RunError): string => {
  const place = errorPlace(error);
  return `${place === null ? '' : `${place}: `}${error.message}${codeText(error)}`;
};

/**
 * ` (805)`, where it is a code that a person can look up and the message does not have it yet. The
 * others are words of ours for programs.
 */
export const codeText = ({ code, message }: Pick<RunError, 'code' | 'message'>): string => {
  if (code === null) return '';
  const shown = /^(?:http-)?(-?\d+)$/.exec(code)?.[1];
  if (shown === undefined || new RegExp(`(?<![\\w-])${shown}(?!\\w)`).test(message)) return '';
  return ` (${code.startsWith('http-') ? 'HTTP ' : ''}${shown})`;
};
