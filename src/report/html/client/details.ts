/** The page's script: everything that is known of one run, for the viewer's side. */
export const details = String.raw`
const row = (name, ...value) => (value.every((part) => part === null || part === undefined || part === '')
  ? null
  : h('div', { class: 'pair' }, h('dt', { text: name }), h('dd', {}, ...value)));

const section = (title, ...content) => h('section', {}, h('h3', { text: title }), ...content);

const errorSection = (run) => run.error
  ? h('section', { class: 'error s-' + run.status },
      h('h3', { text: run.status === 'pending' ? 'Why it waits' : 'What happened' }),
      h('p', { class: 'reason', text: run.error.message }),
      h('p', { class: 'facts-line', text: [run.error.node !== null && nodeText(run.error), run.error.code !== null && 'code ' + run.error.code].filter(Boolean).join(' · ') }),
      run.error.traceback ? h('details', {}, h('summary', { text: 'Traceback' }), h('pre', { tabindex: '0', text: run.error.traceback })) : null)
  : null;

/** Long text scrolls in a box of its own, which the keyboard must reach. */
const longText = 600;
const value = (text) => h('span', text.length > longText ? { class: 'value', tabindex: '0', role: 'group', 'aria-label': 'Long text', text } : { class: 'value', text });

const valuesSection = (run) => {
  const given = variables.map((name, at) => [name, run.values[at]]).filter(([, text]) => text !== null);
  return given.length ? section('Values', h('dl', {}, given.map(([name, text]) => row(name, value(text))))) : null;
};

const assetText = (digest) => (digest ? 'file with sha256 ' + digest.slice(0, 12) : '');
const fieldText = (place) => (fields[place] ? fields[place].class + ', node ' + fields[place].node : '');

const overridesSection = (run) => run.overrides.length
  ? h('details', { class: 'sent' }, h('summary', { text: 'Sent to the workflow (' + run.overrides.length + ')' }),
      h('dl', {}, run.overrides.map(([place, text, asset]) => row(addressOf(place), value(text),
        h('small', { text: [fieldText(place), assetText(asset)].filter(Boolean).join(' · ') })))))
  : null;

/** An embedded file has no address that could be opened, but it can be saved. */
const linkOf = (output) => {
  if (!output.src) return output.link
    ? h('a', { href: output.link, target: '_blank', rel: 'noreferrer', text: 'on the service (' + output.name + ')' })
    : h('span', { text: output.name });
  const inside = output.file !== undefined && document.getElementById('file-' + output.file);
  return inside
    ? h('a', { href: inside.textContent, download: output.name.split('/').pop(), text: output.name })
    : h('a', { href: output.src, target: '_blank', rel: 'noreferrer', text: output.name });
};

const outputsSection = (run) => run.outputs.length
  ? section('Files', h('ul', { class: 'files' }, run.outputs.map((output) => h('li', {}, linkOf(output),
      h('small', { text: [output.node && 'node ' + output.node, output.bytes !== undefined && fileSize(output.bytes)].filter(Boolean).join(' · ') })))))
  : null;

/** Name and text of what is known of a run beside its inputs. */
const factsOf = (run) => [
  ['Row', run.row], ['Tags', (run.tags || []).join(', ')], ['Cost', costText(run)],
  ['Ran', run.runMs !== undefined ? duration(run.runMs) : null],
  ['Queued', run.queueMs !== undefined ? duration(run.queueMs) : null],
  ['Submitted', run.submittedAt !== undefined ? moment(run.submittedAt) : null],
  ['Finished', run.finishedAt !== undefined ? moment(run.finishedAt) : null],
  ['Attempts', run.attempts ? String(run.attempts) : null],
  ['Task', run.task], ['Run id', run.id],
  ['Same as', run.twinOf !== undefined ? 'run ' + run.twinOf + ', submitted once for both' : null],
  ['In doubt', run.doubt],
];
const codes = ['Task', 'Run id'];

const factsSection = (run) => section('Run', h('dl', {}, factsOf(run).map(([name, text]) =>
  text ? row(name, h('span', { class: codes.includes(name) ? 'id' : '', text })) : null)));

const againSection = (run) => {
  if (run.past) return null;
  const command = data.command + ' --only ' + run.id + (run.status === 'succeeded' ? ' --force=' + run.id : '');
  const code = h('code', { text: command });
  const button = h('button', { class: 'plain', type: 'button', text: 'Copy', onclick: () => {
    const said = (text) => { button.textContent = text; };
    const select = () => {
      // Where the clipboard is not for pages from the disk, the text is at least selected.
      window.getSelection().selectAllChildren(code);
      said(document.execCommand('copy') ? 'Copied' : 'Selected');
    };
    if (navigator.clipboard) navigator.clipboard.writeText(command).then(() => said('Copied'), select);
    else select();
  } });
  return section('Run this one again', h('div', { class: 'again' }, code, button),
    run.status === 'succeeded' ? h('p', { class: 'hint', text: 'It succeeded, so --force pays for it once more.' }) : null);
};

const detailsOf = (run) => [h('p', { class: 'state' }, statusMark(run)), errorSection(run), valuesSection(run), outputsSection(run),
  factsSection(run), overridesSection(run), againSection(run)].filter(Boolean);
`;
