/** The script of report.html: it reads the data inside the page and puts it all together. */
import type { PageData } from '../html/page-data.js';
import { drawAttention } from './attention.js';
import { makeBatch } from './batch.js';
import type { Context } from './context.js';
import { makeTile } from './context.js';
import { closestTo, elementById, framed, h } from './dom.js';
import { Gallery } from './gallery.js';
import { Grid } from './grid/grid.js';
import { makeSearch } from './search/search.js';
import { Timeline } from './timeline/timeline.js';
import { Tools } from './tools.js';
import type { Mode } from './view.js';
import { choose, newView } from './view.js';
import { linkTo } from './viewer/link.js';
import { Viewer } from './viewer/viewer.js';

/** data.ts wrote it into this very page, by the same type: it is not checked again. */
const readData = (): PageData => JSON.parse(elementById('data').textContent) as PageData;

const batch = makeBatch(readData());
const view = newView(batch);
const questionsOf = makeSearch(batch);

const context: Context = {
  batch,
  view,
  tile: makeTile(
    framed(() => {
      gallery.redraw();
      grid.redraw();
    }),
  ),
  open: (item, from) => viewer.open(item, from ?? null),
  pick: (run) => viewer.pick(run),
  showChosen: (choices) => {
    view.choices = choices;
    setMode('gallery');
  },
};

const gallery = new Gallery(context);
const grid = new Grid(context);
const timeline = new Timeline(context);
const viewer = new Viewer(context, (item) => gallery.reveal(item));
const stand = h('div', { class: 'stand' });
const runs = elementById('runs');

const update = (): void => {
  choose(view, batch, questionsOf(view.text).questions);
  tools.drawCount();
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

const setMode = (mode: Mode): void => {
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
document.body.append(viewer.element, viewer.pin.element);
drawAttention(context);
setMode(batch.pairs === null ? 'gallery' : 'changes');

/** A link to one run of the report: report.html#run=NAME. */
const linked = batch.runs.find((run) => linkTo(run) === location.hash);
if (linked !== undefined) {
  if (view.mode === 'changes') setMode('gallery');
  viewer.open(linked, null);
}
