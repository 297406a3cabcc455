import { stat } from 'node:fs/promises';
import { machineText } from '../../edges/machine.js';
import { Problems } from '../../diagnostics/problems.js';
import type { BatchState } from '../../journal/state.js';
import type { Mark } from '../../picks/mark.js';
import { readMark } from '../../picks/mark.js';
import type { Marked } from '../../picks/marked.js';
import { addMark, newsOf } from '../../picks/marked.js';
import type { Kept } from '../../view/server.js';
import type { BatchPlaces } from '../picks/known-marks.js';
import { knownMarks } from '../picks/known-marks.js';
import { appendPicks, picksPath } from '../picks/picks-file.js';
import { standingOf } from '../picks/standing.js';

export interface MarksOf extends BatchPlaces {
  readonly name: string;
  readonly show: (path: string) => string;
}

/** More in one request than a person makes while a server is away. */
const mostAtOnce = 20_000;

/**
 * The marks of a batch while pages of it are open. A mark is on the disk before its page is told
 * so; one that is told again, since the answer was lost, changes nothing.
 */
export class KeptMarks {
  #known: ReadonlyMap<string, Marked> = new Map();
  /** Of picks.jsonl, when it was read. */
  #stamp = '';
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly of: () => MarksOf,
    private readonly state: () => BatchState,
    private readonly told: (marks: readonly Marked[]) => void,
  ) {}

  /** What is known now. */
  get all(): readonly Marked[] {
    return [...this.#known.values()];
  }

  /** Reads what others wrote meanwhile; what is wrong with the files is in `problems`. */
  look(problems = new Problems()): Promise<void> {
    return this.#inTurn(() => this.#read(problems));
  }

  /** The body of a request. */
  keep(body: string): Promise<Kept> {
    return this.#inTurn(async () => {
      const marks = this.#marksIn(body);
      if (typeof marks === 'string') return { ok: false, status: 400, why: marks };
      const { outputsDir, show } = this.of();
      const path = picksPath(outputsDir);
      try {
        await this.#read(new Problems());
        const after = new Map(this.#known);
        const news = marks.flatMap((mark) => {
          const found = newsOf(after, mark);
          if (found === null) return [];
          addMark(after, found);
          return [found];
        });
        await appendPicks(path, news);
        this.#known = after;
        this.#stamp = await stampOf(path);
        if (news.length > 0) this.told(this.all);
        return { ok: true };
      } catch (cause) {
        const why = `${show(path)} cannot be written: ${machineText(cause)}`;
        return { ok: false, status: 507, why };
      }
    });
  }

  /** A text is why they are none. */
  #marksIn(body: string): readonly Mark[] | string {
    let listed: unknown;
    try {
      listed = JSON.parse(body);
    } catch {
      return 'That is no JSON.';
    }
    if (!Array.isArray(listed) || listed.length > mostAtOnce)
      return `Marks come as a list of at most ${mostAtOnce}.`;
    const marks: Mark[] = [];
    for (const one of listed as readonly unknown[]) {
      const read = readMark(one);
      if (!read.ok) return `That is no mark: ${read.why}.`;
      const { mark } = read;
      const { name } = this.of();
      if (mark.batch !== name) return `The mark is of the batch "${mark.batch}", not of "${name}".`;
      if (standingOf(mark, this.state()).is === 'unknown')
        return `This batch has had no run ${mark.run}.`;
      marks.push(mark);
    }
    return marks;
  }

  async #read(problems: Problems): Promise<void> {
    const of = this.of();
    const stamp = await stampOf(picksPath(of.outputsDir));
    if (stamp === this.#stamp) return;
    this.#known = await knownMarks(of, this.state().folders, of.show, problems);
    this.#stamp = stamp;
    this.told(this.all);
  }

  /** One after the other: two pages that mark at once must not both be the last one. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

const stampOf = async (path: string): Promise<string> => {
  const facts = await stat(path).catch(() => null);
  return facts === null ? 'none' : `${facts.ino} ${facts.size} ${facts.mtimeMs}`;
};
