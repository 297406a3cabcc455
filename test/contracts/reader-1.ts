/**
 * A program of somebody else, as it could be written on the day of rh-batch 1.0: it knows the
 * contracts of version 1, passes over what it does not know, and refuses another version. It is
 * frozen: when a test with it fails, what rh-batch writes is wrong, not this file.
 */
interface Run {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly files: readonly string[];
  readonly coins: number | null;
  readonly why: string | null;
}

type Loose = Readonly<Record<string, unknown>>;
const object = (value: unknown): Loose => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('no object');
  return value as Loose;
};
const list = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw new Error('no list');
  return value;
};
const text = (value: unknown): string => {
  if (typeof value !== 'string') throw new Error('no text');
  return value;
};
const number = (value: unknown): number => {
  if (typeof value !== 'number') throw new Error('no number');
  return value;
};
const only1 = (document: Loose, key = 'version'): Loose => {
  if (document[key] !== 1) throw new Error(`written by a newer rh-batch: ${key} is not 1`);
  return document;
};
const lines = (file: string): Loose[] =>
  file
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => object(JSON.parse(line)));

/** results.jsonl */
export const results = (file: string): Run[] =>
  lines(file).map((line) => {
    only1(line);
    const { id, name, status, outputs, coins, error } = line;
    return {
      id: text(id),
      name: text(name),
      status: text(status),
      files: list(outputs).flatMap((one) => {
        const { path } = object(one);
        return path === null ? [] : [text(path)];
      }),
      coins: coins === null ? null : number(coins),
      why: error === null ? null : text(object(error)['message']),
    };
  });

/** summary.json, and what apply, report and merge print with --json */
export const summary = (file: string): string => {
  const { name, counts, cost, exitCode } = only1(object(JSON.parse(file)));
  const { total, succeeded, failed } = object(counts);
  const { coins } = object(cost);
  return `${text(name)}: ${number(succeeded)} of ${number(total)}, ${number(failed)} failed, ${String(coins)} coins, exit ${String(exitCode)}`;
};

/** picks.jsonl: the pictures that are picked */
export const picks = (file: string): string[] => {
  const verdicts = new Map<string, string>();
  for (const line of lines(file)) {
    if (line['picks'] !== 1 || line['pick'] === undefined) continue;
    verdicts.set(`${text(line['run'])}/${number(line['output'])}`, text(line['pick']));
  }
  return [...verdicts].filter(([, pick]) => pick === 'picked').map(([picture]) => picture);
};

/** plan.json, and what plan prints with --json: what would run */
export const plan = (file: string): string[] => {
  const document = object(JSON.parse(file));
  only1(document, 'rhBatchPlan' in document ? 'rhBatchPlan' : 'version');
  return list(document['runs']).map((one) => {
    const { name, action } = object(one);
    return `${text(action)} ${text(name)}`;
  });
};

/** --progress json: how many tasks were accepted, and which files came */
export const progress = (stream: string): { readonly tasks: number; readonly files: string[] } => {
  const events = lines(stream).map((line) => only1(line, 'progress'));
  return {
    tasks: events.filter(({ type }) => type === 'accepted').length,
    files: events.flatMap(({ type, files }) =>
      type === 'saved' ? list(files).map((file) => text(object(file)['path'])) : [],
    ),
  };
};

/** Exit codes: what a script does next */
export const next = (exitCode: number): 'done' | 'again' | 'look' => {
  if (exitCode === 0) return 'done';
  return [3, 4, 6, 130, 143].includes(exitCode) ? 'again' : 'look';
};

/** What any command prints with --json where it could not do its work */
export const problems = (document: string): string[] =>
  list(only1(object(JSON.parse(document)))['diagnostics']).map((one) => {
    const { code, message } = object(one);
    return `${text(code)} ${text(message)}`;
  });
