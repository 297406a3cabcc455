/**
 * What the pure rooms need to know of the file system. All paths are absolute;
 * failures are data, since every one of them is a user's or the machine's doing.
 */
export type ReadFailure = {
  readonly is: 'missing' | 'directory' | 'unreadable' | 'tooLarge';
  readonly detail: string;
  /** Where the link leads that stands in place of a missing file. */
  readonly link?: string;
};
export type Read<T> =
  { readonly ok: true; readonly value: T } | ({ readonly ok: false } & ReadFailure);

export interface FileFacts {
  readonly bytes: number;
  readonly mtimeMs: number;
}

export interface Files {
  /** Whole file, up to `maxBytes`. */
  read(path: string, maxBytes: number): Promise<Read<Uint8Array>>;
  /** In chunks of up to 1 MiB; a failure after the first chunk is thrown as `Error` with a `code`. */
  stream(path: string): Promise<Read<AsyncIterable<Uint8Array>>>;
  facts(path: string): Promise<Read<FileFacts>>;
  /** What a folder holds, files and folders alike; empty where it cannot be read. */
  names(dir: string): Promise<readonly string[]>;
  /** Regular files below `dir` that match, as paths relative to `dir` with `/`, sorted by bytes. */
  glob(
    dir: string,
    patterns: readonly string[],
    exclude: readonly string[],
  ): Promise<Read<readonly string[]>>;
  /** What such a glob leaves out, or should, though its patterns seem to mean it. */
  beside(dir: string, patterns: readonly string[], exclude: readonly string[]): Promise<Beside>;
}

/** Paths as `glob` gives them, sorted by bytes. */
export interface Beside {
  /** Would match in another letter case. */
  readonly otherCase: readonly string[];
  /** Matches, but links lead out of the folder and of what the patterns name. */
  readonly outside: readonly string[];
  /** Matches, but a link leads back to a file that is found without it. */
  readonly again: readonly string[];
  /** Matches, or may lead to what matches, but there is nothing where the link leads. */
  readonly dead: readonly DeadLink[];
  /** Folders on the way that are there and could not be read. */
  readonly unread: readonly UnreadFolder[];
}

export interface DeadLink {
  readonly path: string;
  /** As the link says it. */
  readonly to: string;
}

interface UnreadFolder {
  readonly path: string;
  /** Of the system, such as `EACCES`. */
  readonly code: string;
}
