/**
 * The page's script: thousands of cards of one height, of which only those near the window
 * exist. A card that stays in sight is kept, so that pictures are not loaded again.
 */
export const gallery = String.raw`
const gap = 16;
const tileWidths = { s: 140, m: 220, l: 340 };
const captionHeight = 128;
const lineHeight = 73;
/** Rows above and below the window that are ready before they are seen. */
const spareRows = 3;
/** More pages than these would be no printout; the page says so. */
const maxPrinted = 600;

const pane = h('div', { class: 'pane', role: 'list', 'aria-label': 'Runs' });
const slice = h('div', { class: 'slice', role: 'presentation' });
const unprinted = h('p', { class: 'unprinted' });
pane.append(slice);

const makers = { gallery: cardOf, list: lineOf, changes: pairOf };
let alive = new Map();
let layout = { columns: 1, height: 1, gap: 0 };
let printing = false;

const measure = () => {
  const width = pane.clientWidth || 1;
  if (view.mode === 'list') return { columns: 1, height: lineHeight, gap: 0 };
  const pictures = view.mode === 'changes' ? 2 : 1;
  // Two pictures side by side may be a little smaller.
  const wanted = Math.min(width, tileWidths[view.size] * (pictures === 2 ? 1.5 : 1));
  const columns = Math.max(1, Math.floor((width + gap) / (wanted + gap)));
  const tile = (width - gap * (columns - 1)) / columns / pictures;
  return { columns, height: Math.round(tile * shape) + captionHeight + gap, gap };
};

/** Makes the cards near the window exist and the others not. */
const drawSlice = () => {
  const total = view.shown.length;
  layout = measure();
  const { columns, height } = layout;
  const rows = Math.ceil(total / columns);
  const top = -pane.getBoundingClientRect().top;
  const first = printing ? 0 : Math.min(rows, Math.max(0, Math.floor(top / height) - spareRows));
  const last = printing ? Math.ceil(maxPrinted / columns) : Math.max(first, Math.ceil((top + window.innerHeight) / height) + spareRows);
  const wanted = view.shown.slice(first * columns, last * columns);
  const make = makers[view.mode];
  const next = new Map(wanted.map((item, at) => [item.key, alive.get(item.key) || make(item, first * columns + at, total)]));
  for (const [key, element] of alive) if (!next.has(key)) element.remove();
  let place = slice.firstChild;
  for (const element of next.values()) {
    if (element === place) place = place.nextSibling;
    else slice.insertBefore(element, place);
  }
  alive = next;
  pane.style.setProperty('height', rows * height + 'px');
  pane.style.setProperty('--columns', columns);
  pane.style.setProperty('--row', height - layout.gap + 'px');
  slice.style.setProperty('transform', 'translateY(' + first * height + 'px)');
  unprinted.textContent = total > wanted.length ? 'Printed: the first ' + grouped(wanted.length) + ' of ' + grouped(total) + '. results.csv beside the report has them all.' : '';
};

/** After another choice of runs or another mode: nothing of before is kept. */
const resetSlice = () => {
  slice.replaceChildren();
  alive = new Map();
  pane.className = 'pane ' + view.mode;
  drawSlice();
};

/** Scrolls a run into sight and focuses it. */
const reveal = (item) => {
  const at = view.shown.indexOf(item);
  if (at < 0 || !pane.isConnected) return;
  const y = pane.getBoundingClientRect().top + Math.floor(at / layout.columns) * layout.height;
  if (y < 80 || y + layout.height > window.innerHeight)
    window.scrollBy({ top: y - window.innerHeight / 3, behavior: 'instant' });
  drawSlice();
  const card = alive.get(item.key);
  if (card) card.querySelector('.stage').focus({ preventScroll: true });
};

/** Arrow keys walk over the cards as over a board. */
pane.addEventListener('keydown', (event) => {
  const card = event.target.closest('[data-run]');
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: layout.columns, ArrowUp: -layout.columns }[event.key];
  if (!card || step === undefined || !event.target.classList.contains('stage')) return;
  const at = view.shown.findIndex(({ key }) => key === Number(card.dataset.run));
  const to = view.shown[at + step];
  if (!to) return;
  event.preventDefault();
  reveal(to);
});

const redraw = framed(() => pane.isConnected && drawSlice());
window.addEventListener('scroll', redraw, { passive: true });
window.addEventListener('resize', redraw);
document.addEventListener('shape', redraw);
const print = (now) => () => {
  printing = now;
  if (pane.isConnected) drawSlice();
  if (board.isConnected) drawBoard();
};
window.addEventListener('beforeprint', print(true));
window.addEventListener('afterprint', print(false));
`;
