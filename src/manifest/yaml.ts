import type { Alias, Node, Pair, ParsedNode, Scalar, YAMLMap } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import { error, warning } from '../diagnostics/diagnostic.js';
import { LineIndex, wholeFile } from '../diagnostics/lines.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Place } from '../values/place.js';
import type { Entry, MapTree, ScalarTree, Tree } from './tree.js';

/** Nodes that aliases may add: more is a bomb, not a manifest. */
const maxNodes = 500_000;
const maxDepth = 200;

/** YAML (or JSON) text → tree; null when it cannot be read. Every mistake goes to `problems`. */
export const readYaml = (file: string, text: string, problems: Problems): Tree | null => {
  const lines = new LineIndex(file, text);
  const before = problems.errors;
  try {
    const documents = parseAllDocuments(text, {
      version: '1.2',
      merge: true,
      uniqueKeys: true,
      prettyErrors: false,
      logLevel: 'silent',
      stringKeys: false,
    });
    const [document, second] = documents;
    if (document === undefined || !('contents' in document) || isEmpty(document.contents)) {
      problems.add(
        error('E0101', wholeFile(file), 'the file is empty', {
          hint: 'the smallest has the keys version, workflowId and api',
        }),
      );
      return null;
    }
    for (const mistake of document.errors) {
      const [start, end] = mistake.pos;
      const [message, hint] = explain(mistake.code, mistake.message, text, start);
      problems.add(error('E0102', lines.place(start, end - start), message, { hint }));
    }
    for (const odd of document.warnings) {
      const [start, end] = odd.pos;
      problems.add(
        error('E0103', lines.place(start, end - start), odd.message, {
          hint: 'write the value without a tag, in quotes if it is text',
        }),
      );
    }
    if (second !== undefined && document.errors.length === 0) {
      const [start] = second.range;
      problems.add(
        error('E0104', lines.place(start, 3), 'a manifest is one document; a second begins here', {
          hint: 'remove the line "---", or write two files',
        }),
      );
    }
    if (problems.errors > before) return null;
    return new Converter(document, lines, problems).tree();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    problems.add(error('E0105', wholeFile(file), 'the file is nested too deeply to be read'));
    return null;
  }
};

const isEmpty = (contents: ParsedNode | null): boolean =>
  contents === null || (isScalar(contents) && contents.value === null);

/** The parser's words, made plainer where users meet them. */
const explain = (
  code: string,
  message: string,
  text: string,
  offset: number,
): readonly [string, string | null] => {
  if (text[offset] === '\t' || message.includes('Tabs'))
    return ['YAML does not allow tabs for indentation', 'indent with spaces'];
  switch (code) {
    case 'DUPLICATE_KEY':
      return ['this key is here twice', 'remove one of the two, or merge them'];
    case 'MULTILINE_IMPLICIT_KEY':
    case 'BLOCK_AS_IMPLICIT_KEY':
      return [`${message}: is there a ": " inside the text?`, 'put the text in quotes'];
    case 'BAD_ALIAS':
      return [message, 'a text that begins with * or & needs quotes'];
    default:
      return [message, null];
  }
};

type Document = Extract<ReturnType<typeof parseAllDocuments>[number], { contents: unknown }>;

class Converter {
  #nodes = 0;
  readonly #open = new Set<Node>();
  /** The parser looks through the whole document for each. */
  readonly #targets = new Map<Alias, Node | undefined>();

  constructor(
    private readonly document: Document,
    private readonly lines: LineIndex,
    private readonly problems: Problems,
  ) {}

  tree(): Tree | null {
    // A tree with mistakes is handed on all the same, so that more of them can be found.
    const { contents } = this.document;
    return contents === null ? null : this.#node(contents, 0);
  }

  #node(node: Node, depth: number): Tree {
    const at = this.#at(node);
    this.#nodes += 1;
    if (this.#nodes > maxNodes) return this.#bomb(at);
    if (depth > maxDepth) {
      this.problems.add(error('E0105', at, `nested deeper than ${maxDepth} levels`));
      return nothing(at);
    }
    if (isAlias(node)) return this.#alias(node, at, depth);
    if (isMap(node)) return this.#map(node, at, depth);
    if (isSeq(node))
      return {
        is: 'list',
        at,
        items: node.items.map((item) => this.#node(item as Node, depth + 1)),
      };
    return isScalar(node) ? this.#scalar(node, at) : nothing(at);
  }

  #bomb(at: Place): Tree {
    if (this.#nodes === maxNodes + 1)
      this.problems.add(
        error('E0106', at, `aliases make this document larger than ${maxNodes} values`),
      );
    return nothing(at);
  }

  #alias(alias: Alias, at: Place, depth: number): Tree {
    const target = this.#targetOf(alias);
    if (target === undefined || this.#open.has(target)) {
      const message =
        target === undefined
          ? `there is no anchor "${alias.source}" above`
          : `"*${alias.source}" contains itself`;
      this.problems.add(
        error('E0107', at, message, { hint: 'a text that begins with * needs quotes' }),
      );
      return nothing(at);
    }
    return this.#node(target, depth + 1);
  }

  #targetOf(alias: Alias): Node | undefined {
    if (!this.#targets.has(alias)) this.#targets.set(alias, alias.resolve(this.document));
    return this.#targets.get(alias);
  }

  #map(map: YAMLMap, at: Place, depth: number): MapTree {
    const entries = new Map<string, Entry>();
    if (this.#open.has(map)) return { is: 'map', entries, at };
    this.#open.add(map);
    const inherited: MapTree[] = [];
    for (const pair of map.items) {
      const key = this.#key(pair as Pair<Node, Node | null>);
      if (key === null) continue;
      const value = this.#value(pair as Pair<Node, Node | null>, key.at, depth);
      if (key.merge) inherited.push(...this.#merged(value));
      else entries.set(key.text, { keyAt: key.at, value });
    }
    this.#open.delete(map);
    for (const source of inherited)
      for (const [key, entry] of source.entries) if (!entries.has(key)) entries.set(key, entry);
    return { is: 'map', entries, at };
  }

  #value(pair: Pair<Node, Node | null>, keyAt: Place, depth: number): Tree {
    return pair.value === null ? nothing(keyAt) : this.#node(pair.value, depth + 1);
  }

  #merged(value: Tree): MapTree[] {
    const sources = value.is === 'list' ? value.items : [value];
    return sources.flatMap((source) => {
      if (source.is === 'map') return [source];
      this.problems.add(error('E0108', source.at, 'a merge key "<<" wants a map'));
      return [];
    });
  }

  #key(pair: Pair<Node, Node | null>): { text: string; at: Place; merge: boolean } | null {
    const { key } = pair;
    const at = this.#at(key);
    if (isScalar(key)) {
      const merge = key.value === '<<' || typeof key.value === 'symbol';
      const text = typeof key.value === 'string' ? key.value : (key.source ?? '');
      return { text, at, merge: merge && key.type === 'PLAIN' };
    }
    if (isMap(key) && key.flow === true)
      this.problems.add(
        error('E0109', at, 'two braces are a map inside a map in YAML, not a template', {
          hint: 'write ${{ name }}, and quotes around the whole text where it begins with a brace',
        }),
      );
    else this.problems.add(error('E0110', at, 'a key must be a text'));
    return null;
  }

  #scalar(scalar: Scalar, at: Place): ScalarTree {
    const { value, source, type, comment } = scalar;
    if (type === 'PLAIN' && typeof comment === 'string' && /^\S/.test(comment))
      this.problems.add(
        warning('E0111', at, `"#${comment}" is a comment: the value ends before it`, {
          hint: `"${source ?? ''} #${comment}" in quotes, if it belongs to the text`,
        }),
      );
    if (typeof value === 'number' || typeof value === 'bigint')
      return { is: 'scalar', text: source ?? String(value), type: 'number', at };
    if (typeof value === 'boolean')
      return { is: 'scalar', text: source ?? String(value), type: 'boolean', at };
    if (value === null) return nothing(at);
    return {
      is: 'scalar',
      text: typeof value === 'string' ? value : (source ?? ''),
      type: 'text',
      at,
    };
  }

  #at(node: Node): Place {
    const [start, end] = node.range ?? [0, 0];
    return this.lines.place(start, Math.max(1, end - start));
  }
}

const nothing = (at: Place): ScalarTree => ({ is: 'scalar', text: '', type: 'null', at });
