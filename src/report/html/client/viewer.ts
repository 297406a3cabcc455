/** The page's script: one run in full. Arrow keys go on to the next run and the next output, Esc leaves. */
export const viewer = String.raw`
const dialog = h('dialog', { class: 'viewer', 'aria-labelledby': 'viewer-title' });
const current = { run: null, output: 0 };

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

const valuesSection = (run) => {
  const given = variables.map((name, at) => [name, run.values[at]]).filter(([, value]) => value !== null);
  return given.length ? section('Values', h('dl', {}, given.map(([name, value]) => row(name, h('span', { class: 'value', text: value }))))) : null;
};

const overridesSection = (run) => run.overrides.length
  ? h('details', { class: 'sent' }, h('summary', { text: 'Sent to the workflow (' + run.overrides.length + ')' }),
      h('dl', {}, run.overrides.map((override) => row(addressOf(override),
        h('span', { class: 'value', text: override[1] }),
        h('small', { text: fields[override[0]] ? fields[override[0]].class + ', node ' + fields[override[0]].node : '' })))))
  : null;

const outputsSection = (run) => run.outputs.length
  ? section('Files', h('ul', { class: 'files' }, run.outputs.map((output) => h('li', {},
      output.src ? h('a', { href: output.src, target: '_blank', rel: 'noreferrer', text: output.name })
        : output.link ? h('a', { href: output.link, target: '_blank', rel: 'noreferrer', text: 'on the service (' + output.name + ')' })
        : h('span', { text: output.name }),
      h('small', { text: [output.node && 'node ' + output.node, output.bytes !== undefined && fileSize(output.bytes)].filter(Boolean).join(' · ') })))))
  : null;

const factsSection = (run) => section('Run',
  h('dl', {},
    row('Row', run.row), row('Tags', (run.tags || []).join(', ')), row('Cost', costText(run)),
    row('Ran', run.runMs !== undefined ? duration(run.runMs) : null),
    row('Queued', run.queueMs !== undefined ? duration(run.queueMs) : null),
    row('Submitted', run.submittedAt !== undefined ? moment(run.submittedAt) : null),
    row('Finished', run.finishedAt !== undefined ? moment(run.finishedAt) : null),
    row('Attempts', run.attempts ? String(run.attempts) : null),
    row('Task', run.task ? h('span', { class: 'id', text: run.task }) : null),
    row('Run id', h('span', { class: 'id', text: run.id })),
    row('Same as', run.twinOf !== undefined ? 'run ' + run.twinOf + ', submitted once for both' : null),
    row('In doubt', run.doubt)));

/** A file name as a shell takes it. */
const quoted = (text) => (/^[\w./-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\\''") + "'");

const againSection = (run) => {
  const command = 'rh-batch apply ' + (data.manifest ? quoted(data.manifest) + ' ' : '') + '--only ' + run.id + (run.status === 'succeeded' ? ' --force=' + run.id : '');
  const button = h('button', { class: 'plain', type: 'button', text: 'Copy', onclick: () => {
    navigator.clipboard.writeText(command).then(() => { button.textContent = 'Copied'; }, () => { button.textContent = 'Select it'; });
  } });
  return section('Run this one again', h('div', { class: 'again' }, h('code', { text: command }), button));
};

const stripOf = (run) => run.outputs.length > 1
  ? h('div', { class: 'strip' }, run.outputs.map((output, at) =>
      h('button', { type: 'button', 'aria-label': 'Output ' + (at + 1), 'aria-current': at === current.output ? 'true' : null, onclick: () => show(run, at) },
        output.src ? mediaOf(output, '', false) : h('span', { class: 'sign' }))))
  : null;

const bigOf = (run) => {
  const output = run.outputs[current.output];
  return output && output.src ? mediaOf(output, altOf(run), true) : signOf(run);
};

/** Draws the run into the dialog; the buttons keep their places, so focus stays. */
const show = (run, output) => {
  Object.assign(current, { run, output });
  const at = view.shown.indexOf(run);
  title.textContent = run.name;
  place.textContent = at < 0 ? '' : (at + 1).toLocaleString('en-US') + ' of ' + view.shown.length.toLocaleString('en-US');
  before.disabled = at <= 0;
  after.disabled = at < 0 || at >= view.shown.length - 1;
  const strip = stripOf(run);
  big.replaceChildren(bigOf(run), ...(strip ? [strip] : []));
  side.replaceChildren(...[h('p', { class: 'state' }, statusMark(run)), errorSection(run), valuesSection(run), outputsSection(run),
    factsSection(run), overridesSection(run), againSection(run)].filter(Boolean));
  side.scrollTop = 0;
};

const step = (by) => {
  const run = view.shown[view.shown.indexOf(current.run) + by];
  if (run && view.shown.includes(current.run)) show(run, 0);
};

const openViewer = (run) => {
  show(run, 0);
  if (dialog.open) return;
  dialog.showModal();
  title.focus();
  document.body.classList.add('viewing');
};

const title = h('h2', { id: 'viewer-title', tabindex: '-1' });
const place = h('span', { class: 'place', 'aria-live': 'polite' });
const before = h('button', { class: 'go before', type: 'button', 'aria-label': 'Previous run', text: '‹', onclick: () => step(-1) });
const after = h('button', { class: 'go after', type: 'button', 'aria-label': 'Next run', text: '›', onclick: () => step(1) });
const big = h('div', { class: 'big' });
const side = h('div', { class: 'side', tabindex: '0', role: 'region', 'aria-label': 'Details' });
dialog.append(
  h('div', { class: 'screen' }, before, big, after),
  h('div', { class: 'panel' },
    h('header', {}, title, place, h('button', { class: 'close', type: 'button', 'aria-label': 'Close', text: '✕', onclick: () => dialog.close() })),
    side));

dialog.addEventListener('keydown', (event) => {
  if (event.target.closest('video, audio') || event.altKey || event.ctrlKey || event.metaKey) return;
  const count = current.run.outputs.length;
  const other = (by) => () => show(current.run, (current.output + count + by) % count);
  // Up and down scroll the details where these have the focus, or where there is no other output.
  const vertical = count > 1 && event.target !== side;
  const moves = { ArrowLeft: () => step(-1), ArrowRight: () => step(1), ...(vertical && { ArrowUp: other(-1), ArrowDown: other(1) }) };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  move();
});
dialog.addEventListener('close', () => {
  big.replaceChildren();
  document.body.classList.remove('viewing');
  reveal(current.run);
});
dialog.addEventListener('click', (event) => { if (event.target === big) dialog.close(); });
`;
