/** One option of a command, as the parser and the help know it. */
export interface OptionSpec {
  /** `-j, --concurrency <n>`, `--json`, `--force [pattern]`. */
  readonly flags: string;
  readonly about: string;
  /** All values that there are; absent: the command says what it takes. */
  readonly choices?: readonly string[];
  /** Its value is a site, `https://host`. */
  readonly isSite?: true;
  /** A value stands behind `=` alone: the next word would be the manifest's name. */
  readonly inlineOnly?: true;
}

export interface CommandSpec {
  readonly name: string;
  /** `[manifest]`, `<run>`, `<...dirs>`; empty for none. */
  readonly args: string;
  readonly about: string;
  /** Lines for its own help alone. */
  readonly notes?: readonly string[];
  readonly options: readonly OptionSpec[];
}

/** What the user typed. All values are text, exactly as typed. */
export class Call {
  constructor(
    readonly args: readonly string[],
    private readonly options: Readonly<Record<string, unknown>>,
    /** The command that was typed: where its manifest stands. */
    private readonly spec: Pick<CommandSpec, 'args'> = { args: '[manifest]' },
    /** All there are, for messages that propose one. */
    readonly commands: readonly CommandSpec[] = [],
  ) {}

  /** As typed; null: it was not, or the command takes none. */
  get manifest(): string | null {
    const words = this.spec.args.split(' ');
    // `resolve --unknown` is about no single run, so none stands before the manifest.
    const at = words
      .filter((word) => word !== '[run]' || !this.flag('unknown'))
      .indexOf('[manifest]');
    return at === -1 ? null : (this.args[at] ?? null);
  }

  flag(name: string): boolean {
    const value = this.options[name];
    return value !== undefined && value !== false;
  }

  /** How often a flag was typed: `-vv` counts two. */
  count(name: string): number {
    const value = this.options[name];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.filter((item) => item === true).length;
  }

  /** The last one wins where an option is repeated. */
  text(name: string): string | null {
    return this.texts(name).at(-1) ?? null;
  }

  /** A repeatable option, in order. */
  texts(name: string): string[] {
    const value = this.options[name];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.filter((item) => typeof item === 'string');
  }
}
