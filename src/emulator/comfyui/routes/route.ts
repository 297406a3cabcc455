import type { Books } from '../books.js';
import type { Storage } from '../files.js';
import type { Shop } from '../graph/check-node.js';
import type { Answer } from '../http/answers.js';
import type { Received } from '../http/received.js';
import type { ComfyOptions } from '../options.js';
import type { PyDict } from '../python/value.js';
import type { Life } from '../run/life.js';
import type { Version } from '../versions.js';

/** What routes have at hand. */
export interface Context extends Shop {
  readonly life: Life;
  /** Of this process; the first is 1. */
  readonly lifeNumber: number;
  readonly books: Books;
  readonly files: Storage;
  readonly version: Version;
  readonly options: ComfyOptions;
  readonly features: PyDict;
  readonly modelFolders: ReadonlyMap<string, readonly string[]>;
  readonly now: () => number;
  readonly newId: () => string;
}

export interface Route {
  /** Endpoint's name, for faults and in the counts. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Its groups are the route's parameters. */
  readonly path: RegExp;
  /** Versions that have it; all where it is not told. */
  readonly in?: (version: Version) => boolean;
  /** Only below /api (ComfyUI notes, section 1). */
  readonly onlyBelowApi?: boolean;
  readonly handle: (received: Received, context: Context, parameters: readonly string[]) => Answer;
}
