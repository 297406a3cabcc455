import type { Run } from '../batch.js';
import { button, h, numberOf } from '../dom.js';
import type { View } from '../view.js';

/** The run that was chosen to be compared with another one, and the bar that says so. */
export class Pin {
  readonly element: HTMLElement;
  readonly #view: View;
  readonly #text = h('span', { role: 'status' });

  constructor(view: View) {
    this.#view = view;
    const end = button({ class: 'plain', text: 'End comparing' }, () => this.set(null));
    this.element = h('div', { class: 'pinned', hidden: true }, this.#text, end);
  }

  set(run: Run | null): void {
    this.#view.pinned = run;
    this.#text.textContent = run === null ? '' : `Comparing with ${run.name}: choose another`;
    this.element.hidden = run === null;
    for (const pick of document.querySelectorAll('.pick')) {
      const key = numberOf(pick.closest('[data-run]'), 'run');
      const isPinned = run !== null && key === run.key;
      pick.setAttribute('aria-pressed', String(isPinned));
    }
    document.body.classList.toggle('picking', run !== null);
  }
}
