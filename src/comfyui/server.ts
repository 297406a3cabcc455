import { fault } from '../runninghub/errors.js';
import type { Fault } from '../runninghub/service.js';
import type { TaskId } from '../values/ids.js';
import { isPromptId } from '../values/ids.js';
import type { Json, JsonObject } from '../values/json.js';
import { isObject, jsonText } from '../values/json-text.js';
import { nodeFault, refusalOf } from './failure.js';
import type { HistoryEntry, Queue } from './read.js';
import { historyOf, isAtLeast, queueOf, remainingOf, textOf, versionOf } from './read.js';
import type { Wire } from './wire.js';

export type Asked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

export type Submitted =
  /** `nodeErrors`: parts of the graph were dropped, the rest runs (comfyui-api 2.3). */
  | { readonly is: 'accepted'; readonly taskId: TaskId; readonly nodeErrors: Fault | null }
  | { readonly is: 'refused'; readonly fault: Fault }
  /** It may have been queued. `late`: a proxy answered, and the request may still be under way. */
  | { readonly is: 'lost'; readonly fault: Fault; readonly late: boolean };

/** Since 0.3.45 the client says what its prompt is called (comfyui-api 2.1). */
const takesIds = [0, 3, 45];
/** Entries of the history that are looked through for a marker. */
const newest = 200;

/** One ComfyUI server: what it answers, checked (comfyui-api). Decides nothing. */
export class ComfyServer {
  /** Prompts of ours that it has, as far as is known. */
  readonly own = new Set<TaskId>();
  /** Submits of ours that were accepted in this process. */
  accepted = 0;
  /** Submits of ours that are under way. */
  reserved = 0;
  /** Not asked for new work before this time. */
  downUntil = 0;
  /** Names of uploads that it has. */
  readonly files = new Set<string>();
  /** A prompt that stood in its history: where it is gone, the server has forgotten everything. */
  witness: string | null = null;
  /** What that was when a prompt of ours was last known to be there. */
  readonly #witnesses = new Map<string, string>();
  /** Prompts of ours that were in its history. */
  readonly #ended = new Set<string>();
  /** Whether nodes of a class are output nodes. */
  readonly #outputClasses = new Map<string, boolean>();
  #choosesIds: boolean | null = null;
  /** It answered a submit with the id that it was given. */
  #echoes = false;

  constructor(readonly wire: Wire) {}

  get address(): string {
    return this.wire.address;
  }

  /** Whether it calls prompts as it likes; null: not known. */
  get choosesIds(): boolean | null {
    return this.#choosesIds;
  }

  /**
   * Whether it was seen, and is seen still, to keep a prompt of ours under the id that we gave it:
   * then one that it does not know never arrived.
   */
  async isSeenToKeep(signal?: AbortSignal): Promise<boolean> {
    const { witness } = this;
    if (!this.#echoes || witness === null || !this.#ended.has(witness)) return false;
    const entry = await this.entry(witness, signal);
    return entry.ok && entry.value !== null;
  }

  async version(signal?: AbortSignal): Promise<Asked<string>> {
    const read = await this.#get('/system_stats', versionOf, signal);
    if (read.ok) this.#choosesIds ??= !isAtLeast(read.value, takesIds);
    return read;
  }

  async objectInfo(signal?: AbortSignal): Promise<Asked<JsonObject>> {
    return this.#get('/object_info', (body) => (isObject(body) ? body : null), signal);
  }

  /** Whether what nodes of a class make is an end in itself; what is not told is no such node. */
  async isOutput(kind: string, signal?: AbortSignal): Promise<Asked<boolean>> {
    const known = this.#outputClasses.get(kind);
    if (known !== undefined) return { ok: true, value: known };
    const read = await this.wire.get(`/object_info/${encodeURIComponent(kind)}`, signal);
    if (!read.ok && read.fault.class === 'transient') return read;
    const told = read.ok && isObject(read.body) ? read.body.get(kind) : null;
    const value = isObject(told) && told.get('output_node') === true;
    this.#outputClasses.set(kind, value);
    return { ok: true, value };
  }

  async queue(signal?: AbortSignal): Promise<Asked<Queue>> {
    const { witness } = this;
    const read = await this.#get('/queue', queueOf, signal);
    if (read.ok && witness !== null)
      for (const { id, marker } of [...read.value.running, ...read.value.pending])
        if (marker !== null) this.#witnesses.set(id, witness);
    return read;
  }

  /** This prompt of ours is there now. */
  has(id: TaskId): void {
    this.own.add(id);
    if (this.witness !== null) this.#witnesses.set(id, this.witness);
  }

  /** Its history has it. */
  ended(id: TaskId): void {
    this.witness = id;
    this.#ended.add(id);
  }

  /** It is there no more. */
  lacks(id: TaskId): void {
    this.own.delete(id);
    this.#witnesses.delete(id);
  }

  /**
   * Whether the server remembers what it knew when it had this prompt: then somebody took the
   * prompt out of the queue. null: nothing tells.
   */
  async remembersBeside(id: TaskId, signal?: AbortSignal): Promise<Asked<boolean | null>> {
    const witness = this.#witnesses.get(id);
    if (witness === undefined) return { ok: true, value: null };
    const read = await this.entry(witness, signal);
    return read.ok ? { ok: true, value: read.value !== null } : read;
  }

  /** How many prompts run or wait, of whomever. */
  remaining(signal?: AbortSignal): Promise<Asked<number>> {
    return this.#get('/prompt', remainingOf, signal);
  }

  /** null: not in the history, which says nothing of the queue. */
  async entry(id: string, signal?: AbortSignal): Promise<Asked<HistoryEntry | null>> {
    const read = await this.#get(`/history/${encodeURIComponent(id)}`, historyOf, signal);
    return read.ok
      ? { ok: true, value: read.value.find((entry) => entry.id === id) ?? null }
      : read;
  }

  async newest(signal?: AbortSignal, count = newest): Promise<Asked<readonly HistoryEntry[]>> {
    return this.#get(`/history?max_items=${count}`, historyOf, signal);
  }

  /** `client`: to whom its socket tells of it. */
  async submit(
    graph: Json,
    taskId: TaskId,
    client: string,
    signal?: AbortSignal,
  ): Promise<Submitted> {
    const body = new Map<string, Json>([
      ['prompt', graph],
      ['prompt_id', taskId],
      ['client_id', client],
      // Servers that choose their own ids keep this all the same (comfyui-api 2.1).
      ['extra_data', new Map([['rh_batch', taskId]])],
    ]);
    const reply = await this.wire.submit(jsonText(body), signal);
    if (reply.is === 'json') {
      const id = isObject(reply.body) ? textOf(reply.body.get('prompt_id')) : null;
      if (id !== null && isPromptId(id)) {
        this.#choosesIds = id !== taskId;
        this.#echoes = id === taskId;
        const errors = isObject(reply.body) ? nodeFault(reply.body.get('node_errors')) : null;
        return { is: 'accepted', taskId: id, nodeErrors: errors };
      }
      if (reply.status === 400) {
        const refusal =
          refusalOf(reply.body) ??
          fault('input', 'http-400', 'The server refused the graph (HTTP 400)');
        return { is: 'refused', fault: refusal };
      }
    }
    const why = this.wire.readFault(reply);
    if (reply.is === 'none')
      return reply.sent ? { is: 'lost', fault: why, late: false } : { is: 'refused', fault: why };
    const { status } = reply;
    if (status >= 300 && status < 500) return { is: 'refused', fault: why };
    return { is: 'lost', fault: why, late: status !== 500 && status !== 200 };
  }

  /** Takes a prompt out of the queue; whether it was there is not told. */
  drop(id: string, signal?: AbortSignal): Promise<Fault | null> {
    return this.wire.tell('/queue', jsonText(new Map([['delete', [id]]])), signal);
  }

  /** Only for a prompt that the queue shows as running: old servers stop whatever runs (comfyui-api 6). */
  interrupt(id: string, signal?: AbortSignal): Promise<Fault | null> {
    return this.wire.tell('/interrupt', jsonText(new Map([['prompt_id', id]])), signal);
  }

  async #get<T>(
    path: string,
    readAs: (body: Json) => T | null,
    signal: AbortSignal | undefined,
  ): Promise<Asked<T>> {
    const read = await this.wire.get(path, signal);
    if (!read.ok) return read;
    const value = readAs(read.body);
    return value === null
      ? {
          ok: false,
          fault: fault(
            'transient',
            'bad-answer',
            `${this.address}${path}: the answer is none of ComfyUI${saidIn(read.body)}`,
          ),
        }
      : { ok: true, value };
  }
}

/** RunningHub says in its own form why its native API does not answer (runninghub-api 1.4). */
const saidIn = (body: Json): string => {
  const said = isObject(body) ? textOf(body.get('msg')) : null;
  return said === null || said === '' ? '' : ` (${said.slice(0, 200)})`;
};
