import { count, grouped } from '../../../values/amounts.js';
import type { RunStatus, Verdict } from '../../terms.js';
import { statuses, verdictWords, verdicts } from '../../terms.js';
import type { Context } from '../context.js';
import { button, framed, h, option, select } from '../dom.js';
import { captionMenu } from './caption-menu.js';
import { sortList } from './sort-list.js';
import { clip } from '../format.js';
import type { Column } from '../values/columns.js';
import { shortName } from '../values/columns.js';
import type { Choice, Mode, Size, View } from '../view.js';
import { shownItems } from '../view.js';

/** What the tools ask for. */
export interface Requests {
  /** Another choice was made: what is shown changes. */
  readonly update: () => void;
  readonly setMode: (mode: Mode) => void;
}

const modeLabels: Readonly<Record<Mode, string>> = {
  changes: 'Changes',
  gallery: 'Gallery',
  list: 'List',
  grid: 'Grid',
  timeline: 'Timeline',
};

const sizes: readonly (readonly [Size, string])[] = [
  ['s', 'Small'],
  ['m', 'Medium'],
  ['l', 'Large'],
];

const searchHelp = `fox  "red fox"  part of any text
style=anime  style!=anime  cfg<7  seed>=4  prompt~fox
style=anime or oil  fox or heron  one of them
-fox  not style=anime  none of it
coins, seconds, status, tag, row, file, error can be asked for, too`;

/** The tools above the gallery: search, filters, order, size and view. */
export class Tools {
  readonly element = h('div', { class: 'tools', role: 'search' });
  /** In the place of the gallery where nothing is shown. */
  readonly nothing: HTMLElement;
  readonly search = h('input', {
    type: 'search',
    placeholder: 'Search, or name=value',
    'aria-label': 'Search',
    title: searchHelp,
  });
  readonly #context: Context;
  readonly #requests: Requests;
  readonly #shown = h('p', { class: 'shown', role: 'status' });
  readonly #unknownName = h('p', { class: 'unknown-name', 'aria-live': 'polite', hidden: true });
  readonly #nothingText = h('p', {});
  readonly #showAll = button({ class: 'plain', text: 'Show all' }, () => this.#clear());

  #statuses: HTMLElement | null = null;

  constructor(context: Context, requests: Requests) {
    this.#context = context;
    this.#requests = requests;
    this.nothing = h('div', { class: 'nothing', hidden: true }, this.#nothingText, this.#showAll);
    const searched = framed(() => {
      context.view.text = this.search.value;
      requests.update();
    });
    this.search.addEventListener('input', searched);
  }

  /** Runs have other states: how many of each there are is told anew. */
  refresh(): void {
    const before = this.#statuses;
    if (before === null || before.contains(document.activeElement)) return;
    this.#statuses = this.#toggles();
    before.replaceWith(this.#statuses);
  }

  draw(): void {
    this.#statuses = this.#toggles();
    const spring = (): HTMLElement => h('span', { class: 'spring' });
    this.element.replaceChildren(
      h(
        'div',
        { class: 'shelf' },
        this.search,
        this.#choiceList(),
        sortList(this.#context, this.#requests.update),
        this.#captions(),
        spring(),
        this.#sizeButtons(),
        this.#modeButtons(),
      ),
      h('div', { class: 'shelf' }, this.#statuses, this.#chips(), spring(), this.#shown),
      this.#unknownName,
    );
  }

  /** How many of the runs are shown, and which names of the search nothing has. */
  drawCount(unknownNames: readonly string[]): void {
    const { view, batch } = this.#context;
    const shown = shownItems(view).length;
    const all = view.mode === 'changes' ? (batch.pairs ?? []).length : batch.runs.length;
    this.#shown.textContent =
      shown === all ? count(all, 'run') : `${grouped(shown)} of ${count(all, 'run')}`;
    this.nothing.hidden = shown > 0 || view.mode === 'timeline';
    this.#nothingText.textContent = all === 0 ? 'This batch has no runs.' : 'No run fits.';
    this.#showAll.hidden = all === 0;
    this.#unknownName.hidden = unknownNames.length === 0;
    this.#unknownName.textContent = unknownText(unknownNames, batch.columns);
  }

  get hasFocus(): boolean {
    return this.element.contains(document.activeElement);
  }

  /** The tools were drawn anew: the focus goes to the button of the view. */
  focusMode(): void {
    this.element
      .querySelector<HTMLElement>('.views [aria-pressed=true]')
      ?.focus({ preventScroll: true });
  }

  #clear(): void {
    const { view } = this.#context;
    Object.assign(view, { text: '', choices: [], thisApply: false } satisfies Partial<View>);
    view.statuses.clear();
    view.verdicts.clear();
    this.search.value = '';
    this.#changed();
  }

  #changed(): void {
    this.draw();
    this.#requests.update();
  }

  #toggles(): HTMLElement {
    const { view, batch } = this.#context;
    const isChanges = view.mode === 'changes';
    const countOf = (status: RunStatus): number =>
      batch.runs.filter((run) => run.status === status).length;
    const pairsOf = (verdict: Verdict): number =>
      (batch.pairs ?? []).filter((pair) => pair.verdict === verdict).length;
    const buttons = isChanges
      ? verdicts.map((verdict) =>
          this.#toggle(
            view.verdicts,
            verdict,
            verdictWords[verdict],
            `v-${verdict}`,
            pairsOf(verdict),
          ),
        )
      : statuses.map((status) =>
          this.#toggle(view.statuses, status, status, `s-${status}`, countOf(status)),
        );
    const label = isChanges ? 'Change' : 'Status';
    return h(
      'div',
      { class: 'toggles', role: 'group', 'aria-label': label },
      buttons,
      isChanges ? null : this.#thisApply(),
    );
  }

  /** Nothing where every run is of this apply, or none. */
  #thisApply(): HTMLElement | null {
    const { view, batch } = this.#context;
    const total = batch.runs.filter(({ notSelected }) => notSelected !== true).length;
    if (total === 0 || total === batch.runs.length) return null;
    return button(
      { class: 'toggle', 'aria-pressed': String(view.thisApply) },
      (pressed) => {
        view.thisApply = !view.thisApply;
        pressed.setAttribute('aria-pressed', String(view.thisApply));
        this.#requests.update();
      },
      h('span', { text: 'this apply' }),
      h('b', { text: grouped(total) }),
    );
  }

  #toggle<T>(
    chosen: Set<T>,
    value: T,
    word: string,
    colour: string,
    total: number,
  ): HTMLElement | null {
    if (total === 0) return null;
    return button(
      { class: `toggle ${colour}`, 'aria-pressed': String(chosen.has(value)) },
      (pressed) => {
        if (!chosen.delete(value)) chosen.add(value);
        pressed.setAttribute('aria-pressed', String(chosen.has(value)));
        this.#requests.update();
      },
      h('span', { text: word }),
      h('b', { text: grouped(total) }),
    );
  }

  /** Every value of a variable and every tag in one list; each choice becomes a chip that takes itself away. */
  #choiceList(): HTMLElement | null {
    const { view, batch } = this.#context;
    const all: readonly Choice[] = [
      ...batch.choosableAxes.flatMap(({ name, at, values }) =>
        values.map((value) => ({ group: name, at, value })),
      ),
      ...batch.tags.map((value) => ({ group: 'tag', at: 'tag', value }) as const),
    ];
    if (all.length === 0) return null;
    const add = (place: string): void => {
      const choice = place === '' ? undefined : all[Number(place)];
      const isChosen = view.choices.some(
        ({ at, value }) => at === choice?.at && value === choice.value,
      );
      if (choice !== undefined && !isChosen) view.choices = [...view.choices, choice];
      this.#changed();
    };
    const groups = [...new Set(all.map(({ group }) => group))].map((group) =>
      h(
        'optgroup',
        { label: group },
        all.map((choice, at) =>
          choice.group === group ? option(at, clip(choice.value, 80)) : null,
        ),
      ),
    );
    const first = option('', 'Filter by value', true);
    return select({ 'aria-label': 'Filter by value or tag' }, add, first, groups);
  }

  #chips(): readonly HTMLElement[] {
    const { view } = this.#context;
    return view.choices.map((choice) => {
      const value = clip(choice.value, 80);
      const remove = (): void => {
        view.choices = view.choices.filter((other) => other !== choice);
        this.#changed();
      };
      return button(
        { class: 'chip on', 'aria-label': `Remove filter ${choice.group} ${value}` },
        remove,
        h('span', { text: `${shortName(choice.group)}: ${value}` }),
        h('span', { 'aria-hidden': 'true', text: ' ✕' }),
      );
    });
  }

  #captions(): HTMLElement | null {
    const { mode } = this.#context.view;
    return mode === 'gallery' || mode === 'list'
      ? captionMenu(this.#context, this.#requests.update)
      : null;
  }

  #sizeButtons(): HTMLElement | null {
    const { view } = this.#context;
    if (view.mode === 'list' || view.mode === 'timeline') return null;
    const buttons = sizes.map(([size, label]) =>
      button(
        {
          text: size.toUpperCase(),
          'aria-pressed': String(view.size === size),
          'aria-label': `${label} pictures`,
        },
        (pressed) => {
          view.size = size;
          for (const one of buttons) one.setAttribute('aria-pressed', String(one === pressed));
          this.#requests.update();
        },
      ),
    );
    return h('div', { class: 'modes', role: 'group', 'aria-label': 'Size' }, buttons);
  }

  #modeButtons(): HTMLElement {
    const { view, batch } = this.#context;
    const modes: readonly Mode[] = [
      ...(batch.pairs === null ? [] : (['changes'] as const)),
      'gallery',
      'list',
      ...(batch.axes.length === 0 ? [] : (['grid'] as const)),
      'timeline',
    ];
    const buttons = modes.map((mode) =>
      button({ text: modeLabels[mode], 'aria-pressed': String(view.mode === mode) }, () =>
        this.#requests.setMode(mode),
      ),
    );
    return h('div', { class: 'modes views', role: 'group', 'aria-label': 'View' }, buttons);
  }
}

/** A name that nothing has was looked for as a text: the names that there are help more. */
const unknownText = (names: readonly string[], columns: readonly Column[]): string => {
  const known = [...new Set(columns.map(({ short }) => short))];
  const listed = known.slice(0, 12).join(', ');
  const more = known.length > 12 ? ' …' : '';
  return `Nothing is called ${names.map((name) => clip(name, 40)).join(', ')}, so the words are looked for.${
    known.length === 0 ? '' : ` Names here: ${listed}${more}`
  }`;
};
