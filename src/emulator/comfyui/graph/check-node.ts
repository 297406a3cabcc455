import type { Storage } from '../files.js';
import type { InputTypes, Lists, NodeClass } from '../nodes/node-class.js';
import { pyStr } from '../python/dumps.js';
import { Raised, asRaised } from '../python/raised.js';
import type { Py } from '../python/value.js';
import { dict, isPyList, typeName } from '../python/value.js';
import type { Version } from '../versions.js';
import type { Graph } from './graph.js';
import { classOf, inputsOf } from './graph.js';
import type { Mistake } from './mistakes.js';
import { innerMistake, mistake } from './mistakes.js';
import type { Checked } from './values.js';
import { converted, outOfBounds } from './values.js';

/** What validation looks at. */
export interface Shop {
  readonly classes: ReadonlyMap<string, NodeClass>;
  readonly lists: Lists;
  readonly files: Storage;
  readonly version: Version;
}

export interface Verdict {
  readonly valid: boolean;
  readonly mistakes: readonly Mistake[];
}

/**
 * Checks one node and all that feed it, as `validate_inputs` does (ComfyUI notes, section 2.2).
 * Verdicts are kept, those of nodes that raised too; what the node itself raises goes on.
 */
export class NodeCheck {
  readonly verdicts = new Map<string, Verdict>();
  readonly #path: string[] = [];

  constructor(
    private readonly graph: Graph,
    private readonly shop: Shop,
  ) {}

  check(id: string): Verdict {
    const known = this.verdicts.get(id);
    if (known !== undefined) return known;
    if (this.shop.version.findsCycles && this.#path.includes(id)) return this.#cycle(id);
    // Else a cycle comes to an end here: every node of it is wrong, and none says why.
    if (this.#path.length >= maxDepth)
      throw new Raised('RecursionError', 'maximum recursion depth exceeded');
    this.#path.push(id);
    try {
      return this.#check(id);
    } finally {
      this.#path.pop();
    }
  }

  /** Every node of it says so. */
  #cycle(id: string): Verdict {
    const nodes = this.#path.slice(this.#path.indexOf(id));
    const way = [...nodes, id].map((node) => `${node} (${classOf(this.graph, node)})`).join(' -> ');
    const verdict: Verdict = {
      valid: false,
      mistakes: [
        mistake('dependency_cycle', 'Dependency cycle detected', way, { cycle_nodes: nodes }),
      ],
    };
    for (const node of nodes) this.verdicts.set(node, verdict);
    return verdict;
  }

  #check(id: string): Verdict {
    const inputs = inputsOf(this.graph, id);
    const node = this.shop.classes.get(classOf(this.graph, id));
    const types = node?.input(this.shop.lists) ?? {};
    const found: (Mistake | 'feeding node' | null)[] = [];
    for (const [input, required] of this.#inputs(types)) {
      const given = inputs.get(input.name);
      if (given !== undefined) found.push(...this.#value(node, input, given, inputs));
      else if (required)
        found.push(
          mistake('required_input_missing', 'Required input is missing', input.name, {
            input_name: input.name,
          }),
        );
    }
    if (this.shop.version.newValidation) found.push(this.#custom(node, types, inputs));
    const verdict = {
      valid: found.every((one) => one === null),
      mistakes: found.filter((one) => one !== null && one !== 'feeding node'),
    };
    const ofCycle = this.verdicts.get(id);
    if (ofCycle !== undefined && this.shop.version.findsCycles) return ofCycle;
    this.verdicts.set(id, verdict);
    return verdict;
  }

  *#inputs({ required, optional }: InputTypes): Generator<[Checked, boolean]> {
    const newer = this.shop.version.newValidation;
    for (const [group, isRequired] of [
      [required, true],
      [newer ? optional : undefined, false],
    ] as const)
      for (const [name, spec] of Object.entries(group ?? {})) {
        const [type, options = dict({})] = spec;
        yield [
          { name, type, options, config: newer ? [type, options] : (spec.slice() as Py) },
          isRequired,
        ];
      }
  }

  #value(
    node: NodeClass | undefined,
    input: Checked,
    given: Py,
    inputs: Map<string, Py>,
  ): (Mistake | 'feeding node' | null)[] {
    if (isPyList(given)) return [this.#link(input, given)];
    const { version } = this.shop;
    const read = converted(input, given, version.newValidation);
    if ('mistake' in read) return [read.mistake];
    inputs.set(input.name, read.value);
    const own = node?.checks;
    if (version.newValidation)
      // What a class checks itself is not looked at here.
      return [
        own?.input === input.name ? null : outOfBounds(input, read.value, version.checksCombos),
      ];
    const bounds = outOfBounds(
      own === undefined ? input : { ...input, type: null },
      read.value,
      false,
    );
    if (bounds !== null || own === undefined) return [bounds];
    // Mid-2024 runs the class's own check once for each of its inputs.
    const value = inputs.get(own.input);
    const wrong = typeof value === 'string' ? own.mistake(value, this.shop) : null;
    return [
      wrong === null
        ? null
        : mistake(
            'custom_validation_failed',
            'Custom validation failed for node',
            `${input.name} - ${wrong}`,
            { input_name: input.name, input_config: input.config, received_value: read.value },
          ),
    ];
  }

  #link(input: Checked, link: readonly Py[]): Mistake | 'feeding node' | null {
    const { name, type, config } = input;
    if (link.length !== 2)
      return mistake(
        'bad_linked_input',
        'Bad linked input, must be a length-2 list of [node_id, slot_index]',
        name,
        { input_name: name, input_config: config, received_value: link },
      );
    const from = link[0] ?? null;
    const outputs = this.shop.classes.get(classOf(this.graph, from))?.output ?? [];
    const received = slotOf(outputs, link[1] ?? null);
    if (!this.#fits(received, type))
      return mistake(
        'return_type_mismatch',
        'Return type mismatch between linked nodes',
        this.shop.version.newValidation
          ? `${name}, received_type(${received}) mismatch input_type(${pyStr(type)})`
          : `${name}, ${received} != ${pyStr(type)}`,
        { input_name: name, input_config: config, received_type: received, linked_node: link },
      );
    const id = pyStr(from);
    try {
      return this.check(id).valid ? null : 'feeding node';
    } catch (cause) {
      this.verdicts.set(id, {
        valid: false,
        mistakes: [innerMistake(asRaised(cause), name, config, link)],
      });
      return 'feeding node';
    }
  }

  /** Equal types; in newer versions also any type, and unions that share a member. */
  #fits(received: string, type: Py): boolean {
    if (received === type) return true;
    if (!this.shop.version.newValidation || typeof type !== 'string') return false;
    if (received === '*' || type === '*') return true;
    const wanted = type.split(',').map((one) => one.trim());
    return wanted.includes('*') || received.split(',').some((one) => wanted.includes(one.trim()));
  }

  /** The class's own check, once, with what was given. */
  #custom(
    node: NodeClass | undefined,
    { required, optional }: InputTypes,
    inputs: Map<string, Py>,
  ): Mistake | null {
    const own = node?.checks;
    if (own === undefined || !(own.input in { ...required, ...optional })) return null;
    const value = inputs.get(own.input);
    if (value === undefined)
      throw new Raised(
        'TypeError',
        `VALIDATE_INPUTS() missing 1 required positional argument: '${own.input}'`,
      );
    if (typeof value !== 'string')
      throw new Raised(
        'AttributeError',
        `'${isPyList(value) ? 'NoneType' : typeName(value)}' object has no attribute 'endswith'`,
      );
    const wrong = own.mistake(value, this.shop);
    return wrong === null
      ? null
      : mistake(
          'custom_validation_failed',
          'Custom validation failed for node',
          `${own.input} - ${wrong}`,
          { input_name: own.input },
        );
  }
}

const maxDepth = 900;

/** `types[slot]`, from the end where it is negative. */
const slotOf = (types: readonly string[], slot: Py): string => {
  const index = typeof slot === 'boolean' ? BigInt(slot) : slot;
  if (typeof index !== 'bigint')
    throw new Raised(
      'TypeError',
      `tuple indices must be integers or slices, not ${typeName(slot)}`,
    );
  const type = types.at(Number(index));
  if (type === undefined) throw new Raised('IndexError', 'tuple index out of range');
  return type;
};
