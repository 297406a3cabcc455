import { resolve } from 'node:path';
import { nearPath } from '../../assets/near-path.js';
import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Files } from '../../edges/files/files.js';
import { nodeFiles } from '../../edges/files/node-files.js';
import { ReadOnce } from '../../edges/files/read-once.js';
import type { Io } from '../../edges/io.js';
import type { Manifest } from '../../manifest/manifest.js';
import type { Matrix } from '../../matrix/combination.js';
import { expandMatrix } from '../../matrix/expand.js';
import type { TargetModule } from '../../targets/target.js';
import { moduleOf } from '../../targets/targets.js';
import type { Workflow } from '../../workflow/workflow.js';
import type { BatchOptions } from '../options/options.js';
import type { Day } from './day.js';
import type { HoldsKey } from './held-key.js';
import { holdsKeyOf, keyInFiles, keyInNames } from './held-key.js';
import type { Located } from './locate.js';
import { locateProject, shownFrom, unreadable } from './locate.js';

/** Everything the user wrote, read and checked; nothing of it touches the network. */
export interface Project extends Located {
  readonly target: TargetModule;
  readonly workflow: Workflow;
  /** The target's file as it is, for the emulator. */
  readonly workflowText: string;
  readonly matrix: Matrix;
  readonly files: ReadOnce;
  /** null: nothing is looked through for a key. */
  readonly holdsKey: HoldsKey | null;
  readonly show: (absolute: string) => string;
}

const maxWorkflowBytes = 64 * 1024 * 1024;

/**
 * Reads manifest, workflow and tables, each of them once. All mistakes go to `problems`; null when
 * there are errors. `env`: whose key must stand in none of them; absent: nothing looks for it.
 */
export const loadProject = async (
  options: BatchOptions,
  io: Io,
  problems: Problems,
  env: ReadonlyMap<string, string> = new Map(),
  day: Day = 'now',
  direct: Files = nodeFiles(),
): Promise<Project | null> => {
  const show = shownFrom(io.cwd);
  const holdsKey = holdsKeyOf(env);
  const files = new ReadOnce(
    direct,
    holdsKey === null ? undefined : keyInFiles(holdsKey, show, problems),
  );
  const located = await locateProject(options, io, problems, files, day);
  if (located === null) return null;
  const { manifest, outputsDir, datedOutputs, manifestPath: path, stateDir } = located;
  if (holdsKey !== null) keyInNames(options, [path, outputsDir, stateDir], holdsKey, problems);
  const workflow = await readWorkflow(manifest, files, show, problems);
  const matrix = await expandMatrix(
    manifest.matrix,
    {
      dir: manifest.dir,
      files,
      maxRuns: manifest.limits.maxRuns,
      isMaxTyped: manifest.limits.isTyped,
      show,
      outputsDir,
      datedOutputs,
    },
    problems,
  );
  if (workflow === null || matrix === null) return null;
  const { target, graph, text: workflowText } = workflow;
  return { ...located, target, workflow: graph, workflowText, matrix, files, holdsKey, show };
};

const readWorkflow = async (
  manifest: Manifest,
  files: Files,
  show: (absolute: string) => string,
  problems: Problems,
): Promise<{
  readonly target: TargetModule;
  readonly graph: Workflow;
  readonly text: string;
} | null> => {
  const target = moduleOf(manifest.target);
  const { file: written, id } = manifest.target;
  const path = resolve(manifest.dir, written.value);
  const read = await files.read(path, maxWorkflowBytes);
  if (!read.ok) {
    const { message, hint } = unreadable(show(path), read);
    const near = await nearPath(written.value, manifest.dir, files);
    const hints = [...(near === null ? [] : [near.hint]), target.fileHint(id, show(path))];
    problems.add(error('E0002', written.at, message, { hint: hint ?? hints.join('; or ') }));
    return null;
  }
  const { loaders } = manifest.assets;
  const input = { id, file: show(path), content: read.value, loaders };
  const graph = target.read(input, problems);
  return graph === null ? null : { target, graph, text: new TextDecoder().decode(read.value) };
};
