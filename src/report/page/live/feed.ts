import type { Marked } from '../../../picks/marked.js';
import type { LivePage, PageChanges, PageRun } from '../../html/page-data.js';
import type { Batch, Run } from '../batch.js';

/** Who is told what the server says. */
export interface Told {
  readonly changed: (changes: PageChanges, runs: ReadonlySet<number>) => void;
  readonly marked: (marks: readonly Marked[]) => void;
  /** Whether the server answers. */
  readonly connected: (is: boolean) => void;
}

/** After an answer that is no feed, a browser does not come back by itself. */
const againMs = 2_000;

/** Follows the server that this page came from: what it tells becomes part of the batch. */
export const followServer = (batch: Batch, { since: first }: LivePage, told: Told): void => {
  let since = first;
  const open = (): void => {
    const source = new EventSource(`?since=${since}`);
    source.addEventListener('open', () => told.connected(true));
    source.addEventListener('error', () => {
      told.connected(false);
      if (source.readyState === EventSource.CLOSED) setTimeout(open, againMs);
    });
    // Its own server wrote it, by the same types: it is not checked again.
    source.addEventListener('changes', (event: MessageEvent<string>) => {
      since = event.lastEventId;
      const changes = JSON.parse(event.data) as PageChanges;
      const runs = takeOver(batch, changes);
      if (runs === null) location.reload();
      else told.changed(changes, runs);
    });
    source.addEventListener('marks', (event: MessageEvent<string>) =>
      told.marked(JSON.parse(event.data) as readonly Marked[]),
    );
    // It serves other runs now, or does not know what this page knows.
    source.addEventListener('reload', () => location.reload());
  };
  open();
};

/** The keys of the runs that changed; null: they are of another batch. */
const takeOver = (
  batch: Batch,
  { start, end, slots, runs }: PageChanges,
): ReadonlySet<number> | null => {
  Object.assign(batch, { start, end, slots });
  const keys = new Set<number>();
  for (const [place, run] of runs) {
    const known = batch.runs[place];
    if (known?.id !== run.id) return null;
    become(known, run);
    keys.add(known.key);
  }
  return keys;
};

/** The same object, since pins, cards and the open picture hold it. */
const become = (known: Run, run: PageRun): void => {
  const ofPage: readonly string[] = ['is', 'key', 'past'];
  for (const name of Object.keys(known))
    if (!(name in run) && !ofPage.includes(name)) Reflect.deleteProperty(known, name);
  Object.assign(known, run);
};
