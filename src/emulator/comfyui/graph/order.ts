import { linkOf } from './graph.js';
import type { Graph } from './graph.js';
import { inputsOf } from './graph.js';

/**
 * In which order nodes run since August 2024: of those that are ready an output first, then one that
 * makes an output ready, then one before such a one; else the one that was found first.
 */
export class ExecutionOrder {
  /** Node → how many nodes it waits for; in the order in which they were found. */
  readonly #waits = new Map<string, number>();
  readonly #blocks = new Map<string, Set<string>>();

  constructor(
    private readonly graph: Graph,
    outputs: readonly string[],
    private readonly isCached: (node: string) => boolean,
    private readonly isOutput: (node: string) => boolean,
  ) {
    for (const output of outputs) this.#add(output);
  }

  get isEmpty(): boolean {
    return this.#waits.size === 0;
  }

  /** Null where all of what is left waits for each other. */
  next(): string | null {
    const ready = [...this.#waits].filter(([, waits]) => waits === 0).map(([node]) => node);
    const after = (node: string): string[] => [...(this.#blocks.get(node) ?? [])];
    return (
      ready.find(this.isOutput) ??
      ready.find((node) => after(node).some(this.isOutput)) ??
      ready.find((node) => after(node).some((one) => after(one).some(this.isOutput))) ??
      ready[0] ??
      null
    );
  }

  done(node: string): void {
    this.#waits.delete(node);
    for (const blocked of this.#blocks.get(node) ?? [])
      this.#waits.set(blocked, (this.#waits.get(blocked) ?? 1) - 1);
    this.#blocks.delete(node);
  }

  /** The nodes of a cycle, where `next` found none. */
  get stuck(): string[] {
    return [...this.#waits.keys()];
  }

  #add(output: string): void {
    const open = [output];
    const links: [from: string, to: string][] = [];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (this.#waits.has(node)) continue;
      this.#waits.set(node, 0);
      this.#blocks.set(node, new Set());
      for (const value of inputsOf(this.graph, node).values()) {
        const from = linkOf(value)?.node;
        if (from === undefined || !this.graph.has(from) || this.isCached(from)) continue;
        open.push(from);
        links.push([from, node]);
      }
    }
    for (const [from, to] of links) {
      const blocked = this.#blocks.get(from);
      if (blocked === undefined || blocked.has(to)) continue;
      blocked.add(to);
      this.#waits.set(to, (this.#waits.get(to) ?? 0) + 1);
    }
  }
}

/** Mid-2024: the output that needs the fewest nodes first, each node after all that it needs. */
export const oldOrder = (
  graph: Graph,
  outputs: readonly string[],
  isCached: (node: string) => boolean,
): string[] => {
  const order: string[] = [];
  const done = new Set<string>();
  const needed = (node: string, found = new Set<string>()): Set<string> => {
    if (isCached(node) || done.has(node) || found.has(node) || !graph.has(node)) return found;
    for (const value of inputsOf(graph, node).values()) {
      const from = linkOf(value)?.node;
      if (from !== undefined) needed(from, found);
    }
    return found.add(node);
  };
  const left = new Set(outputs);
  while (left.size > 0) {
    const [next] = [...left]
      .map((node) => ({ node, nodes: needed(node) }))
      .sort((a, b) => a.nodes.size - b.nodes.size || (a.node < b.node ? -1 : 1));
    if (next === undefined) break;
    left.delete(next.node);
    for (const node of next.nodes) {
      done.add(node);
      order.push(node);
    }
  }
  return order;
};
