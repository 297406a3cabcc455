import { Dirent, readdir } from 'node:fs';
import { errorCode } from '../error-code.js';

/** A pattern such as `/**` would look through the whole machine. */
export const walkLimits = { entries: 200_000, ms: 30_000 };

/** Reads folders until so many files and folders were seen, or so much time has passed. */
export class BoundedWalk {
  #seen = 0;
  #over: string | null = null;
  #sawLinks = false;
  readonly #unread = new Map<string, string>();
  readonly #until: number;

  constructor(
    private readonly limits: typeof walkLimits,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#until = now() + limits.ms;
  }

  /** Why the walk was ended; null: it was not. */
  get over(): string | null {
    return this.#over;
  }

  get sawLinks(): boolean {
    return this.#sawLinks;
  }

  /** Folders that are there and could not be read, with the code of the system. */
  get unread(): ReadonlyMap<string, string> {
    return this.#unread;
  }

  /** Node's own, save that it fails once the walk is over. */
  readonly readdir = new Proxy(readdir, {
    apply: (target, self: unknown, args: readonly unknown[]): unknown => {
      const told = args.at(-1);
      if (typeof told !== 'function') return Reflect.apply(target, self, args);
      if (this.#over === null && this.now() > this.#until)
        this.#over = `it was not through after ${this.limits.ms / 1000} s`;
      if (this.#over !== null) return Reflect.apply(told, undefined, [new Error(this.#over), []]);
      const counted = (failed: unknown, entries: unknown): void => {
        if (Array.isArray(entries)) {
          this.#seen += entries.length;
          this.#sawLinks ||= entries.some(isLink);
        }
        this.#note(args[0], failed);
        if (this.#seen > this.limits.entries)
          this.#over ??= `it looks through more than ${this.limits.entries} files and folders`;
        Reflect.apply(told, undefined, [failed, entries]);
      };
      return Reflect.apply(target, self, [...args.slice(0, -1), counted]);
    },
  });

  #note(path: unknown, failed: unknown): void {
    const code = errorCode(failed);
    if (typeof path === 'string' && code !== null && !absent.has(code))
      this.#unread.set(path, code);
  }
}

/** Of a folder that is not there. */
const absent: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

const isLink = (entry: unknown): boolean => entry instanceof Dirent && entry.isSymbolicLink();
