import type { Asset } from '../assets/asset.js';
import type { Clock } from '../edges/clock.js';
import type { Random } from '../edges/random.js';
import type { JournalEvent, LiveEvent, SavedFile } from '../journal/event.js';
import type { Hold } from '../journal/files/lock.js';
import type { BatchState } from '../journal/state.js';
import type { Submit } from '../runninghub/receiver.js';
import type { Fault, Service, SocketNews } from '../runninghub/service.js';

/** The journal, as the engine uses it. */
interface Journal {
  readonly state: BatchState;
  /** Resolves once the event is on the disk. Rejects when it cannot be: then nothing more may be submitted. */
  append(event: JournalEvent): Promise<unknown>;
  /** In order with the others, on the disk with the next of them. */
  appendLater(event: JournalEvent): void;
  /** Whether this process may still submit: asked before every submit. Never throws. */
  stillHeld(): Promise<Hold>;
  /**
   * Whether a submit whose intent is recorded may still go out; absent: the lock says it all.
   * Never throws.
   */
  maySend?(): Promise<boolean>;
}

/** Puts assets on the service, each content once. */
interface Uploads {
  ensure(
    asset: Asset,
    signal?: AbortSignal,
  ): Promise<
    | { readonly ok: true; readonly fileName: string; readonly reused: boolean }
    | { readonly ok: false; readonly error: Fault }
  >;
  /** The service no longer knows this upload. */
  forget(sha256: string): void;
}

/** Where output files go. Paths are relative to the outputs' folder. */
interface OutputFiles {
  /** Whether a file that was saved before is still there, unchanged. */
  present(file: SavedFile): Promise<boolean>;
  /** Bytes that an earlier, interrupted download of this URL left; 0 where there are none. */
  resumeAt(path: string, url: string): Promise<number>;
  /**
   * Appends the body to the part file from `offset` on. `refused` says in one sentence why the
   * content cannot be the file, for example an HTML page under the name of an image.
   */
  receive(
    path: string,
    url: string,
    body: AsyncIterable<Uint8Array>,
    options: { readonly offset: number; readonly totalBytes: number | null; readonly type: string },
  ): Promise<
    | { readonly is: 'whole' }
    | { readonly is: 'short'; readonly message: string }
    | { readonly is: 'refused'; readonly message: string }
    | { readonly is: 'disk'; readonly message: string }
  >;
  /** Syncs the part and renames it to its final name, by the `onExist` policy; tells what is there now. */
  finish(
    path: string,
    url: string,
  ): Promise<
    | { readonly ok: true; readonly file: Pick<SavedFile, 'path' | 'bytes' | 'sha256' | 'mtimeMs'> }
    /** `exists`: another file has that name and the user wants no way round; else the disk refuses. */
    | { readonly ok: false; readonly message: string; readonly exists: boolean }
  >;
}

/** Reports that tasks have ended. They are not verified, so they only cause a read. */
export interface Ends {
  /** `of`: the submit whose own webhook it came to, where that is known. */
  listen(onEnd: (taskId: string, of?: Submit | null) => void): void;
}

/** Sockets that report a task's progress (runninghub-api 7.5). */
interface Sockets {
  /** Never throws. Calls nothing any more once it is closed by either side. */
  open(
    url: string,
    on: (news: SocketNews) => void,
    closed: () => void,
  ): {
    close(): void;
  };
}

export interface EngineEdges {
  readonly service: Service;
  readonly journal: Journal;
  readonly uploads: Uploads;
  readonly files: OutputFiles;
  readonly clock: Clock;
  readonly random: Random;
  /** For the terminal: what happens now. Journal events reach it through the journal. */
  readonly show: (event: LiveEvent) => void;
  /** Given when every submit names a webhook of this apply. */
  readonly ends?: Ends;
  /** Given when progress is shown. */
  readonly sockets?: Sockets;
}
