import { error, warning } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import { compareGraphs } from '../../workflow/drift.js';
import { parseWorkflow } from '../../workflow/parse.js';
import { pullCommand } from '../../workflow/pull-command.js';
import type { Field } from '../../workflow/workflow.js';
import type { CompareInput, TargetCheck } from '../target.js';

const maxShown = 10;

const compare = (
  { id, workflow, text, at, loaders }: CompareInput,
  problems: Problems,
): readonly Field[] | null => {
  const saved = parseWorkflow('the saved workflow', text, { loaders }, new Problems());
  if (saved === null) {
    problems.add(
      warning(
        'E0214',
        at,
        'the saved workflow cannot be read, so it was not compared with api.json',
      ),
    );
    return [];
  }
  const drift = compareGraphs(workflow, saved);
  if (drift.is === 'same') return [];
  if (drift.is === 'values') return drift.differing;
  const notes = drift.differences.slice(0, maxShown);
  const more = drift.differences.length - notes.length;
  problems.add(
    error('E0213', at, 'the workflow saved on RunningHub is not the graph of api.json', {
      notes: more > 0 ? [...notes, `… and ${more} more differences`] : notes,
      hint: `${pullCommand(null, id, workflow.file)} fetches the saved one; submit: workflow sends this one whole`,
    }),
  );
  return null;
};

/** The graph that the service has saved: what it runs is that graph with our overrides. */
export const savedGraph: TargetCheck = {
  what: 'the saved workflow',
  ask: async (id, service, signal) => {
    const answer = await service.workflow(id, signal);
    return answer.is === 'known' ? { is: 'known', text: answer.prompt } : answer;
  },
  compare,
};
