import type { RunError } from '../journal/event.js';
import type { Forecast } from '../forecast/forecast.js';
import type { RunId } from '../values/ids.js';
import {
  count,
  duration,
  fileSize,
  grouped,
  oneLine,
  roughDuration,
  shortDecimal,
} from './format.js';
import type { Change, Tally } from './live/tally.js';
import { codeText } from '../report/words.js';
import { whoCancelled } from '../journal/cancelled.js';

/** `node 3: out of memory (805)` */
export const reasonOf = (error: RunError): string =>
  oneLine(`${error.node === null ? '' : `node ${error.node}: `}${error.message}${codeText(error)}`);

/** `30 done · 2 failed · 3 in flight · 18 waiting` */
export const countsText = (tally: Tally, total: number | null): string => {
  const inFlight = tally.flights.size;
  const waiting = total === null ? 0 : Math.max(0, total - tally.settled - inFlight);
  const parts: readonly (readonly [number, string])[] = [
    [tally.failed, 'failed'],
    [tally.cancelled, 'cancelled'],
    [tally.unknown.size, 'unknown'],
    [tally.blocked, 'blocked'],
    [inFlight, 'in flight'],
    [waiting, 'waiting'],
  ];
  const shown = parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${grouped(number)} ${word}`);
  return [`${grouped(tally.done)} done`, ...shown].join(' · ');
};

/** `384 coins`, `384 of about 640 coins` */
export const coinsText = (
  { coins }: Pick<Tally, 'coins'>,
  forecast: Pick<Forecast, 'coins'> | null,
): string | null => {
  if (coins === null) return null;
  const more = forecast?.coins ?? null;
  const all = more === null ? '' : ` of about ${grouped(Math.round(Number(coins) + more))}`;
  return `${shortDecimal(coins)}${all} coins`;
};

/** `about 4 min left` */
export const leftText = (forecast: Pick<Forecast, 'wallTimeMs'> | null): string | null =>
  forecast === null ? null : `about ${roughDuration(forecast.wallTimeMs)} left`;

/** On how many tasks a forecast rests is how far it can be trusted. */
export const basisText = (forecast: Pick<Forecast, 'observations'> | null): string | null =>
  forecast === null ? null : `estimate from ${count(forecast.observations, 'task')}`;

/** One change as one word and one line: for logs. null: no news for a log. */
export const changeText = (
  change: Change,
  nameOf: (run: RunId) => string,
): readonly [string, string] | null => {
  switch (change.is) {
    case 'phase':
      return change.detail === '' ? null : [change.phase, oneLine(change.detail)];
    case 'submitted':
      return ['submitted', `${nameOf(change.run)} · task ${change.taskId}`];
    case 'adopted':
      return ['followed', `${nameOf(change.run)} · task ${change.taskId}, submitted before`];
    case 'running':
      return null;
    case 'done':
      return ['done', [nameOf(change.run), ...doneFacts(change)].join(' · ')];
    case 'retry':
      return ['retry', `${nameOf(change.run)} · ${reasonOf(change.error)}`];
    case 'failed':
      return ['failed', `${nameOf(change.run)} · ${reasonOf(change.error)}`];
    case 'blocked':
      return ['blocked', `${nameOf(change.run)} · ${reasonOf(change.error)}`];
    case 'cancelled':
      return ['cancelled', `${nameOf(change.run)} · by ${whoCancelled(change.by)}`];
    case 'unknown':
      return ['unknown', `${nameOf(change.run)} · ${oneLine(change.why)}`];
    case 'uploaded':
      return ['uploaded', `${oneLine(change.path)} · ${fileSize(change.bytes)}`];
    case 'uploadFailed':
      return ['no upload', `${reasonOf(change.error)} · ${needText(change.runs)}`];
    case 'waiting':
      return ['waiting', oneLine(change.message)];
    case 'notice':
      return ['notice', oneLine(change.message)];
    case 'end':
      return change.stop === null ? null : ['stopped', oneLine(change.stop)];
  }
};

/** The reason names the file. */
export const needText = (runs: number): string =>
  runs === 1 ? '1 run needs it' : `${count(runs, 'run')} need it`;

const doneFacts = ({ ms, files }: Extract<Change, { is: 'done' }>): string[] => [
  ...(ms === null ? [] : [duration(ms)]),
  count(files, 'file'),
];
