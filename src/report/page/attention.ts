import { count, grouped } from '../../values/amounts.js';
import type { RunStatus } from '../terms.js';
import { statuses } from '../terms.js';
import type { Run } from './batch.js';
import type { Context } from './context.js';
import { button, elementById, h } from './dom.js';
import { groupBy } from './format.js';
import { errorFacts } from './run-text.js';

/** Runs that failed in the same way. */
type Trouble = readonly [Run, ...Run[]];

const needsAttention: ReadonlySet<RunStatus> = new Set(['failed', 'unknown', 'cancelled']);
/** How many kinds of trouble are listed at once, and how many runs of a kind are named. */
const maxKinds = 20;
const maxNamed = 6;
const maxMore = 200;

/** Failures come first. Equal ones are listed once, with all runs that have them. */
export class Attention {
  #shown = '';

  constructor(private readonly context: Context) {}

  /** What is open in it stays so while the troubles are the same. */
  draw(): void {
    const troubles = troublesOf(this.context.batch.runs);
    const shown = troubles.map((runs) => runs.map(({ key }) => key).join(' ')).join('\n');
    if (shown === this.#shown) return;
    this.#shown = shown;
    const section = elementById('attention');
    section.hidden = troubles.length === 0;
    section.replaceChildren(...elementsOf(this.context, troubles));
  }
}

const elementsOf = (context: Context, troubles: readonly Trouble[]): readonly HTMLElement[] => {
  const list = h(
    'ul',
    {},
    troubles.slice(0, maxKinds).map((trouble) => lineOf(context, trouble)),
  );
  const title = h('h2', { id: 'attention-title', text: 'Needs attention' });
  const rest = troubles.slice(maxKinds);
  if (rest.length === 0) return [title, list];
  const more = button({ class: 'plain', text: `Show ${rest.length} more kinds` }, () => {
    list.append(...rest.map((trouble) => lineOf(context, trouble)));
    more.remove();
  });
  return [title, list, more];
};

const troublesOf = (runs: readonly Run[]): readonly Trouble[] => {
  const keyOf = ({ status, error }: Run): string =>
    JSON.stringify([
      status,
      error && [error.class, error.code, error.node, error.field, error.message],
    ]);
  const groups = groupBy(
    runs.filter(({ status }) => needsAttention.has(status)),
    keyOf,
  );
  const rank = ({ status }: Run): number => statuses.indexOf(status);
  return [...groups.values()].sort(([a], [b]) => rank(a) - rank(b) || a.index - b.index);
};

const lineOf = (context: Context, trouble: Trouble): HTMLElement => {
  const [{ status, error }] = trouble;
  const facts = error === undefined ? '' : errorFacts(context.batch, error);
  return h(
    'li',
    { class: `trouble s-${status}` },
    h('span', { class: `status s-${status}`, text: `${count(trouble.length, 'run')} ${status}` }),
    h(
      'div',
      {},
      h('p', { class: 'reason', text: error === undefined ? status : error.message }),
      facts === '' ? null : h('p', { class: 'facts-line', text: facts }),
      tracebackOf(error?.traceback),
    ),
    chipsOf(context, trouble),
  );
};

export const tracebackOf = (traceback: string | null | undefined): HTMLElement | null =>
  traceback === null || traceback === undefined || traceback === ''
    ? null
    : h(
        'details',
        {},
        h('summary', { text: 'Traceback' }),
        h('pre', { tabindex: '0', text: traceback }),
      );

/** The runs by name; of many the first few, and the next ones on demand. */
const chipsOf = (context: Context, trouble: Trouble): HTMLElement => {
  const chipOf = (run: Run): HTMLElement =>
    button({ class: 'chip', text: run.name, title: run.row ?? '' }, () => context.open(run));
  const box = h('div', { class: 'chips' }, trouble.slice(0, maxNamed).map(chipOf));
  if (trouble.length <= maxNamed) return box;
  const moreText = (named: number): string => `and ${grouped(trouble.length - named)} more`;
  let named = maxNamed;
  const more = button({ class: 'chip more', text: moreText(named) }, () => {
    more.before(...trouble.slice(named, named + maxMore).map(chipOf));
    named = Math.min(trouble.length, named + maxMore);
    if (named < trouble.length) more.textContent = moreText(named);
    else more.remove();
  });
  box.append(more);
  return box;
};
