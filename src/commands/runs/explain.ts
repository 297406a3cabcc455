import { Problems } from '../../diagnostics/problems.js';
import { readStore } from '../../journal/store.js';
import type { Action } from '../../plan/plan.js';
import { everything } from '../../plan/select/selection.js';
import { onLine } from '../../values/printable.js';
import { recordLines } from '../../terminal/run-text.js';
import type { Call } from '../argv/call.js';
import { optionsOf } from '../argv/options.js';
import { exit } from '../../batch/exit.js';
import type { CodeWords } from './explain-code.js';
import { codeWords, wantsChinese } from './explain-code.js';
import { findRun, notOne } from '../find-run.js';
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
  if (words !== null && (words.name === null || !(await namesARun(typed, call, io))))
    return explainCode(words, call, io);
  if (words === null && /^E\d{4}$/i.test(typed)) {
    sayOne('E0001', `there is no code ${typed.toUpperCase()}`, null, call, io);
    return exit.badInput;
  }
  const problems = new Problems();
  const located = await locateProject(optionsOf(call, problems), io, problems);
  if (located === null || problems.errors > 0) {
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  const read = await readStore(located.stateDir);
  if (!read.ok) {
    sayOne('E0702', read.problem.message, read.problem.hint, call, io);
    return exit.badInput;
  }
  const found = findRun(read.state, typed);
  const planned = await reasonsOf(typed, call, io);
  if (found.is !== 'one' && planned === null) {
    sayOne('E0703', notOne(typed, found), 'rh-batch plan --json lists names and ids', call, io);
    return exit.badInput;
  }
  const record = found.is === 'one' ? found.record : null;
  // An emulator's time may be ahead of ours.
  const now = Math.max(io.clock.now(), read.state.lastAt ?? 0);
  if (call.flag('json'))
    io.out.write(`${JSON.stringify({ version: 1, plan: planned, run: record })}\n`);
  else
    io.out.write(
      [...planLines(planned).map((line) => asTyped(line, call)), ...recordLines(record, now)]
        .map(
          (line) => `${onLine(line)}
`,
        )
        .join(''),
    );
  return exit.done;
};

const explainCode = (words: CodeWords, call: Call, io: Io): number => {
  if (call.flag('json')) io.out.write(`${JSON.stringify({ version: 1, ...words })}\n`);
  else
    io.out.write(
      `${words.code}${words.name === null ? '' : ` ${words.name}`}: ${words.about.join('\n  ')}\n`,
    );
  return exit.done;
};

/** A code of the service may also be how a run's id begins: the run goes first where there is one. */
const namesARun = async (typed: string, call: Call, io: Io): Promise<boolean> => {
  const problems = new Problems();
  const located = await locateProject(optionsOf(call, problems), io, problems);
  const read = located === null ? null : await readStore(located.stateDir);
  return read?.ok === true && findRun(read.state, typed).is !== 'none';
};

interface PlannedWords {
  readonly id: string;
  readonly name: string;
  readonly action: Action;
  readonly reasons: readonly string[];
}

/** What plan says of it now; null where the manifest has no such run (any more). */
const reasonsOf = async (typed: string, call: Call, io: Io): Promise<PlannedWords | null> => {
  const problems = new Problems();
  const options = optionsOf(call, problems);
  const env = await readEnvFile(options, io, problems);
  const project = await loadProject(options, io, problems);
  if (project === null) return null;
  const read = await readStore(project.stateDir);
  const history = read.ok ? read.state : null;
  const selection = { ...everything, only: [typed] };
  const plan = await planProject(project, { history, selection, env, clock: io.clock }, problems);
  if (plan === null) return null;
  for await (const { selected, id, name, action, reasons } of plan.runs())
    if (selected) return { id, name, action, reasons };
  return null;
};

const planLines = (planned: PlannedWords | null): string[] =>
  planned === null
    ? ['the manifest has no such run any more']
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
