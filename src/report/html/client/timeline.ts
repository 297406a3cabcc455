/** The page's script: when each task held a slot of the account. Only bars in sight exist. */
export const timeline = String.raw`
const laneHeight = 30;
const gutter = 92;
const axisHeight = 26;
const ends = { s: 'succeeded', f: 'failed', c: 'cancelled', o: 'pending' };
const endWords = { s: 'succeeded', f: 'failed', c: 'cancelled', o: 'not ended yet' };

/** at: the task that is told of. */
const chart = { period: periods.length - 1, zoom: 1, at: 0 };
const timelineBox = h('div', { class: 'timeline' });

const spanText = ({ run, from, seen, queued, lane, end, attempt }) =>
  [run.name + (attempt ? ', attempt ' + attempt : ''), endWords[end], 'slot ' + (lane + 1), 'queued ' + duration(queued), 'ran ' + duration(Math.max(0, seen - from - queued))].join(' · ');

const periodChoice = () => periods.length < 2 ? null : h('label', { class: 'choice' }, h('span', { text: 'Period' }),
  h('select', { onchange: (event) => { Object.assign(chart, { period: Number(event.target.value), zoom: 1, at: 0 }); drawTimeline(); } },
    periods.map(({ from, spans: own }, at) => option(at, moment(from) + ', ' + plural(own.length, 'task'), at === chart.period))));

const usedFacts = (period) => {
  const { filling, whole } = utilisation(period);
  const fact = (name, text, small) => h('div', { class: 'fact' }, h('dt', { text: name }), h('dd', { text }, small ? h('small', { text: small }) : null));
  return h('dl', { class: 'facts' },
    fact('Tasks', grouped(period.spans.length)),
    fact('Slots', String(period.lanes.length), 'at once at most'),
    filling === null ? null : fact('Slots in use', percent(filling), 'while tasks were left to submit'),
    whole === null ? null : fact(filling === null ? 'Slots in use' : 'In all', percent(whole), 'with the last tasks running out'),
    fact('From first to last', duration(period.to - period.from)));
};

const legendOf = (period) => h('span', { class: 'legend' }, h('span', { class: 'key wait', text: 'queued' }),
  [...new Set(period.spans.map(({ end }) => end))].map((end) => h('span', { class: 'key s-' + ends[end], text: endWords[end] })));

/** What is seen of a period: px dots per millisecond, from dot left to dot right. */
const windowOf = (period, scroll) => {
  const length = Math.max(1, period.to - period.from);
  const [left, width] = [scroll.scrollLeft, scroll.clientWidth];
  const px = ((width - gutter - 8) * chart.zoom) / length;
  return { period, length, px, left, width, xOf: (at) => gutter + (at - period.from) * px - left };
};

const barOf = (span, at, x, width, px, dim) => {
  const y = span.lane * laneHeight + 3;
  const names = 'span s-' + ends[span.end] + (dim ? ' dim' : '') + (at === chart.at ? ' on' : '');
  if (width <= 2) return drawn('rect', { class: names, 'data-at': at, x, y, width, height: laneHeight - 6 });
  const size = { y, height: laneHeight - 6, rx: Math.min(4, width / 3) };
  const group = drawn('g', { class: names, 'data-at': at }, drawn('rect', { x, width: width - 1, ...size }));
  const wait = Math.min(width, span.queued * px);
  if (wait >= 1) group.append(drawn('rect', { class: 'wait', x, width: wait, ...size }));
  const letters = Math.floor((width - wait - 12) / 7);
  if (letters >= 4) group.append(drawn('text', { x: x + wait + 6, y: y + 16, text: clip(span.run.name, letters) }));
  return group;
};

const barsOf = ({ period, px, width: seen, xOf }, shown) => {
  const dots = new Set();
  return period.spans.flatMap((span, at) => {
    const x = xOf(span.from);
    const width = Math.max(2, (span.to - span.from) * px);
    if (x + width < gutter || x > seen) return [];
    // Of bars that fall on one dot, one is drawn; trouble is never the one left out.
    const dot = width > 2 ? null : span.lane + ' ' + (span.end === 's') + ' ' + Math.floor(x / 2);
    if (dot && dots.has(dot)) return [];
    dots.add(dot);
    return [barOf(span, at, x, width, px, !shown.has(span.run))];
  });
};

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400].map((seconds) => seconds * 1000);

const ticksOf = ({ period, length, px, width, xOf }) => {
  const step = steps.find((ms) => ms * px >= 84) || Math.ceil(84 / px / 86400000) * 86400000;
  const height = period.lanes.length * laneHeight;
  const marks = [];
  for (let at = 0; at <= length; at += step) {
    const x = xOf(period.from + at);
    if (x < gutter - 1 || x > width) continue;
    marks.push(drawn('line', { class: 'tick', x1: x, x2: x, y1: 0, y2: height }),
      drawn('text', { class: 'tick-text', x: x + 3, y: height + 17, text: at === 0 ? new Date(period.from).toLocaleTimeString() : '+' + duration(at) }));
  }
  return marks;
};

const laneTitles = ({ period, length }) => period.lanes.flatMap(({ busy }, lane) => {
  const y = lane * laneHeight;
  return [
    drawn('rect', { class: 'gutter', x: 0, y, width: gutter, height: laneHeight }),
    drawn('text', { class: 'lane', x: 4, y: y + 20, text: 'slot ' + (lane + 1) }),
    drawn('text', { class: 'lane share', x: gutter - 8, y: y + 20, 'text-anchor': 'end', text: percent(busy / length) }),
  ];
});

/** The drawing of a period, in a box that scrolls; what the pointer or the keys are on is told below. */
const chartOf = (period) => {
  const picture = drawn('svg', { class: 'chart', height: period.lanes.length * laneHeight + axisHeight, 'aria-hidden': 'true' });
  const wide = h('div', {}, picture);
  const scroll = h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-roledescription': 'timeline', 'aria-describedby': 'timeline-told',
    'aria-label': 'Timeline. Left and right arrow: from task to task. Plus and minus: zoom. Enter: open the run.' }, wide);
  const told = h('p', { class: 'told', id: 'timeline-told', role: 'status' });
  const shown = new Set(view.shown);
  const draw = () => {
    wide.style.setProperty('width', scroll.clientWidth * chart.zoom + 'px');
    const seen = windowOf(period, scroll);
    picture.setAttribute('width', seen.width);
    picture.replaceChildren(...ticksOf(seen), ...barsOf(seen, shown), ...laneTitles(seen));
  };
  const tell = (at) => {
    chart.at = at;
    told.textContent = spanText(period.spans[at]);
    for (const bar of picture.querySelectorAll('[data-at]')) bar.classList.toggle('on', Number(bar.dataset.at) === at);
  };
  const zoomBy = (factor) => {
    const middle = (scroll.scrollLeft + scroll.clientWidth / 2) / chart.zoom;
    chart.zoom = Math.min(Math.max(1, chart.zoom * factor), Math.max(1, (period.to - period.from) / 2000));
    draw();
    scroll.scrollLeft = middle * chart.zoom - scroll.clientWidth / 2;
    draw();
  };
  scroll.addEventListener('scroll', framed(draw), { passive: true });
  return { period, scroll, told, draw, tell, zoomBy };
};

const listen = ({ period, scroll, tell, zoomBy, draw }) => {
  const spanAt = ({ target }) => {
    const bar = target.closest('[data-at]');
    return bar ? Number(bar.dataset.at) : null;
  };
  const open = () => openViewer(period.spans[chart.at].run, scroll);
  const go = (by) => () => {
    tell(Math.min(period.spans.length - 1, Math.max(0, chart.at + by)));
    const { xOf, width } = windowOf(period, scroll);
    const x = xOf(period.spans[chart.at].from);
    if (x < gutter || x > width - 60) scroll.scrollLeft += x - width / 3;
    draw();
  };
  const keys = { ArrowRight: go(1), ArrowLeft: go(-1), Home: go(-Infinity), End: go(Infinity), Enter: open, '+': () => zoomBy(2), '-': () => zoomBy(0.5) };
  scroll.addEventListener('pointerover', (event) => { const at = spanAt(event); if (at !== null && at !== chart.at) tell(at); });
  scroll.addEventListener('click', (event) => { const at = spanAt(event); if (at !== null) { tell(at); open(); } });
  scroll.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
};

let redrawTimeline = () => {};

const drawTimeline = () => {
  const period = periods[chart.period];
  if (!period) {
    timelineBox.replaceChildren(h('p', { class: 'nothing', text: 'No task has been accepted yet.' }));
    return;
  }
  const made = chartOf(period);
  listen(made);
  const zoomButton = (text, label, factor) => h('button', { type: 'button', text, 'aria-label': label, onclick: () => made.zoomBy(factor) });
  timelineBox.replaceChildren(
    h('div', { class: 'axes' }, periodChoice(), legendOf(period), h('span', { class: 'spring' }),
      h('div', { class: 'modes', role: 'group', 'aria-label': 'Zoom' }, zoomButton('−', 'Zoom out', 0.5), zoomButton('+', 'Zoom in', 2))),
    usedFacts(period), made.scroll, made.told);
  redrawTimeline = framed(() => made.scroll.isConnected && made.draw());
  made.draw();
  made.tell(Math.min(chart.at, period.spans.length - 1));
};

window.addEventListener('resize', () => redrawTimeline());
`;
