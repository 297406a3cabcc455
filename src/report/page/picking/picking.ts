import { grouped } from '../../../values/amounts.js';
import type { Marked } from '../../../picks/marked.js';
import type { Batch, Run } from '../batch.js';
import type { Saver } from '../context.js';
import { button, framed, h } from '../dom.js';
import { copyButton } from '../export/copy.js';
import { csvOf } from '../export/csv-row.js';
import { save } from '../export/save.js';
import { drawBadge } from './badge.js';
import type { Keeper } from './browser-keeper.js';
import { markFilter } from './filter.js';
import type { MarkChoice } from './mark-choice.js';
import { clearMarks, fitsMarks, isMarkChoice } from './mark-choice.js';
import { Marks, marksOf } from './marks.js';
import type { Change, Picture } from './marks.js';

/** What marking needs of the page around it. */
export interface Around {
  /** What is shown changes. */
  readonly update: () => void;
  /** While a picture is shown in full, none vanishes from what it stands among. */
  readonly isOpen: () => boolean;
  /** Shows the picked ones at the same zoom. */
  readonly compare: () => void;
  /** Saves one picture of all that are shown. */
  readonly sheet: () => void;
}

/** Marks, the bar below the runs, and everything that shows them. */
export class Picking {
  readonly marks: Marks;
  readonly bar: HTMLElement;
  readonly #batch: Batch;
  readonly #counts = h('p', { class: 'counts', 'aria-live': 'polite' });
  readonly #note = h('p', { class: 'kept' });
  readonly #undo = button({ class: 'plain', text: 'Undo', title: 'Ctrl+Z' }, () => this.undo());
  readonly #filter = h('div', {});
  /** What is done with the picked ones. */
  readonly #use = h('span', { class: 'use', hidden: true });
  readonly #compare = button({ class: 'plain', text: 'Compare picked' }, () =>
    this.#around?.compare(),
  );
  #around: Around | null = null;
  #stale = false;

  constructor(
    batch: Batch,
    private readonly keeper: Keeper,
    known: readonly Marked[],
    /** Which ones are shown. */
    private readonly choice: MarkChoice,
    files: Saver,
  ) {
    this.#batch = batch;
    this.marks = new Marks(batch.name, (mark) => keeper.keep(mark), Date.now);
    this.marks.merge(known.flatMap((marked) => marksOf(marked, batch.name)));
    this.marks.merge(keeper.load());
    keeper.onOthers((marks) => this.marks.merge(marks));
    const drawn = framed(() => this.#draw());
    keeper.onNote?.(drawn);
    this.marks.onChange((key) => {
      this.#drawBadges(key);
      drawn();
    });
    const saveMarks = button({ class: 'plain', text: 'Save picks' }, () => this.#save());
    const rows = (): string =>
      csvOf(batch, [...new Set(this.picked().map(({ run }) => run))], true);
    const download = button({ class: 'plain', text: 'Download picked' }, () => {
      const outputs = this.picked().flatMap(({ run, output }) => run.outputs[output] ?? []);
      void files.save(outputs, `picked-${batch.name}.zip`);
    });
    this.#use.append(
      this.#compare,
      download,
      ...(batch.variables.length === 0 ? [] : [copyButton('Copy picked rows', rows)]),
    );
    this.bar = h(
      'div',
      { class: 'picks-bar', role: 'group', 'aria-label': 'Picks' },
      this.#filter,
      this.#counts,
      h('span', { class: 'spring' }),
      this.#note,
      this.#use,
      this.#undo,
      button({ class: 'plain', text: 'Contact sheet' }, () => this.#around?.sheet()),
      saveMarks,
    );
    this.#showBar();
  }

  /** Once the rest of the page is there. */
  start(around: Around): void {
    this.#around = around;
    this.drawFilter();
    this.#draw();
  }

  /** A question as the search field asks them. */
  readonly fits = (run: Run): boolean => fitsMarks(this.marks, this.choice, run);

  set(picture: Picture, change: Change): void {
    this.marks.set(picture, change);
  }

  undo(): Picture | null {
    return this.marks.undo();
  }

  /** Shows all again. */
  clear(): void {
    clearMarks(this.choice);
    this.drawFilter();
    this.#around?.update();
  }

  /** The picture that was shown in full is closed. */
  closed(): void {
    if (this.#stale) this.#around?.update();
    this.#stale = false;
  }

  /** Pictures came. */
  redraw(): void {
    this.#showBar();
    this.#draw();
  }

  /** A batch without pictures has nothing to choose from. */
  #showBar(): void {
    this.bar.hidden = !this.#batch.runs.some(({ outputs }) =>
      outputs.some(({ sha }) => sha !== undefined),
    );
    document.body.classList.toggle('picks', !this.bar.hidden);
  }

  get #isFiltered(): boolean {
    return isMarkChoice(this.choice);
  }

  /** After the address chose others. */
  drawFilter(): void {
    this.#filter.replaceChildren(markFilter(this.choice, () => this.#around?.update()));
  }

  #draw(): void {
    const { picked, rejected, starred } = this.marks.counts(picturesIn(this.#batch.runs));
    this.#counts.textContent =
      picked + rejected + starred === 0
        ? 'P picks, X rejects, 1–5 give stars'
        : [
            `${grouped(picked)} picked`,
            `${grouped(rejected)} rejected`,
            ...(starred === 0 ? [] : [`${grouped(starred)} with stars`]),
          ].join(' · ');
    this.#note.textContent = this.keeper.note() ?? '';
    this.#undo.disabled = !this.marks.canUndo;
    this.#use.hidden = picked === 0;
    this.#compare.hidden = picked < 2;
    if (!this.#isFiltered) return;
    if (this.#around?.isOpen() === true) this.#stale = true;
    else this.#around?.update();
  }

  #drawBadges(key: string): void {
    const wanted = `[data-picture="${CSS.escape(key)}"]`;
    for (const badge of document.querySelectorAll<HTMLElement>(wanted)) {
      const picture = this.pictureBy(key);
      if (picture !== null) drawBadge(badge, this.marks, picture);
    }
  }

  /** The picture of a badge. */
  pictureBy(key: string): Picture | null {
    const [id = '', output = ''] = key.split('/');
    const run = this.#batch.runs.find((one) => one.id === id);
    return run === undefined ? null : { run, output: Number(output) };
  }

  #save(): void {
    const file = new Blob([this.marks.file()], { type: 'application/jsonl' });
    save(file, `picks-${this.#batch.name}.jsonl`);
  }

  /** In the order of the matrix. */
  picked(): readonly Picture[] {
    return [...picturesIn(this.#batch.runs)].filter(
      (picture) => this.marks.of(picture)?.pick === 'picked',
    );
  }
}

function* picturesIn(runs: readonly Run[]): Iterable<Picture> {
  for (const run of runs) for (const output of run.outputs.keys()) yield { run, output };
}
