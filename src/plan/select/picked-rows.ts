import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { error, warning } from '../../diagnostics/diagnostic.js';
import type { RunId } from '../../values/ids.js';
import { count } from '../../values/amounts.js';

/** The runs of the past whose pictures were chosen: what `--picked` and `--where stars…` mean. */
export interface PickedRuns {
  /** As it was asked for, such as `--picked`. */
  readonly asked: string;
  readonly runs: readonly PickedRun[];
  /** Whether the matrix of now has several runs of a row. */
  readonly repeats: boolean;
  /** Variables that the matrix had when they ran. */
  readonly variables: ReadonlySet<string>;
}

export interface PickedRun {
  readonly id: RunId;
  readonly name: string;
  /** null: nothing is known of it but its id. */
  readonly row: PickedRow | null;
}

interface PickedRow {
  readonly values: Readonly<Record<string, string>>;
  readonly repeat: number;
}

interface Candidate {
  readonly id: RunId;
  readonly values: ReadonlyMap<string, string>;
  readonly repeat: number;
}

/**
 * Finds the rows of the matrix that were chosen. A run is one of them by its id, or since all
 * variables have the values of then: with other settings, such as those of a profile, the same row
 * is another run.
 */
export class PickedRows {
  readonly #ids = new Map<RunId, PickedRun>();
  readonly #rows = new Map<string, PickedRun[]>();
  readonly #shared: readonly string[];
  readonly #found = new Set<PickedRun>();

  constructor(
    private readonly picked: PickedRuns,
    /** Of the matrix as it is now. */
    variables: readonly string[],
  ) {
    const { runs, variables: known } = picked;
    this.#shared = variables.filter((name) => known.has(name));
    // Of a matrix that has nothing in common with that of then no row is the same.
    const comparable = this.#shared.length > 0 || known.size === 0;
    for (const run of runs) {
      this.#ids.set(run.id, run);
      if (run.row === null || !comparable) continue;
      const { values, repeat } = run.row;
      const key = this.#keyOf((name) => values[name], repeat);
      this.#rows.set(key, [...(this.#rows.get(key) ?? []), run]);
    }
  }

  fits({ id, values, repeat }: Candidate): boolean {
    const own = this.#ids.get(id);
    const same = this.#rows.get(this.#keyOf((name) => values.get(name), repeat)) ?? [];
    for (const run of own === undefined ? same : [own, ...same]) this.#found.add(run);
    return own !== undefined || same.length > 0;
  }

  /** After all runs were seen. */
  get mistakes(): readonly Diagnostic[] {
    const { asked, runs } = this.picked;
    const gone = runs.filter((run) => !this.#found.has(run));
    if (gone.length === 0) return [];
    const notes = [
      ...gone.slice(0, mostNamed).map(({ id, name }) => `${name} (${id})`),
      ...(gone.length > mostNamed ? [`… and ${gone.length - mostNamed} more`] : []),
    ];
    if (gone.length === runs.length)
      return [
        error('E0485', null, `${asked}: none of the rows chosen is in this matrix`, {
          notes,
          hint: 'a row is known by its values: take back what was changed in the table, or mark pictures of now',
        }),
      ];
    return [
      warning(
        'E0485',
        null,
        `${asked}: ${count(gone.length, 'row')} chosen no longer in the matrix`,
        {
          notes,
        },
      ),
    ];
  }

  #keyOf(valueOf: (name: string) => string | undefined, repeat: number): string {
    const values = this.#shared.map((name) => valueOf(name)?.normalize('NFC') ?? null);
    return JSON.stringify([this.picked.repeats ? repeat : 0, values]);
  }
}

const mostNamed = 5;
