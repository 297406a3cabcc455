import { codes } from '../../diagnostics/codes.js';
import type { ErrorRow } from '../../runninghub/error-table.js';
import { codeOfName, rowOf } from '../../runninghub/errors.js';
import type { FaultClass } from '../../runninghub/service.js';

/** What `rh-batch explain CODE` tells. */
export interface CodeWords {
  readonly code: string;
  /** What the service calls it; null for a code of rh-batch. */
  readonly name: string | null;
  readonly class: FaultClass | null;
  /** One sentence each. */
  readonly about: readonly string[];
}

/** Words for a code of rh-batch (`E0208`) or of the service (`803`, or its name); null: it is neither. */
export const codeWords = (typed: string): CodeWords | null => {
  const own = Object.entries(codes).find(([known]) => known === typed.toUpperCase());
  if (own !== undefined) return { code: own[0], name: null, class: null, about: [own[1]] };
  const state = Object.hasOwn(states, typed) ? states[typed] : undefined;
  if (state !== undefined) return { code: typed, ...state, class: null };
  const code = codeOfName(typed) ?? typed;
  const row = rowOf(code);
  return row === null ? null : { code, name: row.name, class: row.class, about: told(row) };
};

/** Answers that are no error (runninghub-api 5.2, 10.1). */
const states: Readonly<Record<string, { readonly name: string; readonly about: string[] }>> = {
  '0': { name: 'success', about: ['The service did what was asked.'] },
  '200': { name: 'success', about: ['The service did what was asked.'] },
  '804': {
    name: 'APIKEY_TASK_IS_RUNNING',
    about: ['The task is running: no error. rh-batch goes on asking.'],
  },
  '813': {
    name: 'APIKEY_TASK_IS_QUEUED',
    about: ['The task waits for a machine: no error. rh-batch goes on asking.'],
  },
};

const told = (row: ErrorRow): string[] => [
  `${row.about}.`,
  consequences[row.class],
  row.create === 'refused'
    ? 'As the answer to a submit it is certain that no task was made.'
    : 'As the answer to a submit it leaves open whether a task was made: the run is held as unknown and not paid for again.',
  ...(row.todo === null ? [] : [`To do: ${row.todo}.`]),
];

/** What rh-batch does, by class (DESIGN 8). */
const consequences: Readonly<Record<FaultClass, string>> = {
  capacity: 'rh-batch waits for room and tries again; it counts as no attempt.',
  transient: 'rh-batch asks again, with growing pauses.',
  task: 'The run is tried again as often as execution.retries allows.',
  input: 'The run fails and is not tried again until you change it.',
  account:
    'The batch stops and what is pending stays pending: mend the cause, then the same command goes on.',
  unknown: 'Reads are asked again.',
};
