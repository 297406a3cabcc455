import { error, warning } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { JournalPlace, Stores } from '../../journal/stores.js';
import { dateOf } from './batch-templates.js';
import type { BatchOptions } from '../options/options.js';
import type { Io } from '../../edges/io.js';

/**
 * Which day templates read: that of now, that of the last apply (for commands that look back), or
 * that of an instant. `--date` stands above all of them.
 */
export type Day = 'now' | 'lastApply' | number;

/** What templates read as batch.date, as YYYY-MM-DD. */
export const dateFor = async (
  day: Day,
  from: {
    readonly manifest: Uint8Array;
    readonly place: JournalPlace;
    readonly stores: Stores;
    readonly options: Pick<BatchOptions, 'date'>;
    readonly io: Io;
  },
  problems: Problems,
): Promise<string> => {
  const { manifest, place, stores, options, io } = from;
  const { date: typed } = options;
  if (typed !== undefined) {
    if (!isDate(typed))
      problems.add(
        error('E0001', null, `--date wants a day as YYYY-MM-DD, not "${typed}"`, {
          hint: `--date ${dateOf(io.clock.now())}`,
        }),
      );
    else if (!readsDate(manifest))
      problems.add(
        warning('E0075', null, '--date changes nothing: the manifest does not read batch.date', {
          hint: 'write ${{ batch.date }} where the day belongs, such as the seed of a random axis',
        }),
      );
    return typed;
  }
  const now = dateOf(typeof day === 'number' ? day : io.clock.now());
  // The journal is read only where the manifest reads something of the day.
  if (day !== 'lastApply' || !readsDate(manifest)) return now;
  const read = await stores.read(place);
  if (!read.ok) return now;
  const { scope, beganAt } = read.state;
  return scope?.date ?? (beganAt === null ? now : dateOf(beganAt));
};

const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  dateOf(Date.parse(text)) === text;

/** Whether anything in the manifest may read batch.date: then a batch is of its day. */
const readsDate = (manifest: Uint8Array): boolean =>
  /\bbatch\b[^}]*\bdate\b/.test(new TextDecoder().decode(manifest));

/** The same batch as that of that day, also when it is asked for on another one. */
export const ofDay = <Options extends BatchOptions>(
  options: Options,
  manifest: Uint8Array,
  date: string | null,
): Options =>
  date === null || options.date !== undefined || !readsDate(manifest)
    ? options
    : { ...options, date };
