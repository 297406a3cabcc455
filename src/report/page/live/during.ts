import { duration } from '../../../values/amounts.js';
import type { PageDuring } from '../../html/page-data.js';
import { button, h } from '../dom.js';
import { moment } from '../format.js';

/** While something happens an apply writes the page within seconds; nothing may for a while. */
const longMs = 10 * 60_000;

/** Above the runs of a file that an apply at work wrote: of when it is, and how to see more. */
export const duringSection = (
  { at, now: { line, notice } }: PageDuring,
  command: string,
): HTMLElement => {
  const agoMs = Date.now() - at;
  const old =
    agoMs > longMs
      ? ` That is ${duration(agoMs)} ago; if the apply was broken off, this goes on with it: ${command}`
      : '';
  return h(
    'section',
    { class: 'now running', 'aria-label': 'Now' },
    line === '' ? null : h('p', { class: 'line-now', text: line }),
    h(
      'p',
      { class: 'of-when' },
      h('span', { text: `The batch was running when this page was written: ${moment(at)}.${old}` }),
      button({ class: 'reload', text: 'Reload' }, () => location.reload()),
    ),
    notice === null ? null : h('p', { class: 'notice', text: notice }),
  );
};
