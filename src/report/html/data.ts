import type { RunError } from '../../journal/event.js';
import type { BatchReport, ReportOutput, ReportRun } from '../model.js';
import { placeOf } from '../words.js';
import { scriptJson } from './escape.js';
import type { Medium } from './media.js';
import { mediumOf, relativeUrl, webUrl } from './media.js';

/** What the page's script reads. Names of variables and fields are told once, not per run. */
export interface PageData {
  readonly name: string;
  /** As the user types it behind `rh-batch apply`; null: the default manifest. */
  readonly manifest: string | null;
  readonly variables: readonly string[];
  readonly fields: readonly PageField[];
  readonly runs: readonly PageRun[];
}

export interface PageField {
  readonly node: string;
  readonly title: string | null;
  readonly class: string;
  readonly field: string;
}

/** What is undefined is left out of the JSON. */
type Maybe<T> = T | undefined;

export interface PageRun {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly reused: Maybe<true>;
  readonly attempts: number;
  readonly task: Maybe<string>;
  readonly row: Maybe<string>;
  readonly tags: Maybe<readonly string[]>;
  /** One per variable; null: not given. */
  readonly values: readonly (string | null)[];
  /** Place in `fields`, and the value as text. */
  readonly overrides: readonly (readonly [number, string])[];
  readonly outputs: readonly PageOutput[];
  readonly error: Maybe<RunError>;
  readonly queueMs: Maybe<number>;
  readonly runMs: Maybe<number>;
  readonly coins: Maybe<string>;
  readonly money: Maybe<string>;
  /** Milliseconds since the epoch. */
  readonly submittedAt: Maybe<number>;
  readonly finishedAt: Maybe<number>;
  readonly twinOf: Maybe<number>;
  readonly doubt: Maybe<string>;
}

export interface PageOutput {
  readonly name: string;
  /** Relative to the page; undefined: the file is not here. */
  readonly src: Maybe<string>;
  /** On the service. */
  readonly link: Maybe<string>;
  readonly kind: Medium;
  readonly node: Maybe<string>;
  readonly bytes: Maybe<number>;
  readonly text: Maybe<string>;
}

export interface HtmlOptions {
  readonly manifest?: string | null;
  /** Content of small text outputs, by path; the page cannot read files itself. */
  readonly texts?: ReadonlyMap<string, string>;
  /** Where the page finds an output; by default beside itself. A data URL embeds it. */
  readonly src?: (path: string) => string;
}

/** The data as JSON that can stand in a script element, in pieces. */
export function* pageJson(report: BatchReport, options: HtmlOptions): Iterable<string> {
  const index = new Index(report.runs);
  const { name } = report;
  const head = {
    name,
    manifest: options.manifest ?? null,
    variables: index.variables,
    fields: index.fields,
  };
  yield `${scriptJson(head).slice(0, -1)},"runs":[`;
  let first = true;
  for (const run of report.runs) {
    yield `${first ? '' : ','}${scriptJson(pageRun(run, index, options))}`;
    first = false;
  }
  yield ']}';
}

/** Places of variables and fields in their lists. */
class Index {
  readonly variables: readonly string[];
  readonly fields: readonly PageField[];
  readonly #places = new Map<string, number>();

  constructor(runs: readonly ReportRun[]) {
    const variables = new Set<string>();
    const fields: PageField[] = [];
    for (const run of runs) {
      for (const name of run.values.keys()) variables.add(name);
      for (const { node, title, class: classType, field } of run.overrides) {
        const key = JSON.stringify([node, field]);
        if (this.#places.has(key)) continue;
        this.#places.set(key, fields.length);
        fields.push({ node, title, class: classType, field });
      }
    }
    this.variables = [...variables];
    this.fields = fields;
  }

  placeOf(node: string, field: string): number {
    return this.#places.get(JSON.stringify([node, field])) ?? -1;
  }
}

const pageRun = (run: ReportRun, index: Index, options: HtmlOptions): PageRun => ({
  index: run.index,
  id: run.id,
  name: run.name,
  status: run.status,
  reused: run.reused ? true : undefined,
  attempts: run.attempts,
  task: run.taskId ?? undefined,
  row: placeOf(run) ?? undefined,
  tags: run.tags.length === 0 ? undefined : run.tags,
  values: index.variables.map((name) => run.values.get(name) ?? null),
  overrides: run.overrides.map(({ node, field, value, asSaved }) => [
    index.placeOf(node, field),
    asSaved === true ? 'left to the service' : valueText(value),
  ]),
  outputs: run.outputs.map((output) => pageOutput(output, options)),
  error: run.error ?? undefined,
  queueMs: run.queueMs ?? undefined,
  runMs: run.runMs ?? undefined,
  coins: run.cost.coins ?? undefined,
  money: run.cost.money ?? undefined,
  submittedAt: run.submittedAt ?? undefined,
  finishedAt: run.finishedAt ?? undefined,
  twinOf: run.twinOf ?? undefined,
  doubt: run.doubt ?? undefined,
});

const pageOutput = (output: ReportOutput, { src, texts }: HtmlOptions): PageOutput => {
  const { path, url, node, type, bytes } = output;
  return {
    name: path ?? type,
    src: path === null ? undefined : (src ?? relativeUrl)(path),
    link: webUrl(url) ?? undefined,
    kind: mediumOf(path, type),
    node: node ?? undefined,
    bytes: bytes ?? undefined,
    text: path === null ? undefined : texts?.get(path),
  };
};

const valueText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);
