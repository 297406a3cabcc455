import type { BatchState, RunRecord } from '../journal/state.js';

export type FoundRun =
  | { readonly is: 'one'; readonly record: RunRecord }
  | { readonly is: 'none' }
  | { readonly is: 'several'; readonly records: readonly RunRecord[] };

/** A run by a prefix of its id, or by its name. */
export const findRun = (state: BatchState, typed: string): FoundRun => {
  const wanted = typed.toLowerCase();
  const records = [...state.runs.values()].filter(
    ({ id, inputs }) => (wanted.length >= 4 && id.startsWith(wanted)) || inputs.name === typed,
  );
  const [record, another] = records;
  if (record === undefined) return { is: 'none' };
  return another === undefined ? { is: 'one', record } : { is: 'several', records };
};

/** For people, when it was not one. */
export const notOne = (typed: string, found: Exclude<FoundRun, { is: 'one' }>): string =>
  found.is === 'none'
    ? `the journal knows no run "${typed}"`
    : `"${typed}" fits ${found.records.length} runs: ${found.records
        .slice(0, 5)
        .map(({ id, inputs }) => `${id} (${inputs.name})`)
        .join(', ')}`;
