import type { Run } from '../batch.js';
import type { Context } from '../context.js';
import { h } from '../dom.js';
import { clip } from '../format.js';
import { errorText, footText, promptOf } from '../run-text.js';
import { playerOf, stillOf } from './media.js';
import { openButton, pickButton, placeInList, statusMark, toldLines, valuesLine } from './parts.js';

/** One run as a card of the gallery. */
export const cardOf = (context: Context, run: Run, at: number, total: number): HTMLElement => {
  const count = run.outputs.length;
  return h(
    'div',
    { class: `card c-${run.status}`, ...placeInList(run, at, total) },
    openButton(
      context,
      run,
      stillOf(context, run),
      count > 1 ? h('span', { class: 'many', text: count }) : null,
    ),
    pickButton(context, run),
    playerOf(run),
    h(
      'div',
      { class: 'caption' },
      h('h3', { text: run.name, title: run.name }),
      toldLines(context, run),
      footOf(run),
    ),
  );
};

const notOfThis = ({ notSelected }: Run): string =>
  notSelected === true ? 'not of this apply' : '';

const whenDone = (run: Run): string => notOfThis(run) || (run.reused === true ? 'done before' : '');

/** Most runs succeed: only what did not is named. */
const footOf = (run: Run): HTMLElement => {
  const text = footText(run);
  const parts =
    run.status === 'succeeded'
      ? [h('span', { text }), h('span', { text: whenDone(run) })]
      : [statusMark(run), h('span', { text: [text, notOfThis(run)].filter(Boolean).join(' · ') })];
  return h('p', { class: 'foot' }, parts);
};

/** One run as a line of the list. */
export const lineOf = (context: Context, run: Run, at: number, total: number): HTMLElement => {
  const { batch } = context;
  const text = run.error === undefined ? promptOf(batch, run) : clip(errorText(run.error));
  return h(
    'div',
    { class: `line c-${run.status}`, ...placeInList(run, at, total) },
    openButton(context, run, stillOf(context, run)),
    h(
      'div',
      { class: 'what' },
      h('h3', { text: run.name, title: run.name }),
      h('p', { class: 'prompt', text }),
    ),
    valuesLine(context.view.told, run),
    h('p', { class: 'where', text: run.row }),
    statusMark(run),
    h('p', { class: 'foot', text: footText(run) }),
    pickButton(context, run),
  );
};
