import type { Graph } from '../graph/graph.js';
import type { PyDict } from '../python/value.js';
import type { Value } from './values.js';

/** What /history shows of a node, under the id that made it. */
export interface Shown {
  readonly output: PyDict;
  readonly meta: PyDict;
}

/** Results of the prompt before, and of this one (ComfyUI notes, section 3, "Cache"). */
export class Cache {
  #keys = new Map<string, string>();
  #outputs = new Map<string, readonly Value[]>();
  #shown = new Map<string, Shown>();

  /** Forgets everything that this graph has no use for. */
  begin(graph: Graph, keyOf: (node: string) => string): void {
    this.#keys = new Map([...graph.keys()].map((node) => [node, keyOf(node)]));
    const used = new Set(this.#keys.values());
    this.#outputs = new Map([...this.#outputs].filter(([key]) => used.has(key)));
    this.#shown = new Map([...this.#shown].filter(([key]) => used.has(key)));
  }

  clear(): void {
    this.#outputs.clear();
    this.#shown.clear();
  }

  outputs(node: string): readonly Value[] | null {
    return this.#outputs.get(this.#key(node)) ?? null;
  }

  shown(node: string): Shown | null {
    return this.#shown.get(this.#key(node)) ?? null;
  }

  keep(node: string, outputs: readonly Value[]): void {
    this.#outputs.set(this.#key(node), outputs);
  }

  show(node: string, shown: Shown): void {
    this.#shown.set(this.#key(node), shown);
  }

  #key(node: string): string {
    return this.#keys.get(node) ?? '';
  }
}
