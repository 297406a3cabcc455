import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { notice } from '../../diagnostics/diagnostic.js';
import { wholeFile } from '../../diagnostics/lines.js';

/** Rows that give nothing would be runs of the unchanged workflow: they are left out and told. */
export const emptyRows = (file: string, count: number, first: number): Diagnostic =>
  notice(
    'E0330',
    { ...wholeFile(file), line: first },
    count === 1
      ? 'an empty row was skipped'
      : `${count} empty rows were skipped, the first of them here`,
  );
