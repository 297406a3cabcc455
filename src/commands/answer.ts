import type { Call } from './argv/call.js';
import type { Io } from '../edges/io.js';

/** What a short command tells: lines for people or, with `--json`, one document of the same facts. */
export class Answer {
  readonly #json: boolean;
  readonly #facts = new Map<string, unknown>();

  constructor(
    call: Call,
    private readonly io: Io,
  ) {
    this.#json = call.flag('json');
  }

  /** `line` without its end; `where` people read it. */
  say(line: string, facts: Readonly<Record<string, unknown>>, where: 'out' | 'err' = 'out'): void {
    for (const [name, value] of Object.entries(facts)) this.#facts.set(name, value);
    if (!this.#json) this.io[where].write(`${line}\n`);
  }

  /** One of several, kept in a list of that name. */
  item(list: string, line: string, fact: object, where: 'out' | 'err' = 'out'): void {
    const known = this.#facts.get(list);
    this.say(
      line,
      { [list]: [...(Array.isArray(known) ? (known as unknown[]) : []), fact] },
      where,
    );
  }

  /** Once, at the end. @returns the exit code. */
  end(exitCode: number): number {
    if (this.#json) {
      const facts = Object.fromEntries(this.#facts);
      this.io.out.write(`${JSON.stringify({ version: 1, exitCode, ...facts })}\n`);
    }
    return exitCode;
  }
}
