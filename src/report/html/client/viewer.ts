/**
 * The page's script: one run in full, or two side by side. Arrow keys go on to the next run and
 * the next output, Esc leaves.
 */
export const viewer = String.raw`
const dialog = h('dialog', { class: 'viewer', 'aria-labelledby': 'viewer-title' });
/** item: a run or a pair of the shown ones; other: what stands beside it. */
const current = { item: null, run: null, other: null, output: 0, from: null };

const stripOf = (run) => run.outputs.length > 1
  ? h('div', { class: 'strip' }, run.outputs.map((output, at) =>
      h('button', { type: 'button', 'aria-current': at === current.output ? 'true' : null, onclick: () => show(current.item, at) },
        h('span', { class: 'unseen', text: 'Output ' + (at + 1) }), h('span', { class: 'thumb', 'aria-hidden': 'true' }, output.src ? mediaOf(output, '', false) : h('span', { class: 'sign' })))))
  : null;

const bigOf = (run) => {
  const output = run.outputs[Math.min(current.output, run.outputs.length - 1)];
  return output && output.src ? mediaOf(output, altOf(run), true) : signOf(run);
};

const labels = () => (current.other && current.other.past ? ['before', 'now'] : ['left', 'right']);
const labelled = (run, label) =>
  h('figure', {}, h('figcaption', {}, h('b', { text: label }), h('span', { text: run.name })), bigOf(run));

/** Draws it into the dialog; the buttons keep their places, so focus stays. */
const show = (item, output) => {
  const run = runOf(item);
  const other = view.mode === 'changes' && item.verdict ? otherOf(item) && item.before : view.pinned === run ? null : view.pinned;
  Object.assign(current, { item, run, other, output });
  const at = view.shown.indexOf(item);
  title.textContent = other && !other.past ? 'Two runs' : run.name;
  place.textContent = at < 0 ? '' : grouped(at + 1) + ' of ' + grouped(view.shown.length);
  before.disabled = at <= 0;
  after.disabled = at < 0 || at >= view.shown.length - 1;
  pin.hidden = Boolean(item.verdict);
  pin.textContent = view.pinned ? 'End comparing' : 'Compare with another';
  keys.textContent = '← → runs' + (run.outputs.length > 1 ? ' · ↑ ↓ outputs' : '') + (item.verdict ? '' : ' · C compare') + ' · Z zoom · Esc close';
  dialog.classList.toggle('two', Boolean(other));
  const strip = stripOf(run);
  big.replaceChildren(...(other ? [h('div', { class: 'halves' }, labelled(other, labels()[0]), labelled(run, labels()[1]))] : [bigOf(run)]), ...(strip ? [strip] : []));
  big.classList.remove('zoomed');
  const verdict = item.verdict ? [h('p', { class: 'state v-' + item.verdict }, h('span', { class: 'verdict', text: verdictWords[item.verdict] }), h('span', { class: 'delta', text: moreTexts(item).join(' · ') }))] : [];
  const waiting = view.pinned === run ? [h('p', { class: 'hint', text: 'Go to another run to see both side by side.' })] : [];
  side.replaceChildren(...waiting, ...verdict, ...(other ? differencesOf(other, run, labels()) : detailsOf(run)));
  side.scrollTop = 0;
  if (!run.past) history.replaceState(null, '', linkTo(run));
};

/** Half a character has no place in an address. */
const linkTo = (run) => '#run=' + encodeURIComponent(run.name.replace(/\p{Surrogate}/gu, '\ufffd'));

const step = (by) => {
  const item = view.shown[view.shown.indexOf(current.item) + by];
  if (item && view.shown.includes(current.item)) show(item, 0);
};

const openViewer = (item, from) => {
  current.from = from || null;
  show(item, 0);
  if (dialog.open) return;
  dialog.showModal();
  title.focus();
  document.body.classList.add('viewing');
};

/** Keeps a run in mind; with one in mind already, shows both. */
const pick = (run) => {
  const other = view.pinned;
  setPinned(other === run ? null : other || run);
  if (other && other !== run) openViewer(run);
};

const setPinned = (run) => {
  view.pinned = run;
  pinnedText.textContent = run ? 'Comparing with ' + run.name + ': choose another' : '';
  pinnedBar.hidden = !run;
  for (const button of document.querySelectorAll('.pick'))
    button.setAttribute('aria-pressed', String(Boolean(run) && Number(button.closest('[data-run]').dataset.run) === run.key));
  document.body.classList.toggle('picking', Boolean(run));
};

const pinnedText = h('span', { role: 'status' });
const pinnedBar = h('div', { class: 'pinned', hidden: true }, pinnedText,
  h('button', { class: 'plain', type: 'button', text: 'End comparing', onclick: () => setPinned(null) }));

const zoom = () => big.classList.toggle('zoomed');

const title = h('h2', { id: 'viewer-title', tabindex: '-1' });
const place = h('span', { class: 'place', 'aria-live': 'polite' });
const before = h('button', { class: 'go before', type: 'button', 'aria-label': 'Previous run', text: '‹', onclick: () => step(-1) });
const after = h('button', { class: 'go after', type: 'button', 'aria-label': 'Next run', text: '›', onclick: () => step(1) });
const pinToggle = () => { setPinned(view.pinned ? null : current.run); show(current.item, current.output); };
const pin = h('button', { class: 'plain', type: 'button', onclick: pinToggle });
const keys = h('span', { class: 'keys' });
const big = h('div', { class: 'big' });
const side = h('div', { class: 'side', tabindex: '0', role: 'region', 'aria-label': 'Details' });
dialog.append(
  h('div', { class: 'screen' }, before, big, after),
  h('div', { class: 'panel' },
    h('header', {}, title, place, h('button', { class: 'close', type: 'button', 'aria-label': 'Close', text: '✕', onclick: () => dialog.close() })),
    side,
    h('footer', {}, keys, pin)));

dialog.addEventListener('keydown', (event) => {
  if (event.target.closest('video, audio, pre, .value') || event.altKey || event.ctrlKey || event.metaKey) return;
  const count = current.run.outputs.length;
  const other = (by) => () => show(current.item, (current.output + count + by) % count);
  // Up and down scroll the details where these have the focus, or where there is no other output.
  const vertical = count > 1 && event.target !== side;
  const moves = { ArrowLeft: () => step(-1), ArrowRight: () => step(1), z: zoom, ...(!current.item.verdict && { c: pinToggle }),
    ...(vertical && { ArrowUp: other(-1), ArrowDown: other(1) }) };
  const move = moves[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!move) return;
  event.preventDefault();
  move();
});
dialog.addEventListener('close', () => {
  big.replaceChildren();
  document.body.classList.remove('viewing');
  history.replaceState(null, '', '#');
  if (current.from) current.from.focus({ preventScroll: true });
  else reveal(current.item);
});
big.addEventListener('click', (event) => {
  if (event.target.tagName === 'IMG' && !event.target.closest('.strip')) zoom();
  else if (event.target === big) dialog.close();
});
`;
