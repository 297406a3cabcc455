/**
 * The page's script: the tasks' time on the service in periods of work, each laid into as many
 * lanes as there were slots.
 */
export const periods = String.raw`
/** With nothing in flight for longer than this, another period begins: an apply of another day. */
const longPause = 10 * 60000;
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
`;
