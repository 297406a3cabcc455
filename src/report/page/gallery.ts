import { grouped } from '../../values/amounts.js';
import type { Item } from './batch.js';
import { cardOf, lineOf } from './cards/card.js';
import { pairCardOf } from './cards/pair.js';
import { valueLines } from './captions/captions.js';
import type { Context } from './context.js';
import { closestTo, framed, h, keepInOrder, numberOf } from './dom.js';
import type { Size } from './view.js';
import { shownItems } from './view.js';

const gap = 16;
const tileWidths: Readonly<Record<Size, number>> = { s: 140, m: 220, l: 340 };
/** Without the lines of the prompt and of the values. */
const captionFrame = 68;
const textLine = 20;
const lineHeight = 73;
/** Rows above and below the window that are made before they are seen. */
const spareRows = 3;
/** More pages than these would be no printout; the page says so. */
const maxPrinted = 600;

interface Layout {
  readonly columns: number;
  readonly height: number;
  readonly gap: number;
}

/** A range of items, from `first` up to but without `last`, and the row it begins with. */
interface Part {
  readonly first: number;
  readonly last: number;
  readonly row: number;
}

/**
 * Thousands of cards of one height, of which only those near the window exist. A card that stays in
 * sight is kept, so that its picture is not loaded again.
 */
export class Gallery {
  readonly elements: readonly HTMLElement[];
  readonly #context: Context;
  readonly #pane = h('div', { class: 'pane', role: 'list', 'aria-label': 'Runs' });
  readonly #slice = h('div', { class: 'slice', role: 'presentation' });
  readonly #unprinted = h('p', { class: 'unprinted' });
  #cards = new Map<number, HTMLElement>();
  #printing = false;

  constructor(context: Context) {
    this.#context = context;
    this.elements = [this.#pane, this.#unprinted];
    this.#pane.append(this.#slice);
    this.#pane.addEventListener('keydown', (event) => this.#walk(event));
    const redraw = framed(() => this.redraw());
    window.addEventListener('scroll', redraw, { passive: true });
    window.addEventListener('resize', redraw);
  }

  /** After another choice of runs or another mode: no card of before is kept. */
  draw(): void {
    this.#slice.replaceChildren();
    this.#cards = new Map();
    this.#pane.className = `pane ${this.#context.view.mode}`;
    this.#draw();
  }

  /** These items are other ones now, and so may be what is shown; all other cards are kept. */
  refresh(keys: ReadonlySet<number>): void {
    const focused = numberOf(document.activeElement?.closest('[data-run]'), 'run');
    for (const key of keys) {
      this.#cards.get(key)?.remove();
      this.#cards.delete(key);
    }
    this.redraw();
    if (focused === null || !keys.has(focused)) return;
    this.#cards.get(focused)?.querySelector<HTMLElement>('.stage')?.focus({ preventScroll: true });
  }

  redraw(): void {
    if (this.#pane.isConnected) this.#draw();
  }

  print(printing: boolean): void {
    this.#printing = printing;
    this.redraw();
  }

  /** Scrolls an item into sight and focuses it. */
  reveal(item: Item): void {
    const at = shownItems(this.#context.view).indexOf(item);
    if (at < 0 || !this.#pane.isConnected) return;
    const { columns, height } = this.#layout();
    const y = this.#pane.getBoundingClientRect().top + Math.floor(at / columns) * height;
    if (y < 80 || y + height > window.innerHeight)
      window.scrollBy({ top: y - window.innerHeight / 3, behavior: 'instant' });
    this.#draw();
    const card = this.#cards.get(item.key);
    card?.querySelector<HTMLElement>('.stage')?.focus({ preventScroll: true });
  }

  #layout(): Layout {
    const { view, tile } = this.#context;
    if (view.mode === 'list') return { columns: 1, height: lineHeight, gap: 0 };
    const width = this.#pane.clientWidth || 1;
    const pictures = view.mode === 'changes' ? 2 : 1;
    // Two pictures side by side may be a little smaller.
    const wanted = Math.min(width, tileWidths[view.size] * (pictures === 2 ? 1.5 : 1));
    const columns = Math.max(1, Math.floor((width + gap) / (wanted + gap)));
    const picture = (width - gap * (columns - 1)) / columns / pictures;
    return {
      columns,
      height: Math.round(picture * tile.shape()) + this.#captionHeight() + gap,
      gap,
    };
  }

  #captionHeight(): number {
    const { view, batch } = this.#context;
    const prompt = view.mode === 'changes' || view.told.prompt !== null || batch.promptAt === null;
    return captionFrame + textLine * ((prompt ? 2 : 0) + valueLines(view.told));
  }

  /** What is near the window; on paper the beginning. */
  #partInSight({ columns, height }: Layout, total: number): Part {
    if (this.#printing)
      return { first: 0, last: Math.ceil(maxPrinted / columns) * columns, row: 0 };
    const rows = Math.ceil(total / columns);
    const top = -this.#pane.getBoundingClientRect().top;
    const row = Math.min(rows, Math.max(0, Math.floor(top / height) - spareRows));
    const end = Math.max(row, Math.ceil((top + window.innerHeight) / height) + spareRows);
    return { first: row * columns, last: end * columns, row };
  }

  /** Makes the cards near the window exist and the others not. */
  #draw(): void {
    const items = shownItems(this.#context.view);
    const total = items.length;
    const layout = this.#layout();
    const { first, last, row } = this.#partInSight(layout, total);
    const wanted = items.slice(first, last);
    const cards = new Map(
      wanted.map((item, at) => [
        item.key,
        this.#cards.get(item.key) ?? this.#make(item, first + at, total),
      ]),
    );
    for (const [key, card] of this.#cards) if (!cards.has(key)) card.remove();
    keepInOrder(this.#slice, this.#slice.firstChild, cards.values());
    this.#cards = cards;
    const { columns, height } = layout;
    this.#pane.style.setProperty('height', `${Math.ceil(total / columns) * height}px`);
    this.#pane.style.setProperty('--caption', `${this.#captionHeight()}px`);
    this.#pane.style.setProperty('--lines', String(valueLines(this.#context.view.told)));
    this.#pane.style.setProperty('--columns', String(columns));
    this.#pane.style.setProperty('--row', `${height - layout.gap}px`);
    this.#slice.style.setProperty('transform', `translateY(${row * height}px)`);
    this.#unprinted.textContent =
      total > wanted.length
        ? `Printed: the first ${grouped(wanted.length)} of ${grouped(total)}. results.csv beside the report has them all.`
        : '';
  }

  #make(item: Item, at: number, total: number): HTMLElement {
    if (item.is === 'pair') return pairCardOf(this.#context, item, at, total);
    const make = this.#context.view.mode === 'list' ? lineOf : cardOf;
    return make(this.#context, item, at, total);
  }

  /** Arrow keys walk over the cards as over a board. */
  #walk(event: KeyboardEvent): void {
    const run = numberOf(closestTo(event, '[data-run]'), 'run');
    const step = this.#stepOf(event.key);
    if (run === null || step === 0 || closestTo(event, '.stage') !== event.target) return;
    const items = shownItems(this.#context.view);
    const next = items[items.findIndex(({ key }) => key === run) + step];
    if (next === undefined) return;
    event.preventDefault();
    this.reveal(next);
  }

  #stepOf(key: string): number {
    const { columns } = this.#layout();
    switch (key) {
      case 'ArrowRight':
        return 1;
      case 'ArrowLeft':
        return -1;
      case 'ArrowDown':
        return columns;
      case 'ArrowUp':
        return -columns;
      default:
        return 0;
    }
  }
}
