import type { Readable } from 'node:stream';
import { Writable } from 'node:stream';
import type * as clack from '@clack/prompts';
import { clip, oneLine, widthOf } from './format.js';

interface Choice {
  readonly value: string;
  /** Two columns: what it is, and what it holds now. */
  readonly label: string;
  readonly detail: string;
  readonly picked: boolean;
}

/** Asks a person. null: the person left (Ctrl-C, Escape, the terminal went away). */
export interface Asker {
  many(
    question: string,
    choices: readonly Choice[],
    required: boolean,
  ): Promise<readonly string[] | null>;
  /** `check`: what is wrong with an answer; null: nothing. */
  text(question: string, check: (answer: string) => string | null): Promise<string | null>;
}

type Prompts = typeof clack;

export interface AskOptions {
  readonly input: Readable;
  readonly write: (text: string) => void;
  readonly columns: () => number | null;
  readonly rows: () => number | null;
  readonly onResize: (handler: () => void) => () => void;
  readonly colour: boolean;
  /** Aborted: the person leaves. */
  readonly signal: AbortSignal;
}

/** Above this many a search is worth its line. */
const maxWithoutSearch = 12;
const maxShown = 14;
/** Lines of a list's question, search and instructions, wrapped on a narrow terminal. */
const around = 9;
const margin = 6;

/** The one file that knows the prompts' package, which is loaded with the first question. */
export const terminalAsker = (options: AskOptions): Asker => {
  const { input, signal } = options;
  const ask = async <T>(
    show: (
      prompts: Prompts,
      common: { input: Readable; output: Writable; signal: AbortSignal },
    ) => Promise<T>,
  ): Promise<Exclude<T, symbol> | null> => {
    const prompts = await import('@clack/prompts');
    const gone = new AbortController();
    const leave = (): void => gone.abort();
    // A terminal that closes would leave the question open for ever.
    for (const end of ['end', 'close', 'error']) input.once(end, leave);
    const screen = new PromptScreen(options);
    try {
      const left = AbortSignal.any([signal, gone.signal]);
      const answer = await show(prompts, { input, output: screen, signal: left });
      return isAnswer(answer) ? answer : null;
    } finally {
      for (const end of ['end', 'close', 'error']) input.off(end, leave);
      screen.unhook();
    }
  };
  return {
    many: (question, choices, required) =>
      ask((prompts, common) => {
        const room = Math.max(20, (options.columns() ?? 80) - margin);
        const texts = labels(choices, room);
        const shown = choices.map(({ value }, at) => ({ value, label: texts[at] ?? value }));
        const picked = choices.flatMap((choice) => (choice.picked ? [choice.value] : []));
        const all = { ...common, message: question, options: shown, initialValues: picked };
        return choices.length <= maxWithoutSearch
          ? prompts.multiselect({ ...all, required })
          : prompts.autocompleteMultiselect({
              ...all,
              initialValues: fromTheTop(shown[0]?.value, picked),
              required,
              maxItems: maxItems(options),
            });
      }),
    text: (question, check) =>
      ask((prompts, common) =>
        prompts.text({
          ...common,
          message: question,
          validate: (answer) => check(answer ?? '') ?? undefined,
        }),
      ),
  };
};

/**
 * The package toggles each of these in turn and leaves the cursor on the last: on the first choice,
 * which is toggled once where it is picked, and twice where it is not.
 */
const fromTheTop = (first: string | undefined, picked: readonly string[]): string[] =>
  first === undefined
    ? []
    : picked.includes(first)
      ? [...picked.filter((value) => value !== first), first]
      : [first, ...picked, first];

const maxItems = ({ rows }: AskOptions): number =>
  Math.max(5, Math.min(maxShown, (rows() ?? 24) - around));

/** The package answers with a symbol where the person left. */
const isAnswer = <T>(answer: T): answer is Exclude<T, symbol> => typeof answer !== 'symbol';

/** In two columns, none wider than the terminal: a prompt that wraps cannot be drawn over. */
const labels = (choices: readonly Choice[], room: number): string[] => {
  const names = choices.map(({ label }) => clip(oneLine(label), Math.ceil(room * 0.6)));
  const column = Math.max(0, ...names.map(widthOf));
  return choices.map(({ detail }, at) => {
    const name = names[at] ?? '';
    const gap = ' '.repeat(column - widthOf(name) + 2);
    return clip(`${name}${gap}${oneLine(detail)}`, room).trimEnd();
  });
};

/** What the package takes for a terminal: every byte goes the way of all output, keys taken out. */
class PromptScreen extends Writable {
  readonly isTTY = true;
  readonly unhook: () => void;

  constructor(private readonly options: AskOptions) {
    super({ decodeStrings: false });
    this.unhook = options.onResize(() => this.emit('resize'));
  }

  get columns(): number {
    return this.options.columns() ?? 80;
  }

  get rows(): number {
    return this.options.rows() ?? 24;
  }

  override _write(chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    const text = String(chunk);
    this.options.write(this.options.colour ? text : text.replace(/\u001b\[[\d;]*m/g, ''));
    done();
  }
}
