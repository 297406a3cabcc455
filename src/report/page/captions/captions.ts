import type { Batch, Item, Run } from '../batch.js';
import { runOf } from '../batch.js';
import { clip } from '../format.js';
import type { Column } from '../values/columns.js';
import { differing } from '../values/columns.js';

/** What a caption says of each run. */
export interface Captions {
  /** The column whose text reads like a prompt; null: it is not told. */
  readonly prompt: Column | null;
  readonly others: readonly Column[];
}

/** Those that were chosen by name; without a choice the values that differ within what is shown. */
export const captionsOf = (
  batch: Batch,
  items: readonly Item[],
  chosen: readonly string[] | null,
): Captions => {
  const told =
    chosen === null
      ? whatDiffers(batch, items)
      : batch.columns.filter(({ name }) => chosen.includes(name));
  const prompt = told.find(({ at }) => at === batch.promptAt) ?? null;
  return { prompt, others: told.filter((column) => column !== prompt) };
};

/** Where all shown are alike, what differs in the whole batch tells which ones they are. */
const whatDiffers = ({ columns, runs }: Batch, items: readonly Item[]): readonly Column[] => {
  const shown = differing(columns, items.map(runOf));
  if (shown.length > 0) return shown;
  const all = differing(columns, runs);
  return all.length > 0 ? all : columns.filter(({ repeats }) => !repeats).slice(0, maxAlike);
};

/** Of a batch in which nothing differs, so many values are told. */
const maxAlike = 3;

export interface Told {
  readonly name: string;
  readonly value: string;
}

/** The values beside the prompt. A long one is cut, so that those behind it are seen, too. */
export const toldOf = ({ others }: Captions, run: Run): readonly Told[] =>
  others.flatMap(({ name, short, of }) => {
    const value = of(run);
    const alone = others.every((other) => other.name === name || other.short !== short);
    return value === null
      ? []
      : [{ name: alone ? short : name, value: clip(value, others.length > 1 ? 40 : 120) }];
  });

/** How many lines the values need, as far as the room of a caption goes. */
export const valueLines = ({ prompt, others }: Captions): number =>
  Math.min(prompt === null ? 3 : 2, Math.max(1, Math.ceil(others.length / 2)));
