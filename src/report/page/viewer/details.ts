import { fileSize } from '../../../values/amounts.js';
import type { PageOutput } from '../../html/page-data.js';
import { tracebackOf } from '../attention.js';
import type { Batch, Run } from '../batch.js';
import { embeddedUrl, isPresent } from '../cards/media.js';
import { statusMark } from '../cards/parts.js';
import type { Context, Saver } from '../context.js';
import { button, h } from '../dom.js';
import { copyButton } from '../export/copy.js';
import { csvOf } from '../export/csv-row.js';
import { joined } from '../format.js';
import { assetText } from '../inputs.js';
import { addressOf, errorFacts } from '../run-text.js';
import { factLine, factsOf, foldedSection, section, valueText } from './facts.js';

/** Everything that is known of one run. */
export const detailsOf = ({ batch, files }: Context, run: Run): readonly HTMLElement[] =>
  [
    h('p', { class: 'state' }, statusMark(run)),
    errorSection(batch, run),
    valuesSection(batch, run),
    outputsSection(run, files),
    factsSection(run),
    overridesSection(batch, run),
    run.past ? null : againSection(batch.command, run),
  ].filter((part) => part !== null);

const errorSection = (batch: Batch, { status, error }: Run): HTMLElement | null =>
  error === undefined
    ? null
    : h(
        'section',
        { class: `error s-${status}` },
        h('h3', { text: status === 'pending' ? 'Why it waits' : 'What happened' }),
        h('p', { class: 'reason', text: error.message }),
        h('p', { class: 'facts-line', text: errorFacts(batch, error) }),
        tracebackOf(error.traceback),
      );

const valuesSection = (batch: Batch, run: Run): HTMLElement | null => {
  const { variables, promptAt } = batch;
  const { values } = run;
  const lines = variables.flatMap((name, at) => {
    const text = values[at] ?? null;
    return text === null ? [] : [factLine(name, valueText(text))];
  });
  if (lines.length === 0) return null;
  const prompt = promptAt === null ? null : (values[promptAt] ?? null);
  const copies = h(
    'p',
    { class: 'copies' },
    prompt === null ? null : copyButton('Copy prompt', () => prompt),
    copyButton('Copy CSV row', () => csvOf(batch, [run], false)),
    copyButton('Copy with names', () => csvOf(batch, [run], true)),
  );
  return section('Values', h('dl', {}, lines), copies);
};

const overridesSection = (batch: Batch, { overrides }: Run): HTMLElement | null => {
  if (overrides.length === 0) return null;
  const lines = overrides.map(([place, text, asset]) => {
    const field = batch.fields[place];
    const where = field === undefined ? null : `${field.class}, node ${field.node}`;
    const small = h('small', { text: joined([where, assetText(asset)]) });
    return factLine(addressOf(batch, place), valueText(text), small);
  });
  return foldedSection(`Sent to the workflow (${overrides.length})`, lines);
};

const outputsSection = ({ outputs }: Run, files: Saver): HTMLElement | null => {
  if (outputs.length === 0) return null;
  const lines = outputs.map((output) => {
    const { node, bytes } = output;
    const text = joined([
      node === undefined ? null : `node ${node}`,
      bytes === undefined ? null : fileSize(bytes),
    ]);
    const saved = button(
      { class: 'save', 'aria-label': `Save ${output.name}`, text: 'Save' },
      () => void files.save([output], ''),
    );
    return h('li', {}, linkOf(output), h('small', { text }), isPresent(output) ? saved : null);
  });
  return section('Files', h('ul', { class: 'files' }, lines));
};

const linkOf = (output: PageOutput): HTMLElement => {
  const { name, link } = output;
  const elsewhere = { target: '_blank', rel: 'noreferrer' };
  if (!isPresent(output))
    return link === undefined
      ? h('span', { text: name })
      : h('a', { href: link, ...elsewhere, text: `on the service (${name})` });
  const embedded = embeddedUrl(output);
  // An embedded file has no address that could be opened, but it can be saved.
  return embedded === null
    ? h('a', { href: output.src, ...elsewhere, text: name })
    : h('a', { href: embedded, download: name.split('/').at(-1), text: name });
};

const factsSection = (run: Run): HTMLElement => {
  const lines = factsOf(run).flatMap(({ name, text, code }) =>
    text === null || text === ''
      ? []
      : [factLine(name, h('span', { class: code === true ? 'id' : '', text }))],
  );
  return section('Run', h('dl', {}, lines));
};

const againSection = (command: string, { id, status }: Run): HTMLElement => {
  const done = status === 'succeeded';
  // What somebody else cancelled is not bought again unless it is asked for.
  const text = `${command} --only ${id}${done || status === 'cancelled' ? ` --force=${id}` : ''}`;
  const code = h('code', { text });
  const copy = copyButton('Copy', () => text);
  return section(
    'Run this one again',
    h('div', { class: 'again' }, code, copy),
    done
      ? h('p', { class: 'hint', text: 'It succeeded, so --force pays for it once more.' })
      : null,
  );
};
