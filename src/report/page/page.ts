/** The script of report.html: it reads the data inside the page and puts it all together. */
import type { PageData } from '../html/page-data.js';
import { addressOf, readAddress, sent } from './address/address.js';
import { Address } from './address/history.js';
import { Attention } from './attention.js';
import type { Item } from './batch.js';
import { makeBatch, runOf } from './batch.js';
import { Compare } from './compare/compare.js';
import type { Context } from './context.js';
import { makeTile } from './context.js';
import { closestTo, elementById, framed, h } from './dom.js';
import { saveContactSheet } from './export/contact-sheet.js';
import { Files } from './export/files.js';
import { Gallery } from './gallery.js';
import { Grid } from './grid/grid.js';
import { makeSearch } from './search/search.js';
import { followServer } from './live/feed.js';
import { duringSection } from './live/during.js';
import { drawHeading, Now } from './live/now.js';
import { browserKeeper } from './picking/browser-keeper.js';
import { listenToKeys } from './picking/keys.js';
import { addMarkingBar } from './picking/marking-bar.js';
import { marksOf } from './picking/marks.js';
import { Picking } from './picking/picking.js';
import { serverKeeper } from './picking/server-keeper.js';
import { Timeline } from './timeline/timeline.js';
import { Tools } from './tools/tools.js';
import type { Mode } from './view.js';
import { choose, newView, shownItems } from './view.js';
import { Viewer } from './viewer/viewer.js';

/** data.ts wrote it into this very page, by the same type: it is not checked again. */
const readData = (): PageData => JSON.parse(elementById('data').textContent) as PageData;

/** Set when it is bundled: what lies on a disk has nothing in it that asks a server. */
declare const isServed: boolean;

const data = readData();
const batch = makeBatch(data);
const atServer = isServed ? serverKeeper(batch.name) : null;
const view = newView(batch);
const files = new Files();
const keeper = atServer ?? browserKeeper(batch.name);
const picking = new Picking(batch, keeper, data.marks ?? [], view.marks, files);
const searchFor = makeSearch(batch);

const context: Context = {
  batch,
  view,
  marks: picking.marks,
  files,
  tile: makeTile(
    framed(() => {
      gallery.redraw();
      grid.redraw();
    }),
  ),
  open: (item, from) => viewer.open(item, from ?? null),
  pick: (run) => viewer.pick(run),
  changed: () => address.changed(),
  showChosen: (choices) => {
    view.choices = choices;
    setMode('gallery');
  },
};

const attention = new Attention(context);
const gallery = new Gallery(context);
const grid = new Grid(context);
const timeline = new Timeline(context);
const viewer = new Viewer(context, {
  opened: () => {
    if (!following) address.step();
  },
  moved: () => address.changed(),
  closed: (item) => {
    if (item !== null) gallery.reveal(item);
    address.closed();
  },
});
const compare = new Compare(context, () => {
  view.comparing = false;
  address.closed();
});
const stand = h('div', { class: 'stand' });
const runs = elementById('runs');

const update = (): void => {
  const { questions, unknownNames } = searchFor(view.text);
  choose(view, batch, [...questions, picking.fits]);
  tools.drawCount(unknownNames);
  address.changed();
  switch (view.mode) {
    case 'grid':
      grid.draw();
      return;
    case 'timeline':
      timeline.draw();
      return;
    case 'changes':
    case 'gallery':
    case 'list':
      gallery.draw();
  }
};

const setMode = (mode: Mode): void => address.step(() => drawMode(mode));

const drawMode = (mode: Mode): void => {
  const { hasFocus } = tools;
  view.mode = mode;
  tools.draw();
  stand.replaceChildren(...elementsOf(mode));
  update();
  if (hasFocus) tools.focusMode();
  if (runs.getBoundingClientRect().top < 0) runs.scrollIntoView({ behavior: 'instant' });
};

const elementsOf = (mode: Mode): readonly HTMLElement[] => {
  if (mode === 'grid') return [grid.element];
  return mode === 'timeline' ? [timeline.element] : gallery.elements;
};

const tools = new Tools(context, { update, setMode });

const print = (printing: boolean) => () => {
  gallery.print(printing);
  grid.print(printing);
};
window.addEventListener('beforeprint', print(true));
window.addEventListener('afterprint', print(false));
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || viewer.isOpen || closestTo(event, 'input, select, textarea') !== null)
    return;
  event.preventDefault();
  tools.search.focus();
});

runs.append(tools.element, tools.nothing, stand);
document.body.append(viewer.element, viewer.pin.element, picking.bar);
addMarkingBar(picking, viewer);
listenToKeys(picking, viewer, {
  items: () => shownItems(view),
  reveal: (item) => gallery.reveal(item),
});
tools.nothing.addEventListener('click', () => picking.clear());
viewer.element.addEventListener('close', () => picking.closed());
attention.draw();

/** Of a pair it is the newer run. */
const itemNamed = (name: string): Item | undefined =>
  (view.mode === 'changes' ? (batch.pairs ?? []) : batch.runs).find(
    (item) => sent(runOf(item).name) === name,
  );

/** What is shown follows the address, not the address what is shown. */
let following = false;

/** What another address says, as far as it is not shown already. */
const showAddress = (hash: string): void => {
  // A jump inside the page.
  if (document.getElementById(hash.slice(1)) !== null) return;
  following = true;
  const before = addressOf(view, batch, null);
  const opened = readAddress(hash, view, batch);
  if (before !== addressOf(view, batch, null)) {
    tools.search.value = view.text;
    viewer.pin.set(view.pinned);
    picking.drawFilter();
    drawMode(view.mode);
  }
  const item = opened === null ? undefined : itemNamed(opened.name);
  if (item === undefined) viewer.close();
  else viewer.open(item, null, opened?.output ?? 0);
  if (view.comparing) view.comparing = compare.open(picking.picked());
  else compare.close();
  following = false;
  address.changed();
};

const address = new Address(() => {
  const { shown } = viewer;
  const opened = shown && { name: runOf(shown.item).name, output: shown.output };
  return addressOf(view, batch, opened);
}, showAddress);

drawMode(view.mode);
picking.start({
  update,
  isOpen: () => viewer.isOpen,
  sheet: () => void saveContactSheet(context, files),
  compare: () =>
    address.step(() => {
      view.comparing = compare.open(picking.picked());
    }),
});
if (location.hash.length > 1) showAddress(location.hash);

/** What was told while a picture is open: what it stands among changes when it is closed. */
let stale = false;

/** Runs changed, and nothing that the person chose. */
const refresh = (changed: ReadonlySet<number>): void => {
  viewer.refresh(changed);
  stale = viewer.isOpen;
  if (!stale) {
    const { questions, unknownNames } = searchFor(view.text);
    choose(view, batch, [...questions, picking.fits]);
    tools.refresh();
    tools.drawCount(unknownNames);
  }
  picking.redraw();
  if (view.mode === 'grid') grid.redrawInPlace();
  else if (view.mode === 'timeline') timeline.refresh();
  else gallery.refresh(changed);
};
viewer.element.addEventListener('close', () => {
  if (stale) refresh(new Set());
});

const header = document.querySelector('header.top');
if (!isServed && data.during !== undefined) header?.after(duringSection(data.during, data.command));
if (isServed && data.live !== undefined) {
  const now = new Now(data.live.command);
  header?.after(now.element);
  now.draw(data.live.now);
  let heading = '';
  followServer(batch, data.live, {
    changed: (changes, changed) => {
      now.draw(changes.now);
      if (header !== null && heading !== changes.heading) drawHeading(header, changes.heading);
      heading = changes.heading;
      if (changed.size === 0) return;
      attention.draw();
      refresh(changed);
    },
    marked: (marks) => picking.marks.merge(marks.flatMap((one) => marksOf(one, batch.name))),
    connected: (is) => {
      now.connected(is);
      if (is) atServer?.sendAgain();
    },
  });
}
