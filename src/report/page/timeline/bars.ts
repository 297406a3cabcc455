import { duration } from '../../../values/amounts.js';
import type { RunStatus } from '../../terms.js';
import type { SpanEnd } from '../../html/page-data.js';
import type { Run } from '../batch.js';
import { drawn } from '../dom.js';
import { clip, percent } from '../format.js';
import type { Bar, Period } from './periods.js';

export const laneHeight = 30;
/** At the left of the drawing, for the names of the slots. */
export const gutter = 92;
/** Below the lanes, for the times. */
export const axisHeight = 26;

export const endColours: Readonly<Record<SpanEnd, RunStatus>> = {
  s: 'succeeded',
  f: 'failed',
  c: 'cancelled',
  o: 'pending',
};

/** What is seen of a period. */
export interface Part {
  readonly period: Period;
  /** Of the whole period, in milliseconds. */
  readonly length: number;
  /** Pixels per millisecond. */
  readonly scale: number;
  /** Of the drawing, in pixels. */
  readonly width: number;
  readonly xOf: (at: number) => number;
}

export const partInSight = (period: Period, scroll: HTMLElement, zoom: number): Part => {
  const length = Math.max(1, period.to - period.from);
  const { scrollLeft, clientWidth: width } = scroll;
  const scale = ((width - gutter - 8) * zoom) / length;
  const xOf = (at: number): number => gutter + (at - period.from) * scale - scrollLeft;
  return { period, length, scale, width, xOf };
};

/** Where a bar is drawn. */
interface Place {
  readonly x: number;
  readonly width: number;
  readonly scale: number;
}

/** The bars in sight. `shown`: the others are dimmed; `on`: the place of the one that is told of. */
export const barsOf = (
  { period, scale, width: seen, xOf }: Part,
  shown: ReadonlySet<Run>,
  on: number,
): readonly SVGElement[] => {
  const dots = new Set<string>();
  return period.bars.flatMap((bar, at) => {
    const x = xOf(bar.from);
    const width = Math.max(2, (bar.to - bar.from) * scale);
    if (x + width < gutter || x > seen) return [];
    if (width <= 2) {
      // Of bars that fall on one dot, one is drawn; a failed one is never the one left out.
      const dot = `${bar.lane} ${bar.end === 's'} ${Math.floor(x / 2)}`;
      if (dots.has(dot)) return [];
      dots.add(dot);
    }
    const classes = [
      'span',
      `s-${endColours[bar.end]}`,
      ...(shown.has(bar.run) ? [] : ['dim']),
      ...(at === on ? ['on'] : []),
    ];
    const attributes = { class: classes.join(' '), 'data-at': at };
    return [drawBar(bar, { x, width, scale }, attributes)];
  });
};

const drawBar = (
  { lane, queued, run }: Bar,
  { x, width, scale }: Place,
  attributes: Readonly<Record<string, string | number>>,
): SVGElement => {
  const y = lane * laneHeight + 3;
  const height = laneHeight - 6;
  if (width <= 2) return drawn('rect', { ...attributes, x, y, width, height });
  const size = { y, height, rx: Math.min(4, width / 3) };
  const group = drawn('g', attributes, drawn('rect', { x, width: width - 1, ...size }));
  const wait = Math.min(width, queued * scale);
  if (wait >= 1) group.append(drawn('rect', { class: 'wait', x, width: wait, ...size }));
  const letters = Math.floor((width - wait - 12) / 7);
  if (letters >= 4)
    group.append(drawn('text', { x: x + wait + 6, y: y + 16, text: clip(run.name, letters) }));
  return group;
};

const day = 86_400;
/** Distances between two times on the axis. */
const steps = [
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800],
  ...[3600, 7200, 14_400, 21_600, 43_200, day],
].map((seconds) => seconds * 1000);
/** Pixels that a time on the axis needs. */
const tickWidth = 84;

export const ticksOf = ({ period, length, scale, width, xOf }: Part): readonly SVGElement[] => {
  const days = Math.ceil(tickWidth / scale / (day * 1000)) * day * 1000;
  const step = steps.find((ms) => ms * scale >= tickWidth) ?? days;
  const height = period.busy.length * laneHeight;
  const marks: SVGElement[] = [];
  for (let at = 0; at <= length; at += step) {
    const x = xOf(period.from + at);
    if (x < gutter - 1 || x > width) continue;
    const text = at === 0 ? new Date(period.from).toLocaleTimeString() : `+${duration(at)}`;
    marks.push(
      drawn('line', { class: 'tick', x1: x, x2: x, y1: 0, y2: height }),
      drawn('text', { class: 'tick-text', x: x + 3, y: height + 17, text }),
    );
  }
  return marks;
};

export const laneTitles = ({ period, length }: Part): readonly SVGElement[] =>
  period.busy.flatMap((busy, lane) => {
    const y = lane * laneHeight;
    const share = { class: 'lane share', x: gutter - 8, y: y + 20, 'text-anchor': 'end' };
    return [
      drawn('rect', { class: 'gutter', x: 0, y, width: gutter, height: laneHeight }),
      drawn('text', { class: 'lane', x: 4, y: y + 20, text: `slot ${lane + 1}` }),
      drawn('text', { ...share, text: percent(busy / length) }),
    ];
  });
