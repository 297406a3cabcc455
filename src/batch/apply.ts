import { applyBatch } from './apply/apply-batch.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { LiveEvent, Recorded } from '../journal/event.js';
import type { BatchReport } from '../report/model.js';
import { Broadcast } from './broadcast.js';
import type { ApplyOptions } from './options.js';
import { callOf } from './options.js';
import { quietIo } from './quiet-io.js';

/** Everything that happens in an apply: what the journal keeps, what is only shown, and diagnostics. */
export type BatchEvent =
  Recorded | LiveEvent | { readonly type: 'diagnostic'; readonly diagnostic: Diagnostic };

export type ApplyResult =
  /** A mistake (2), or another process holds the state (5): nothing was submitted. */
  | {
      readonly is: 'refused';
      readonly exitCode: number;
      readonly diagnostics: readonly Diagnostic[];
    }
  | {
      readonly is: 'ended';
      /** As the command's: 0 when every selected run is done. */
      readonly exitCode: number;
      /** Warnings. */
      readonly diagnostics: readonly Diagnostic[];
      readonly report: BatchReport;
      /** Absolute: outputs and reports are in here. */
      readonly outputsDir: string;
    };

/** An apply at work. */
export interface Batch {
  /** May be read by several, each from its start on. Leaving the loop does not stop the apply. */
  readonly events: AsyncIterable<BatchEvent>;
  /** Rejects for faults of rh-batch only: whatever users, files, network and service do is in it. */
  readonly result: Promise<ApplyResult>;
}

/** Runs what is missing or changed, as `rh-batch apply` does. Begins at once. */
export const apply = (manifest: string, options: ApplyOptions = {}): Batch => {
  const events = new Broadcast<BatchEvent>();
  const result = work(manifest, options, events);
  // Told by whichever of the two is waited for; neither must end the process by itself.
  result.then(
    () => events.end(null),
    (cause: unknown) => events.end(cause instanceof Error ? cause : new Error(String(cause))),
  );
  return { events, result };
};

const work = async (
  manifest: string,
  options: ApplyOptions,
  events: Broadcast<BatchEvent>,
): Promise<ApplyResult> => {
  const diagnostics: Diagnostic[] = [];
  const io = quietIo(options, (text) => {
    for (const line of text.split('\n'))
      if (line !== '') events.tell({ type: 'notice', message: line });
  });
  const applied = await applyBatch(callOf(manifest, options), io, {
    problems: ({ kept }) => {
      for (const diagnostic of kept) {
        if (diagnostics.includes(diagnostic)) continue;
        diagnostics.push(diagnostic);
        events.tell({ type: 'diagnostic', diagnostic });
      }
    },
    progress: () =>
      Promise.resolve({
        on: (event) => events.tell(event),
        stop: () => Promise.resolve(),
      }),
  });
  if (applied.is === 'refused') return { ...applied, diagnostics };
  const { exitCode, report, project } = applied;
  return { is: 'ended', exitCode, diagnostics, report, outputsDir: project.outputsDir };
};
