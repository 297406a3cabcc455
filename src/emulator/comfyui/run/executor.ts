import type { Storage } from '../files.js';
import type { Graph } from '../graph/graph.js';
import { classOf, graphJson, inputsOf, linkOf } from '../graph/graph.js';
import { ExecutionOrder, oldOrder } from '../graph/order.js';
import { fingerprintsOf, oldSignatureOf, signatureOf } from '../graph/signature.js';
import type { NodeClass } from '../nodes/node-class.js';
import { contains, getOr } from '../python/convert.js';
import type { Raised } from '../python/raised.js';
import { asRaised } from '../python/raised.js';
import type { Py, PyDict } from '../python/value.js';
import { dict, isPyDict } from '../python/value.js';
import type { Item } from '../queue/item.js';
import type { Hub } from '../sockets/hub.js';
import type { Version } from '../versions.js';
import { Cache } from './cache.js';
import { errorMessage } from './failures.js';
import type { Asked } from './marks.js';
import { askedBy } from './marks.js';
import { sendPreview } from './previews.js';
import { Progress } from './progress.js';
import type { Value } from './values.js';
import { data } from './values.js';
import type { Preview, Work } from './work.js';
import { Interrupted } from './work.js';

/** What the executor is given of the server around it. */
export interface Machine {
  readonly version: Version;
  readonly classes: ReadonlyMap<string, NodeClass>;
  readonly files: Storage;
  readonly hub: Hub;
  readonly previews: boolean;
  readonly now: () => number;
  /** Of service time; rejects where the server's life is over. */
  pause(ms: number): Promise<void>;
  /** How long this node runs: a sampler in all, others before they begin. */
  runMs(classType: string): number;
  /** How often this prompt was begun, this time included. */
  tries(item: Item): number;
}

export interface Ended {
  readonly succeeded: boolean;
  readonly interrupted: boolean;
  readonly outputs: PyDict;
  readonly meta: PyDict | null;
  /** Null as in `status: null`: there is none. */
  readonly messages: readonly Py[];
}

/** Runs one prompt after the other, as `PromptExecutor` does. */
export class Executor {
  readonly cache = new Cache();
  /** Where messages of the running prompt go; null: nobody said. */
  client: Py = null;
  /** What runs, for a client that connects again. */
  lastNode: string | null = null;
  #interrupted = false;

  constructor(private readonly machine: Machine) {}

  interrupt(): void {
    this.#interrupted = true;
  }

  /** Raises where the worker thread would die of it. */
  async execute(item: Item, graph: Graph): Promise<Ended> {
    // What was asked of a prompt that has only just begun is lost (section 6).
    this.#interrupted = false;
    this.client = contains(item.extra, 'client_id') ? getOr(item.extra, 'client_id', null) : null;
    const run = new Run(this, this.machine, item, graph);
    const ended = await run.execute();
    this.lastNode = null;
    return ended;
  }

  /** `throw_exception_if_processing_interrupted` */
  throwIfInterrupted(): void {
    if (!this.#interrupted) return;
    this.#interrupted = false;
    throw new Interrupted();
  }
}

const samplerClass = /sampler/i;

/** Why a prompt ended early. */
interface Failure {
  readonly node: string;
  readonly cause: Raised | Interrupted;
  readonly inputs: ReadonlyMap<string, Value>;
}

/** One prompt under way. */
class Run {
  readonly #messages: Py[] = [];
  readonly #executed: string[] = [];
  readonly #progress: Progress;
  #asked: Asked = { node: null, raises: null, slower: 1 };

  constructor(
    private readonly executor: Executor,
    private readonly machine: Machine,
    private readonly item: Item,
    private readonly graph: Graph,
  ) {
    this.#progress = new Progress(item.id, (state) => {
      if (machine.version.progressState) machine.hub.send('progress_state', state, executor.client);
    });
  }

  async execute(): Promise<Ended> {
    const { version } = this.machine;
    this.#message('execution_start', {});
    this.#prepareCache();
    this.#message('execution_cached', { nodes: this.#cached() });
    const before = this.#cached();
    const failure = await (version.newEngine ? this.#newEngine() : this.#oldEngine());
    if (failure === null) {
      // July 2024 on.
      if (version.newEngine) this.#message('execution_success', {});
    } else this.#fail(failure, before);
    const shown = [...this.graph.keys()].flatMap((node) => {
      const found = this.executor.cache.shown(node);
      return found === null ? [] : [[node, found] as const];
    });
    return {
      succeeded: failure === null,
      interrupted: failure?.cause instanceof Interrupted,
      outputs: new Map(shown.map(([node, { output }]) => [node, output])),
      meta: version.newEngine ? new Map(shown.map(([node, { meta }]) => [node, meta])) : null,
      messages: this.#messages,
    };
  }

  #prepareCache(): void {
    const { classes, version } = this.machine;
    const fingerprints = fingerprintsOf(this.graph, classes, (node, id) => {
      const print = node.fingerprint?.(inputsOf(this.graph, id), this.machine) ?? null;
      // It stands in the graph that goes into pictures.
      if (print !== null) (this.graph.get(id) as Map<string, Py>).set('is_changed', [print]);
      return print;
    });
    const key = version.newEngine ? signatureOf : oldSignatureOf;
    this.executor.cache.begin(this.graph, (node) => key(this.graph, node, fingerprints));
    this.#asked = askedBy(this.graph, () => this.machine.tries(this.item));
  }

  #cached(): string[] {
    return [...this.graph.keys()].filter((node) => this.executor.cache.outputs(node) !== null);
  }

  async #newEngine(): Promise<Failure | null> {
    const { cache, client } = this.executor;
    const order = new ExecutionOrder(
      this.graph,
      this.item.outputs,
      (node) => cache.outputs(node) !== null,
      (node) => this.machine.classes.get(classOf(this.graph, node))?.isOutput === true,
    );
    for (let node = order.next(); node !== null; node = order.next()) {
      if (cache.outputs(node) !== null) {
        if (client !== null) this.#executedMessage(node, cache.shown(node)?.output ?? null);
        this.#progress.finish(node);
      } else {
        const failure = await this.#node(node);
        if (failure !== null) return failure;
      }
      order.done(node);
    }
    return null;
  }

  async #oldEngine(): Promise<Failure | null> {
    const { cache } = this.executor;
    const nodes = oldOrder(this.graph, this.item.outputs, (node) => cache.outputs(node) !== null);
    for (const node of nodes) {
      const failure = await this.#node(node);
      if (failure !== null) return failure;
    }
    return null;
  }

  async #node(node: string): Promise<Failure | null> {
    const { executor, machine, item } = this;
    const type = classOf(this.graph, node);
    this.#progress.start(node);
    if (executor.client !== null) {
      executor.lastNode = node;
      this.#send('executing', {
        node,
        ...(machine.version.newEngine ? { display_node: node } : {}),
        prompt_id: item.id,
      });
    }
    const inputs = this.#inputs(node, type);
    try {
      executor.throwIfInterrupted();
      const result = await this.#result(node, type, inputs);
      if (result.ui !== undefined) {
        executor.cache.show(node, {
          output: result.ui,
          meta: dict({ node_id: node, display_node: node, parent_node: null, real_node_id: node }),
        });
        if (executor.client !== null) this.#executedMessage(node, result.ui);
      }
      executor.cache.keep(node, result.outputs);
    } catch (cause) {
      return { node, cause: cause instanceof Interrupted ? cause : asRaised(cause), inputs };
    }
    this.#progress.finish(node);
    this.#executed.push(node);
    return null;
  }

  async #result(node: string, type: string, inputs: ReadonlyMap<string, Value>) {
    const { machine, executor } = this;
    const isSampler = samplerClass.test(type);
    const runMs = machine.runMs(type) * (isSampler ? this.#asked.slower : 1);
    if (!isSampler) await machine.pause(runMs);
    if (this.#asked.node === node && this.#asked.raises !== null) throw this.#asked.raises;
    const work: Work = {
      node,
      classType: type,
      inputs,
      files: machine.files,
      prompt: graphJson(this.graph),
      extraPngInfo: isPyDict(this.item.extra)
        ? (this.item.extra.get('extra_pnginfo') ?? null)
        : null,
      now: machine.now,
      runMs,
      pause: (ms) => machine.pause(ms),
      step: (value, max, preview) => {
        executor.throwIfInterrupted();
        this.#step(node, value, max, preview);
      },
    };
    const found = machine.classes.get(type);
    return found === undefined ? { outputs: [] } : found.run(work);
  }

  #step(node: string, value: number, max: number, preview: Preview | undefined): void {
    const { executor, machine, item } = this;
    const { client } = executor;
    this.#progress.update(node, BigInt(value), BigInt(max));
    const shown = preview !== undefined && (preview.type === 'PNG' || machine.previews);
    const withData =
      shown &&
      machine.version.progressState &&
      machine.hub.wants('supports_preview_metadata', client);
    if (withData) sendPreview(machine.hub, preview, client, { node, prompt: item.id });
    this.#send('progress', {
      value: BigInt(value),
      max: BigInt(max),
      prompt_id: item.id,
      node: machine.version.newEngine ? node : executor.lastNode,
    });
    if (shown && !withData) sendPreview(machine.hub, preview, client, null);
  }

  /** What the class knows of: links as what was made, the rest as it stands. */
  #inputs(node: string, type: string): Map<string, Value> {
    const { required, optional } = this.machine.classes.get(type)?.input(noLists) ?? {};
    const inputs = new Map<string, Value>();
    for (const [name, value] of inputsOf(this.graph, node)) {
      const link = linkOf(value);
      if (link !== null)
        inputs.set(name, this.executor.cache.outputs(link.node)?.at(link.slot) ?? data(null));
      else if (name in { ...required, ...optional }) inputs.set(name, data(value));
    }
    return inputs;
  }

  #fail({ node, cause, inputs }: Failure, before: readonly string[]): void {
    const about = {
      node_id: node,
      node_type: classOf(this.graph, node),
      executed: this.#executed,
    };
    if (cause instanceof Interrupted) this.#message('execution_interrupted', about, true);
    else
      this.#message('execution_error', {
        ...about,
        ...errorMessage(cause, {
          node,
          type: about.node_type,
          inputs,
          graph: this.graph,
          cache: this.executor.cache,
          before,
          newer: this.machine.version.newEngine,
        }),
      });
  }

  #executedMessage(node: string, output: Py): void {
    this.#send('executed', {
      node,
      ...(this.machine.version.newEngine ? { display_node: node } : {}),
      output,
      prompt_id: this.item.id,
    });
  }

  /** Told at once, and kept for /history. */
  #message(type: string, content: Readonly<Record<string, Py>>, broadcast = false): void {
    const { newEngine } = this.machine.version;
    const { id } = this.item;
    const message = dict({
      // In this one the nodes come first.
      ...(type === 'execution_cached'
        ? { ...content, prompt_id: id }
        : { prompt_id: id, ...content }),
      ...(newEngine ? { timestamp: BigInt(Math.floor(this.machine.now())) } : {}),
    });
    this.#messages.push([type, message]);
    if (this.executor.client !== null || broadcast)
      this.machine.hub.send(type, message, this.executor.client);
  }

  #send(type: string, content: Readonly<Record<string, Py>>): void {
    this.machine.hub.send(type, dict(content), this.executor.client);
  }
}

const noLists = { models: () => [], inputs: () => [], outputs: () => [] };
