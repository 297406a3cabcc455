import { grouped } from '../../../values/amounts.js';
import { verdictWords } from '../../terms.js';
import type { Item, Run } from '../batch.js';
import { runOf } from '../batch.js';
import { altOf, fullMedia, isPresent, signOf, stillMedia } from '../cards/media.js';
import { moreText } from '../cards/pair.js';
import type { Context } from '../context.js';
import { button, closestTo, h } from '../dom.js';
import { shownItems } from '../view.js';
import { detailsOf } from './details.js';
import type { Labels } from './differences.js';
import { differencesOf } from './differences.js';
import { Pin } from './pin.js';

/** Who is told of what the viewer does. */
export interface Watcher {
  readonly opened: () => void;
  /** To another run, or another output. */
  readonly moved: () => void;
  /** Its item's card should come into sight, unless the focus went back to what it was opened from. */
  readonly closed: (item: Item | null) => void;
}

/** What the viewer shows. */
interface Current {
  readonly item: Item;
  readonly run: Run;
  /** What stands beside it; null: it stands alone. */
  readonly other: Run | null;
  /** The place of the output that is shown large. */
  readonly output: number;
}

/**
 * One run in full, or two side by side. Arrow keys go on to the next run and the next output, Esc
 * leaves.
 */
export class Viewer {
  readonly element = h('dialog', { class: 'viewer', 'aria-labelledby': 'viewer-title' });
  readonly pin: Pin;
  readonly #context: Context;
  readonly #watcher: Watcher;
  readonly #title = h('h2', { id: 'viewer-title', tabindex: '-1' });
  readonly #place = h('span', { class: 'place', 'aria-live': 'polite' });
  readonly #previous = button({ class: 'go before', 'aria-label': 'Previous run', text: '‹' }, () =>
    this.#step(-1),
  );
  readonly #next = button({ class: 'go after', 'aria-label': 'Next run', text: '›' }, () =>
    this.#step(1),
  );
  readonly #pinButton = button({ class: 'plain' }, () => this.#togglePin());
  readonly #keys = h('span', { class: 'keys' });
  readonly #big = h('div', { class: 'big' });
  readonly #side = h('div', {
    class: 'side',
    tabindex: '0',
    role: 'region',
    'aria-label': 'Details',
  });
  readonly screen = h('div', { class: 'screen' });
  readonly #listeners: (() => void)[] = [];
  #current: Current | null = null;
  /** Where the focus goes back to. */
  #from: HTMLElement | null = null;

  constructor(context: Context, watcher: Watcher) {
    this.#context = context;
    this.#watcher = watcher;
    this.pin = new Pin(context.view);
    const close = button({ class: 'close', 'aria-label': 'Close', text: '✕' }, () =>
      this.element.close(),
    );
    this.screen.append(this.#previous, this.#big, this.#next);
    this.element.append(
      this.screen,
      h(
        'div',
        { class: 'panel' },
        h('header', {}, this.#title, this.#place, close),
        this.#side,
        h('footer', {}, this.#keys, this.#pinButton),
      ),
    );
    this.#listen();
  }

  /** The large picture; null: none is shown. */
  get picture(): { readonly run: Run; readonly output: number } | null {
    if (this.#current === null) return null;
    const { run, output } = this.#current;
    return { run, output };
  }

  get isZoomed(): boolean {
    return this.#big.classList.contains('zoomed');
  }

  onShown(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** So many items on, or to the first or the last one. */
  go(to: number | 'first' | 'last'): void {
    if (typeof to === 'number') {
      this.#step(to);
      return;
    }
    const item = shownItems(this.#context.view).at(to === 'first' ? 0 : -1);
    if (item !== undefined) this.#show(item, 0);
  }

  get isOpen(): boolean {
    return this.element.open;
  }

  /** null: it is closed. */
  get shown(): { readonly item: Item; readonly output: number } | null {
    return this.element.open ? this.#current : null;
  }

  open(item: Item, from: HTMLElement | null, output = 0): void {
    this.#from = from;
    this.#show(item, output);
    if (this.element.open) return;
    this.element.showModal();
    this.#title.focus();
    document.body.classList.add('viewing');
    this.#watcher.opened();
  }

  /** These runs are not as they were. */
  refresh(keys: ReadonlySet<number>): void {
    if (!this.isOpen || this.#current === null) return;
    const { item, run, other, output } = this.#current;
    if (keys.has(run.key) || (other !== null && !other.past && keys.has(other.key)))
      this.#show(item, output);
  }

  close(): void {
    this.element.close();
  }

  /** The first run is kept in mind, the second one is shown beside it. */
  pick(run: Run): void {
    const { pinned } = this.#context.view;
    if (pinned === null || pinned === run) {
      this.pin.set(pinned === null ? run : null);
      return;
    }
    this.open(run, null);
  }

  /** Draws it into the dialog; the buttons keep their places, so focus stays. */
  #show(item: Item, output: number): void {
    const { batch } = this.#context;
    const run = runOf(item);
    const current = { item, run, other: this.#otherOf(item), output };
    const { other } = current;
    this.#current = current;
    this.#drawHead(current);
    this.element.classList.toggle('two', other !== null);
    this.#big.replaceChildren(...this.#pictures(current));
    this.#big.classList.remove('zoomed');
    const details =
      other === null
        ? detailsOf(this.#context, run)
        : differencesOf(batch, other, run, labelsOf(other));
    this.#side.replaceChildren(...this.#notes(current), ...details);
    this.#side.scrollTop = 0;
    if (this.element.open) this.#watcher.moved();
    for (const listener of this.#listeners) listener();
  }

  /** The older run of a pair; else the run that was chosen to be compared. */
  #otherOf(item: Item): Run | null {
    if (item.is === 'pair') return item.after === null ? null : item.before;
    const { pinned } = this.#context.view;
    return pinned === item ? null : pinned;
  }

  #drawHead({ item, run, other }: Current): void {
    const items = shownItems(this.#context.view);
    const at = items.indexOf(item);
    this.#title.textContent = other === null || other.past ? run.name : 'Two runs';
    this.#place.textContent = at < 0 ? '' : `${grouped(at + 1)} of ${grouped(items.length)}`;
    this.#previous.disabled = at <= 0;
    this.#next.disabled = at < 0 || at >= items.length - 1;
    const isPair = item.is === 'pair';
    this.#pinButton.hidden = isPair;
    this.#pinButton.textContent =
      this.#context.view.pinned === null ? 'Compare with another' : 'End comparing';
    this.#keys.textContent = [
      '← → runs',
      ...(run.outputs.length > 1 ? ['↑ ↓ outputs'] : []),
      ...(isPair ? [] : ['C compare']),
      'Z zoom',
      'Esc close',
    ].join(' · ');
  }

  #pictures(current: Current): readonly HTMLElement[] {
    const { run, other } = current;
    const strip = this.#strip(current);
    const large = this.#large(run, current.output);
    if (other === null) return strip === null ? [large] : [large, strip];
    const labels = labelsOf(other);
    const halves = h(
      'div',
      { class: 'halves' },
      halfOf(other, labels[0], this.#large(other, current.output)),
      halfOf(run, labels[1], large),
    );
    return strip === null ? [halves] : [halves, strip];
  }

  #large(run: Run, at: number): HTMLElement {
    const output = run.outputs[Math.min(at, run.outputs.length - 1)];
    return output !== undefined && isPresent(output)
      ? fullMedia(output, altOf(this.#context, run))
      : signOf(run);
  }

  /** All outputs, small, where there are several. */
  #strip({ item, run, output: shown }: Current): HTMLElement | null {
    if (run.outputs.length < 2) return null;
    const buttons = run.outputs.map((output, at) =>
      button(
        { 'aria-current': at === shown ? 'true' : null },
        () => this.#show(item, at),
        h('span', { class: 'unseen', text: `Output ${at + 1}` }),
        h(
          'span',
          { class: 'thumb', 'aria-hidden': 'true' },
          isPresent(output)
            ? stillMedia(output, '', this.#context.tile)
            : h('span', { class: 'sign' }),
        ),
      ),
    );
    return h('div', { class: 'strip' }, buttons);
  }

  #notes({ item, run }: Current): readonly HTMLElement[] {
    const hint = 'Go to another run to see both side by side.';
    return [
      ...(this.#context.view.pinned === run ? [h('p', { class: 'hint', text: hint })] : []),
      ...(item.is === 'pair'
        ? [
            h(
              'p',
              { class: `state v-${item.verdict}` },
              h('span', { class: 'verdict', text: verdictWords[item.verdict] }),
              h('span', { class: 'delta', text: moreText(item) }),
            ),
          ]
        : []),
    ];
  }

  #step(by: number): void {
    if (this.#current === null) return;
    const items = shownItems(this.#context.view);
    const at = items.indexOf(this.#current.item);
    const item = at < 0 ? undefined : items[at + by];
    if (item !== undefined) this.#show(item, 0);
  }

  #stepOutput(by: number): void {
    if (this.#current === null) return;
    const { item, run, output } = this.#current;
    const total = run.outputs.length;
    this.#show(item, (output + total + by) % total);
  }

  #togglePin(): void {
    if (this.#current === null) return;
    const { item, run, output } = this.#current;
    this.pin.set(this.#context.view.pinned === null ? run : null);
    this.#show(item, output);
  }

  #toggleZoom(): void {
    this.#big.classList.toggle('zoomed');
  }

  #listen(): void {
    this.element.addEventListener('keydown', (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (closestTo(event, 'video, audio, pre, .value') !== null) return;
      if (this.#press(event)) event.preventDefault();
    });
    this.element.addEventListener('close', () => {
      this.#big.replaceChildren();
      document.body.classList.remove('viewing');
      this.#from?.focus({ preventScroll: true });
      this.#watcher.closed(this.#from === null ? (this.#current?.item ?? null) : null);
    });
    this.#big.addEventListener('click', (event) => {
      const isImage = event.target instanceof HTMLImageElement;
      if (isImage && closestTo(event, '.strip') === null) this.#toggleZoom();
      else if (event.target === this.#big) this.element.close();
    });
  }

  /** Whether the key means something here. */
  #press({ key, target }: KeyboardEvent): boolean {
    if (this.#current === null) return false;
    const { item, run } = this.#current;
    // Up and down scroll the details where these have the focus, or where there is no other output.
    const isVertical = run.outputs.length > 1 && target !== this.#side;
    switch (key) {
      case 'ArrowLeft':
        this.#step(-1);
        return true;
      case 'ArrowRight':
        this.#step(1);
        return true;
      case 'ArrowUp':
      case 'ArrowDown':
        if (isVertical) this.#stepOutput(key === 'ArrowUp' ? -1 : 1);
        return isVertical;
      case 'z':
      case 'Z':
        this.#toggleZoom();
        return true;
      case 'c':
      case 'C':
        if (item.is === 'pair') return false;
        this.#togglePin();
        return true;
      default:
        return false;
    }
  }
}

const labelsOf = (other: Run): Labels => (other.past ? ['before', 'now'] : ['left', 'right']);

const halfOf = ({ name }: Run, label: string, picture: HTMLElement): HTMLElement =>
  h('figure', {}, h('figcaption', {}, h('b', { text: label }), h('span', { text: name })), picture);
