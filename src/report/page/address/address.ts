import { statuses, verdicts } from '../../terms.js';
import type { Batch } from '../batch.js';
import { markKinds } from '../picking/mark-choice.js';
import type { Choice, Mode, Size, View } from '../view.js';
import { firstMode, runSorts, pairSorts } from '../view.js';

/** The picture that is open, by the name of its run. */
export interface Opened {
  readonly name: string;
  /** The place of the output that is shown large. */
  readonly output: number;
}

/**
 * One thing that stands in the address behind `#`. What is as at the beginning is left out; what
 * is not in this batch, or was spoilt on its way, is passed over.
 */
interface Part {
  readonly texts: (view: View, batch: Batch) => readonly string[];
  readonly read: (texts: readonly string[], view: View, batch: Batch) => void;
}

const modes: readonly Mode[] = ['changes', 'gallery', 'list', 'grid', 'timeline'];
const sizes: readonly Size[] = ['s', 'm', 'l'];

const parts: Readonly<Record<string, Part>> = {
  with: {
    texts: ({ pinned }) => (pinned === null ? [] : [pinned.name]),
    read: (names, view, { runs }) => {
      view.pinned = runs.find(({ name }) => names.includes(sent(name))) ?? null;
    },
  },
  compare: {
    texts: ({ comparing }) => (comparing ? ['picked'] : []),
    read: ([text], view) => {
      view.comparing = text === 'picked';
    },
  },
  view: {
    texts: ({ mode }, batch) => (mode === firstMode(batch) ? [] : [mode]),
    read: ([text], view, batch) => {
      const mode = modes.find((one) => one === text) ?? firstMode(batch);
      const isPossible =
        (mode !== 'changes' || batch.pairs !== null) && (mode !== 'grid' || batch.axes.length > 0);
      view.mode = isPossible ? mode : firstMode(batch);
    },
  },
  q: {
    texts: ({ text }) => (text === '' ? [] : [text]),
    read: ([text = ''], view) => {
      view.text = text;
    },
  },
  sort: {
    texts: ({ sort }) => (sort === 'matrix' ? [] : [sort]),
    read: ([text = 'matrix'], view, { columns }) => {
      const isKnown =
        runSorts.some(({ name }) => name === text) ||
        columns.some(({ name }) => text === `up:${sent(name)}` || text === `down:${sent(name)}`);
      view.sort = isKnown ? text : 'matrix';
    },
  },
  'sort-changes': {
    texts: ({ pairSort }) => (pairSort === 'verdict' ? [] : [pairSort]),
    read: ([text], view) => {
      view.pairSort = pairSorts.find(({ name }) => name === text)?.name ?? 'verdict';
    },
  },
  size: {
    texts: ({ size }) => (size === 'm' ? [] : [size]),
    read: ([text], view) => {
      view.size = sizes.find((one) => one === text) ?? 'm';
    },
  },
  status: {
    texts: (view) => statuses.filter((status) => view.statuses.has(status)),
    read: (texts, view) => refill(view.statuses, statuses, texts),
  },
  change: {
    texts: (view) => verdicts.filter((verdict) => view.verdicts.has(verdict)),
    read: (texts, view) => refill(view.verdicts, verdicts, texts),
  },
  marks: {
    texts: ({ marks }) => markKinds.filter((kind) => marks.kinds.has(kind)),
    read: (texts, { marks }) => refill(marks.kinds, markKinds, texts),
  },
  stars: {
    texts: ({ marks: { stars } }) => (stars === 0 ? [] : [String(stars)]),
    read: ([text = ''], { marks }) => {
      marks.stars = /^[1-5]$/.test(text) ? Number(text) : 0;
    },
  },
  'this-apply': {
    texts: ({ thisApply }) => (thisApply ? ['yes'] : []),
    read: ([text], view) => {
      view.thisApply = text === 'yes';
    },
  },
  where: {
    texts: ({ choices }) =>
      choices.flatMap(({ group, at, value }) => (at === 'tag' ? [] : [`${group}=${value}`])),
    read: (texts, view, { axes }) => {
      const choiceOf = (text: string): readonly Choice[] => {
        const axis = axes.find(({ name }) => text.startsWith(`${sent(name)}=`));
        if (axis === undefined) return [];
        const value = text.slice(axis.name.length + 1);
        return [
          {
            group: axis.name,
            at: axis.at,
            value: axis.values.find((one) => sent(one) === value) ?? value,
          },
        ];
      };
      view.choices = texts.flatMap(choiceOf);
    },
  },
  tag: {
    texts: ({ choices }) => choices.flatMap(({ at, value }) => (at === 'tag' ? [value] : [])),
    read: (texts, view) => {
      const tags = texts.map((value): Choice => ({ group: 'tag', at: 'tag', value }));
      view.choices = [...view.choices, ...tags];
    },
  },
  down: {
    texts: ({ axes }) => axes?.down ?? [],
    read: (names, view, { axes }) => {
      const down = axes.filter(({ name }) => names.includes(sent(name)));
      view.axes = down.length === 0 ? null : { down: inOrder(down, names), across: [] };
    },
  },
  across: {
    texts: ({ axes }) => axes?.across ?? [],
    read: (names, view, { axes }) => {
      const across = axes.filter(({ name }) => names.includes(sent(name)));
      if (view.axes !== null) view.axes = { ...view.axes, across: inOrder(across, names) };
    },
  },
  captions: {
    // No name at all is a choice, too.
    texts: ({ captions }) => (captions === null ? [] : captions.length === 0 ? [''] : captions),
    read: (names, view, { columns }) => {
      const known = columns.filter(({ name }) => names.includes(sent(name)));
      const isChoice = known.length > 0 || names.includes('');
      view.captions = isChoice ? known.map(({ name }) => name) : null;
    },
  },
};

/** `#run=NAME&view=grid&q=style%3Danime` */
export const addressOf = (view: View, batch: Batch, opened: Opened | null): string => {
  const address = new URLSearchParams();
  if (opened !== null) {
    address.append('run', opened.name);
    if (opened.output > 0) address.append('output', String(opened.output + 1));
  }
  for (const [name, { texts }] of Object.entries(parts))
    for (const text of texts(view, batch)) address.append(name, text);
  return `#${address.toString()}`;
};

/** Makes the view what the address says, and tells which picture is open. */
export const readAddress = (hash: string, view: View, batch: Batch): Opened | null => {
  const address = new URLSearchParams(hash.replace(/^#/, ''));
  for (const [name, { read }] of Object.entries(parts)) read(address.getAll(name), view, batch);
  const name = address.get('run');
  const output = Number(address.get('output') ?? 1) - 1;
  return name === null
    ? null
    : { name, output: Number.isSafeInteger(output) && output > 0 ? output : 0 };
};

/** Half a character has no place in an address. */
export const sent = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

const inOrder = (known: readonly { readonly name: string }[], names: readonly string[]): string[] =>
  names.flatMap((text) => known.filter(({ name }) => sent(name) === text)).map(({ name }) => name);

const refill = <T extends string>(
  chosen: Set<T>,
  known: readonly T[],
  texts: readonly string[],
): void => {
  chosen.clear();
  for (const one of known) if (texts.includes(one)) chosen.add(one);
};
