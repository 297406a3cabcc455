import { count } from '../../values/amounts.js';
import { Problems } from '../../diagnostics/problems.js';
import { everything } from '../../plan/select/selection.js';
import type { Call } from '../argv/call.js';
import { optionsOf } from '../argv/options.js';
import { exit } from '../../batch/exit.js';
import type { Io } from '../../edges/io.js';
import { planProject } from '../../batch/plan/planning.js';
import { loadProject } from '../../batch/load/project.js';
import { readEnvFile } from '../../batch/load/environment.js';
import { sayProblems } from '../say.js';

/** `rh-batch validate`: the checks of plan and apply, by the same code, offline and without state. */
export const validate = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const options = optionsOf(call, problems);
  const env = await readEnvFile(options, io, problems);
  const project = await loadProject(options, io, problems, env);
  const plan =
    project === null || problems.errors > 0
      ? null
      : await planProject(
          project,
          { history: null, selection: everything, env, clock: io.clock },
          problems,
        );
  sayProblems(problems, call, io);
  if (plan === null || problems.errors > 0) return exit.badInput;
  const { total } = plan.summary;
  if (call.flag('json'))
    io.out.write(
      `${JSON.stringify({ version: 1, valid: true, runs: total, assets: plan.assets.size })}\n`,
    );
  else io.out.write(`valid: ${count(total, 'run')}, ${count(plan.assets.size, 'asset')}\n`);
  return exit.done;
};
