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
  const code = error.code === null ? '' : ` (${error.code})`;
  return `${place === null ? '' : `${place}: `}${error.message}${code}`;
};
