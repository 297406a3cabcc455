import { notice } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import { shellWord } from '../values/shell-words.js';
import { findAddress } from '../workflow/address.js';
import type { Workflow } from '../workflow/workflow.js';
import type { Candidate } from './candidates.js';
import type { Column } from './draft.js';

/** A loader without a column loads the same file in every run, which may be meant, or not. */
export const tellLoaders = (
  candidates: readonly Candidate[],
  columns: readonly Column[],
  workflow: Workflow | null,
  problems: Problems,
): void => {
  const varied = new Set(
    columns.flatMap(({ address }) =>
      workflow === null ? [] : (findAddress(workflow, address) ?? []),
    ),
  );
  const fixed = candidates.filter(
    ({ field, given }) => field?.file != null && given === null && !varied.has(field),
  );
  if (fixed.length === 0) return;
  const shown = fixed.slice(0, maxTold).map(({ address, now }) => `${address} (${now ?? 'none'})`);
  const more = fixed.length > maxTold ? `, and ${fixed.length - maxTold} more` : '';
  problems.add(
    notice(
      'E0076',
      null,
      `${fixed.length === 1 ? 'a loader has no column and keeps its file' : `${fixed.length} loaders have no column and keep their files`}: ${shown.join(', ')}${more}`,
      { hint: `--vary ${shellWord(fixed[0]?.address ?? '')} makes one of it` },
    ),
  );
};

const maxTold = 10;
