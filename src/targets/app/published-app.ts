import { error, warning } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import { jsonText } from '../../values/json-text.js';
import { pullCommand } from '../../workflow/pull-command.js';
import type { Field, Workflow } from '../../workflow/workflow.js';
import type { CompareInput, TargetCheck } from '../target.js';
import { readCallExample } from './call-example.js';

const maxShown = 10;

/**
 * Node ids may change when the author publishes the app anew (runninghub-api 2.3), and then
 * every run would be refused, or set something else than was meant.
 */
const compare = (
  { id, workflow, text, at, loaders }: CompareInput,
  problems: Problems,
): readonly Field[] | null => {
  const input = { id, file: 'the published app', content: text, loaders };
  const published = readCallExample(input, new Problems());
  if (published === null) {
    problems.add(warning('E0214', at, 'the published app cannot be read, so it was not compared'));
    return [];
  }
  const gone = missing(workflow, published);
  const more = missing(published, workflow);
  if (gone.length === 0) {
    if (more.length > 0)
      problems.add(
        warning('E0214', at, 'the published app has fields that the file does not have', {
          notes: more.slice(0, maxShown),
          hint: `${pullCommand('app', id, workflow.file)} fetches it anew`,
        }),
      );
    return [];
  }
  problems.add(
    error('E0213', at, 'the app was published anew: fields of the file are gone', {
      notes: [
        ...gone.slice(0, maxShown),
        ...(gone.length > maxShown ? [`… and ${gone.length - maxShown} more`] : []),
      ],
      hint: `${pullCommand('app', id, workflow.file)} fetches it anew`,
    }),
  );
  return null;
};

/** Fields of one that the other does not have, in words. */
const missing = (one: Workflow, other: Workflow): string[] =>
  [...one.nodes.values()].flatMap(({ id, classType, title, fields }) => {
    const there = other.nodes.get(id);
    return [...fields.keys()]
      .filter((name) => there?.classType !== classType || !there.fields.has(name))
      .map((name) => `${title ?? classType}.${name} (node ${id}, ${classType})`);
  });

/** What the service tells of the app now. */
export const publishedApp: TargetCheck = {
  what: 'the published app',
  ask: async (id, service, signal) => {
    const answer = await service.app(id, signal);
    return answer.is === 'known' ? { is: 'known', text: jsonText(answer.data) } : answer;
  },
  compare,
};
