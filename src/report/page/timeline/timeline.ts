import { count, duration, grouped } from '../../../values/amounts.js';
import type { Context } from '../context.js';
import { button, framed, h, option, select } from '../dom.js';
import { moment, percent } from '../format.js';
import { endColours } from './bars.js';
import { Chart, endWords } from './chart.js';
import type { Period } from './periods.js';
import { periodsOf, useOf } from './periods.js';

/** When each task held a slot of the account. */
export class Timeline {
  readonly element = h('div', { class: 'timeline' });
  readonly #context: Context;
  #periods: readonly Period[];
  #chosen: number;
  #position = { zoom: 1, at: 0 };
  #chart: Chart | null = null;

  constructor(context: Context) {
    this.#context = context;
    this.#periods = periodsOf(context.batch);
    this.#chosen = this.#periods.length - 1;
    const redraw = framed(() => this.#chart?.redraw());
    window.addEventListener('resize', redraw);
  }

  /** Tasks began or ended. */
  refresh(): void {
    const wasLast = this.#chosen === this.#periods.length - 1;
    this.#periods = periodsOf(this.#context.batch);
    if (wasLast) this.#chosen = this.#periods.length - 1;
    if (this.element.isConnected) this.draw();
  }

  draw(): void {
    const period = this.#periods[this.#chosen];
    if (period === undefined) {
      const text = 'No task has been accepted yet.';
      this.element.replaceChildren(h('p', { class: 'nothing', text }));
      return;
    }
    const chart = new Chart(this.#context, period, this.#position);
    this.element.replaceChildren(this.#tools(period, chart), factsOf(period), ...chart.elements);
    chart.start();
    this.#chart = chart;
  }

  #tools(period: Period, chart: Chart): HTMLElement {
    const zoomButton = (text: string, label: string, factor: number): HTMLElement =>
      button({ text, 'aria-label': label }, () => chart.zoomBy(factor));
    return h(
      'div',
      { class: 'axes' },
      this.#periodChoice(),
      legendOf(period),
      h('span', { class: 'spring' }),
      h(
        'div',
        { class: 'modes', role: 'group', 'aria-label': 'Zoom' },
        zoomButton('−', 'Zoom out', 0.5),
        zoomButton('+', 'Zoom in', 2),
      ),
    );
  }

  #periodChoice(): HTMLElement | null {
    if (this.#periods.length < 2) return null;
    const choose = (value: string): void => {
      this.#chosen = Number(value);
      this.#position = { zoom: 1, at: 0 };
      this.draw();
    };
    const options = this.#periods.map(({ from, bars }, at) =>
      option(at, `${moment(from)}, ${count(bars.length, 'task')}`, at === this.#chosen),
    );
    return h(
      'label',
      { class: 'choice' },
      h('span', { text: 'Period' }),
      select({}, choose, ...options),
    );
  }
}

const factsOf = (period: Period): HTMLElement => {
  const { filling, whole } = useOf(period);
  return h(
    'dl',
    { class: 'facts' },
    factOf('Tasks', grouped(period.bars.length)),
    factOf('Slots', String(period.busy.length), 'at once at most'),
    filling === null
      ? null
      : factOf('Slots in use', percent(filling), 'while tasks were left to submit'),
    whole === null
      ? null
      : factOf(
          filling === null ? 'Slots in use' : 'In all',
          percent(whole),
          'with the last tasks running out',
        ),
    factOf('From first to last', duration(period.to - period.from)),
  );
};

const factOf = (name: string, text: string, small?: string): HTMLElement =>
  h(
    'div',
    { class: 'fact' },
    h('dt', { text: name }),
    h('dd', {}, text, small === undefined ? null : h('small', { text: small })),
  );

const legendOf = ({ bars }: Period): HTMLElement => {
  const ends = [...new Set(bars.map(({ end }) => end))];
  return h(
    'span',
    { class: 'legend' },
    h('span', { class: 'key wait', text: 'queued' }),
    ends.map((end) => h('span', { class: `key s-${endColours[end]}`, text: endWords[end] })),
  );
};
