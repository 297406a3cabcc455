import type { Alias, Node, Pair, ParsedNode, Scalar, YAMLMap } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, visit } from 'yaml';
import { error, warning } from '../diagnostics/diagnostic.js';
import { LineIndex, wholeFile } from '../diagnostics/lines.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Place } from '../values/place.js';
import type { Entry, MapTree, ScalarTree, Tree } from './tree.js';
import { explainYaml } from './yaml-words.js';

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
    tellMistakes(document, text, lines, problems);
    if (second !== undefined && document.errors.length === 0) {
      const [start] = second.range;
      problems.add(
        error('E0104', lines.place(start, 3), 'a manifest is one document; a second begins here', {
          hint: 'remove the line "---", or write two files',
        }),
      );
    }
    if (problems.errors > before) return null;
    return new Converter(document, text, lines, problems).tree();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    problems.add(error('E0105', wholeFile(file), 'the file is nested too deeply to be read'));
    return null;
  }
};

const isEmpty = (contents: ParsedNode | null): boolean =>
  contents === null || (isScalar(contents) && contents.value === null);

type Document = Extract<ReturnType<typeof parseAllDocuments>[number], { contents: unknown }>;

/** One for each line: what follows the first on a line mostly comes of it. */
const tellMistakes = (
  document: Document,
  text: string,
  lines: LineIndex,
  problems: Problems,
): void => {
  const told = new Set<number>();
  for (const mistake of [...document.errors, ...document.warnings]) {
    const { message, hint, start, length } = explainYaml(mistake, text);
    const at = lines.place(start, length);
    if (told.has(at.line)) continue;
    told.add(at.line);
    const code = mistake.name === 'YAMLWarning' ? 'E0103' : 'E0102';
    const first = mistake.code === 'DUPLICATE_KEY' ? firstOfKey(document, start) : null;
    problems.add(
      error(code, at, message, {
        hint,
        related: first === null ? [] : [{ message: 'it is here, too', at: lines.place(...first) }],
      }),
    );
  }
};

/** Where the key that stands at `offset` once more stands first. */
const firstOfKey = (document: Document, offset: number): [number, number] | null => {
  let found: [number, number] | null = null;
  visit(document, {
    Map: (_, map) => {
      const again = map.items.find(({ key }) => isScalar(key) && key.range?.[0] === offset);
      if (again === undefined) return undefined;
      const wanted = isScalar(again.key) ? again.key.value : null;
      const first = map.items.find(({ key }) => isScalar(key) && key.value === wanted);
      const range = isScalar(first?.key) ? first.key.range : null;
      if (range != null) found = [range[0], range[1] - range[0]];
      return visit.BREAK;
    },
  });
  return found;
};

class Converter {
  #nodes = 0;
  readonly #open = new Set<Node>();
  /** Anchors by name, until an alias uses them. */
  readonly #anchors = new Map<string, Node>();
  readonly #used = new Set<string>();
  /** The parser looks through the whole document for each. */
  readonly #targets = new Map<Alias, Node | undefined>();

  constructor(
    private readonly document: Document,
    private readonly text: string,
    private readonly lines: LineIndex,
    private readonly problems: Problems,
  ) {}

  tree(): Tree | null {
    // A tree with mistakes is handed on all the same, so that more of them can be found.
    const { contents } = this.document;
    if (contents === null) return null;
    const tree = this.#node(contents, 0);
    if (this.#nodes <= maxNodes) for (const [name, node] of this.#anchors) this.#unused(name, node);
    return tree;
  }

  /** As with a "#": what was meant as text is cut off without a word. */
  #unused(name: string, node: Node): void {
    const from = this.text.lastIndexOf(`&${name}`, node.range?.[0] ?? 0);
    const at = this.lines.place(Math.max(0, from), name.length + 1);
    const rest = isScalar(node) && node.type === 'PLAIN' ? ` ${node.source ?? ''}` : ' …';
    this.problems.add(
      warning('E0166', at, `"&${name}" is a name for the value behind it, and nothing uses that`, {
        hint: `'&${name}${rest}' in quotes, if it belongs to the text; else remove it`,
      }),
    );
  }

  #node(node: Node, depth: number): Tree {
    const at = this.#at(node);
    this.#nodes += 1;
    if (this.#nodes > maxNodes) return this.#bomb(at);
    if (depth > maxDepth) {
      this.problems.add(error('E0105', at, `nested deeper than ${maxDepth} levels`));
      return nothing(at);
    }
    if (isAlias(node)) {
      this.#used.add(node.source);
      this.#anchors.delete(node.source);
      return this.#alias(node, at, depth);
    }
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined && !this.#used.has(anchor)) this.#anchors.set(anchor, node);
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
        error('E0106', at, `aliases make this document larger than ${maxNodes} values`, {
          hint: 'write the values out in place of aliases of aliases, which multiply; many values belong in a table',
        }),
      );
    return nothing(at);
  }

  #alias(alias: Alias, at: Place, depth: number): Tree {
    const target = this.#targetOf(alias);
    if (target === undefined || this.#open.has(target)) {
      const message =
        target === undefined
          ? `a text that begins with * needs quotes: without them it refers to "&${alias.source}", which is not above`
          : `"*${alias.source}" contains itself`;
      this.problems.add(
        error('E0107', at, message, { hint: `put the text in quotes: '*${alias.source}'` }),
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
          hint: `"${source ?? ''} #${comment}" in quotes, if it belongs to the text`.replace(
            '" ',
            '"',
          ),
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
