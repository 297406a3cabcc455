import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Problems } from '../../diagnostics/problems.js';
import type { Io } from '../../edges/io.js';
import { cleanedChunks } from '../../edges/secrets/secret-stream.js';
import type { LiveEvent } from '../../journal/event.js';
import type { Plan } from '../../plan/plan.js';
import type { PageChanges, PageRun } from '../../report/html/page-data.js';
import { endOf, pageRunsOf } from '../../report/html/data.js';
import { nothingEmbedded } from '../../report/html/embed.js';
import { heading } from '../../report/html/heading.js';
import type { HtmlOptions } from '../../report/html/page.js';
import { policyOf, reportHtml } from '../../report/html/page.js';
import type { BatchReport, ReportRun } from '../../report/model.js';
import { contentIn } from '../../thumbnails/folder.js';
import type { ThumbnailMaker } from '../../thumbnails/maker.js';
import { canPaint } from '../../thumbnails/painter.js';
import type { Message } from '../../view/feed.js';
import type { Kept, Served } from '../../view/server.js';
import type { Project } from '../load/project.js';
import { outputReader } from '../reports/output-reader.js';
import { thumbnailHint, thumbnailMaker } from '../reports/thumbnails.js';
import { Following } from './follow.js';
import { KeptMarks } from './kept-marks.js';
import { LiveRuns } from './live-runs.js';
import { SeenThumbnails } from './seen-thumbnails.js';

/** A batch as it was read. */
export interface Read {
  readonly project: Project;
  readonly plan: Plan;
}

export interface ViewedParts {
  readonly io: Io;
  /** What the user types to apply the batch, for the page. */
  readonly command: string;
  /** What they type to see it again. */
  readonly viewCommand: string;
  /** Reads the batch again, after another apply began; null: it cannot be read now. */
  readonly readAgain: () => Promise<Read | null>;
  readonly send: (message: Message) => void;
}

/** What the pages of one batch are served with, and told. */
export class ViewedBatch implements Served {
  readonly #epoch = randomBytes(6).toString('hex');
  readonly #following: Following;
  readonly #marks: KeptMarks;
  readonly #thumbnails: SeenThumbnails;
  readonly #maker: ThumbnailMaker;
  #runs: LiveRuns;
  #pageRun: ((run: ReportRun) => PageRun) | null = null;
  #told = '';
  /** The batch as it is now could not be read. */
  #stale = false;

  private constructor(
    private read: Read,
    following: Following,
    runs: LiveRuns,
    thumbnails: SeenThumbnails,
    private readonly parts: ViewedParts,
  ) {
    this.#thumbnails = thumbnails;
    this.#maker = thumbnailMaker(read.project.outputsDir, parts.io);
    this.#following = following;
    this.#runs = runs;
    this.#marks = new KeptMarks(
      () => ({
        ...this.read.project,
        name: this.read.plan.manifest.name,
      }),
      () => following.state,
      (marks) => parts.send({ event: 'marks', data: JSON.stringify(marks) }),
    );
  }

  static async open(read: Read, parts: ViewedParts): Promise<ViewedBatch> {
    const following = new Following(
      read.project.stores.follow(read.project),
      parts.io.clock,
      parts.command,
    );
    await following.look();
    const runs = await LiveRuns.of(read.plan, following.state, read.project.emulated);
    const thumbnails = new SeenThumbnails();
    await thumbnails.look(read.project.outputsDir);
    return new ViewedBatch(read, following, runs, thumbnails, parts);
  }

  /** What is wrong with the files of marks. */
  tellMarks(problems: Problems): Promise<void> {
    return this.#marks.look(problems);
  }

  /** Begins to make the thumbnails that are missing. An apply at work makes its own. */
  makeThumbnails(): void {
    if (this.#following.now.running) return;
    for (const { outputs } of this.#runs.runs) this.#maker.add(outputs);
  }

  /** Nothing is made any more once it resolves. */
  close(): Promise<void> {
    return this.#maker.stop();
  }

  onLive(event: LiveEvent): void {
    this.#following.onLive(event);
  }

  /** Reads what happened since, and tells the pages. `sameBatch`: the apply that began is of what was read. */
  async look(sameBatch = false): Promise<{ readonly began: boolean }> {
    await this.#marks.look();
    const before = this.#runs.version;
    const { changed, began } = await this.#following.look();
    if (began && !sameBatch) await this.#readAgain();
    const painted = this.#runs.with(await this.#thumbnails.look(this.read.project.outputsDir));
    const news = changed === 'all' ? 'all' : new Set([...changed, ...painted]);
    if (news === 'all' || news.size > 0) this.#runs.update(this.#following.state, news);
    const now = JSON.stringify(this.#now);
    if (this.#runs.version !== before || now !== this.#told) {
      this.#told = now;
      this.parts.send(this.#changes(before));
    }
    return { began };
  }

  async #readAgain(): Promise<void> {
    const read = await this.parts.readAgain();
    this.#stale = read === null;
    if (read === null) return;
    const { state } = this.#following;
    const runs = await LiveRuns.of(read.plan, state, read.project.emulated);
    const isLike = runs.isLike(this.#runs);
    runs.follow(this.#runs);
    this.read = read;
    this.#runs = runs;
    this.#pageRun = null;
    // Other runs: a page of those is no page of these.
    if (!isLike) this.parts.send(reload);
  }

  get #now(): PageChanges['now'] {
    const { now } = this.#following;
    return this.#stale && now.notice === null
      ? {
          ...now,
          notice:
            'Manifest or tables cannot be read as they are now; what is shown are the runs of before.',
        }
      : now;
  }

  get #report(): BatchReport {
    return this.#runs.report(this.#following.state);
  }

  get #html(): HtmlOptions {
    const { outputsDir } = this.read.project;
    return {
      command: this.parts.command,
      thumbnails: this.#thumbnails.known,
      read: outputReader(outputsDir, [outputsDir]),
      doing: ({ id }) => this.#following.doing(id),
    };
  }

  get #state(): string {
    return `${this.#epoch}.${this.#runs.version}`;
  }

  page(): { readonly policy: string; readonly text: Iterable<string> } {
    const html: HtmlOptions = {
      ...this.#html,
      // Where they can be made, this view makes them.
      hint: canPaint()
        ? undefined
        : thumbnailHint(this.#report, this.#thumbnails.known, this.parts.viewCommand),
      marks: this.#marks.all,
      live: { since: this.#state, now: this.#now, command: this.parts.viewCommand },
    };
    const text = reportHtml(this.#report, html);
    return {
      policy: `${policyOf(html)}; frame-ancestors 'none'`,
      text: cleanedChunks(text, (piece) => this.parts.io.clean(piece)),
    };
  }

  since(since: string): readonly Message[] {
    const [, epoch, version] = /^([0-9a-f]+)\.(\d{1,12})$/.exec(since) ?? [];
    if (epoch !== this.#epoch) return [reload];
    return [
      this.#changes(Number(version)),
      { event: 'marks', data: JSON.stringify(this.#marks.all) },
    ];
  }

  #changes(since: number): Message {
    const report = this.#report;
    this.#pageRun ??= pageRunsOf(report, this.#html);
    const pageRun = this.#pageRun;
    const changes: PageChanges = {
      heading: heading(report, nothingEmbedded, undefined),
      start: report.startedAt,
      end: endOf(report),
      slots: report.slots,
      now: this.#now,
      runs: this.#runs.changedSince(since).map(([place, run]) => [place, pageRun(run)]),
    };
    const data = this.parts.io.clean(JSON.stringify(changes));
    return { event: 'changes', data, id: this.#state };
  }

  fileAt(path: string): string | null {
    return this.#runs.has(path) || this.#isThumbnail(path)
      ? resolve(this.read.project.outputsDir, path)
      : null;
  }

  /** Of an output of this batch: others may have theirs in the same folder. */
  #isThumbnail(path: string): boolean {
    const content = contentIn(path);
    return (
      content !== null &&
      this.#thumbnails.known.get(content) === path &&
      this.#runs.hasContent(content)
    );
  }

  folders(): readonly string[] {
    return [this.read.project.outputsDir];
  }

  keep(body: string): Promise<Kept> {
    return this.#marks.keep(body);
  }
}

const reload: Message = { event: 'reload', data: '{}' };
