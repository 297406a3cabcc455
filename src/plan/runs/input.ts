import type { Files } from '../../edges/files/files.js';
import type { SavedFile } from '../../journal/event.js';
import type { BatchState } from '../../journal/state.js';
import type { Manifest } from '../../manifest/manifest.js';
import type { Matrix } from '../../matrix/combination.js';
import type { TargetModule } from '../../targets/target.js';
import type { Workflow } from '../../workflow/workflow.js';
import type { Found } from '../names/moves.js';
import type { Selection } from '../select/selection.js';

/** What a plan is made of. */
export interface PlanInput {
  readonly manifest: Manifest;
  readonly target: TargetModule;
  readonly workflow: Workflow;
  readonly matrix: Matrix;
  readonly history: BatchState;
  readonly selection: Selection;
  readonly edges: {
    readonly files: Files;
    readonly now: number;
    /** batch.date: YYYY-MM-DD in UTC. */
    readonly date: string;
    /** Without keys: what templates may read. */
    readonly env: ReadonlyMap<string, string>;
    /** Where an output is, as it was saved; null: nowhere. */
    readonly find: (file: SavedFile) => Found | Promise<Found | null>;
    /** Whether anything has this name in the outputs' folder. */
    readonly occupied: (path: string) => Promise<boolean>;
    /** The service is an emulator in this process: it knows no task of an earlier one. */
    readonly emulated?: boolean;
    /** This machine's name, where machines share the journal. */
    readonly machine?: string;
    /** Whether the key stands in a text; null: no key is known. */
    readonly holdsKey: ((text: string) => boolean) | null;
    /** Whether the service is believed to have this content already. */
    readonly uploaded: (sha256: string) => boolean;
  };
}
