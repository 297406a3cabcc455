import { error, warning } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { BatchState } from '../../journal/state.js';
import type { Marked } from '../../picks/marked.js';
import { isMarked } from '../../picks/marked.js';
import type { WantedMarks } from '../../picks/wanted.js';
import { isWanted, starsText } from '../../picks/wanted.js';
import type { PickedRun, PickedRuns } from '../../plan/select/picked-rows.js';
import { count } from '../../values/amounts.js';
import { isRunId } from '../../values/ids.js';
import type { Project } from '../load/project.js';
import type { BatchPlaces } from './known-marks.js';
import { knownMarks } from './known-marks.js';
import { picksPath } from './picks-file.js';
import { standingOf } from './standing.js';

/** The runs whose pictures are marked as it is wanted; null: there are none, which is an error. */
export const pickedRuns = async (
  project: BatchPlaces & Pick<Project, 'show' | 'manifest'>,
  history: BatchState,
  wanted: WantedMarks,
  problems: Problems,
): Promise<PickedRuns | null> => {
  const asked = [
    ...(wanted.picked ? ['--picked'] : []),
    ...wanted.stars.map((stars) => `--where '${starsText(stars)}'`),
  ].join(' ');
  const marks = await knownMarks(project, history.folders, project.show, problems);
  const chosen = [...marks.values()].filter((mark) => isWanted(mark, wanted) && isOfRun(mark));
  if (chosen.length === 0) {
    const path = project.show(picksPath(project.outputsDir));
    const known = [...marks.values()].filter(isMarked).length;
    const message =
      known === 0
        ? `${asked}: no picture is marked (${path} holds no mark)`
        : `${asked}: none of the ${count(known, 'picture')} marked is so`;
    problems.add(
      error('E0485', null, message, {
        hint: 'mark pictures in report.html, save the picks there, and take them over: rh-batch picks --import FILE',
      }),
    );
    return null;
  }
  tellChanged(chosen, history, asked, problems);
  const variables = [...history.runs.values()].flatMap(({ inputs }) => Object.keys(inputs.values));
  return {
    asked,
    repeats: project.manifest.matrix.repeat > 1,
    runs: [...new Map(chosen.map((mark) => [mark.run, runOf(mark, history)])).values()].flatMap(
      (run) => (run === null ? [] : [run]),
    ),
    variables: new Set(variables),
  };
};

/** `stars<3` holds of pictures without a mark, too; what is meant are those that a person saw. */
const isOfRun = (mark: Marked): boolean => isRunId(mark.run) && isMarked(mark);

const runOf = ({ run, file }: Marked, history: BatchState): PickedRun | null => {
  if (!isRunId(run)) return null;
  const inputs = history.runs.get(run)?.inputs;
  if (inputs === undefined) return { id: run, name: file, row: null };
  const { name, values, repeat } = inputs;
  return { id: run, name, row: { values, repeat } };
};

/** Who picked it saw another picture. */
const tellChanged = (
  chosen: readonly Marked[],
  history: BatchState,
  asked: string,
  problems: Problems,
): void => {
  const changed = chosen.filter((mark) => standingOf(mark, history).is === 'changed');
  if (changed.length === 0) return;
  problems.add(
    warning(
      'E0785',
      null,
      `${asked}: ${count(changed.length, 'picture')} changed since ${changed.length === 1 ? 'it was' : 'they were'} marked`,
      { notes: changed.slice(0, mostNamed).map(({ file }) => file), hint: 'look at them again' },
    ),
  );
};

const mostNamed = 5;
