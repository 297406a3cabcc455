import type { Py, PyDict } from '../python/value.js';
import { dict } from '../python/value.js';

interface State {
  readonly value: Py;
  readonly max: Py;
  readonly state: 'running' | 'finished';
}

/** `progress_state`: all nodes of a prompt that have begun (ComfyUI notes, section 9). */
export class Progress {
  readonly #nodes = new Map<string, State>();

  constructor(
    private readonly promptId: string,
    private readonly tell: (data: PyDict) => void,
  ) {}

  start(node: string): void {
    this.#set(node, { value: 0.0, max: 1.0, state: 'running' });
  }

  update(node: string, value: bigint, max: bigint): void {
    this.#set(node, { value, max, state: 'running' });
  }

  /** A node that never began has one step, as a whole number. */
  finish(node: string): void {
    const max = this.#nodes.get(node)?.max ?? 1n;
    this.#set(node, { value: max, max, state: 'finished' });
  }

  #set(node: string, state: State): void {
    this.#nodes.set(node, state);
    this.tell(
      dict({
        prompt_id: this.promptId,
        nodes: new Map(
          [...this.#nodes].map(([id, { value, max, state: name }]): [string, Py] => [
            id,
            dict({
              value,
              max,
              state: name,
              node_id: id,
              prompt_id: this.promptId,
              display_node_id: id,
              parent_node_id: null,
              real_node_id: id,
            }),
          ]),
        ),
      }),
    );
  }
}
