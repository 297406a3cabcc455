import { dirname, join, resolve } from 'node:path';
import { openLedger } from '../assets/ledger.js';
import { Problems } from '../diagnostics/problems.js';
import { writeAtomically } from '../edges/atomic.js';
import { readStore } from '../journal/store.js';
import { planJson } from '../plan/plan-json.js';
import type { Plan } from '../plan/plan.js';
import { painter } from '../terminal/colour.js';
import { planText } from '../terminal/plan-text.js';
import type { Call } from './call.js';
import { identify } from './connect.js';
import { exit } from './exit.js';
import type { Io } from './io.js';
import { planProject } from './planning.js';
import { loadProject, readEnvFile } from './project.js';
import { sayOne, sayProblems } from './say.js';
import { selectionOf } from './select.js';

/** `rh-batch plan`: the same decisions as apply; no lock, no key needed, nothing sent. */
export const plan = async (call: Call, io: Io): Promise<number> => {
  const detailed = call.flag('detailedExitcode');
  const failed = detailed ? exit.someFailed : exit.badInput;
  const problems = new Problems();
  const env = await readEnvFile(call, io, problems);
  const project = await loadProject(call, io, problems);
  const selection = selectionOf(call, problems);
  if (project === null || problems.errors > 0) {
    sayProblems(problems, call, io);
    return failed;
  }
  const read = await readStore(project.stateDir);
  if (!read.ok) {
    sayOne('E0702', read.problem.message, read.problem.hint, call, io);
    return failed;
  }
  // Without a key nothing is known to be uploaded; that only changes what the plan says of uploads.
  const identity = identify(call, io, env, new Problems());
  if (identity !== null && 'notBefore' in identity.clock)
    identity.clock.notBefore((read.state.lastAt ?? 0) + 1);
  const ledger = await openLedger(
    join(dirname(project.stateDir), 'uploads.jsonl'),
    identity?.account ?? '',
    project.manifest.assets.maxAgeMs,
    io.clock,
  );
  const made = await planProject(
    project,
    { history: read.state, selection, env, clock: identity?.clock ?? io.clock, ledger },
    problems,
  );
  sayProblems(problems, call, io);
  if (made === null || problems.errors > 0) return failed;
  await show(made, call, io);
  const { total, upToDate } = made.summary;
  return detailed && total > upToDate ? exit.runsToDo : exit.done;
};

const show = async (made: Plan, call: Call, io: Io): Promise<void> => {
  const out = call.text('out');
  if (out !== null) {
    const chunks: string[] = [];
    for await (const chunk of planJson(made)) chunks.push(io.clean(chunk));
    await writeAtomically(resolve(io.cwd, out), chunks);
  }
  const chunks = call.flag('json')
    ? planJson(made)
    : planText(made, { paint: painter(io.env, io.out.isTTY), width: io.out.columns() });
  for await (const chunk of chunks) io.out.write(chunk);
};
