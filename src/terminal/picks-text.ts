import { stringify } from 'csv-stringify/sync';
import type { BatchState, RunRecord } from '../journal/state.js';
import type { SavedFile } from '../journal/event.js';
import type { Marked } from '../picks/marked.js';
import { inertCell } from '../report/files/formula.js';
import { count } from '../values/amounts.js';
import { oneLine, plainText } from '../values/printable.js';
import { fit } from './format.js';

/** A marked picture and what became of it, as `rh-batch picks` shows it. */
interface Shown {
  readonly mark: Marked;
  readonly standing:
    | {
        readonly is: 'same' | 'changed';
        readonly record: RunRecord;
        readonly file: SavedFile;
      }
    | { readonly is: 'gone'; readonly record: RunRecord }
    | { readonly is: 'unknown' };
}

const standingWords: Readonly<Record<Shown['standing']['is'], string>> = {
  same: '',
  changed: 'changed since it was marked',
  gone: 'its run has no such output now',
  unknown: 'of a run that this batch does not know',
};

const recordOf = ({ standing }: Shown): RunRecord | null =>
  standing.is === 'unknown' ? null : standing.record;

/** The name that it has now. */
const pathOf = ({ mark, standing }: Shown): string =>
  standing.is === 'same' || standing.is === 'changed' ? standing.file.path : mark.file;

export const picksText = (pictures: readonly Shown[]): string => {
  if (pictures.length === 0) return 'no picture is marked\n';
  const lines = pictures.map((picture) => {
    const { pick, stars } = picture.mark;
    const name = recordOf(picture)?.inputs.name;
    const path = oneLine(pathOf(picture));
    const words = [
      `${fit(pick === 'none' ? '' : pick, 8)}  ${fit('★'.repeat(stars), 5)}  ${path}`,
      ...(name === undefined || path.startsWith(name) ? [] : [`run ${oneLine(name)}`]),
      standingWords[picture.standing.is],
    ];
    return words.filter((word) => word !== '').join(' · ');
  });
  return `${[...lines, '', summaryOf(pictures)].join('\n')}\n`;
};

const summaryOf = (pictures: readonly Shown[]): string => {
  const number = (fits: (mark: Marked) => boolean): number =>
    pictures.filter(({ mark }) => fits(mark)).length;
  const changed = pictures.filter(({ standing }) => standing.is === 'changed').length;
  return [
    `${count(pictures.length, 'picture')} marked`,
    `${number(({ pick }) => pick === 'picked')} picked`,
    `${number(({ pick }) => pick === 'rejected')} rejected`,
    `${number(({ stars }) => stars > 0)} with stars`,
    ...(changed > 0 ? [`${changed} changed since`] : []),
  ].join(' · ');
};

export const pictureJson = (picture: Shown): object => {
  const { mark, standing } = picture;
  const record = recordOf(picture);
  return {
    run: mark.run,
    name: record?.inputs.name ?? null,
    index: record?.inputs.index ?? null,
    output: mark.output,
    path: pathOf(picture),
    pick: mark.pick,
    stars: mark.stars,
    at: mark.at,
    sha256: mark.sha256,
    standing: standing.is,
    values: record?.inputs.values ?? {},
  };
};

const columns = ['path', 'pick', 'stars', 'markedAt', 'standing', 'id', 'name', 'index'] as const;

/** One line for each picture, with the values of its run; what a spreadsheet would run is neutralised. */
export const picksCsv = (
  pictures: readonly Shown[],
  { runs }: Pick<BatchState, 'runs'>,
): string => {
  const variables = new Set([...runs.values()].flatMap(({ inputs }) => Object.keys(inputs.values)));
  const ours: ReadonlySet<string> = new Set(columns);
  const header = [...variables].map((name) => (ours.has(name) ? `matrix.${name}` : name));
  const rows = pictures.map((picture) => {
    const { mark, standing } = picture;
    const inputs = recordOf(picture)?.inputs;
    const about = [pathOf(picture), mark.pick, String(mark.stars), mark.at, standing.is, mark.run];
    const run = [inputs?.name ?? '', inputs === undefined ? '' : String(inputs.index)];
    return [...about, ...run, ...[...variables].map((name) => inputs?.values[name] ?? '')];
  });
  return stringify(
    [[...columns, ...header], ...rows].map((cells) =>
      cells.map((cell) => inertCell(plainText(cell))),
    ),
  );
};
