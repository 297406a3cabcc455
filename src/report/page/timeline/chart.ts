import { duration } from '../../../values/amounts.js';
import type { SpanEnd } from '../../html/page-data.js';
import type { Context } from '../context.js';
import { closestTo, drawn, framed, h, numberOf } from '../dom.js';
import { joined } from '../format.js';
import {
  axisHeight,
  barsOf,
  gutter,
  laneHeight,
  laneTitles,
  partInSight,
  ticksOf,
} from './bars.js';
import type { Bar, Period } from './periods.js';

export const endWords: Readonly<Record<SpanEnd, string>> = {
  s: 'succeeded',
  f: 'failed',
  c: 'cancelled',
  o: 'not ended yet',
};

const aria = {
  role: 'group',
  'aria-roledescription': 'timeline',
  'aria-describedby': 'timeline-told',
  'aria-label':
    'Timeline. Left and right arrow: from task to task. Plus and minus: zoom. Enter: open the run.',
};

/** Where the person is in the chart; it is kept when the chart is drawn anew. */
export interface Position {
  zoom: number;
  /** The task that is told of. */
  at: number;
}

/**
 * The drawing of a period, in a box that scrolls. The task that the pointer or the keys are on is
 * described below it. Only bars in sight exist.
 */
export class Chart {
  readonly elements: readonly HTMLElement[];
  readonly #context: Context;
  readonly #period: Period;
  readonly #position: Position;
  readonly #picture: SVGSVGElement;
  readonly #wide: HTMLElement;
  readonly #scroll: HTMLElement;
  readonly #told = h('p', { class: 'told', id: 'timeline-told', role: 'status' });

  constructor(context: Context, period: Period, position: Position) {
    this.#context = context;
    this.#period = period;
    this.#position = position;
    const height = period.busy.length * laneHeight + axisHeight;
    this.#picture = drawn('svg', { class: 'chart', height, 'aria-hidden': 'true' });
    this.#wide = h('div', {}, this.#picture);
    this.#scroll = h('div', { class: 'scroll', tabindex: '0', ...aria }, this.#wide);
    this.elements = [this.#scroll, this.#told];
    this.#listen();
  }

  /** Once its elements are on the page. */
  start(): void {
    this.#draw();
    this.#tell(this.#position.at);
  }

  redraw(): void {
    if (this.#scroll.isConnected) this.#draw();
  }

  zoomBy(factor: number): void {
    const position = this.#position;
    const half = this.#scroll.clientWidth / 2;
    const middle = (this.#scroll.scrollLeft + half) / position.zoom;
    const most = Math.max(1, (this.#period.to - this.#period.from) / 2000);
    position.zoom = Math.min(Math.max(1, position.zoom * factor), most);
    this.#draw();
    this.#scroll.scrollLeft = middle * position.zoom - half;
    this.#draw();
  }

  #draw(): void {
    const { zoom, at } = this.#position;
    this.#wide.style.setProperty('width', `${this.#scroll.clientWidth * zoom}px`);
    const part = partInSight(this.#period, this.#scroll, zoom);
    const shown = new Set(this.#context.view.runs);
    this.#picture.setAttribute('width', String(part.width));
    this.#picture.replaceChildren(
      ...ticksOf(part),
      ...barsOf(part, shown, at),
      ...laneTitles(part),
    );
  }

  #tell(at: number): void {
    const bar = this.#period.bars[at];
    if (bar === undefined) return;
    this.#position.at = at;
    this.#told.textContent = barText(bar);
    for (const element of this.#picture.querySelectorAll('[data-at]'))
      element.classList.toggle('on', numberOf(element, 'at') === at);
  }

  #open(): void {
    const bar = this.#period.bars[this.#position.at];
    if (bar !== undefined) this.#context.open(bar.run, this.#scroll);
  }

  #goTo(wanted: number): void {
    const at = Math.min(this.#period.bars.length - 1, Math.max(0, wanted));
    this.#tell(at);
    const { xOf, width } = partInSight(this.#period, this.#scroll, this.#position.zoom);
    const x = xOf(this.#period.bars[at]?.from ?? 0);
    if (x < gutter || x > width - 60) this.#scroll.scrollLeft += x - width / 3;
    this.#draw();
  }

  #listen(): void {
    const scroll = this.#scroll;
    scroll.addEventListener(
      'scroll',
      framed(() => this.#draw()),
      { passive: true },
    );
    scroll.addEventListener('pointerover', (event) => {
      const at = barAt(event);
      if (at !== null && at !== this.#position.at) this.#tell(at);
    });
    scroll.addEventListener('click', (event) => {
      const at = barAt(event);
      if (at === null) return;
      this.#tell(at);
      this.#open();
    });
    scroll.addEventListener('keydown', (event) => {
      if (this.#press(event.key)) event.preventDefault();
    });
  }

  /** Whether the key means something here. */
  #press(key: string): boolean {
    const { at } = this.#position;
    switch (key) {
      case 'ArrowRight':
        this.#goTo(at + 1);
        return true;
      case 'ArrowLeft':
        this.#goTo(at - 1);
        return true;
      case 'Home':
        this.#goTo(0);
        return true;
      case 'End':
        this.#goTo(Infinity);
        return true;
      case 'Enter':
        this.#open();
        return true;
      case '+':
        this.zoomBy(2);
        return true;
      case '-':
        this.zoomBy(0.5);
        return true;
      default:
        return false;
    }
  }
}

const barAt = (event: Event): number | null => numberOf(closestTo(event, '[data-at]'), 'at');

const barText = ({ run, attempt, end, lane, queued, from, seen }: Bar): string =>
  joined([
    attempt === null ? run.name : `${run.name}, attempt ${attempt}`,
    endWords[end],
    `slot ${lane + 1}`,
    `queued ${duration(queued)}`,
    `ran ${duration(Math.max(0, seen - from - queued))}`,
  ]);
