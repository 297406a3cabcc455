import type { SpanEnd } from '../../html/page-data.js';
import type { Batch, Run } from '../batch.js';

/** A task's time on the service. Times are in milliseconds since the epoch, lengths in milliseconds. */
interface Span {
  readonly run: Run;
  readonly from: number;
  /** In the queue. */
  readonly queued: number;
  /** When its end was seen; of an open one, the last thing that is known of the batch. */
  readonly seen: number;
  /** The earliest time at which the next task may have had its slot. */
  readonly free: number;
  readonly end: SpanEnd;
  /** Of a run that was submitted more than once; else null. */
  readonly attempt: number | null;
}

/** A span in its lane. An end is seen a little late, so that the bar may end before `seen`. */
export interface Bar extends Span {
  readonly lane: number;
  to: number;
}

/** A period of work: an apply of another day is another period. */
export interface Period {
  readonly from: number;
  readonly to: number;
  readonly bars: readonly Bar[];
  /** How long each slot was in use, in milliseconds. */
  readonly busy: readonly number[];
}

/** With nothing in flight for longer than this, another period begins. */
const longPause = 10 * 60_000;

export const periodsOf = (batch: Batch): readonly Period[] => {
  const groups = groupSpans(spansOf(batch), batch.start);
  const slots = batch.slots === null || batch.slots === 0 ? Infinity : batch.slots;
  // How many slots there were is known of the last apply only.
  return groups.map((spans, at) => layOut(spans, at === groups.length - 1 ? slots : Infinity));
};

const spansOf = ({ runs, end: last }: Batch): readonly Span[] =>
  runs
    .flatMap((run) =>
      (run.spans ?? []).map(([from, queued, length, end, earliest], at, all): Span => {
        const open = Math.max(from, last === null || last === 0 ? from : last);
        return {
          run,
          from,
          queued: Math.max(0, queued),
          seen: length < 0 ? open : from + length,
          free: from + (earliest ?? Math.max(0, length)),
          end,
          attempt: all.length > 1 ? at + 1 : null,
        };
      }),
    )
    .sort((a, b) => a.from - b.from || a.seen - b.seen);

type Spans = [Span, ...Span[]];

const groupSpans = (spans: readonly Span[], start: number | null): readonly Spans[] => {
  const groups: Spans[] = [];
  let till = -Infinity;
  for (const span of spans) {
    const group = groups.at(-1);
    const begins = start !== null && till <= start && span.from >= start;
    if (group === undefined || begins || span.from - till > longPause) groups.push([span]);
    else group.push(span);
    till = Math.max(till, span.seen);
  }
  return groups;
};

/** Lays the tasks of a period into lanes, one for each slot. `most`: how many there can have been. */
const layOut = (spans: Spans, most: number): Period => {
  const bars: Bar[] = [];
  /** The last bar of each lane. */
  const lanes: Bar[] = [];
  for (const span of spans) {
    const lane = laneFor(span, lanes, most);
    const last = lanes[lane];
    if (last !== undefined) last.to = Math.max(last.from, Math.min(last.to, span.from));
    const bar: Bar = { ...span, lane, to: span.seen };
    lanes[lane] = bar;
    bars.push(bar);
  }
  const busy = lanes.map(() => 0);
  for (const { lane, from, to } of bars) busy[lane] = (busy[lane] ?? 0) + to - from;
  return { from: spans[0].from, to: Math.max(...lanes.map(({ to }) => to)), bars, busy };
};

/** A lane that is free, else another one, else the one that was free first. */
const laneFor = ({ from }: Span, lanes: readonly Bar[], most: number): number => {
  const free = lanes.findIndex((last) => freeAt(last) <= from);
  if (free >= 0) return free;
  if (lanes.length < most) return lanes.length;
  const times = lanes.map(freeAt);
  return Math.max(0, times.indexOf(Math.min(...times)));
};

const freeAt = ({ end, to, free }: Bar): number => (end === 'o' ? Infinity : Math.min(to, free));

/** The part of the slots' time that was used: while tasks were left to submit, and in all. */
export interface Use {
  readonly filling: number | null;
  readonly whole: number | null;
}

export const useOf = ({ bars, busy, from, to }: Period): Use => {
  const usedTill = (till: number): number =>
    bars.reduce((sum, bar) => sum + Math.max(0, Math.min(bar.to, till) - bar.from), 0);
  const share = (till: number): number | null =>
    till > from ? usedTill(till) / ((till - from) * busy.length) : null;
  const lastStart = bars.at(-1)?.from ?? from;
  return { filling: bars.length > busy.length ? share(lastStart) : null, whole: share(to) };
};
