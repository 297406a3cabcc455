import type { Instant } from '../../journal/state.js';
import type { Forecast } from '../../forecast/forecast.js';
import type { RunId } from '../../values/ids.js';
import type { Paint } from '../colour.js';
import { clip, duration, fit, grouped, oneLine, widthOf } from '../format.js';
import type { Part } from './row.js';
import { rowOf } from './row.js';
import type { Flight, Tally } from './tally.js';
import { basisText, coinsText, countsText, leftText } from '../words.js';

/** What the live view tells of the runs, at one moment. */
export interface LiveView {
  readonly tally: Tally;
  readonly total: number | null;
  readonly forecast: Forecast | null;
  readonly now: Instant;
  readonly startedAt: Instant;
  readonly nameOf: (run: RunId) => string;
  /** The apply is over: what stays in the scrollback. */
  readonly ended: boolean;
}

interface RowOptions {
  /** Of the terminal; the rows stand two columns to the right. */
  readonly width: number;
  readonly paint: Paint;
}

const indent = 2;

/** The bar and the counts. */
export const factRows = (view: LiveView, { width, paint }: RowOptions): readonly string[] =>
  [barParts(view, width), countParts(view)].map((parts) => rowOf(parts, width - indent, paint));

/** What is in flight, at most `room` rows. */
export const flightRows = (
  view: LiveView,
  { width, paint }: RowOptions,
  room: number,
): readonly string[] =>
  flightParts(view, width, room).map((parts) => rowOf(parts, width - indent, paint));

/** `32 done · 3 in flight · 18 waiting · estimate from 32 tasks` */
const countParts = ({ tally, total, forecast, ended }: LiveView): readonly Part[] => {
  const basis = ended ? null : basisText(forecast);
  return [countsText(tally, total), ...(basis === null ? [] : [['dim', ` · ${basis}`] as const])];
};

const minBar = 8;

/** `━━━━━━━╌╌╌╌  32/53  60%  384 of about 640 coins  about 4 min left` */
const barParts = (view: LiveView, width: number): readonly Part[] => {
  const { tally, total, forecast, ended, now, startedAt } = view;
  const share = total === null || total === 0 ? 0 : Math.min(1, tally.settled / total);
  const factsWith = (percent: boolean): string =>
    [
      total === null ? grouped(tally.settled) : `${grouped(tally.settled)}/${grouped(total)}`,
      !percent || total === null || total === 0 ? null : `${Math.floor(share * 100)}%`,
      coinsText(tally, ended ? null : forecast),
      ended ? `in ${duration(now - startedAt)}` : leftText(forecast),
    ]
      .filter((fact) => fact !== null)
      .join('  ');
  // The bar says it too: on a narrow terminal what is spent matters more.
  const whole = factsWith(true);
  const text = width - widthOf(whole) - 4 < minBar ? factsWith(false) : whole;
  const length = Math.max(minBar, Math.min(40, width - widthOf(text) - 6));
  const good = Math.round(length * (total === null || total === 0 ? 0 : tally.done / total));
  const filled = Math.max(good, Math.round(length * share));
  return [
    ['good', '━'.repeat(Math.min(good, length))],
    ['error', '━'.repeat(Math.max(0, Math.min(filled, length) - good))],
    ['dim', '╌'.repeat(Math.max(0, length - filled))],
    '  ',
    text,
  ];
};

const maxFlights = 8;
/** Columns for what a task does. */
const stepWidth = 26;

/** Oldest first: what hangs stands on top. */
const flightParts = (view: LiveView, width: number, room: number): readonly (readonly Part[])[] => {
  const { flights, waitingFor } = view.tally;
  const all = [...flights];
  const limit = Math.min(maxFlights, waitingFor === null ? room : room - 1);
  const shown = all.slice(0, all.length > limit ? Math.max(0, limit - 1) : limit);
  // A step is told where a name still has room beside it; then all rows keep that room free.
  const free = width - 4 - 10 - 9;
  const steps = free >= 2 * stepWidth && shown.some(([, { step }]) => step !== null);
  const nameRoom = Math.max(8, Math.min(48, steps ? free - stepWidth - 2 : free));
  const parts = shown.map(([run, flight]) =>
    flightRow(view.nameOf(run), steps ? flight : { ...flight, step: null }, view.now, nameRoom),
  );
  const more = all.length - shown.length;
  if (more > 0) parts.push([['dim', `  … and ${grouped(more)} more`]]);
  if (waitingFor !== null) parts.push([['dim', oneLine(waitingFor)]]);
  return parts;
};

const flightMarks: Readonly<Record<Flight['state'], Part>> = {
  submitting: ['dim', '○'],
  queued: ['dim', '○'],
  running: ['accent', '●'],
  saving: ['good', '↓'],
};

const flightRow = (
  name: string,
  flight: Flight,
  now: Instant,
  nameRoom: number,
): readonly Part[] => {
  const age = duration(Math.max(0, Math.floor((now - flight.since) / 1000) * 1000));
  const shownAge = age === '0 ms' ? '' : age;
  return [
    flightMarks[flight.state],
    ' ',
    fit(oneLine(name), nameRoom),
    ' ',
    ['dim', `${fit(flight.state, 10)} ${shownAge.padStart(7)}`],
    ...(flight.step === null ? [] : ['  ', stepText(flight.step)]),
  ];
};

/** `KSampler 45%` */
const stepText = ({ node, percent }: NonNullable<Flight['step']>): string => {
  const share = percent === null ? '' : ` ${percent}%`;
  return clip(oneLine(node), stepWidth - share.length) + share;
};
