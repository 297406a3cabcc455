import { codes } from '../diagnostics/codes.js';
import { Problems } from '../diagnostics/problems.js';
import { readStore } from '../journal/store.js';
import type { AttemptRecord, RunRecord } from '../journal/state.js';
import { everything } from '../plan/selection.js';
import { impossible } from '../values/impossible.js';
import type { Call } from './call.js';
import { exit } from './exit.js';
import { findRun, notOne } from './find-run.js';
import type { Io } from './io.js';
import { planProject } from './planning.js';
import { loadProject, locateProject, readEnvFile } from './project.js';
import { sayOne, sayProblems } from './say.js';

/** `rh-batch explain <run>`: what became of it, attempt by attempt; `explain E0123`: what a code means. */
export const explain = async (call: Call, io: Io): Promise<number> => {
  const typed = call.args[0] ?? '';
  if (/^E\d{4}$/i.test(typed)) return explainCode(typed.toUpperCase(), call, io);
  const problems = new Problems();
  const located = await locateProject(call, io, problems, 1);
  if (located === null) {
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
    sayOne('E0703', notOne(typed, found), 'rh-batch plan lists runs and ids', call, io);
    return exit.badInput;
  }
  const record = found.is === 'one' ? found.record : null;
  if (call.flag('json'))
    io.out.write(`${JSON.stringify({ version: 1, plan: planned, run: record })}\n`);
  else
    io.out.write(
      [...planLines(planned), ...recordLines(record)].map((line) => `${line}\n`).join(''),
    );
  return exit.done;
};

const explainCode = (code: string, call: Call, io: Io): number => {
  const about = Object.entries(codes).find(([known]) => known === code)?.[1];
  if (about === undefined) {
    sayOne('E0001', `there is no code ${code}`, null, call, io);
    return exit.badInput;
  }
  io.out.write(`${code}: ${about}\n`);
  return exit.done;
};

interface PlannedWords {
  readonly id: string;
  readonly name: string;
  readonly action: string;
  readonly reasons: readonly string[];
}

/** What plan says of it now; null where the manifest has no such run (any more). */
const reasonsOf = async (typed: string, call: Call, io: Io): Promise<PlannedWords | null> => {
  const problems = new Problems();
  const env = await readEnvFile(call, io, problems);
  const project = await loadProject(call, io, problems, 1);
  if (project === null) return null;
  const read = await readStore(project.stateDir);
  const history = read.ok ? read.state : null;
  const selection = { ...everything, only: [typed] };
  const plan = await planProject(project, { history, selection, env, clock: io.clock }, problems);
  if (plan === null) return null;
  for await (const { id, name, action, reasons } of plan.runs())
    return { id, name, action, reasons };
  return null;
};

const planLines = (planned: PlannedWords | null): string[] =>
  planned === null
    ? ['not in the manifest any more']
    : [
        `${planned.id}  ${planned.name}`,
        `now: ${planned.action}${planned.reasons.length > 0 ? `: ${planned.reasons.join('; ')}` : ''}`,
      ];

const recordLines = (record: RunRecord | null): string[] => {
  if (record === null) return ['never submitted'];
  return [
    `state: ${record.state.is}`,
    ...record.attempts.flatMap((attempt) => [
      `attempt ${attempt.attempt}: ${instant(attempt.intentAt)} submitted${attempt.taskId === null ? '' : `, task ${attempt.taskId}`}`,
      ...attemptLines(attempt).map((line) => `  ${line}`),
    ]),
  ];
};

const attemptLines = (attempt: AttemptRecord): string[] => {
  const lines: string[] = [];
  if (attempt.acceptedAt !== null) lines.push(`${instant(attempt.acceptedAt)} accepted`);
  if (attempt.runningAt !== null) lines.push(`${instant(attempt.runningAt)} seen running`);
  const at = attempt.settledAt === null ? '' : `${instant(attempt.settledAt)} `;
  lines.push(`${at}${endWords(attempt.end)}`);
  const { cost } = attempt;
  if (cost !== null && (cost.coins !== null || cost.money !== null))
    lines.push(
      `cost: ${cost.coins === null ? '' : `${cost.coins} coins `}${cost.money ?? ''}`.trim(),
    );
  return lines;
};

const endWords = (end: AttemptRecord['end']): string => {
  switch (end.is) {
    case 'open':
      return 'no end seen yet';
    case 'refused':
      return `refused: ${end.error.message}`;
    case 'lost':
      return `its answer was lost: ${end.why}`;
    case 'succeeded':
      return 'succeeded';
    case 'failed':
      return `failed: ${end.error.message}`;
    case 'cancelled':
      return `cancelled by the ${end.by}`;
    case 'resolved':
      return `settled as ${end.how}`;
    default:
      return impossible(end);
  }
};

const instant = (at: number): string => new Date(at).toISOString();
