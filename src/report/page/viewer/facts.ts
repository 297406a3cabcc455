import { duration } from '../../../values/amounts.js';
import type { Run } from '../batch.js';
import type { Child } from '../dom.js';
import { h } from '../dom.js';
import { moment } from '../format.js';
import { costText } from '../run-text.js';

/** One thing that is known of a run. */
export interface Fact {
  readonly name: string;
  /** null: not known, or not so. */
  readonly text: string | null;
  /** Shown in a typewriter's letters. */
  readonly code?: true;
}

/** What is known of a run beside its inputs and its outputs. */
export const factsOf = (run: Run): readonly Fact[] => [
  { name: 'Row', text: run.row ?? null },
  { name: 'Tags', text: (run.tags ?? []).join(', ') },
  { name: 'This apply', text: run.notSelected === true ? 'did not select it' : null },
  { name: 'Cost', text: costText(run) },
  { name: 'Ran', text: run.runMs === undefined ? null : duration(run.runMs) },
  { name: 'Queued', text: run.queueMs === undefined ? null : duration(run.queueMs) },
  { name: 'Submitted', text: run.submittedAt === undefined ? null : moment(run.submittedAt) },
  { name: 'Finished', text: run.finishedAt === undefined ? null : moment(run.finishedAt) },
  { name: 'Attempts', text: run.attempts === 0 ? null : String(run.attempts) },
  { name: 'Task', text: run.task ?? null, code: true },
  { name: 'Run id', text: run.id, code: true },
  {
    name: 'Same as',
    text: run.twinOf === undefined ? null : `run ${run.twinOf}, submitted once for both`,
  },
  { name: 'In doubt', text: run.doubt ?? null },
];

export const factLine = (name: string, ...content: readonly Child[]): HTMLElement =>
  h('div', { class: 'pair' }, h('dt', { text: name }), h('dd', {}, ...content));

export const section = (title: string, ...content: readonly Child[]): HTMLElement =>
  h('section', {}, h('h3', { text: title }), ...content);

/** What is opened on demand. */
export const foldedSection = (title: string, lines: readonly HTMLElement[]): HTMLElement =>
  h('details', { class: 'sent' }, h('summary', { text: title }), h('dl', {}, lines));

/** Longer text scrolls in a box of its own, which the keyboard must reach. */
const longText = 600;

export const valueText = (text: string): HTMLElement => {
  const long = { tabindex: '0', role: 'group', 'aria-label': 'Long text' };
  return h('span', { class: 'value', text, ...(text.length > longText ? long : {}) });
};
