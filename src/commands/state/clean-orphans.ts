import { existsSync } from 'node:fs';
import { Problems } from '../../diagnostics/problems.js';
import { systemClock } from '../../edges/clock.js';
import type { Store } from '../../journal/store.js';
import { journalPath } from '../../journal/store.js';
import { count, fileSize, oneLine } from '../../terminal/format.js';
import { Answer } from '../answer.js';
import type { Call } from '../argv/call.js';
import { optionsOf } from '../argv/options.js';
import type { BatchOptions } from '../../batch/options/options.js';
import { exit } from '../../batch/exit.js';
import { planFor } from '../../batch/plan/gone-runs.js';
import type { Io } from '../../edges/io.js';
import type { Orphan, Orphans } from '../../batch/plan/orphans.js';
import { findOrphans } from '../../batch/plan/orphans.js';
import { removeOrphans } from '../../batch/plan/remove-orphans.js';
import type { Project } from '../../batch/load/project.js';
import { loadProject } from '../../batch/load/project.js';
import { sayOne, sayProblems } from '../say.js';
import { commandFor } from '../argv/typed.js';

/** `rh-batch clean --orphans`: lists files of runs that are no longer in the plan; `--yes` removes them. */
export const cleanOrphans = async (call: Call, io: Io): Promise<number> => {
  if (call.flag('repair')) {
    const hint = commandFor('clean', call, { without: ['orphans', 'yes'] });
    sayOne('E0001', '--orphans and --repair are two commands', hint, call, io);
    return exit.badInput;
  }
  const problems = new Problems();
  const options = optionsOf(call, problems);
  const project = await loadProject(options, io, problems);
  if (project === null || problems.errors > 0) {
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  if (project.shared === null && !existsSync(journalPath(project.stateDir))) {
    sayProblems(problems, call, io);
    return tell(nothing, [], project, call, io);
  }
  const opened = await project.stores.open(project, {
    clock: systemClock,
    command: 'rh-batch clean',
  });
  if (!opened.ok) {
    const { is, message, hint } = opened.problem;
    sayOne(is === 'locked' ? 'E0701' : 'E0702', message, hint, call, io);
    return is === 'locked' ? exit.locked : exit.badInput;
  }
  try {
    return await work(opened.store, project, problems, options, call, io);
  } catch (cause) {
    sayOne('E0702', cause instanceof Error ? cause.message : String(cause), null, call, io);
    return exit.machine;
  } finally {
    await opened.store.close();
  }
};

const nothing: Orphans = { files: [], stay: [], atWork: null };

const work = async (
  store: Store,
  project: Project,
  problems: Problems,
  options: BatchOptions,
  call: Call,
  io: Io,
): Promise<number> => {
  const history = store.state;
  const plan = await planFor(project, history, options, io, problems);
  const found =
    plan === null ? nothing : await findOrphans(plan, { project, history }, options, io, problems);
  sayProblems(problems, call, io);
  if (problems.errors > 0) return exit.badInput;
  if (!call.flag('yes')) return tell(found, [], project, call, io);
  if (found.atWork !== null) {
    const message = `${found.atWork} is at work in the same outputs' folder: nothing was removed`;
    sayOne('E0701', message, 'wait until it has ended', call, io);
    return exit.locked;
  }
  const { removed, stay } = await removeOrphans(found.files, project, store);
  return tell({ ...found, stay: [...found.stay, ...stay] }, removed, project, call, io);
};

const tell = (
  { files, stay }: Orphans,
  removed: readonly Orphan[],
  project: Project,
  call: Call,
  io: Io,
): number => {
  const answer = new Answer(call, io);
  const asked = call.flag('yes');
  const shown = asked ? removed : files;
  for (const orphan of shown) answer.say(lineOf(orphan, project), {});
  for (const orphan of stay)
    answer.say(`${lineOf(orphan, project)}  stays: ${oneLine(orphan.why)}`, {});
  const bytes = shown.reduce((sum, { file }) => sum + file.bytes, 0);
  const command = asked || files.length === 0 ? null : removalOf(call);
  const what = `${count(shown.length, 'file')} of runs that are no longer in the plan`;
  const total = `${what}, ${fileSize(bytes)}`;
  answer.say(
    shown.length === 0
      ? `no file ${asked ? 'was removed' : 'to remove'}: ${stay.length === 0 ? 'all files are of runs in the plan' : 'what stays says why'}`
      : asked
        ? `${total}: removed`
        : `${total}: nothing is removed without --yes`,
    {
      orphans: [
        ...shown.map((orphan) => ({ ...factsOf(orphan), removed: asked, stays: null })),
        ...stay.map((orphan) => ({ ...factsOf(orphan), removed: false, stays: orphan.why })),
      ],
      files: shown.length,
      bytes,
      removed: removed.length,
      command,
    },
  );
  if (command !== null) answer.say(`to remove them: ${command}`, {});
  if (removed.length > 0) {
    const again = commandFor('report', call, { without: ['json'] });
    answer.say(`reports that were written before still name them: ${again}`, {});
  }
  return answer.end(exit.done);
};

const removalOf = (call: Call): string =>
  commandFor('clean', call, { without: ['orphans', 'yes', 'json'], plus: ['--orphans', '--yes'] });

const lineOf = ({ record: { id, inputs }, file, absolute }: Orphan, { show }: Project): string => {
  const { name, row } = inputs;
  const place = row === null ? '' : `, was ${oneLine(row.file)}:${row.line}`;
  return `${oneLine(show(absolute))}  ${fileSize(file.bytes)}  run ${id} (${oneLine(name)}${place})`;
};

const factsOf = ({ record: { id, inputs }, file }: Orphan): object => ({
  path: file.path,
  bytes: file.bytes,
  sha256: file.sha256,
  run: id,
  name: inputs.name,
  row: inputs.row,
});

/** For the end of a plan; null: there are none, or nobody can tell. */
export const orphansText = ({ files }: Orphans, call: Call): string | null => {
  if (files.length === 0) return null;
  const list = commandFor('clean', call, { without: ['json'], plus: ['--orphans'] });
  const bytes = files.reduce((sum, { file }) => sum + file.bytes, 0);
  return `${count(files.length, 'file')} (${fileSize(bytes)}) of runs that are no longer in the plan: ${list}`;
};
