import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Io, StopSignal } from '../../src/edges/io.js';
import { main } from '../../src/commands/main.js';
import { systemClock } from '../../src/edges/clock.js';
import { redactor } from '../../src/edges/secrets/secret.js';

export interface Ended {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** A folder, and the CLI in this process with a stdin: a pipe, or a terminal with a person. */
export class Folder {
  readonly dir = mkdtempSync(join(tmpdir(), 'rh-batch-init-'));

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [path, content] of Object.entries(files)) this.write(path, content);
  }

  write(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(this.dir, path)), { recursive: true });
    writeFileSync(join(this.dir, path), content);
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), 'utf8');
  }

  /** Every file, hidden ones too. */
  list(): string[] {
    return readdirSync(this.dir, { recursive: true, encoding: 'utf8' }).sort();
  }

  /** Text of every file together: nothing secret may be in it. */
  everything(): string {
    return readdirSync(this.dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
      .join('\n');
  }

  run(argv: readonly string[], options: SessionOptions = {}): Promise<Ended> {
    return new Session(this.dir, argv, options).ended;
  }

  /** On a terminal. */
  sit(argv: readonly string[], options: SessionOptions = {}): Session {
    return new Session(this.dir, argv, { ...options, terminal: true });
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export interface SessionOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  readonly columns?: number;
}

export const keys = { enter: '\r', down: '\u001b[B', space: ' ', ctrlC: '\u0003' } as const;

/** A person at a terminal: waits for what is shown, then types. */
export class Session {
  readonly ended: Promise<Ended>;
  #shown = '';
  #seen = 0;
  readonly #out: string[] = [];
  readonly #input = new PassThrough();
  readonly #waiting = new Set<() => void>();
  readonly #handlers = new Set<(signal: StopSignal) => void>();

  constructor(dir: string, argv: readonly string[], options: SessionOptions) {
    const terminal = options.terminal === true;
    const input = Object.assign(this.#input, { isTTY: terminal, setRawMode: () => this.#input });
    if (!terminal) input.end(options.stdin ?? '');
    let clean = redactor([]);
    const secrets = new Set<string>();
    const size = { columns: () => (terminal ? (options.columns ?? 100) : null), rows: () => 40 };
    const io: Io = {
      in: () => input,
      out: { write: (text) => void this.#out.push(clean(text)), isTTY: terminal, ...size },
      err: { write: (text) => this.#show(clean(text)), isTTY: terminal, ...size },
      env: { NO_COLOR: '1', ...options.env },
      cwd: dir,
      clock: systemClock,
      protect: (secret) => {
        if (secret !== '') secrets.add(secret);
        clean = redactor([...secrets]);
      },
      clean: (text) => clean(text),
      exitNow: () => undefined,
      onStop: (handler) => {
        this.#handlers.add(handler);
        return () => this.#handlers.delete(handler);
      },
    };
    this.ended = main(argv, io, '0.0.0').then((exit) => ({
      exit,
      out: this.#out.join(''),
      err: this.#shown,
    }));
  }

  #show(text: string): void {
    this.#shown += text;
    for (const check of this.#waiting) check();
  }

  /** Resolves when `text` is shown, behind what was waited for before. */
  sees(text: string): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        const at = this.#shown.indexOf(text, this.#seen);
        if (at === -1) return;
        this.#seen = at + text.length;
        this.#waiting.delete(check);
        // The prompt listens once its first frame is written.
        setImmediate(resolve);
      };
      this.#waiting.add(check);
      check();
    });
  }

  types(...pressed: readonly string[]): void {
    for (const key of pressed) this.#input.write(key);
  }

  signal(name: StopSignal): void {
    for (const handler of this.#handlers) handler(name);
  }

  hangsUp(): void {
    this.#input.end();
  }
}
