import { Problems } from '../../diagnostics/problems.js';
import type { Action, PlannedRun } from '../../plan/plan.js';
import { everything } from '../../plan/select/selection.js';
import type { RunId } from '../../values/ids.js';
import { onLine } from '../../values/printable.js';
import { recordLines } from '../../terminal/run-text.js';
import type { Call } from '../argv/call.js';
import { optionsOf } from '../argv/options.js';
import { exit } from '../../batch/exit.js';
import type { CodeWords } from './explain-code.js';
import { codeWords, wantsChinese } from './explain-code.js';
import type { FoundRun, Named } from '../find-run.js';
import { findRun, notOne, RunFinder } from '../find-run.js';
import type { Io } from '../../edges/io.js';
import { planProject } from '../../batch/plan/planning.js';
import { loadProject } from '../../batch/load/project.js';
import { locateProject } from '../../batch/load/locate.js';
import { readEnvFile } from '../../batch/load/environment.js';
import { sayOne, sayProblems } from '../say.js';
import { asTyped } from '../argv/typed.js';

/** `rh-batch explain <run>`: what became of it, attempt by attempt; `explain E0123`, `explain 803`: what a code means. */
export const explain = async (call: Call, io: Io): Promise<number> => {
  const typed = call.args[0] ?? '';
  const words = codeWords(typed, wantsChinese(io.env));
  // A code of one digit is more likely the number of a run, where there are runs.
  if (words !== null && typed.length > 1) {
    const run = words.name === null ? null : await runBesideCode(typed, call, io);
    if (run === null || !run.goesFirst) return explainCode(words, run?.id ?? null, call, io);
  }
  if (words === null && /^E\d{4}$/i.test(typed)) {
    sayOne(
      'E0001',
      `there is no code ${typed.toUpperCase()}`,
      'a message has its code in --json and in the annotations of GitHub',
      call,
      io,
    );
    return exit.badInput;
  }
  const problems = new Problems();
  const located = await locateProject(optionsOf(call, problems), io, problems);
  if (located === null || problems.errors > 0) {
    if (located === null && words !== null) return explainCode(words, null, call, io);
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  const read = await located.stores.read(located);
  if (!read.ok) {
    sayOne('E0702', read.problem.message, read.problem.hint, call, io);
    return exit.badInput;
  }
  const known = findRun(read.state, typed);
  const planned = await plannedAs(typed, call, io);
  // What the manifest has now goes before what it once had under the same name.
  const found = planned.is === 'none' || planned.is === 'unread' ? known : planned;
  if (words !== null && found.is === 'none') return explainCode(words, null, call, io);
  if (found.is !== 'one') {
    const names = planned.is === 'none' ? [...planned.names, ...namesOf(known)] : namesOf(known);
    problems.add(
      notOne(typed, found.is === 'none' ? { ...found, names } : found, 'rh-batch plan --json'),
    );
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  const now = planned.is === 'one' ? planned.run : null;
  const record =
    read.state.runs.get(found.run.id) ?? (known.is === 'one' ? known.run.record : null);
  // An emulator's time may be ahead of ours.
  const at = Math.max(io.clock.now(), read.state.lastAt ?? 0);
  if (call.flag('json')) {
    const plan = now === null ? null : plannedJson(now);
    io.out.write(`${JSON.stringify({ version: 1, plan, run: record })}\n`);
  } else
    io.out.write(
      [
        ...planLines(now, planned.is === 'unread').map((line) => asTyped(line, call)),
        ...recordLines(record, at),
      ]
        .map((line) => `${onLine(line)}\n`)
        .join(''),
    );
  return exit.done;
};

const namesOf = (found: FoundRun<Named>): readonly string[] =>
  found.is === 'none' ? found.names : [];

/** `run`: one that the same word fits. */
const explainCode = (words: CodeWords, run: RunId | null, call: Call, io: Io): number => {
  if (call.flag('json')) io.out.write(`${JSON.stringify({ version: 1, ...words })}\n`);
  else
    io.out.write(
      `${words.code}${words.name === null ? '' : ` ${words.name}`}: ${words.about.join('\n  ')}\n` +
        (run === null
          ? ''
          : asTyped(`a run, too: rh-batch explain ${run.slice(0, idDigits)}\n`, call)),
    );
  return exit.done;
};

const idDigits = 8;

/** A run goes first where it is named whole, or by as much of its id as others show. */
const runBesideCode = async (
  typed: string,
  call: Call,
  io: Io,
): Promise<{ readonly id: RunId; readonly goesFirst: boolean } | null> => {
  const located = await locateProject(optionsOf(call, new Problems()), io, new Problems());
  const read = located === null ? null : await located.stores.read(located);
  const found = read?.ok === true ? findRun(read.state, typed) : null;
  const run = found?.is === 'one' ? found.run : found?.is === 'several' ? found.runs[0] : undefined;
  if (run === undefined) return null;
  const { id, name } = run;
  return { id, goesFirst: typed === name || (typed.length >= 4 && id.startsWith(typed)) };
};

type Planned = Named & Pick<PlannedRun, 'action' | 'reasons'>;

/** `unread`: the manifest has mistakes, so nobody knows which runs it has. */
type FoundPlanned = FoundRun<Planned> | { readonly is: 'unread' };

/** What plan says of it now. */
const plannedAs = async (typed: string, call: Call, io: Io): Promise<FoundPlanned> => {
  const problems = new Problems();
  const options = optionsOf(call, problems);
  const env = await readEnvFile(options, io, problems);
  const project = await loadProject(options, io, problems);
  if (project === null) return { is: 'unread' };
  const read = await project.stores.read(project);
  const history = read.ok ? read.state : null;
  const selection = everything;
  const plan = await planProject(project, { history, selection, env, clock: io.clock }, problems);
  if (plan === null) return { is: 'unread' };
  const finder = new RunFinder<Planned>(typed);
  for await (const { id, name, index, action, reasons } of plan.runs())
    finder.see({ id, name, index, action, reasons });
  return finder.found;
};

const plannedJson = ({ id, name, action, reasons }: Planned): object => ({
  id,
  name,
  action,
  reasons,
});

const planLines = (planned: Planned | null, unread: boolean): string[] =>
  planned === null
    ? [
        unread
          ? 'what would run now is not known, since there are mistakes: rh-batch validate tells them'
          : 'the manifest has no such run any more',
      ]
    : [
        `${planned.name}  ${planned.id}`,
        `now: ${actionWords[planned.action]}${planned.reasons.length > 0 ? `: ${planned.reasons.join('; ')}` : ''}`,
      ];

/** What the next apply would do with it. */
const actionWords: Readonly<Record<Action, string>> = {
  new: 'new',
  changed: 'changed',
  retry: 'to be tried again',
  unknown: 'unknown, held until it is resolved',
  cancelled: 'not to be run',
  upToDate: 'up to date',
  download: 'to be downloaded again, not submitted',
};
