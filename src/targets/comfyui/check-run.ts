import { error, warning } from '../../diagnostics/diagnostic.js';
import { didYouMean } from '../../diagnostics/nearest.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Json } from '../../values/json.js';
import { jsonText } from '../../values/json-text.js';
import type { Place } from '../../values/place.js';
import { shortestAddress } from '../../workflow/shortest.js';
import type { Workflow, WorkflowNode } from '../../workflow/workflow.js';
import type { InputType, NodeClass, NodeTable } from './node-table.js';
import { mistakeIn } from './value-check.js';

/** A field that a run sets; a file of this machine has no value yet. */
export interface SetField {
  readonly node: string;
  readonly field: string;
  readonly json: Json | undefined;
}

/**
 * Checks a graph and the values of runs as the server would at the submit (comfyui-api 2.2, 8), so
 * that all mistakes are told at once and before anything runs. Only nodes that feed an output are
 * looked at by a server; unknown classes are refused wherever they stand.
 */
export class RunChecker {
  readonly #used: ReadonlySet<string>;
  readonly #seen = new Set<string>();
  readonly #overridden = new Map<string, number>();
  #runs = 0;

  constructor(
    private readonly workflow: Workflow,
    private readonly table: NodeTable,
    /** For people. */
    private readonly server: string,
    private readonly problems: Problems,
  ) {
    this.#used = usedNodes(workflow, table);
  }

  /** What is the same for all runs: classes, wires, inputs that must be there. */
  graph(): void {
    for (const node of this.workflow.nodes.values())
      if (this.table.of(node.classType) === null) this.#unknownClass(node);
    const nodes = [...this.workflow.nodes.values()];
    const known = nodes.every(({ classType }) => this.table.of(classType) !== null);
    if (known && this.#used.size === 0)
      this.problems.add(
        error(
          'E0275',
          this.#at(nodes[0]?.id ?? ''),
          'the graph has no output node, so nothing of it would run',
          {
            hint: 'add a node that saves something, such as SaveImage, and export it again',
          },
        ),
      );
    for (const node of nodes) {
      const kind = this.#used.has(node.id) ? this.table.of(node.classType) : null;
      if (kind !== null) this.#wires(node, kind);
    }
  }

  /** What one run sets. `row`: where its values stand. */
  run(
    name: string,
    row: { readonly file: string; readonly line: number } | null,
    set: readonly SetField[],
  ): void {
    this.#runs += 1;
    for (const { node, field, json } of set) {
      const key = JSON.stringify([node, field]);
      this.#overridden.set(key, (this.#overridden.get(key) ?? 0) + 1);
      if (json === undefined) continue;
      const at = row === null ? null : { ...row, column: 0, length: 1, text: null };
      this.#value(node, field, json, at, name);
    }
  }

  /** Values of the file, where some run leaves them as they are. */
  base(): void {
    for (const node of this.workflow.nodes.values())
      for (const { name, value } of node.fields.values()) {
        const set = this.#overridden.get(JSON.stringify([node.id, name])) ?? 0;
        if (set < this.#runs) this.#value(node.id, name, value, null, null);
      }
  }

  #value(id: string, field: string, json: Json, at: Place | null, run: string | null): void {
    const node = this.workflow.nodes.get(id);
    if (node === undefined || !this.#used.has(id)) return;
    const type = inputOf(this.table.of(node.classType), field);
    if (type === null) return;
    const key = JSON.stringify([id, field, jsonText(json)]);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const mistake = mistakeIn(json, type);
    if (mistake === null) return;
    const address = shortestAddress(this.workflow, node, field);
    this.problems.add(
      error('E0276', at ?? this.workflow.at(id, field), `${address}: ${mistake.message}`, {
        hint: mistake.hint,
        notes: [
          ...(run === null ? [] : [`in run ${run}`]),
          `as ${this.server} tells of ${node.classType}`,
        ],
      }),
    );
  }

  #unknownClass(node: WorkflowNode): void {
    this.problems.add(
      error('E0275', this.#at(node.id), `${this.server} has no node "${node.classType}"`, {
        hint:
          didYouMean(node.classType, this.table.names()) ??
          'install the custom nodes that have it, and start the server again',
      }),
    );
  }

  #wires(node: WorkflowNode, kind: NodeClass): void {
    for (const [name, type] of kind.required) {
      if (node.fields.has(name) || node.links.has(name) || isDynamic(type)) continue;
      this.problems.add(
        error(
          'E0277',
          this.#at(node.id),
          `node "${node.id}" (${node.classType}) lacks the input "${name}"`,
          {
            hint: `${this.server} needs it: export the graph again from there`,
          },
        ),
      );
    }
    for (const [name, { node: from, slot }] of node.links) {
      const source = this.workflow.nodes.get(from);
      const given = source === undefined ? null : this.table.of(source.classType);
      if (source === undefined || given === null) continue;
      if (slot >= given.outputs.length) {
        this.problems.add(
          error(
            'E0277',
            this.#at(node.id, name),
            `node "${node.id}" (${node.classType}) is wired to output ${slot} of "${from}" (${source.classType}), which has ${given.outputs.length}`,
            {
              hint: 'export the graph again',
            },
          ),
        );
        continue;
      }
      const wanted = wantedType(inputOf(kind, name));
      const type = given.outputs[slot] ?? null;
      if (wanted !== null && type !== null && !fits(type, wanted))
        this.problems.add(
          // Some classes judge their inputs themselves, and take more than they tell.
          warning(
            'E0277',
            this.#at(node.id, name),
            `node "${node.id}" (${node.classType}) takes ${wanted} as "${name}", and "${from}" (${source.classType}) gives ${type}`,
          ),
        );
    }
  }

  #at(id: string, field?: string): Place {
    return this.workflow.at(id, field);
  }
}

const inputOf = (kind: NodeClass | null, name: string): InputType | null =>
  kind?.required.get(name) ?? kind?.optional.get(name) ?? null;

/** Inputs that come and go with the value of another one (2026): what is needed is not told. */
const isDynamic = (type: InputType): boolean => type.is === 'other' && /^COMFY_/.test(type.type);

const wantedType = (type: InputType | null): string | null => {
  if (type === null || type.is === 'choice') return null;
  if (type.is === 'number') return type.whole ? 'INT' : 'FLOAT';
  return isDynamic(type) ? null : type.type;
};

/** Equal, anything, or unions that share a member. */
const fits = (given: string, wanted: string): boolean => {
  const parts = (type: string): string[] => type.split(',').map((part) => part.trim());
  const has = new Set(parts(wanted));
  return has.has('*') || parts(given).some((part) => part === '*' || has.has(part));
};

/** Output nodes, and all that feeds them. */
const usedNodes = (workflow: Workflow, table: NodeTable): ReadonlySet<string> => {
  const used = new Set<string>();
  const walk = [...workflow.nodes.values()].filter(
    ({ classType }) => table.of(classType)?.isOutput === true,
  );
  for (let node = walk.pop(); node !== undefined; node = walk.pop()) {
    if (used.has(node.id)) continue;
    used.add(node.id);
    for (const { node: from } of node.links.values()) {
      const next = workflow.nodes.get(from);
      if (next !== undefined) walk.push(next);
    }
  }
  return used;
};
