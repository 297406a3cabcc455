/**
 * The page's script: when each task held a slot of the account. Tasks are laid into as many lanes
 * as there were tasks at once; only bars in sight exist.
 */
export const timeline = String.raw`
const laneHeight = 30;
const gutter = 92;
const axisHeight = 26;
/** With nothing in flight for longer than this, another period begins: an apply of another day. */
const longPause = 10 * 60000;
const ends = { s: 'succeeded', f: 'failed', c: 'cancelled', o: 'pending' };
const endWords = { s: 'succeeded', f: 'failed', c: 'cancelled', o: 'not ended yet' };
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400].map((seconds) => seconds * 1000);

const spans = runs.flatMap((run) => (run.spans || []).map(([from, queued, length, end, least], at, all) => ({
  run, from, end, queued: Math.max(0, queued), to: length < 0 ? Math.max(from, data.end || from) : from + length,
  free: from + (least === undefined ? Math.max(0, length) : least), attempt: all.length > 1 ? at + 1 : 0,
}))).sort((a, b) => a.from - b.from || a.to - b.to);
for (const span of spans) span.seen = span.to;

/** The spans in periods of work: an apply of another day is another period. */
const periods = (() => {
  const found = [];
  let till = -Infinity;
  for (const span of spans) {
    if (span.from - till > longPause || (till <= data.start && span.from >= data.start)) found.push({ spans: [], lanes: [], from: span.from });
    till = Math.max(till, span.to);
    found[found.length - 1].spans.push(span);
  }
  return found;
})();

/** From when on the next task may have had its slot: an end is seen a little late. */
const freeAt = ({ end, to, free }) => (end === 'o' ? Infinity : Math.min(to, free));

/** Lays the tasks of a period into lanes, one for each slot. most: how many there can have been. */
const layOut = (period, most) => {
  const { lanes } = period;
  for (const span of period.spans) {
    let at = lanes.findIndex(({ last }) => freeAt(last) <= span.from);
    if (at < 0 && lanes.length < most) at = lanes.push({ last: null, busy: 0 }) - 1;
    if (at < 0) at = lanes.reduce((best, { last }, lane) => (freeAt(last) < freeAt(lanes[best].last) ? lane : best), 0);
    const { last } = lanes[at];
    if (last) last.to = Math.max(last.from, Math.min(last.to, span.from));
    lanes[at].last = span;
    span.lane = at;
  }
  for (const span of period.spans) lanes[span.lane].busy += span.to - span.from;
  period.to = Math.max(...lanes.map(({ last }) => last.to));
};
periods.forEach((period, at) => layOut(period, at === periods.length - 1 && data.slots ? data.slots : Infinity));

/** How much of the slots' time was used: while tasks were left to submit, and in all. */
const utilisation = ({ spans: own, lanes, from, to }) => {
  const lastStart = own[own.length - 1].from;
  const usedTill = (till) => own.reduce((sum, span) => sum + Math.max(0, Math.min(span.to, till) - span.from), 0);
  const share = (till) => (till > from ? usedTill(till) / ((till - from) * lanes.length) : null);
  return { filling: own.length > lanes.length ? share(lastStart) : null, whole: share(to) };
};

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

const drawTimeline = () => {
  const period = periods[chart.period];
  if (!period) {
    timelineBox.replaceChildren(h('p', { class: 'nothing', text: 'No task has been accepted yet.' }));
    return;
  }
  const height = period.lanes.length * laneHeight;
  const picture = drawn('svg', { class: 'chart', height: height + axisHeight, 'aria-hidden': 'true' });
  const wide = h('div', { class: 'wide' }, picture);
  const scroll = h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-roledescription': 'timeline', 'aria-describedby': 'timeline-told',
    'aria-label': 'Timeline. Left and right arrow: from task to task. Enter: open its run.' }, wide);
  const told = h('p', { class: 'told', id: 'timeline-told', role: 'status' });
  const length = Math.max(1, period.to - period.from);
  const shown = new Set(view.shown);
  const scale = () => ((scroll.clientWidth - gutter - 8) * chart.zoom) / length;
  const tell = (at) => {
    for (const group of picture.querySelectorAll('.on')) group.classList.remove('on');
    chart.at = at;
    told.textContent = spanText(period.spans[at]);
    const group = picture.querySelector('[data-at="' + at + '"]');
    if (group) group.classList.add('on');
  };

  /** px: dots per millisecond. */
  const bar = (span, at, x, width, px) => {
    const y = span.lane * laneHeight + 3;
    const names = 'span s-' + ends[span.end] + (shown.has(span.run) ? '' : ' dim') + (at === chart.at ? ' on' : '');
    if (width <= 2) return drawn('rect', { class: names, 'data-at': at, x, y, width, height: laneHeight - 6 });
    const size = { y, height: laneHeight - 6, rx: Math.min(4, width / 3) };
    const group = drawn('g', { class: names, 'data-at': at }, drawn('rect', { x, width: width - 1, ...size }));
    const wait = Math.min(width, span.queued * px);
    if (wait >= 1) group.append(drawn('rect', { class: 'wait', x, width: wait, ...size }));
    const letters = Math.floor((width - wait - 12) / 7);
    if (letters >= 4) group.append(drawn('text', { x: x + wait + 6, y: y + 16, text: clip(span.run.name, letters) }));
    return group;
  };

  const bars = (from, till) => {
    const px = scale();
    const drawnDots = new Set();
    return period.spans.flatMap((span, at) => {
      const x = gutter + (span.from - period.from) * px - from;
      const width = Math.max(2, (span.to - span.from) * px);
      if (x + width < gutter || x > till - from) return [];
      // Of bars that fall on one dot, one is drawn; trouble is never the one left out.
      const dot = width > 2 ? null : span.lane + ' ' + (span.end === 's') + ' ' + Math.floor(x / 2);
      if (dot && drawnDots.has(dot)) return [];
      drawnDots.add(dot);
      return [bar(span, at, x, width, px)];
    });
  };

  const ticks = (from, till) => {
    const px = scale();
    const step = steps.find((ms) => ms * px >= 84) || Math.ceil(84 / px / 86400000) * 86400000;
    const marks = [];
    for (let at = 0; at <= length; at += step) {
      const x = gutter + at * px - from;
      if (x < gutter - 1 || x > till - from) continue;
      marks.push(drawn('line', { class: 'tick', x1: x, x2: x, y1: 0, y2: height }),
        drawn('text', { class: 'tick-text', x: x + 3, y: height + 17, text: at === 0 ? new Date(period.from).toLocaleTimeString() : '+' + duration(at) }));
    }
    return marks;
  };

  const lanes = () => period.lanes.flatMap(({ busy }, lane) => [
    drawn('rect', { class: 'gutter', x: 0, y: lane * laneHeight, width: gutter, height: laneHeight }),
    drawn('text', { class: 'lane', x: 4, y: lane * laneHeight + 20, text: 'slot ' + (lane + 1) }),
    drawn('text', { class: 'lane share', x: gutter - 8, y: lane * laneHeight + 20, 'text-anchor': 'end', text: percent(busy / length) }),
  ]);

  const draw = () => {
    const width = scroll.clientWidth;
    wide.style.setProperty('width', width * chart.zoom + 'px');
    picture.setAttribute('width', width);
    const from = scroll.scrollLeft;
    picture.replaceChildren(...ticks(from, from + width), ...bars(from, from + width), ...lanes());
  };

  const zoomBy = (factor) => {
    const middle = (scroll.scrollLeft + scroll.clientWidth / 2) / chart.zoom;
    chart.zoom = Math.min(Math.max(1, chart.zoom * factor), Math.max(1, length / 2000));
    draw();
    scroll.scrollLeft = middle * chart.zoom - scroll.clientWidth / 2;
    draw();
  };
  const intoSight = () => {
    const x = gutter + (period.spans[chart.at].from - period.from) * scale();
    if (x < scroll.scrollLeft + gutter || x > scroll.scrollLeft + scroll.clientWidth - 60) scroll.scrollLeft = x - scroll.clientWidth / 3;
  };
  const spanAt = (event) => {
    const group = event.target.closest('[data-at]');
    return group ? Number(group.dataset.at) : null;
  };
  scroll.addEventListener('scroll', framed(draw), { passive: true });
  scroll.addEventListener('pointerover', (event) => { const at = spanAt(event); if (at !== null && at !== chart.at) tell(at); });
  scroll.addEventListener('click', (event) => { const at = spanAt(event); if (at !== null) openViewer(period.spans[at].run, scroll); });
  scroll.addEventListener('keydown', (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === 'Enter') openViewer(period.spans[chart.at].run, scroll);
    else if (event.key === '+' || event.key === '-') zoomBy(event.key === '+' ? 2 : 0.5);
    else if (move === undefined) return;
    else { tell(Math.min(period.spans.length - 1, Math.max(0, chart.at + move))); intoSight(); }
    event.preventDefault();
  });
  const zoomButton = (text, label, factor) => h('button', { type: 'button', text, 'aria-label': label, onclick: () => zoomBy(factor) });
  timelineBox.replaceChildren(
    h('div', { class: 'axes' }, periodChoice(), h('span', { class: 'legend' },
      h('span', { class: 'key wait', text: 'queued' }), ...[...new Set(period.spans.map(({ end }) => end))].map((end) => h('span', { class: 'key s-' + ends[end], text: endWords[end] }))),
      h('span', { class: 'spring' }),
      h('div', { class: 'modes', role: 'group', 'aria-label': 'Zoom' }, zoomButton('−', 'Zoom out', 0.5), zoomButton('+', 'Zoom in', 2))),
    usedFacts(period), scroll, told);
  redrawTimeline = framed(() => timelineBox.isConnected && draw());
  draw();
  tell(Math.min(chart.at, period.spans.length - 1));
};

let redrawTimeline = () => {};
window.addEventListener('resize', () => redrawTimeline());
`;
