import type { Batch, Run } from './batch.js';
import { shortName } from './run-text.js';

export type Question = (run: Run) => boolean;

/** Turns what is typed into the search field into questions, all of which a shown run answers. */
export const makeSearch = ({ variables }: Batch): ((text: string) => readonly Question[]) => {
  const letters = new WeakMap<Run, string>();
  const lettersOf = (run: Run): string => {
    const known = letters.get(run);
    if (known !== undefined) return known;
    const made = searchable(run);
    letters.set(run, made);
    return made;
  };
  const question = (word: string): Question => {
    const [, name = '', value = ''] = /^([^="]+)=(.+)$/.exec(word) ?? [];
    const wanted = plain(name);
    const at = variables.findIndex((variable) =>
      [variable, shortName(variable)].some((known) => known.toLowerCase() === wanted),
    );
    if (at < 0) return (run) => lettersOf(run).includes(plain(word));
    return ({ values }) => (values[at] ?? '').toLowerCase() === plain(value);
  };
  return (text) => wordsOf(text).map(question);
};

/** Words, "words in quotes", and name=value as `--where` has it. */
const wordsOf = (text: string): readonly string[] =>
  text.match(/(?:[^\s"=]+=)?"[^"]*"?|\S+/g) ?? [];

const plain = (part: string): string => part.replaceAll('"', '').toLowerCase();

const searchable = (run: Run): string =>
  [
    run.name,
    run.id,
    run.task,
    run.row,
    run.status,
    ...(run.tags ?? []),
    ...run.values,
    ...run.overrides.map(([, text]) => text),
    ...run.outputs.map(({ name }) => name),
    run.error === undefined
      ? undefined
      : [run.error.node, run.error.code, run.error.message].join(' '),
  ]
    .filter((part) => part !== undefined && part !== null && part !== '')
    .join('\n')
    .toLowerCase();
