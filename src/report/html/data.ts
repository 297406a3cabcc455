import type { Comparison, Pair } from '../compare/compare.js';
import { amountMore, msMore } from '../compare/compare.js';
import type { BatchReport, ReportOutput, ReportRun, Span } from '../model.js';
import type { ReportParts } from '../parts.js';
import type { Marked } from '../../picks/marked.js';
import type { Thumbnails } from '../../thumbnails/folder.js';
import { contentOf, noThumbnails } from '../../thumbnails/folder.js';
import { placeOf } from '../words.js';
import type { Embedding, ReadOutput } from './embed.js';
import { nothingEmbedded } from './embed.js';
import { scriptJson } from './escape.js';
import { mediumOf, relativeUrl, webUrl } from './media.js';
import type {
  LivePage,
  PageBefore,
  PageData,
  PageDuring,
  PageField,
  PageOutput,
  PageOverride,
  PagePair,
  PageRun,
  PageSpan,
  SpanEnd,
} from './page-data.js';

export interface HtmlOptions {
  /** What the user types to apply this batch again; `--only RUN` is put behind it. */
  readonly command?: string;
  readonly embedding?: Embedding;
  /** Without it nothing is embedded and text outputs are links. */
  readonly read?: ReadOutput;
  readonly comparison?: Comparison;
  /** What is known of the pictures' marks. */
  readonly marks?: readonly Marked[];
  /** The page is served, and told what changes from here on; absent: it is a file. */
  readonly live?: LivePage;
  readonly thumbnails?: Thumbnails;
  /** Something about the page that helps, for its end. */
  readonly hint?: string | undefined;
  /** An apply is at work, and the page is a file that it writes anew. */
  readonly during?: PageDuring;
  /** What is happening to a run just now, such as `running`. */
  readonly doing?: (run: ReportRun) => string | undefined;
}

/** Text outputs up to so many bytes are shown as text, while all of them stay below the second bound. */
const maxTextBytes = 64 * 1024;
const maxTextsBytes = 4 * 1024 * 1024;

/** The data as JSON that can stand in a script element, in pieces. */
export const pageJson = (report: BatchReport, options: HtmlOptions): ReportParts => {
  const { comparison } = options;
  let made: Pages | null = null;
  const pages = (): Pages =>
    (made ??= new Pages([...report.runs, ...(comparison?.earlier.runs ?? [])], options));
  const head: Omit<PageData, 'variables' | 'fields' | 'runs' | 'before'> = {
    name: report.name,
    command: options.command ?? 'rh-batch apply',
    start: report.startedAt,
    slots: report.slots,
    end: endOf(report),
    marks: options.marks?.length === 0 ? undefined : options.marks,
    live: options.live,
    during: options.during,
  };
  return {
    before: () => [`${scriptJson(head).slice(0, -1)},`],
    *runs() {
      const { variables, fields } = pages();
      yield `${scriptJson({ variables, fields }).slice(1, -1)},"runs":[`;
      yield* listed(report.runs, (run) => pages().run(run));
      yield ']';
    },
    *after() {
      if (comparison !== undefined) yield* beforeJson(comparison, report.runs, pages());
      yield '}';
    },
  };
};

/** One run after the other, as the page of these runs has them. */
export const pageRunsOf = (
  report: BatchReport,
  options: HtmlOptions,
): ((run: ReportRun) => PageRun) => {
  const pages = new Pages(report.runs, options);
  return (run) => pages.run(run);
};

/** When it ended, as far as that is known. */
export const endOf = ({ finishedAt, runs }: BatchReport): number | null =>
  finishedAt ??
  runs.reduce<number | null>((last, { submittedAt, finishedAt: at }) => {
    const known = at ?? submittedAt;
    return known === null ? last : Math.max(last ?? 0, known);
  }, null);

/** Whether what lists the runs rests on nothing but them: on no file, and on no other batch. */
export const isLasting = (
  { runs }: BatchReport,
  { embedding, comparison, live }: HtmlOptions,
): boolean =>
  live === undefined &&
  embedding === undefined &&
  comparison === undefined &&
  !runs.some(({ outputs }) => outputs.some(isShownText));

const isShownText = ({ path, type }: ReportOutput): boolean =>
  path !== null && mediumOf(path, type) === 'text';

function* beforeJson(
  { earlier, pairs }: Comparison,
  runs: readonly ReportRun[],
  pages: Pages,
): Iterable<string> {
  const head: Omit<PageBefore, 'runs' | 'pairs'> = {
    shown: earlier.shown,
    startedAt: earlier.startedAt,
  };
  yield `,"before":${scriptJson(head).slice(0, -1)},"runs":[`;
  yield* listed(earlier.runs, (run) => pages.run(run));
  yield '],"pairs":[';
  const placeIn = (list: readonly ReportRun[]) => new Map(list.map((run, at) => [run, at]));
  const places = { before: placeIn(earlier.runs), after: placeIn(runs) };
  yield* listed(pairs, (pair) => pagePair(pair, places));
  yield ']}';
}

function* listed<T>(items: readonly T[], page: (item: T) => PageRun | PagePair): Iterable<string> {
  let first = true;
  for (const item of items) {
    yield `${first ? '' : ','}${scriptJson(page(item))}`;
    first = false;
  }
}

const pagePair = (
  { verdict, before, after, ...pair }: Pair,
  places: Readonly<Record<'before' | 'after', ReadonlyMap<ReportRun, number>>>,
): PagePair => ({
  verdict,
  by: 'matchedBy' in pair ? pair.matchedBy : undefined,
  before: before === null ? undefined : places.before.get(before),
  after: after === null ? undefined : places.after.get(after),
  coins: amountMore(before?.cost.coins ?? null, after?.cost.coins ?? null) ?? undefined,
  money: amountMore(before?.cost.money ?? null, after?.cost.money ?? null) ?? undefined,
  runMs: msMore(before?.runMs ?? null, after?.runMs ?? null) ?? undefined,
});

/** Runs as the page has them. */
class Pages {
  readonly variables: readonly string[];
  readonly fields: readonly PageField[];
  readonly #places = new Map<string, number>();
  readonly #embedding: Embedding;
  readonly #read: ReadOutput;
  readonly #doing: HtmlOptions['doing'];
  readonly #thumbnails: Thumbnails;
  #textBytes = 0;

  constructor(runs: readonly ReportRun[], { embedding, read, doing, thumbnails }: HtmlOptions) {
    this.#thumbnails = thumbnails ?? noThumbnails;
    this.#doing = doing;
    this.#embedding = embedding ?? nothingEmbedded;
    this.#read = read ?? (() => null);
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

  run(run: ReportRun): PageRun {
    return {
      index: run.index,
      id: run.id,
      name: run.name,
      status: run.status,
      reused: run.reused ? true : undefined,
      notSelected: run.thisApply ? undefined : true,
      attempts: run.attempts,
      task: run.taskId ?? undefined,
      row: placeOf(run) ?? undefined,
      tags: run.tags.length === 0 ? undefined : run.tags,
      values: this.variables.map((name) => run.values.get(name) ?? null),
      overrides: run.overrides.map((override) => this.#override(override)),
      outputs: run.outputs.map((output) => this.#output(output)),
      error: run.error ?? undefined,
      queueMs: run.queueMs ?? undefined,
      runMs: run.runMs ?? undefined,
      coins: run.cost.coins ?? undefined,
      money: run.cost.money ?? undefined,
      submittedAt: run.submittedAt ?? undefined,
      finishedAt: run.finishedAt ?? undefined,
      spans: run.spans.length === 0 ? undefined : run.spans.map(pageSpan),
      twinOf: run.twinOf ?? undefined,
      doubt: run.doubt ?? undefined,
      doing: this.#doing?.(run),
    };
  }

  #override({ node, field, value, asset, asSaved }: ReportRun['overrides'][number]): PageOverride {
    const place = this.#places.get(JSON.stringify([node, field])) ?? -1;
    const text = asSaved === true ? 'left to the service' : valueText(value);
    return asset === undefined ? [place, text] : [place, text, asset];
  }

  #output({ path, url, node, type, bytes, sha256 }: ReportOutput): PageOutput {
    const kind = mediumOf(path, type);
    const thumb = sha256 === null ? undefined : this.#thumbnails.get(contentOf(sha256));
    return {
      name: path ?? type,
      src: path === null ? undefined : relativeUrl(path),
      thumb: path === null || thumb === undefined ? undefined : relativeUrl(thumb),
      file: path === null ? undefined : this.#embedding.places.get(path),
      link: webUrl(url) ?? undefined,
      kind,
      node: node ?? undefined,
      bytes: bytes ?? undefined,
      sha: path === null ? undefined : sha256 === null ? undefined : contentOf(sha256),
      text: path === null || kind !== 'text' ? undefined : this.#text(path, bytes ?? Infinity),
    };
  }

  #text(path: string, bytes: number): string | undefined {
    if (bytes > maxTextBytes || this.#textBytes + bytes > maxTextsBytes) return undefined;
    const content = this.#read(path, maxTextBytes);
    this.#textBytes += content?.length ?? 0;
    return content === null ? undefined : new TextDecoder().decode(content);
  }
}

const pageSpan = ({ from, running, to, freed, end }: Span): PageSpan => {
  const queued = running === null ? -1 : running - from;
  const whole = to === null ? -1 : Math.max(0, to - from);
  return freed === null || freed === to
    ? [from, queued, whole, endLetters[end]]
    : [from, queued, whole, endLetters[end], freed - from];
};

const endLetters: Readonly<Record<Span['end'], SpanEnd>> = {
  succeeded: 's',
  failed: 'f',
  cancelled: 'c',
  open: 'o',
};

const valueText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);
