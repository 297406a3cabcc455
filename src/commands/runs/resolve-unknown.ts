import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Resolved } from '../../journal/event.js';
import type { RunRecord, RunState } from '../../journal/state.js';
import type { Store } from '../../journal/store.js';
import { Selector } from '../../plan/select/selector.js';
import { count, oneLine } from '../../terminal/format.js';
import type { Call } from '../argv/call.js';
import { optionsOf } from '../argv/options.js';
import { commandFor } from '../argv/typed.js';
import { exit } from '../../batch/exit.js';
import type { Io } from '../../edges/io.js';
import { sayOne, sayProblems } from '../say.js';
import { selectionOf } from '../../batch/options/options.js';
import { selectionFlags } from '../../batch/options/proposals.js';

/** A run of which nobody knows whether a task exists. */
export interface Unknown {
  readonly record: RunRecord;
  readonly state: RunState & { readonly is: 'unknown' };
}

type Many = Exclude<Resolved['how'], { is: 'task' | 'noTask' }>;

/** Those that `--only`, `--where` and `--tag` mean, in matrix order; null: the selection is wrong. */
export const unknownRuns = (
  { state }: Store,
  call: Call,
  io: Io,
  problems: Problems,
): readonly Unknown[] | null => {
  const all = [...state.runs.values()]
    .flatMap((record) => (record.state.is === 'unknown' ? [{ record, state: record.state }] : []))
    .sort((a, b) => a.record.inputs.index - b.record.inputs.index);
  const variables = [...new Set(all.flatMap(({ record }) => Object.keys(record.inputs.values)))];
  const selection = selectionOf(optionsOf(call, problems));
  // What is unknown has no picture.
  if (selection.marked !== null)
    problems.add(
      error('E0001', null, '--where stars… chooses pictures, and unknown runs have none'),
    );
  const selector = new Selector(selection, null, variables);
  const chosen = all.filter(({ record: { id, inputs } }) =>
    selector.fits({
      id,
      name: inputs.name,
      tags: inputs.tags,
      values: new Map(Object.entries(inputs.values)),
      repeat: inputs.repeat,
    }),
  );
  if (all.length > 0) for (const mistake of selector.mistakes(variables)) problems.add(mistake);
  sayProblems(problems, call, io);
  return problems.errors > 0 ? null : chosen;
};

/** Shows them with what is known, and settles all of them by one decision where there is one. */
export const resolveMany = async (
  runs: readonly Unknown[],
  how: Many | null,
  store: Store,
  call: Call,
  io: Io,
): Promise<number> => {
  const json = call.flag('json');
  if (how === null || runs.length === 0) {
    io.out.write(json ? `${listJson(runs, 0)}\n` : listText(runs, call));
    return exit.done;
  }
  if (!json) io.err.write(listText(runs, null));
  const agreed = await isAgreed(runs, how, call, io);
  if (agreed === null) return exit.badInput;
  if (!agreed) {
    io.out.write(json ? `${listJson(runs, 0)}\n` : 'nothing was settled\n');
    return exit.done;
  }
  for (const { record, state } of runs)
    await store.append({
      type: 'resolved',
      run: record.id,
      attempt: state.attempt,
      how,
      by: 'person',
    });
  io.out.write(
    json
      ? `${listJson(runs, runs.length)}\n`
      : `${count(runs.length, 'run')} settled: ${then[how.is]}\n`,
  );
  return exit.done;
};

const then = {
  resubmit: 'the next apply submits them again, which costs again where a task exists',
  giveUp: 'they count as failed; apply would try them again',
} as const;

/** One confirmation for all; null: there is nobody to ask, and it was told. */
const isAgreed = async (
  runs: readonly Unknown[],
  how: Many,
  call: Call,
  io: Io,
): Promise<boolean | null> => {
  if (call.flag('yes')) return true;
  const input = io.in?.();
  if (input?.isTTY !== true || !io.err.isTTY || call.flag('json')) {
    sayOne(
      'E0001',
      `${count(runs.length, 'unknown run')} would be settled by this one decision`,
      'nobody can be asked here: look at the list (without a decision), then add --yes',
      call,
      io,
    );
    return null;
  }
  io.err.write(`${count(runs.length, 'run')}: ${then[how.is]}. Type yes to go on: `);
  const answer = await firstLine(input);
  return answer.trim().toLowerCase() === 'yes';
};

const firstLine = async (input: AsyncIterable<unknown>): Promise<string> => {
  let text = '';
  for await (const chunk of input) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0] ?? '';
};

/** With what to do about them where `call` is given. */
const listText = (runs: readonly Unknown[], call: Call | null): string => {
  if (runs.length === 0) return 'no run is unknown\n';
  const lines = runs.flatMap(({ record, state }) => [
    `? ${record.id.slice(0, 8)}  ${oneLine(record.inputs.name)}`,
    ...evidenceOf(record, state).map((line) => `    ${oneLine(line)}`),
  ]);
  return [
    `${count(runs.length, 'unknown run')}: a submit went out and no answer says whether a task was made`,
    ...lines,
    ...(call === null
      ? []
      : [
          `one whose task you found: ${commandFor('resolve', call, { words: ['RUN'], without: ['unknown', 'yes', ...selectionFlags], plus: ['--task', 'ID'] })}`,
          `all of them, or some with --only and --where: ${commandFor('resolve', call, { without: ['yes'], plus: ['--resubmit | --give-up'] })}`,
        ]),
  ]
    .map((line) => `${line}\n`)
    .join('');
};

/** What is known of the last attempt, oldest first. */
const evidenceOf = (record: RunRecord, { attempt, why }: Unknown['state']): string[] => {
  const last = record.attempts.findLast((each) => each.attempt === attempt);
  return [
    ...(last === undefined
      ? []
      : [`sent ${new Date(last.intentAt).toISOString()}, attempt ${attempt}`]),
    `answer: ${why}`,
    ...(last?.evidence ?? []).map((said) => `seen: ${said}`),
    ...(last?.candidates === undefined || last.candidates.length === 0
      ? []
      : [`may be task ${last.candidates.join(' or ')}`]),
  ];
};

const listJson = (runs: readonly Unknown[], settled: number): string =>
  JSON.stringify({
    version: 1,
    unknown: runs.map(({ record, state }) => {
      const last = record.attempts.findLast(({ attempt }) => attempt === state.attempt);
      return {
        id: record.id,
        name: record.inputs.name,
        attempt: state.attempt,
        sentAt: last === undefined ? null : new Date(last.intentAt).toISOString(),
        answer: state.why,
        seen: last?.evidence ?? [],
        candidates: last?.candidates ?? [],
      };
    }),
    settled,
  });
