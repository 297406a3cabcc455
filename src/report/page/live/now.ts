import type { PageNow } from '../../html/page-data.js';
import { h } from '../dom.js';

/** What happens at this moment, above the runs. */
export class Now {
  readonly #line = h('p', { class: 'line-now' });
  readonly #notice = h('p', { class: 'notice', role: 'status', hidden: true });
  readonly #away = h('p', { class: 'notice', role: 'status', hidden: true });
  readonly element = h(
    'section',
    { class: 'now', 'aria-label': 'Now' },
    this.#line,
    this.#notice,
    this.#away,
  );

  /** `command`: what serves the page. */
  constructor(private readonly command: string) {}

  draw({ running, line, notice }: PageNow): void {
    this.element.classList.toggle('running', running);
    this.#line.textContent = line;
    this.#line.hidden = line === '';
    this.#notice.hidden = notice === null;
    if (this.#notice.textContent !== (notice ?? '')) this.#notice.textContent = notice ?? '';
  }

  connected(is: boolean): void {
    this.#away.hidden = is;
    this.#away.textContent = is
      ? ''
      : `The server of this page does not answer; it is asked again. Marks wait here until it does. What serves it again, at this address: ${this.command}`;
    this.element.classList.toggle('away', !is);
  }
}

/**
 * What stands above the runs, as the server writes it into the page: every text in it is escaped
 * there, and the policy of the page lets nothing in it run.
 */
export const drawHeading = (header: Element, markup: string): void => {
  const { body } = new DOMParser().parseFromString(markup, 'text/html');
  header.replaceChildren(...body.childNodes);
};
