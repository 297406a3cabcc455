import type { OverrideRecord, RunInputs } from '../journal/event.js';
import type { RunRecord } from '../journal/state.js';
import type { RunId } from '../values/ids.js';

/**
 * Finds, for runs that the journal does not know, the run that each of them was before the
 * user changed something. Only runs that are no longer in the plan come into question, and
 * each is used once.
 */
export class Predecessors {
  readonly #byInputs = new Map<string, RunRecord[]>();
  readonly #byName = new Map<string, RunRecord[]>();
  readonly #byRow = new Map<string, RunRecord[]>();
  readonly #byIndex = new Map<number, RunRecord[]>();
  readonly #used = new Set<RunId>();
  readonly #asked: Asked[] = [];

  /** `orphans`: runs of the journal that are not in the plan. */
  constructor(orphans: Iterable<RunRecord>) {
    const newestFirst = [...orphans].filter(everRan).sort((a, b) => lastIntent(b) - lastIntent(a));
    for (const record of newestFirst) {
      const { inputs } = record;
      push(this.#byInputs, inputsKey(inputs), record);
      push(this.#byName, inputs.name, record);
      if (inputs.row !== null) push(this.#byRow, rowKey(inputs.row), record);
      push(this.#byIndex, inputs.index, record);
    }
  }

  /** Notes a new run. `named`: its name was chosen by a person rather than made from its index. */
  ask(id: RunId, inputs: RunInputs, named: boolean): void {
    const candidates = [
      this.#byInputs.get(inputsKey(inputs)),
      named ? this.#byName.get(inputs.name) : undefined,
      inputs.row === null ? undefined : closest(this.#byRow.get(rowKey(inputs.row)), inputs),
      this.#byIndex.get(inputs.index),
    ];
    if (candidates.some((found) => found !== undefined)) this.#asked.push({ id, candidates });
  }

  /** New run → its predecessor. The surest way for all runs first, then the next one. */
  matches(): ReadonlyMap<RunId, RunRecord> {
    const matched = new Map<RunId, RunRecord>();
    for (let way = 0; way < 4; way += 1)
      for (const { id, candidates } of this.#asked) {
        if (matched.has(id)) continue;
        const record = candidates[way]?.find((candidate) => !this.#used.has(candidate.id));
        if (record === undefined) continue;
        this.#used.add(record.id);
        matched.set(id, record);
      }
    return matched;
  }
}

interface Asked {
  readonly id: RunId;
  readonly candidates: readonly (readonly RunRecord[] | undefined)[];
}

/** What the service never accepted was nobody's predecessor. */
const everRan = ({ state, failures }: RunRecord): boolean => state.is !== 'pending' || failures > 0;

const lastIntent = ({ attempts }: RunRecord): number => attempts.at(-1)?.intentAt ?? 0;

const push = <K>(map: Map<K, RunRecord[]>, key: K, record: RunRecord): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [record]);
  else list.push(record);
};

const rowKey = ({ file, line }: { readonly file: string; readonly line: number }): string =>
  `${file}:${line}`;

/** What was set, apart from node ids, titles, assets' bytes and the base graph. */
const inputsKey = ({ overrides, repeat }: RunInputs): string =>
  JSON.stringify([repeat, ...overrides.map(overrideKey).sort()]);

const overrideKey = ({ class: type, field, value, asSaved }: OverrideRecord): string =>
  JSON.stringify([type, field, value, asSaved === true]);

/** A row times other axes makes several runs: the most alike come first. */
const closest = (
  records: readonly RunRecord[] | undefined,
  inputs: RunInputs,
): readonly RunRecord[] | undefined => {
  if (records === undefined || records.length === 1) return records;
  const alike = ({ inputs: { values, repeat } }: RunRecord): number =>
    Object.entries(inputs.values).filter(([name, value]) => values[name] === value).length +
    (repeat === inputs.repeat ? 1 : 0);
  return records
    .map((record) => ({ record, score: alike(record) }))
    .sort((a, b) => b.score - a.score)
    .map(({ record }) => record);
};
