/**
 * The page's script: thousands of cards of one height, of which only those near the window
 * exist. A card that stays in sight is kept, so that pictures are not loaded again.
 */
export const gallery = String.raw`
const gaps = { gallery: 16, list: 0 };
const tileWidths = { s: 140, m: 220, l: 340 };
const captionHeight = 128;
const lineHeight = 73;
/** Rows above and below the window that are ready before they are seen. */
const spareRows = 3;
/** A printout or an assistive reader of more runs than this is better served by results.csv. */
const maxPrinted = 600;

const pane = h('div', { class: 'pane', role: 'list', 'aria-label': 'Runs' });
const slice = h('div', { class: 'slice', role: 'presentation' });
pane.append(slice);

let alive = new Map();
let layout = { columns: 1, height: 1 };
let printing = false;

const measure = () => {
  const width = pane.clientWidth || 1;
  if (view.mode === 'list') return { columns: 1, height: lineHeight };
  const gap = gaps.gallery;
  const columns = Math.max(1, Math.floor((width + gap) / (tileWidths[view.size] + gap)));
  const tile = (width - gap * (columns - 1)) / columns;
  return { columns, height: Math.round(tile * shape) + captionHeight + gap };
};

/** Makes the cards near the window exist and the others not. */
const drawSlice = () => {
  const total = view.shown.length;
  layout = measure();
  const { columns, height } = layout;
  const rows = Math.ceil(total / columns);
  const top = -pane.getBoundingClientRect().top;
  const first = printing ? 0 : Math.min(rows, Math.max(0, Math.floor(top / height) - spareRows));
  const last = printing ? maxPrinted : Math.max(first, Math.ceil((top + window.innerHeight) / height) + spareRows);
  const wanted = view.shown.slice(first * columns, last * columns);
  const make = view.mode === 'list' ? lineOf : cardOf;
  const next = new Map(wanted.map((run, at) => [run.index, alive.get(run.index) || make(run, first * columns + at, total)]));
  for (const [index, element] of alive) if (!next.has(index)) element.remove();
  let place = slice.firstChild;
  for (const element of next.values()) {
    if (element === place) place = place.nextSibling;
    else slice.insertBefore(element, place);
  }
  alive = next;
  pane.style.setProperty('height', rows * height + 'px');
  pane.style.setProperty('--columns', columns);
  pane.style.setProperty('--row', height - gaps[view.mode === 'list' ? 'list' : 'gallery'] + 'px');
  slice.style.setProperty('transform', 'translateY(' + first * height + 'px)');
};

/** After another choice of runs or another mode: nothing of before is kept. */
const resetSlice = () => {
  slice.replaceChildren();
  alive = new Map();
  pane.className = 'pane ' + view.mode;
  drawSlice();
};

/** Scrolls a run into sight and focuses it. */
const reveal = (run) => {
  const at = view.shown.indexOf(run);
  if (at < 0 || !pane.isConnected) return;
  const y = pane.getBoundingClientRect().top + Math.floor(at / layout.columns) * layout.height;
  if (y < 80 || y + layout.height > window.innerHeight)
    window.scrollBy({ top: y - window.innerHeight / 3, behavior: 'instant' });
  drawSlice();
  const card = alive.get(run.index);
  if (card) card.querySelector('.stage').focus({ preventScroll: true });
};

/** Arrow keys walk over the cards as over a board. */
pane.addEventListener('keydown', (event) => {
  const card = event.target.closest('[data-run]');
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: layout.columns, ArrowUp: -layout.columns }[event.key];
  if (!card || step === undefined || !event.target.classList.contains('stage')) return;
  const at = view.shown.findIndex(({ index }) => index === Number(card.dataset.run));
  const to = view.shown[at + step];
  if (!to) return;
  event.preventDefault();
  reveal(to);
});

const redraw = framed(() => pane.isConnected && drawSlice());
window.addEventListener('scroll', redraw, { passive: true });
window.addEventListener('resize', redraw);
document.addEventListener('shape', redraw);
window.addEventListener('beforeprint', () => { printing = true; if (pane.isConnected) drawSlice(); });
window.addEventListener('afterprint', () => { printing = false; if (pane.isConnected) drawSlice(); });
`;
