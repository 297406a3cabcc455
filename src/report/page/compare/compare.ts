import { count } from '../../../values/amounts.js';
import { altOf, fullMedia, isPresent, signOf } from '../cards/media.js';
import type { Context } from '../context.js';
import { button, h } from '../dom.js';
import type { Picture } from '../picking/marks.js';
import { promptOf } from '../run-text.js';
import { differing } from '../values/columns.js';
import { markedTexts } from '../viewer/differences.js';
import { playedTogether } from './films.js';
import { Lens } from './lens.js';

const maxCompared = 9;

type Way = 'beside' | 'blink' | 'slider';
const wayLabels: Readonly<Record<Way, string>> = {
  beside: 'Side by side',
  blink: 'Blink',
  slider: 'Slider',
};

const blinkMs = 800;

/** Two to nine pictures at the same zoom and place: side by side, blinking, or one over the other. */
export class Compare {
  readonly #dialog = h('dialog', { class: 'compare', 'aria-labelledby': 'compare-title' });
  readonly #board = h('div', { class: 'frames' });
  readonly #head = h('header', {});
  readonly #zoom = h('span', { class: 'zoom', 'aria-live': 'polite' });
  readonly #lens = new Lens(this.#board, () => this.#drawZoom());
  #pictures: readonly Picture[] = [];
  #way: Way = 'beside';
  /** The one that is seen while they blink. */
  #seen = 0;
  #timer: number | undefined;

  constructor(
    private readonly context: Context,
    private readonly closed: () => void,
  ) {
    this.#dialog.append(this.#head, this.#board);
    this.#dialog.addEventListener('close', () => {
      clearInterval(this.#timer);
      this.#board.replaceChildren();
      this.#dialog.remove();
      this.closed();
    });
    this.#dialog.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLInputElement) return;
      if (this.#press(event)) event.preventDefault();
      event.stopPropagation();
    });
  }

  /** The first nine. false: there are no two. */
  open(pictures: readonly Picture[]): boolean {
    if (this.#dialog.open) return true;
    this.#pictures = pictures.slice(0, maxCompared);
    if (this.#pictures.length < 2) return false;
    document.body.append(this.#dialog);
    this.#lens.zoom(1);
    this.#setWay('beside');
    this.#dialog.showModal();
    return true;
  }

  close(): void {
    if (this.#dialog.open) this.#dialog.close();
  }

  #setWay(way: Way): void {
    this.#way = way;
    this.#seen = 0;
    clearInterval(this.#timer);
    const moves = !window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (way === 'blink' && moves) this.#timer = window.setInterval(() => this.#next(), blinkMs);
    this.#draw();
  }

  #draw(): void {
    const figures = this.#pictures.map((picture, at) => this.#figure(picture, at));
    this.#board.className = `frames way-${this.#way} of-${figures.length}`;
    this.#board.replaceChildren(...figures);
    const films = [...this.#board.querySelectorAll('video')];
    for (const film of films) film.controls = false;
    const ways: readonly Way[] =
      figures.length === 2 ? ['beside', 'blink', 'slider'] : ['beside', 'blink'];
    const buttons = ways.map((way) =>
      button({ text: wayLabels[way], 'aria-pressed': String(way === this.#way) }, () => {
        this.#setWay(way);
        this.#head.querySelector<HTMLElement>('.modes [aria-pressed=true]')?.focus();
      }),
    );
    const more = (label: string, text: string, by: number): HTMLElement =>
      button({ class: 'plain', 'aria-label': label, text }, () =>
        this.#lens.zoom(this.#lens.scale * by),
      );
    this.#head.replaceChildren(
      h('h2', { id: 'compare-title', text: count(figures.length, 'picture') }),
      h('div', { class: 'modes', role: 'group', 'aria-label': 'Way to compare' }, buttons),
      ...(this.#way === 'slider' ? [this.#slider()] : []),
      ...(films.length > 0 ? [playedTogether(films)] : []),
      h('span', { class: 'spring' }),
      more('Smaller', '−', 1 / 1.5),
      this.#zoom,
      more('Larger', '+', 1.5),
      button({ class: 'plain', text: '1:1', title: 'Z' }, () => this.#lens.toggle()),
      button({ class: 'close', 'aria-label': 'Close', text: '✕' }, () => this.close()),
    );
    this.#drawSeen();
    this.#drawZoom();
    this.#lens.draw();
  }

  #figure({ run, output }: Picture, at: number): HTMLElement {
    const { batch } = this.context;
    const shown = run.outputs[output];
    const media =
      shown !== undefined && isPresent(shown)
        ? fullMedia(shown, altOf(this.context, run))
        : signOf(run);
    const others = differing(
      batch.columns,
      this.#pictures.map((picture) => picture.run),
    ).filter(({ at: place, repeats }) => place !== batch.promptAt && !repeats);
    const values = others.map(({ short, of }) => `${short} ${of(run) ?? 'not given'}`);
    return h(
      'figure',
      {},
      h('div', { class: 'frame' }, media),
      h(
        'figcaption',
        {},
        h('b', { text: run.name }),
        h('span', { class: 'asked' }, this.#prompt(at)),
        h('span', { class: 'differs-in', text: values.join(' · ') }),
      ),
    );
  }

  /** Marked where it differs from the first one; of the first one where it differs from the second. */
  #prompt(at: number): HTMLElement | null {
    const { batch } = this.context;
    const textOf = (place: number): string | null => {
      const run = this.#pictures[place]?.run;
      return run === undefined ? null : promptOf(batch, run);
    };
    const [own, other] = [textOf(at), textOf(at === 0 ? 1 : 0)];
    if (own === other) return own === null ? null : h('span', { text: own });
    return markedTexts([other, own])[1] ?? null;
  }

  #slider(): HTMLElement {
    const range = h('input', {
      type: 'range',
      min: 0,
      max: 100,
      value: 50,
      'aria-label': 'How much of the first picture is seen',
    });
    const draw = (): void => this.#board.style.setProperty('--seen', `${range.value}%`);
    range.addEventListener('input', draw);
    draw();
    return range;
  }

  #next(): void {
    this.#seen = (this.#seen + 1) % this.#pictures.length;
    this.#drawSeen();
  }

  #drawSeen(): void {
    for (const [at, figure] of [...this.#board.children].entries())
      figure.classList.toggle('hid', this.#way === 'blink' && at !== this.#seen);
  }

  #drawZoom(): void {
    this.#zoom.textContent = `${Math.round(this.#lens.scale * 100)} %`;
  }

  /** Whether the key means something here. */
  #press({ key, target }: KeyboardEvent): boolean {
    const step = 0.1;
    switch (key) {
      case 'ArrowLeft':
      case 'ArrowRight':
        this.#lens.pan(key === 'ArrowLeft' ? step : -step, 0);
        return true;
      case 'ArrowUp':
      case 'ArrowDown':
        this.#lens.pan(0, key === 'ArrowUp' ? step : -step);
        return true;
      case '+':
      case '=':
        this.#lens.zoom(this.#lens.scale * 1.5);
        return true;
      case '-':
        this.#lens.zoom(this.#lens.scale / 1.5);
        return true;
      case 'z':
      case 'Z':
        this.#lens.toggle();
        return true;
      case 'b':
      case 'B':
        this.#setWay(this.#way === 'blink' ? 'beside' : 'blink');
        return true;
      case ' ':
        if (this.#way !== 'blink' || target instanceof HTMLButtonElement) return false;
        // By hand from now on.
        clearInterval(this.#timer);
        this.#next();
        return true;
      default:
        return false;
    }
  }
}
