/** What a person thinks of a picture. `none` takes back what was said. */
const verdicts = ['picked', 'rejected', 'none'] as const;
export type PickVerdict = (typeof verdicts)[number];

/**
 * One mark of one picture: a line of picks.jsonl. It tells what was changed and nothing else, so
 * that two people who mark the same picture, one with a pick and one with stars, both keep theirs.
 */
export interface Mark {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The name of the batch. */
  readonly batch: string;
  /** Id of the run: by it a mark survives other names, other rows and other places. */
  readonly run: string;
  /** The picture's place among the outputs of the run, 0-based. */
  readonly output: number;
  /** Its path when it was marked, for people. */
  readonly file: string;
  /** Its content when it was marked: 16 hex digits or more. */
  readonly sha256: string;
  readonly pick?: PickVerdict;
  /** 1 to 5; 0: none. */
  readonly stars?: number;
}

/** Of the format. A reader leaves out lines of a newer one. */
const version = 1;

export const lineOf = (mark: Mark): string => `${JSON.stringify({ picks: version, ...mark })}\n`;

type ReadMark =
  { readonly ok: true; readonly mark: Mark } | { readonly ok: false; readonly why: string };

const maxFile = 4096;
const maxName = 1024;

/** One line, without its end. */
export const readLine = (line: string): ReadMark => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, why: 'it is no JSON' };
  }
  if (!isRecord(value)) return { ok: false, why: 'it is no JSON object' };
  const { picks } = value;
  if (picks !== version)
    return {
      ok: false,
      why:
        typeof picks === 'number' && picks > version
          ? 'a newer rh-batch wrote it'
          : 'it has no "picks": 1',
    };
  return readMark(value);
};

/** Whatever came from a file or a page; nothing else of it is taken over. */
export const readMark = (value: unknown): ReadMark => {
  if (!isRecord(value)) return { ok: false, why: 'it is no JSON object' };
  const { at, batch, run, output, file, sha256, pick, stars } = value;
  const wrong = (why: string): ReadMark => ({ ok: false, why });
  if (typeof at !== 'string' || !isTime(at)) return wrong('"at" is no time');
  if (!isText(batch, maxName)) return wrong('"batch" is no name');
  if (typeof run !== 'string' || !/^[0-9a-f]{16}$/.test(run)) return wrong('"run" is no run id');
  if (typeof output !== 'number' || !Number.isInteger(output) || output < 0 || output > 99_999)
    return wrong('"output" is no place of an output');
  if (!isText(file, maxFile)) return wrong('"file" is no path');
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{16,64}$/.test(sha256))
    return wrong('"sha256" is none');
  const verdict = verdicts.find((known) => known === pick);
  if (pick !== undefined && verdict === undefined)
    return wrong(`"pick" is none of ${verdicts.join(', ')}`);
  if (stars !== undefined && !isStars(stars)) return wrong('"stars" is no number from 0 to 5');
  if (verdict === undefined && stars === undefined)
    return wrong('it has neither "pick" nor "stars"');
  return {
    ok: true,
    mark: {
      ...{ at, batch, run, output, file, sha256 },
      ...(verdict === undefined ? {} : { pick: verdict }),
      ...(stars === undefined ? {} : { stars }),
    },
  };
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value !== '' && value.length <= most;

const isTime = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}T[\d:.]{8,16}Z$/.test(text) && !Number.isNaN(Date.parse(text));

const isStars = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 5;
